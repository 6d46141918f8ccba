"""What became of a seat: legal steps only, each a row, at their time, by those who were there."""

import json
from datetime import datetime, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError
from portal.frontline import attendance, attendance_jobs, buddies, seats
from portal.frontline.attendance_queries import seats_of, steps_of
from portal.frontline.attendance_rules import LEGAL, AttendanceRefusal, SeatFacts, mark_refusal
from portal.frontline.models import SeatStep, SignUp, Slot
from portal.frontline.words import Attendance, SeatState, SeatStepKind
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from tests.factories import NOON, Cast
from tests.frontline.publishing import DAY, published, viewer

A = Attendance
STARTS, ENDS = NOON + DAY, NOON + DAY + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LEGAL_PAIRS = {
    (A.SIGNED_UP, A.ARRIVED), (A.SIGNED_UP, A.NO_SHOW), (A.SIGNED_UP, A.EXCUSED), (A.ARRIVED, A.COMPLETED),
    (A.ARRIVED, A.ABANDONED), (A.NO_SHOW, A.ARRIVED), (A.NO_SHOW, A.EXCUSED), (A.EXCUSED, A.ARRIVED),
    (A.ABANDONED, A.COMPLETED),
}  # fmt: skip


def seat(attendance: Attendance = A.SIGNED_UP, **over: object) -> SeatFacts:
    return SeatFacts(
        **{"state": SeatState.BOOKED, "attendance": attendance, "starts_at": STARTS, "ends_at": ENDS} | over
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(("was", "to"), list(product(Attendance, Attendance)))
def test_only_legal_steps_follow(was: Attendance, to: Attendance) -> None:
    legal = mark_refusal(seat(was), to, now=ENDS) is None

    assert legal is ((was, to) in LEGAL_PAIRS) is (to in LEGAL[was])


@pytest.mark.parametrize(
    ("was", "to", "from_then"),
    [
        (A.SIGNED_UP, A.ARRIVED, STARTS - 30 * MINUTE),
        (A.SIGNED_UP, A.EXCUSED, STARTS - 30 * MINUTE),
        (A.SIGNED_UP, A.NO_SHOW, STARTS + 15 * MINUTE),
        (A.ARRIVED, A.COMPLETED, STARTS),
        (A.ARRIVED, A.ABANDONED, STARTS),
    ],
)
def test_each_step_has_its_first_moment_and_its_last(was: Attendance, to: Attendance, from_then: datetime) -> None:
    at_last = ENDS + timedelta(days=30)
    moments = (from_then - MINUTE, from_then, at_last, at_last + MINUTE)

    assert [mark_refusal(seat(was), to, now=now) for now in moments] == [
        AttendanceRefusal.NOT_YET, None, None, AttendanceRefusal.TOO_LATE
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("over", "to", "refused"),
    [
        ({"at_site": False, "own": True}, A.ARRIVED, None),
        ({"at_site": False, "own": True}, A.EXCUSED, AttendanceRefusal.NOT_YOURS),
        ({"at_site": False}, A.ARRIVED, AttendanceRefusal.NOT_YOURS),
        ({"state": SeatState.WAITING}, A.ARRIVED, AttendanceRefusal.NOT_BOOKED),
        ({"state": SeatState.GIVEN_UP}, A.NO_SHOW, AttendanceRefusal.NOT_BOOKED),
    ],
)
def test_who_notes_what_of_whom(over: dict, to: Attendance, refused: AttendanceRefusal | None) -> None:
    assert mark_refusal(seat(**over), to, now=ENDS) is refused


def taken(cast: Cast, **over: object) -> tuple[Slot, SignUp]:
    slot = published(cast, buddy_id=cast.asha, **over)
    with writing():
        buddies.answer(viewer(cast.asha), slot, True, now=NOON)
        made = seats.book(viewer(cast.vic), slot.id, now=NOON)
    return slot, db.session.get_one(SignUp, made.id)


def marks(by: int, sign_up: SignUp, to: Attendance, now: datetime, words: str = "") -> Attendance:
    with writing():
        attendance.mark(viewer(by), sign_up, to, now=now, words=words)
    return db.session.get_one(SignUp, sign_up.id).attendance


def attended() -> list[int]:
    rows = db.session.scalars(select(Message.payload).where(Message.topic == "frontline.attended"))
    return [json.loads(payload)["sign_up"] for payload in rows]


def test_the_visitor_arrives_and_whoever_hosts_says_that_they_completed(context: Flask, cast: Cast) -> None:
    slot, seat = taken(cast)

    assert marks(cast.vic, seat, A.ARRIVED, slot.starts_at) is A.ARRIVED
    with pytest.raises(DomainError) as refusal:
        marks(cast.vic, seat, A.COMPLETED, slot.ends_at)
    assert refusal.value.code == "not_yours_to_note"
    assert marks(cast.asha, seat, A.COMPLETED, slot.ends_at, "Took two calls.") is A.COMPLETED

    kinds = [(step.kind, step.by_id, step.words) for step in db.session.scalars(select(SeatStep).order_by(SeatStep.id))]
    assert kinds[1:] == [(SeatStepKind.ARRIVED, cast.vic, ""), (SeatStepKind.COMPLETED, cast.asha, "Took two calls.")]
    assert attended() == [seat.id, seat.id]
    assert [row.by for row in steps_of([seat.id])[seat.id]] == ["Vic", "Asha"]


def test_the_site_notes_who_did_not_come_and_excuses_them(context: Flask, cast: Cast) -> None:
    slot, seat = taken(cast)

    assert marks(cast.lea, seat, A.NO_SHOW, slot.ends_at) is A.NO_SHOW
    assert marks(cast.lea, seat, A.EXCUSED, slot.ends_at, "Ill.") is A.EXCUSED
    with pytest.raises(DomainError) as refusal:
        marks(cast.lea, seat, A.COMPLETED, slot.ends_at)
    assert refusal.value.code == "not_the_next_step"


def test_strangers_and_buddies_who_said_no_note_nothing(context: Flask, cast: Cast) -> None:
    slot, seat = taken(cast)
    with writing():
        buddies.answer(viewer(cast.asha), slot, False, now=NOON)

    for by in (cast.asha, cast.olu):
        with pytest.raises(DomainError) as refusal:
            marks(by, seat, A.ARRIVED, slot.starts_at)
        assert refusal.value.code == "not_yours_to_note"
    assert seats_of(viewer(cast.asha), slot) == []
    assert [row.name for row in seats_of(viewer(cast.vic), slot)] == ["Vic"]
    with pytest.raises(DomainError) as refusal:
        marks(cast.lea, seat, A.ARRIVED, slot.starts_at, "w" * 401)
    assert refusal.value.code == "words_length"


def test_of_two_who_note_at_once_one_is_told_that_it_is_noted(context: Flask, cast: Cast) -> None:
    slot, seat = taken(cast)
    stale = SignUp(id=seat.id, state=seat.state, attendance=A.SIGNED_UP)
    marks(cast.lea, seat, A.NO_SHOW, slot.ends_at)

    with pytest.raises(DomainError) as refusal, writing():
        attendance.carry_out(stale, A.ARRIVED, by_id=cast.asha, now=slot.ends_at)

    assert refusal.value.code == "not_the_next_step"


def test_an_hour_after_the_end_whoever_arrived_has_completed_it(context: Flask, cast: Cast) -> None:
    slot, seat = taken(cast)
    marks(cast.vic, seat, A.ARRIVED, slot.starts_at)
    message = Claimed(1, "e", attendance_jobs.CLOSE, {}, 1, NOON)

    found = []
    for now in (slot.ends_at + 59 * MINUTE, slot.ends_at + 60 * MINUTE, slot.ends_at + 70 * MINUTE):
        attendance_jobs.close(message, now)
        found.append(db.session.get_one(SignUp, seat.id).attendance)

    assert found == [A.ARRIVED, A.COMPLETED, A.COMPLETED]
    last = db.session.scalars(select(SeatStep).order_by(SeatStep.id.desc())).first()
    assert last is not None and (last.kind, last.by_id) == (SeatStepKind.COMPLETED, None)
    assert len(attended()) == 2


def test_the_closing_is_due_every_quarter_of_an_hour_once() -> None:
    keys = {key for minute in range(60) for _, key in attendance_jobs.due(NOON + minute * MINUTE)}

    assert len(keys) == 4
