"""A debrief: who writes it and when, each answer by itself, what each becomes, and what can be taken back."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments import handover, own_promise, service
from portal.commitments.models import Commitment
from portal.commitments.payees import payees_of
from portal.commitments.rules import CommitmentState, NewDelivery, NewPromise
from portal.db import db, writing
from portal.errors import DomainError
from portal.frontline import debrief_rules as rules
from portal.frontline import debriefs, insights
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.debrief_queries import debrief_page
from portal.frontline.debrief_rules import PLACES_MAX, UNDO, WORDS_MAX, DebriefRefusal, SeatFacts
from portal.frontline.insight_queries import insight_for, promised_last_time
from portal.frontline.insights import Becoming
from portal.frontline.words import Attendance, Credit, DebriefQuestion, InsightKind, SeatState
from portal.ideas import drafts
from portal.ideas.models import Idea, Story
from portal.ideas.words import Names, Stage, StoryKind
from portal.outbox.models import Message
from portal.swarm import audit
from portal.swarm.stop_models import StopStep
from tests.factories import NOON, Cast
from tests.frontline.debriefing import (
    HOUR,
    SURPRISED,
    WORDS,
    answered,
    finished,
    insight,
    insights_of,
    make_shift,
    turned,
)
from tests.ideas.making import said, viewer
from tests.ledger.racing import race
from tests.swarm.test_stops import HARM, stop_of
from tests.swarm.voting import vote

Q = DebriefQuestion
BY = NOON.date() + timedelta(days=20)
SEAT = SeatFacts(SeatState.BOOKED, Attendance.SIGNED_UP, NOON)
PROMISED = Becoming(promise="I will have the script asked once, not three times.", due_on=BY)


@pytest.fixture
def shift(context: Flask, cast: Cast) -> int:
    return make_shift(cast, cast.vic, buddy=cast.asha)


def refused(run) -> str:
    with pytest.raises(DomainError) as error:
        run()
    return error.value.code


@pytest.mark.parametrize(
    ("seat", "hours", "refusal"),
    [
        (SEAT, 0, None),
        (SEAT, -0.01, DebriefRefusal.NOT_STARTED),
        (SeatFacts(SeatState.WAITING, Attendance.SIGNED_UP, NOON), 1, DebriefRefusal.NO_SEAT),
        (SeatFacts(SeatState.STOOD_IN, Attendance.SIGNED_UP, NOON), 1, DebriefRefusal.NO_SEAT),
        (SeatFacts(SeatState.BOOKED, Attendance.NO_SHOW, NOON), 1, DebriefRefusal.NOT_THERE),
        (SeatFacts(SeatState.BOOKED, Attendance.EXCUSED, NOON), 1, DebriefRefusal.NOT_THERE),
        (SeatFacts(SeatState.BOOKED, Attendance.ABANDONED, NOON), 1, None),
    ],
)
def test_who_has_the_seat_writes_from_the_first_minute(seat, hours, refusal):
    assert rules.writing_refusal(seat, now=NOON + hours * HOUR) is refusal


@pytest.mark.parametrize(
    ("question", "place", "words", "refusal"),
    [
        (Q.SURPRISED, 1, WORDS, None),
        (Q.SURPRISED, PLACES_MAX, WORDS, None),
        (Q.SURPRISED, PLACES_MAX + 1, WORDS, DebriefRefusal.ONE_ANSWER),
        (Q.EXPECTED, 2, WORDS, DebriefRefusal.ONE_ANSWER),
        (Q.SURPRISED, 0, WORDS, DebriefRefusal.ONE_ANSWER),
        (Q.SURPRISED, 1, " a ", DebriefRefusal.TOO_SHORT),
        (Q.SURPRISED, 1, "a" * (WORDS_MAX + 1), DebriefRefusal.TOO_LONG),
    ],
)
def test_what_an_answer_may_hold(question, place, words, refusal):
    assert rules.answer_refusal(question, place, words) is refusal


@pytest.mark.parametrize(
    ("question", "kind", "more", "refusal"),
    [
        (Q.EXPECTED, InsightKind.NOTE, {}, DebriefRefusal.KEPT_FOR_YOU),
        (Q.SURPRISED, InsightKind.STOP_ANSWER, {}, DebriefRefusal.NO_STOP),
        (Q.SURPRISED, InsightKind.PROMISE, {}, DebriefRefusal.NO_DATE),
        (Q.WILL_DO, InsightKind.PROMISE, {"due_on": BY}, None),
        (Q.MADE_THEM, InsightKind.STOP_ANSWER, {"stop": 1}, None),
        (Q.SURPRISED, InsightKind.IDEA, {}, None),
    ],
)
def test_what_an_answer_can_become(question, kind, more, refusal):
    assert rules.becoming_refusal(question, kind, WORDS, **{"stop": None, "due_on": None} | more) is refusal


@pytest.mark.parametrize(
    ("kind", "minutes", "withdrawn", "refusal"),
    [
        (InsightKind.NOTE, 9999, False, None),
        (InsightKind.IDEA, 9999, False, None),
        (InsightKind.PROMISE, 9, False, None),
        (InsightKind.PROMISE, 10, False, DebriefRefusal.PROMISE_STANDS),
        (InsightKind.STOP_ANSWER, 0, False, DebriefRefusal.ANSWER_STANDS),
        (InsightKind.NOTE, 0, True, DebriefRefusal.TAKEN_BACK),
    ],
)
def test_what_can_be_taken_back(kind, minutes, withdrawn, refusal):
    now = NOON + timedelta(minutes=minutes)
    assert rules.undo_refusal(kind, NOON, withdrawn=withdrawn, now=now) is refusal


def test_nobody_else_has_a_debrief_and_who_gave_the_seat_up_has_none(shift: int, cast: Cast):
    waiting = make_shift(cast, cast.olu, state=SeatState.WAITING)
    assert refused(lambda: debriefs.start(viewer(cast.olu), shift, now=NOON)) == "not_found"
    assert refused(lambda: debriefs.start(viewer(cast.olu), waiting, now=NOON)) == "no_seat"
    assert refused(lambda: debrief_page(viewer(cast.asha), shift, now=NOON)) == "not_found"
    answered(cast.vic, shift)
    found = db.session.scalars(select(Debrief)).one()
    assert refused(lambda: debriefs.answer(viewer(cast.olu), found, SURPRISED, WORDS, now=NOON)) == "no_seat"
    assert refused(lambda: debriefs.answer_at(viewer(cast.olu), found, SURPRISED, 1)) == "not_found"


def test_answers_are_saved_one_by_one_changed_and_taken_out(shift: int, cast: Cast):
    vic = viewer(cast.vic)
    with writing():
        about = debriefs.about_answer(shift, SURPRISED, 1)
        drafts.keep_draft(cast.vic, about, "Custom", Names.SHOWN, now=NOON)
    answered(cast.vic, shift, "Shorter calls than I thought", question=Q.EXPECTED)
    answered(cast.vic, shift)
    answered(cast.vic, shift, "Nobody can see the last letter we sent.", place=2)
    answered(cast.vic, shift, "Customers read the same number aloud twice.")
    page = debrief_page(vic, shift, now=NOON)
    assert [(one.question, one.place, one.words) for one in page.answers] == [
        (Q.EXPECTED, 1, "Shorter calls than I thought"),
        (Q.SURPRISED, 1, "Customers read the same number aloud twice."),
        (Q.SURPRISED, 2, "Nobody can see the last letter we sent."),
    ]
    assert page.buddy == "Asha" and page.finished_at is None
    assert drafts.take_draft(cast.vic, about, now=NOON) is None
    with writing():
        debriefs.take_out(vic, debriefs.start(vic, shift, now=NOON), SURPRISED, place=2)
        debriefs.take_out(vic, debriefs.start(vic, shift, now=NOON), SURPRISED, place=2)
    assert len(debrief_page(vic, shift, now=NOON).answers) == 2
    assert db.session.scalar(select(func.count(Debrief.id))) == 1


def test_a_surprise_becomes_an_idea_under_the_executives_name(shift: int, cast: Cast):
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.IDEA)
    idea = db.session.get_one(Idea, insight(number).idea_id)
    assert (idea.say, idea.names, idea.author_id, idea.site_id) == (WORDS, Names.SHOWN, cast.vic, cast.places["Leeds"])
    assert idea.stage is Stage.OPEN
    finished(cast.vic, shift)
    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.FROM_A_SHIFT)).one()
    assert (step.idea_id, step.actor_id) == (idea.id, cast.vic)
    assert f'"insight": {number}' in step.facts and '"site": "Leeds"' in step.facts
    assert audit.verify() == []


def test_an_answer_becomes_one_thing_and_then_stays(shift: int, cast: Cast):
    vic = viewer(cast.vic)
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.NOTE)
    assert refused(lambda: turned(cast.vic, shift, InsightKind.IDEA)) == "has_become"
    assert refused(lambda: answered(cast.vic, shift, "Other words")) == "has_become"
    assert refused(lambda: debriefs.take_out(vic, debriefs.start(vic, shift, now=NOON), SURPRISED)) == "has_become"
    with writing():
        insights.withdraw(vic, insight(number), now=NOON)
    assert refused(lambda: insights.withdraw(vic, insight(number), now=NOON)) == "taken_back"
    answered(cast.vic, shift, "Other words")
    again = turned(cast.vic, shift, InsightKind.IDEA)
    assert insight(again).words == "Other words" and insight(number).answer_id is None


def test_a_promise_of_ones_own_goes_straight_to_promised_outside_the_quorum(shift: int, cast: Cast):
    vic = viewer(cast.vic)
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.PROMISE, PROMISED)
    made = db.session.get_one(Commitment, insight(number).commitment_id)
    idea = db.session.get_one(Idea, made.idea_id)
    assert (made.owner_id, made.sponsor_id, made.state) == (cast.vic, cast.vic, CommitmentState.ACCEPTED)
    assert (made.sentence, made.due_on, idea.stage, idea.say) == (PROMISED.promise, BY, Stage.PROMISED, WORDS)
    assert audit.verify() == []
    finished(cast.vic, shift)
    (then,) = promised_last_time(cast.vic, before=NOON + timedelta(days=7))
    assert (then.number, then.words, then.due_on, then.standing.value) == (made.id, PROMISED.promise, BY, "due_soon")
    assert promised_last_time(cast.vic, before=NOON) == []
    with writing():
        done = NewDelivery(NOON.date(), (cast.places["Leeds"],), "The new script asks for it once.")
        service.deliver(vic, made, done, today=NOON.date(), now=NOON)
    assert refused(lambda: service.confirm(vic, made, now=NOON)) in ("second_person", "not_the_owner")
    with writing():
        service.confirm(viewer(cast.mia), made, now=NOON)
    db.session.refresh(made)
    assert made.state is CommitmentState.CONFIRMED
    # Nobody is paid for keeping a word that they gave themselves.
    assert cast.vic not in {payee.person_id for payee in payees_of(made)}


def test_a_promise_needs_somebody_who_can_be_given_one_and_words_of_their_own(context: Flask, cast: Cast):
    shift = make_shift(cast, cast.mia)
    answered(cast.mia, shift)
    assert refused(lambda: turned(cast.mia, shift, InsightKind.PROMISE, PROMISED)) == "cannot_promise"
    assert db.session.scalar(select(func.count(Idea.id))) == 0
    idea, new = db.session.get_one(Idea, said(cast.asha)), NewPromise("I will do all of it.", BY)
    assert (
        refused(lambda: own_promise.make(viewer(cast.vic), idea, new, today=NOON.date(), now=NOON)) == "not_your_words"
    )


def test_a_promise_is_taken_back_for_ten_minutes_and_nobody_was_told(shift: int, cast: Cast):
    vic = viewer(cast.vic)
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.PROMISE, PROMISED)
    told = select(func.min(Message.available_at)).where(Message.topic == "story.told")
    assert db.session.scalar(told) >= NOON + UNDO
    late = NOON + UNDO
    assert refused(lambda: insights.withdraw(vic, insight(number), now=late)) == "promise_stands"
    with writing():
        insights.withdraw(vic, insight(number), now=NOON)
    row = insight(number)
    assert db.session.get_one(Idea, row.idea_id).stage is Stage.WITHDRAWN
    assert db.session.get_one(Commitment, row.commitment_id).state is CommitmentState.HANDED_BACK
    assert promised_last_time(cast.vic, before=late) == []


def test_a_promise_that_was_handed_over_and_back_is_on_the_board_again(shift: int, cast: Cast):
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.PROMISE, PROMISED)
    with writing():
        handover.hand_over(cast.vic, cast.olu, by_id=cast.tess, now=NOON)
    made = db.session.get_one(Commitment, insight(number).commitment_id, populate_existing=True)
    with writing():
        service.hand_back(viewer(cast.olu), made, "This is not mine to do at all.", now=NOON)
    assert db.session.get_one(Idea, made.idea_id, populate_existing=True).stage is Stage.OPEN
    assert audit.verify() == []


def test_a_surprise_answers_a_stop_signal_and_that_stands(context: Flask, cast: Cast):
    shift, idea = make_shift(cast, cast.mia), said(cast.asha)
    vote(cast.bo, idea, HARM)
    answered(cast.mia, shift)
    number = turned(cast.mia, shift, InsightKind.STOP_ANSWER, Becoming(stop=stop_of(cast.bo, idea)))
    step = db.session.get_one(StopStep, insight(number).stop_step_id)
    assert (step.by_id, step.words, insight(number).idea_id) == (cast.mia, WORDS, idea)
    assert refused(lambda: insights.withdraw(viewer(cast.mia), insight(number), now=NOON)) == "answer_stands"
    finished(cast.mia, shift)
    told = db.session.scalars(select(Story).where(Story.kind == StoryKind.STOP_ANSWERED)).one()
    assert f'"insight": {number}' in told.facts
    kinds = set(db.session.scalars(select(Story.kind).where(Story.idea_id == idea)))
    assert StoryKind.FROM_A_SHIFT not in kinds  # it would tell everybody that somebody objected


def test_finishing_makes_notes_of_what_is_left_and_asks_the_buddy_once(shift: int, cast: Cast):
    answered(cast.vic, shift, "A quiet hour", question=Q.EXPECTED)
    answered(cast.vic, shift)
    answered(cast.vic, shift, "We made her post a form.", question=Q.MADE_THEM)
    answered(cast.vic, shift, "I will ask about the form.", question=Q.WILL_DO)
    turned(cast.vic, shift, InsightKind.IDEA)
    finished(cast.vic, shift)
    finished(cast.vic, shift, now=NOON + HOUR)
    assert [one.kind for one in insights_of(shift)] == [InsightKind.IDEA, InsightKind.NOTE]
    assert {one.credit for one in insights_of(shift)} == {Credit.ASKED}
    assert db.session.scalars(select(Debrief.finished_at)).one() == NOON
    asked = select(func.count(Message.id)).where(Message.topic == insights.CREDIT_ASKED)
    assert db.session.scalar(asked) == 1
    answered(cast.vic, shift, "One more thing", place=2)
    turned(cast.vic, shift, InsightKind.NOTE, place=2)
    assert len(insights_of(shift)) == 3


def test_nothing_written_cannot_be_finished(shift: int, cast: Cast):
    assert refused(lambda: finished(cast.vic, shift)) == "nothing_written"


def test_two_clicks_make_one_idea(shift: int, cast: Cast, app: Flask):
    answered(cast.vic, shift)
    db.session.remove()

    def click(_: int) -> str:
        vic = viewer(cast.vic)
        answer = debriefs.answer_at(vic, debriefs.start(vic, shift, now=NOON), SURPRISED, 1)
        debriefs.turn_into(vic, answer, InsightKind.IDEA, now=NOON)
        return "done"

    assert sorted(map(str, race(app, 2, click))) == ["done", "has_become"]
    assert db.session.scalar(select(func.count(Insight.id))) == 1
    assert db.session.scalar(select(func.count(Idea.id))) == 1


def test_the_buddy_decides_whether_to_be_named_and_nobody_else(shift: int, cast: Cast):
    answered(cast.vic, shift)
    finished(cast.vic, shift)
    (row,) = insights_of(shift)
    asha = viewer(cast.asha)
    assert refused(lambda: insights.answer_credit(viewer(cast.bo), row, wanted=True, now=NOON)) == "not_asked"
    for wanted, credit in ((True, Credit.ACCEPTED), (False, Credit.DECLINED)):
        with writing():
            insights.answer_credit(asha, insight_for(asha, row.id), wanted=wanted, now=NOON)
        assert insight(row.id).credit is credit
    with writing():
        insights.withdraw(viewer(cast.vic), insight(row.id), now=NOON)
    assert refused(lambda: insights.answer_credit(asha, insight(row.id), wanted=True, now=NOON)) == "taken_back"


def test_every_refusal_is_produced_here():
    source = Path(__file__).read_text()
    assert [one for one in DebriefRefusal if f".{one.name}" not in source and f'"{one.value}"' not in source] == []
