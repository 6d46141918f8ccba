"""Who owes an idea what, over its life: named by the worker, late, covered, handed on."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.ideas.models import Idea, Story
from portal.ideas.words import StoryKind
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people import absences, calendars, managers, service
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.triage import assignment, clock_jobs
from portal.triage.assignment_models import Assignment
from portal.triage.clock import Duty
from portal.triage.clock_queries import clock_of, clocks_of, owed_by
from portal.triage.models import Question, Reply, ReplyKind
from portal.worker import run_once
from tests.commitments.factories import make_promise, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ideas.making import said
from tests.swarm.voting import vote

DAY = timedelta(days=1)


def run(job: str, now: datetime) -> None:
    """One run of a job, as the worker starts it."""
    clock_jobs.HANDLERS[job](Claimed(0, "", job, {}, 1, now), now)


def standing(number: int) -> list[tuple[Duty, int, int]]:
    """(duty, level, person) of what an idea is owed."""
    rows = select(Assignment.duty, Assignment.level, Assignment.person_id).where(
        Assignment.idea_id == number, Assignment.until.is_(None)
    )
    return [tuple(row) for row in db.session.execute(rows.order_by(Assignment.duty, Assignment.level))]


def promoted(cast: Cast, *, at: datetime = NOON) -> int:
    with writing():
        number = make_promoted(cast, promoted_at=at).id
        assignment.settle([number], now=at)
        return number


def test_an_idea_has_a_named_person_from_the_first_minute_to_the_answer(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    run(clock_jobs.FOLLOW, NOON)
    run(clock_jobs.FOLLOW, NOON)
    clock = clock_of(number, now=NOON)
    assert clock is not None and (clock.what, clock.name, clock.overdue) == (Duty.FIRST_REPLY, "Lea", False)
    assert clock.due_on.isoformat() == "2026-03-09" and clock.due_at.isoformat() == "2026-03-09T17:00:00+00:00"
    assert standing(number) == [(Duty.FIRST_REPLY, 0, cast.lea)]

    carried = next(person for person in cast.voters if vote(person, number, "strong", now=NOON + DAY))
    assert carried
    run(clock_jobs.FOLLOW, NOON + DAY)
    assert standing(number) == [(Duty.ANSWER, 0, cast.vic), (Duty.FIRST_REPLY, 0, cast.lea)]
    clock = clock_of(number, now=NOON + DAY)
    assert clock is not None and (clock.what, clock.name, clock.due_on.isoformat()) == (
        Duty.ANSWER,
        "Vic",
        "2026-03-17",
    )
    assert [(row.idea_id, row.duty) for row in owed_by(cast.vic)] == [(number, Duty.ANSWER)]


def test_nobody_owes_a_first_reply_to_what_was_brought_along_but_an_answer_once_it_is_carried(
    context: Flask, cast: Cast
) -> None:
    number = said(cast.asha)
    with writing():
        db.session.get_one(Idea, number).source_ref = "import:earlier:17"
    run(clock_jobs.FOLLOW, NOON)
    assert standing(number) == []

    assert next(person for person in cast.voters if vote(person, number, "strong", now=NOON + DAY))
    run(clock_jobs.FOLLOW, NOON + DAY)
    assert standing(number) == [(Duty.ANSWER, 0, cast.vic)]


def test_a_reply_ends_the_first_duty_and_a_decision_both(context: Flask, cast: Cast) -> None:
    replied, decided = said(cast.asha), promoted(cast)
    with writing():
        db.session.add(Reply(idea_id=replied, kind=ReplyKind.ANSWERED, by_id=cast.lea, at=NOON, words="We look."))
        make_promise(cast, idea=db.session.get_one(Idea, decided))
        assignment.settle([replied, decided], now=NOON)

    assert standing(replied) == standing(decided) == []
    assert clocks_of([replied, decided], now=NOON) == {}


def test_a_promise_handed_back_is_owed_an_answer_anew(context: Flask, cast: Cast) -> None:
    number = promoted(cast, at=NOON - 30 * DAY)
    with writing():
        make_promise(cast, idea=db.session.get_one(Idea, number), state=CommitmentState.HANDED_BACK)
        assignment.settle([number], now=NOON)

    clock = clock_of(number, now=NOON)
    assert clock is not None and clock.due_on.isoformat() == "2026-03-16" and not clock.overdue


def test_a_question_stops_the_clock_while_it_waits(context: Flask, cast: Cast) -> None:
    number = promoted(cast)
    with writing():
        asked = Question(idea_id=number, by_id=cast.vic, at=NOON + DAY, words="Which form?", reply_by=NOON + 30 * DAY)
        db.session.add(asked)
        assignment.settle([number], now=NOON + DAY)
    waiting = clock_of(number, now=NOON + DAY)
    with writing():
        db.session.get_one(Question, asked.id).answered_at = NOON + 2 * DAY
        assignment.settle([number], now=NOON + 2 * DAY)
    answered = clock_of(number, now=NOON + 2 * DAY)

    assert waiting is not None and waiting.due_on.isoformat() == "2026-03-23"
    assert answered is not None and answered.due_on.isoformat() == "2026-03-17"


def test_what_is_late_climbs_one_level_and_then_another_and_everybody_can_read_it(context: Flask, cast: Cast) -> None:
    with writing():
        managers.set_manager(db.session.get_one(Person, cast.lea), db.session.get_one(Person, cast.vic), by_id=None,
                             now=NOON)  # fmt: skip
    number = said(cast.asha)
    run(clock_jobs.FOLLOW, NOON)
    on_time, late, later = NOON + 7 * DAY, NOON + 8 * DAY, NOON + 15 * DAY

    run(clock_jobs.CLIMB, on_time)
    assert standing(number) == [(Duty.FIRST_REPLY, 0, cast.lea)]
    for _ in range(2):
        run(clock_jobs.CLIMB, late)
    assert standing(number) == [(Duty.FIRST_REPLY, 0, cast.lea), (Duty.FIRST_REPLY, 1, cast.vic)]
    clock = clock_of(number, now=late)
    assert clock is not None and (clock.name, clock.overdue, clock.level, clock.called) == ("Lea", True, 1, "Vic")
    for _ in range(2):
        run(clock_jobs.CLIMB, later)
    assert [level for _, level, _ in standing(number)] == [0, 1, 2]
    assert standing(number)[2][2] == cast.mia
    steps = db.session.scalars(select(Story).where(Story.idea_id == number, Story.kind == StoryKind.ESCALATED)).all()
    assert len(steps) == 2 and '"called": "Vic"' in steps[0].facts
    told = db.session.scalars(select(Message.topic).where(Message.topic.like("clock.%"))).all()
    assert sorted(told) == [assignment.ESCALATED, assignment.ESCALATED]


def test_what_was_answered_meanwhile_does_not_climb(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    run(clock_jobs.FOLLOW, NOON)
    with writing():
        db.session.add(Reply(idea_id=number, kind=ReplyKind.ANSWERED, by_id=cast.lea, at=NOON, words="We look."))

    run(clock_jobs.CLIMB, NOON + 30 * DAY)

    assert standing(number) == []


def test_what_was_here_before_the_clock_has_its_time_from_now(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, now=NOON - 200 * DAY)

    run(clock_jobs.FOLLOW, NOON)
    run(clock_jobs.CLIMB, NOON)

    clock = clock_of(number, now=NOON)
    assert clock is not None and (clock.due_on.isoformat(), clock.level) == ("2026-03-09", 0)


def test_somebody_who_is_away_is_covered_and_keeps_what_is_due_after_their_return(context: Flask, cast: Cast) -> None:
    soon, long_due = promoted(cast, at=NOON - 12 * DAY), promoted(cast)
    with writing():
        other = db.session.get_one(Person, cast.olu)
        service.grant(other, Role.EXECUTIVE, db.session.get_one(Place, cast.places["Harbour"]), by_id=None, now=NOON)
    with writing():
        today = NOON.date()
        absences.note(viewer(cast.vic), today, today + 4 * DAY, cast.olu, today=today, now=NOON)
    run(clock_jobs.AWAY, NOON)
    meanwhile = promoted(cast)

    assert [person for _, _, person in standing(soon) if person in (cast.vic, cast.olu)] == [cast.olu]
    assert (Duty.ANSWER, 0, cast.vic) in standing(long_due)
    assert (Duty.ANSWER, 0, cast.olu) in standing(meanwhile)


@pytest.mark.parametrize("how", ["verb", "worker"])
def test_what_a_leaver_owes_goes_to_somebody_else(context: Flask, cast: Cast, how: str) -> None:
    number = said(cast.asha)
    run(clock_jobs.FOLLOW, NOON)
    with writing():
        service.deactivate(db.session.get_one(Person, cast.lea), by_id=cast.tess, now=NOON)
        if how == "verb":
            assignment.reassign_of(cast.lea, to_id=cast.vic, by_id=cast.tess, now=NOON)
    if how == "worker":
        run(clock_jobs.AWAY, NOON + DAY)

    assert standing(number) == [(Duty.FIRST_REPLY, 0, cast.vic if how == "verb" else cast.mia)]
    clock = clock_of(number, now=NOON)
    assert clock is not None and clock.due_on.isoformat() == "2026-03-09"
    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.HANDED_OVER)).one()
    assert step.actor_id == standing(number)[0][2]


def test_a_holiday_added_meanwhile_gives_a_day(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    run_once(context, now=NOON)
    with writing():
        leeds = db.session.get_one(Place, cast.places["Leeds"])
        calendars.add_holidays(leeds, {(NOON + 2 * DAY).date(): "Founders’ day"}, by_id=cast.mia, now=NOON)
    run_once(context, now=NOON + timedelta(minutes=1))

    clock = clock_of(number, now=NOON)
    assert clock is not None and clock.due_on.isoformat() == "2026-03-10"
