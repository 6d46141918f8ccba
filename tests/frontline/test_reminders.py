"""Who is reminded of a shift and when: once each, at the right moment, also after the worker was down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.frontline import reminder_jobs, seats, slots
from portal.frontline.debrief_models import Debrief
from portal.frontline.models import Reminder, SignUp, Slot
from portal.frontline.reminder_rules import Kind, Seat, due
from portal.frontline.words import Attendance, SeatState
from portal.outbox.models import Message
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.frontline.seating import HOUR, STARTS, book, give_up, make_slot
from tests.ideas.making import viewer

MINUTE = timedelta(minutes=1)
ENDS = STARTS + HOUR
SEAT = Seat(STARTS, ENDS, "Europe/London", Attendance.SIGNED_UP, {}, debriefed=False)
MORNING = datetime(2026, 3, 6, 8, tzinfo=UTC)
DAY, HOUR_BEFORE, COMING, ASK = Kind.DAY_BEFORE, Kind.HOUR_BEFORE, Kind.COMING, Kind.DEBRIEF


@pytest.mark.parametrize(
    ("at", "kinds"),
    [
        (STARTS - 24 * HOUR - MINUTE, []),
        (STARTS - 24 * HOUR, [DAY, COMING]),
        (STARTS - HOUR - MINUTE, [DAY, COMING]),
        (STARTS - HOUR, [HOUR_BEFORE, COMING]),
        (STARTS - MINUTE, [HOUR_BEFORE, COMING]),
        (STARTS, []),
        (ENDS, []),
        (MORNING - MINUTE, []),
        (MORNING, [ASK]),
        (MORNING + timedelta(days=7) - MINUTE, [ASK]),
        (MORNING + timedelta(days=7), []),
    ],
)
def test_each_reminder_has_its_time(at: datetime, kinds: list[Kind]) -> None:
    assert due(SEAT, at) == kinds


def test_what_was_said_is_not_said_again_but_for_another_date() -> None:
    at = STARTS - 2 * HOUR

    assert due(replace(SEAT, reminded={DAY: STARTS - 24 * HOUR, COMING: at}), at) == []
    assert due(replace(SEAT, reminded={DAY: STARTS - 25 * HOUR, COMING: at}), at) == [DAY]  # it was moved since


def test_nobody_is_asked_for_a_debrief_that_is_there_or_of_a_shift_that_they_missed() -> None:
    assert due(replace(SEAT, debriefed=True), MORNING) == []
    for attendance in (Attendance.NO_SHOW, Attendance.EXCUSED):
        assert due(replace(SEAT, attendance=attendance), MORNING) == []
    assert due(replace(SEAT, attendance=Attendance.COMPLETED), MORNING) == [ASK]


def test_the_morning_after_is_one_at_the_site_also_when_clocks_change() -> None:
    night = datetime(2026, 3, 28, 18, tzinfo=UTC)
    seat = replace(SEAT, starts_at=night, ends_at=night + HOUR)

    assert due(seat, datetime(2026, 3, 29, 6, 59, tzinfo=UTC)) == []
    assert due(seat, datetime(2026, 3, 29, 7, tzinfo=UTC)) == [ASK]  # eight o'clock in summer time


def look(app: Flask, now: datetime) -> list[str]:
    """Let the worker look twice; the reminders that stand afterwards, in their order."""
    for _ in range(2):
        db.session.remove()
        run_once(app, now=now, handlers=reminder_jobs.HANDLERS | {reminder_jobs.REMINDED: lambda *_: None})
    kinds = db.session.scalars(select(Reminder.kind).order_by(Reminder.at, Reminder.id)).all()
    told = db.session.scalars(select(Message.id).where(Message.topic == reminder_jobs.REMINDED)).all()
    db.session.rollback()
    assert len(told) >= len(kinds)
    return list(kinds)


def sent() -> int:
    found = len(db.session.scalars(select(Message.id).where(Message.topic == reminder_jobs.REMINDED)).all())
    db.session.rollback()
    return found


def test_a_worker_that_looks_every_few_minutes_says_each_thing_once(context: Flask, cast: Cast) -> None:
    book(cast.vic, make_slot(cast))

    for minutes in (-1441, -1440, -1435, -300, -60, -55, -1, 0, 61):
        look(context, STARTS + minutes * MINUTE)
    kinds = look(context, MORNING + HOUR)

    assert kinds == ["day_before", "coming", "hour_before", "debrief"] and sent() == 4


def test_after_a_night_without_a_worker_the_brief_comes_late_and_nothing_comes_that_is_over(
    context: Flask, cast: Cast
) -> None:
    book(cast.vic, make_slot(cast))
    book(cast.vic, make_slot(cast, starts_at=STARTS - 3 * HOUR))

    kinds = look(context, STARTS - 2 * HOUR)

    assert sorted(kinds) == ["coming", "day_before"]  # of the first one alone: the second has begun
    assert look(context, MORNING + timedelta(days=3))[-2:] == ["debrief", "debrief"]


def test_given_up_cancelled_waiting_and_debriefed_seats_are_left_alone(context: Flask, cast: Cast) -> None:
    gone, off, full, done = (make_slot(cast, starts_at=STARTS + n * HOUR) for n in range(4))
    for number in (gone, off, done):
        book(cast.vic, number)
    book(cast.mia, full)
    book(cast.vic, full)
    give_up(cast.vic, gone)
    with writing():
        slots.cancel(viewer(cast.mia), db.session.get_one(Slot, off), "The queue is closed.", now=NOON)
        seat = db.session.scalars(select(SignUp).where(SignUp.slot_id == done)).one()
        db.session.add(Debrief(sign_up_id=seat.id, person_id=cast.vic, started_at=STARTS, finished_at=STARTS))

    look(context, STARTS - HOUR)
    look(context, MORNING + HOUR)

    query = select(SignUp.slot_id, SignUp.person_id, Reminder.kind).join(SignUp, SignUp.id == Reminder.sign_up_id)
    rows = {tuple(row) for row in db.session.execute(query)}
    assert {row[:2] for row in rows} == {(full, cast.mia), (done, cast.vic)}
    assert {kind for slot, _, kind in rows if slot == done} == {"day_before", "coming"}


def test_a_shift_that_was_moved_is_told_of_again_before_its_new_time(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    assert len(look(context, STARTS - 20 * HOUR)) == 2
    with writing():
        slot = db.session.get_one(Slot, number)
        slot.starts_at, slot.ends_at = STARTS + timedelta(days=7), ENDS + timedelta(days=7)
        db.session.flush()
        seats.move_all(slot, now=STARTS - 19 * HOUR)

    assert sent() == 2
    look(context, STARTS + timedelta(days=6))

    assert sent() == 4 and len(look(context, STARTS + timedelta(days=6))) == 2


def test_whoever_takes_over_is_reminded_on_their_own_account(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    look(context, STARTS - 20 * HOUR)
    with writing():
        row = db.session.scalars(select(SignUp)).one()
        row.state = SeatState.STOOD_IN
        db.session.get_one(Slot, number).taken = 0
    book(cast.mia, number, now=STARTS - 19 * HOUR)

    look(context, STARTS - 18 * HOUR)

    people = db.session.scalars(select(SignUp.person_id).join(Reminder, Reminder.sign_up_id == SignUp.id)).all()
    assert sorted(people) == sorted([cast.vic] * 2 + [cast.mia] * 2)
