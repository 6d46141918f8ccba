"""*It's back*: one report reopens, others add a voice, the owner answers, and what was kept stays kept."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments import page_queries, queries, relapse_queries, relapse_service, service, standings, wording
from portal.commitments.models import Commitment
from portal.commitments.relapse_models import Relapse, RelapseReport
from portal.commitments.relapse_rules import Ending, NewReport, RelapseRefusal
from portal.commitments.rules import CommitmentState, NewDelivery, Standing, Verb
from portal.commitments.words import PromiseRefusal
from portal.db import db, writing
from portal.errors import Conflict, DomainError, Invalid, Missing, Refused
from portal.home import proof
from portal.ideas.models import Idea, Story
from portal.ideas.queries import idea_for
from portal.ideas.words import Audience, Stage, StoryKind
from portal.notices import again_mails
from portal.notices.models import Notice
from portal.notices.moments import Moment
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.rewards.awards import TAKEN_BACK, family
from portal.rewards.models import Award
from portal.rewards.rules import Event
from tests.commitments.factories import EVIDENCE, TODAY, make_idea, make_promise, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race

LATER = NOON + timedelta(days=20)
LATER_DAY = LATER.date()
WHY = "The old letters were in the post; none was sent since."


def done(cast: Cast, state: CommitmentState = CommitmentState.CONFIRMED, **over: object) -> tuple[int, int]:
    """A promise that is done, and another beside it as noise; the numbers of the idea and the promise."""
    with writing():
        make_promise(cast, state=CommitmentState.CONFIRMED)
        made = make_promise(cast, state=state, **over)  # type: ignore[arg-type]
        return made.idea_id, made.id


def say(cast_id: int, number: int, *, day: date = LATER_DAY, words: str = "", now=LATER) -> relapse_service.Said:  # type: ignore[no-untyped-def]
    who = viewer(cast_id)
    with writing():
        return relapse_service.say_back(who, idea_for(who, number), NewReport(day, words), today=LATER_DAY, now=now)


def paid_for(number: int) -> int:
    """Points of the awards for a kept promise that stand."""
    kept = family(Event.PROMISE_KEPT, f"idea:{number}")
    return db.session.scalar(select(func.coalesce(func.sum(Award.points), 0)).where(kept, ~TAKEN_BACK)) or 0


def promise(number: int) -> Commitment:
    return db.session.get_one(Commitment, number, populate_existing=True)


def idea(number: int) -> Idea:
    return db.session.get_one(Idea, number, populate_existing=True)


def last_step(number: int) -> Story:
    return db.session.scalars(select(Story).where(Story.idea_id == number).order_by(Story.id.desc())).first()  # type: ignore[return-value]


def answer(cast: Cast, number: int, reason: str = WHY, *, who: int | None = None) -> None:
    with writing():
        relapse_service.not_back(viewer(who or cast.olu), promise(number), reason, now=LATER)


def fix(cast: Cast, number: int) -> None:
    with writing():
        delivery = NewDelivery(LATER_DAY, (cast.places["Leeds"],), EVIDENCE)
        service.deliver(viewer(cast.olu), promise(number), delivery, today=LATER_DAY, now=LATER)


@pytest.mark.parametrize("state", [CommitmentState.CONFIRMED, CommitmentState.DELIVERED])
def test_the_first_report_reopens_and_tells_the_owner(context: Flask, cast: Cast, state: CommitmentState) -> None:
    number, made = done(cast, state)

    said = say(cast.bo, number, words="Two calls about it since Monday.")

    assert said.reopened and promise(made).state is CommitmentState.REOPENED and idea(number).stage is Stage.PROMISED
    step = last_step(number)
    assert (step.kind, step.actor_id, step.words) == (StoryKind.BACK, None, "Two calls about it since Monday.")
    assert json.loads(step.facts) == {"commitment": made, "day": LATER_DAY.isoformat()}
    told = db.session.scalars(select(Message).where(Message.topic == "commitments.back")).one()
    assert json.loads(told.payload) == {"relapse": said.relapse_id}


def test_others_add_a_voice_and_nobody_two(context: Flask, cast: Cast) -> None:
    number, made = done(cast)
    say(cast.bo, number)

    again = say(cast.cy, number, words="Here too.")
    with pytest.raises(Conflict) as caught:
        say(cast.bo, number)

    assert not again.reopened and caught.value.code == RelapseRefusal.ALREADY_SAID
    waits = relapse_queries.open_of(made)
    assert waits is not None and waits.reports == 2 and list(waits.words) == [(LATER_DAY, "Here too.")]
    assert db.session.scalar(select(func.count()).select_from(Relapse)) == 1
    assert db.session.scalar(select(func.count()).where(Story.idea_id == number, Story.kind == StoryKind.BACK)) == 1


def test_what_was_kept_stays_kept_and_what_was_paid_stays_paid(context: Flask, cast: Cast) -> None:
    number, made = done(cast)
    before = proof.strip(now=LATER), db.session.scalar(select(func.count()).select_from(Award))

    say(cast.bo, number)

    asha = viewer(cast.asha)
    (line,) = [one for one in queries.board(asha, today=LATER_DAY, zone="UTC", only=Standing.KEPT, mine=False)
               .shown[Standing.KEPT] if one.id == made]  # fmt: skip
    assert line.standing is Standing.KEPT and line.state is CommitmentState.REOPENED
    counts, reopened = standings.counts(tuple(Standing), LATER_DAY + timedelta(days=300), [queries.readable(asha)])
    assert counts[Standing.KEPT] == 2 and sum(counts.values()) == 2
    kept = [fact for fact in before[0] if "kept" in fact[1]]
    assert [fact for fact in proof.strip(now=LATER) if "kept" in fact[1]] == kept != []
    assert reopened == 1
    board = queries.board(asha, today=LATER_DAY, zone="UTC", only=None, mine=False)
    assert wording.summary(board.counts, board.lately, board.reopened) == (
        "2 of 2 kept on time. Nothing is late. 1 is back and open again."
    )
    assert db.session.scalar(select(func.count()).select_from(Award)) == before[1]


def test_a_promise_that_nobody_has_confirmed_is_due_again(context: Flask, cast: Cast) -> None:
    number, made = done(cast, CommitmentState.DELIVERED, due_on=TODAY + timedelta(days=5))

    say(cast.bo, number)

    asha = viewer(cast.asha)
    page = page_queries.page_of(asha, made, today=LATER_DAY, zone="UTC")
    counts, _ = standings.counts(tuple(Standing), LATER_DAY, [queries.readable(asha)])
    assert page.line.standing is Standing.OVERDUE
    assert (counts[Standing.OVERDUE], counts[Standing.KEPT], sum(counts.values())) == (1, 1, 2)


@pytest.mark.parametrize("state", [CommitmentState.CONFIRMED, CommitmentState.DELIVERED])
def test_the_owner_says_it_is_not_back_and_everything_is_as_before(
    context: Flask, cast: Cast, state: CommitmentState
) -> None:
    number, made = done(cast, state)
    before = idea(number).stage, idea(number).moved_at, promise(made).kept_late, paid_for(number)
    say(cast.bo, number)

    answer(cast, made)

    assert promise(made).state is state
    assert (idea(number).stage, idea(number).moved_at, promise(made).kept_late, paid_for(number)) == before
    row = db.session.scalars(select(Relapse)).one()
    assert (row.ending, row.answer, row.closed_by_id) == (Ending.NOT_BACK, WHY, cast.olu)
    assert last_step(number).kind is StoryKind.NOT_BACK and relapse_queries.open_of(made) is None
    assert say(cast.bo, number).reopened  # whoever meets it once more says so again


def test_it_is_fixed_again_and_confirmed_without_being_paid_or_counted_twice(context: Flask, cast: Cast) -> None:
    number, made = done(cast)
    first = promise(made).live_from, promise(made).kept_late
    awards = paid_for(number)
    say(cast.bo, number)
    assert awards > 0 and paid_for(number) == 0  # taken back with the first report

    fix(cast, made)
    row = db.session.scalars(select(Relapse)).one()
    assert (
        row.ending is Ending.FIXED and row.delivery_id is not None and promise(made).state is CommitmentState.DELIVERED
    )
    counts, _ = standings.counts(tuple(Standing), LATER_DAY, [queries.readable(viewer(cast.asha))])
    assert counts[Standing.KEPT] == 2 and sum(counts.values()) == 2

    with writing():
        service.confirm(viewer(cast.vic), promise(made), now=LATER)
    assert promise(made).state is CommitmentState.CONFIRMED and idea(number).stage is Stage.DONE
    assert (promise(made).live_from, promise(made).kept_late) == first
    assert paid_for(number) == awards
    page = page_queries.page_of(viewer(cast.asha), made, today=LATER_DAY, zone="UTC")
    assert page.line.standing is Standing.KEPT and page.line.course.live_from == first[0]


def test_a_fix_that_is_sent_back_is_open_again_with_its_voices(context: Flask, cast: Cast) -> None:
    number, made = done(cast)
    say(cast.bo, number)
    fix(cast, made)

    with writing():
        service.send_back(viewer(cast.vic), promise(made), "It still happens in Belfast.", now=LATER)

    assert promise(made).state is CommitmentState.REOPENED and idea(number).stage is Stage.PROMISED
    waits = relapse_queries.open_of(made)
    assert waits is not None and waits.reports == 1
    fix(cast, made)
    with writing():
        service.confirm(viewer(cast.vic), promise(made), now=LATER)
    assert relapse_queries.open_of(made) is None


def test_a_first_delivery_that_is_sent_back_is_no_reopening(context: Flask, cast: Cast) -> None:
    _, made = done(cast, CommitmentState.DELIVERED)

    with writing():
        service.send_back(viewer(cast.vic), promise(made), "It still happens in Belfast.", now=LATER)

    assert promise(made).state is CommitmentState.ACCEPTED


def test_it_is_back_while_the_fix_is_looked_at(context: Flask, cast: Cast) -> None:
    number, made = done(cast)
    say(cast.bo, number)
    fix(cast, made)

    assert say(cast.bo, number).reopened
    assert promise(made).state is CommitmentState.REOPENED
    assert db.session.scalar(select(func.count()).select_from(Relapse)) == 2


REFUSED = [
    (RelapseRefusal.DAY_IN_FUTURE, {"day": LATER_DAY + timedelta(days=1)}),
    (RelapseRefusal.DAY_BEFORE_LIVE, {"day": TODAY - timedelta(days=1)}),
    (RelapseRefusal.DAY_TOO_LONG_AGO, {"day": LATER_DAY - timedelta(days=91)}),
    (RelapseRefusal.WORDS_TOO_LONG, {"words": "x" * 301}),
    (RelapseRefusal.PERSONAL_DATA, {"words": "Write to joe@example.com"}),
]


@pytest.mark.parametrize(("refusal", "over"), REFUSED)
def test_reports_that_cannot_be_are_refused_and_reopen_nothing(
    context: Flask, cast: Cast, refusal: RelapseRefusal, over: dict[str, object]
) -> None:
    number, made = done(cast)

    with pytest.raises(Invalid) as caught:
        say(cast.bo, number, **over)  # type: ignore[arg-type]

    assert caught.value.code == refusal.value and caught.value.fields.keys() == over.keys()
    assert promise(made).state is CommitmentState.CONFIRMED


def test_nothing_is_back_that_was_not_done(context: Flask, cast: Cast) -> None:
    with writing():
        numbers = [make_idea(cast).id, make_promoted(cast).id]
        numbers += [make_promise(cast, state=state).idea_id
                    for state in (CommitmentState.ACCEPTED, CommitmentState.HANDED_BACK)]  # fmt: skip

    for number in numbers:
        with pytest.raises(Conflict) as caught:
            say(cast.bo, number)
        assert caught.value.code == RelapseRefusal.NOT_DONE


def test_hidden_ones_and_others_ideas_cannot_be_reopened(context: Flask, cast: Cast) -> None:
    number, _ = done(cast)
    elsewhere, _ = done(cast, idea=_only_leeds(cast))
    with writing():
        idea(number).hidden_at = NOON

    with pytest.raises(Conflict) as caught:
        say(cast.asha, number)  # its author still sees it
    assert caught.value.code == RelapseRefusal.HIDDEN
    with pytest.raises(Missing):
        say(cast.sam, elsewhere)
    with pytest.raises(Refused):
        say(cast.vic, elsewhere)


def _only_leeds(cast: Cast) -> Idea:
    with_noise = make_promoted(cast, promoted_at=NOON, audience=Audience.SITE)
    db.session.commit()
    return db.session.get_one(Idea, with_noise.id)


def test_only_the_owner_answers_and_only_what_waits(context: Flask, cast: Cast) -> None:
    number, made = done(cast)

    with pytest.raises(Conflict) as caught:
        answer(cast, made)
    assert caught.value.code == PromiseRefusal.NOT_REOPENED
    say(cast.bo, number)
    with pytest.raises(Refused) as refused:
        answer(cast, made, who=cast.vic)
    assert refused.value.code == PromiseRefusal.NOT_THE_OWNER
    with pytest.raises(Invalid):
        answer(cast, made, "No.")
    offered = service.verbs_now(viewer(cast.olu), service.facts_of(promise(made)), "/1/")
    assert offered == {Verb.UPDATE, Verb.DELIVER, Verb.NOT_BACK, Verb.STEPS, Verb.NEED_DECISION, Verb.CALL_HELP}


def test_reports_cannot_be_changed(context: Flask, cast: Cast) -> None:
    number, _ = done(cast)
    say(cast.bo, number)

    with pytest.raises(DomainError), writing_at_the_edge():
        db.session.execute(RelapseReport.__table__.delete())


def writing_at_the_edge():  # type: ignore[no-untyped-def]
    from portal.web.transactions import writing as edge

    return edge()


@pytest.mark.slow
def test_ten_people_at_once_are_one_reopening_with_ten_voices(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, made = done(cast)
        people = [viewer(person) for person in cast.voters[:10]]

    def tap(n: int) -> bool:
        found = idea_for(people[n], number)
        return relapse_service.say_back(people[n], found, NewReport(LATER_DAY), today=LATER_DAY, now=LATER).reopened

    answers = race(app, 10, tap)

    assert Counter(answers) == {True: 1, False: 9}
    with app.app_context():
        waits = relapse_queries.open_of(made)
        assert waits is not None and waits.reports == 10
        assert db.session.scalar(select(func.count()).where(Message.topic == "commitments.back")) == 1


@pytest.mark.slow
def test_a_fix_and_an_answer_at_once_are_one_of_them(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, made = done(cast)
        say(cast.bo, number)
        olu, leeds = viewer(cast.olu), cast.places["Leeds"]

    def end(n: int) -> str:
        if n % 2:
            relapse_service.not_back(olu, promise(made), WHY, now=LATER)
        else:
            delivery = NewDelivery(LATER_DAY, (leeds,), EVIDENCE)
            service.deliver(olu, promise(made), delivery, today=LATER_DAY, now=LATER)
        return "done"

    answers = race(app, 4, end)

    assert answers.count("done") == 1
    with app.app_context():
        assert relapse_queries.open_of(made) is None
        assert promise(made).state in (CommitmentState.CONFIRMED, CommitmentState.DELIVERED)


def test_the_owner_is_told_else_the_sponsor(context: Flask, cast: Cast) -> None:
    number, _ = done(cast)
    said = say(cast.bo, number, words="Two calls about it.")
    message = Claimed(1, "event-1", "commitments.back", {"relapse": said.relapse_id}, 1, LATER)

    again_mails.tell_it_is_back(message, LATER)
    again_mails.tell_it_is_back(message, LATER)
    (told,) = db.session.scalars(select(Notice))
    assert told.person_id == cast.olu and "Two calls about it." in told.words and told.path.startswith("/commitments/")
    assert told.moment is Moment.DUTY and told.mail_at == LATER

    with writing():
        db.session.get_one(Person, cast.olu).deactivated_at = LATER
    again_mails.tell_it_is_back(replace(message, event_id="event-2"), LATER)
    assert db.session.scalars(select(Notice.person_id).where(Notice.event_id == "event-2")).one() == cast.vic
    again_mails.tell_it_is_back(replace(message, event_id="event-3", payload={"relapse": 10**6}), LATER)
    assert not db.session.scalars(select(Notice).where(Notice.event_id == "event-3")).all()
