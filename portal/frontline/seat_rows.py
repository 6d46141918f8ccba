"""The rows under the verbs about seats: locking a slot, writing a seat, and passing a free one on.

The database has the last word: `taken` never passes `seats` (check), nobody has two rows for a slot (unique), and
nobody has two seats at one time (`portal.no_overlap`). A person is locked after the slot, never before it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal import no_overlap
from portal.db import db, take_turns
from portal.errors import Conflict, Missing
from portal.frontline import seat_steps
from portal.frontline.models import Briefing, SeatStep, SignUp, Slot
from portal.frontline.sign_up_queries import HELD, day_of, own_row
from portal.frontline.signup_rules import SignUpState, decline_by, passes_on
from portal.frontline.words import Attendance, SeatState, SeatStepKind
from portal.keys import KEY_MAX
from portal.outbox import service as outbox
from portal.people.models import Person

FREED = "frontline.freed"  # somebody has time again: they may wait for a seat that is free


def lock_slot(slot_id: int, *where: ColumnElement[bool]) -> Slot:
    """The slot's row, held until the transaction ends. Raises Missing."""
    query = select(Slot).where(Slot.id == slot_id, *where).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True)) if 0 < slot_id <= KEY_MAX else None
    if found is None:
        raise Missing("shift")
    return found


def lock_person(person_id: int) -> None:
    """One transaction at a time gives somebody a seat: otherwise two would wait for each other in the constraint."""
    take_turns(f"frontline:seats:{person_id}")


def count(slot: Slot, by: int) -> bool:
    """Change the counter by 1 or -1 if there is room; True where it was changed."""
    room = Slot.taken < Slot.seats if by > 0 else Slot.taken > 0
    statement = update(Slot).where(Slot.id == slot.id, room).values(taken=Slot.taken + by)
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.refresh(slot, ["taken"])
    return bool(done.rowcount)  # type: ignore[attr-defined]


def next_ticket(slot: Slot) -> int:
    """The next place in the order of the waiting list."""
    ticket = slot.next_ticket
    statement = update(Slot).where(Slot.id == slot.id).values(next_ticket=Slot.next_ticket + 1)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.refresh(slot, ["next_ticket"])
    return ticket


def put(slot: Slot, person_id: int, state: SeatState, *, now: datetime, ticket: int, **values: Any) -> SignUp:
    """Write somebody's row for a slot, new or again. Raises Conflict `clash` where the guard finds another seat."""
    written = {"state": state, "ticket": ticket, "starts_at": slot.starts_at, "ends_at": slot.ends_at,
               "changed_at": now, "looking_since": None, "decline_by": None} | values  # fmt: skip
    earlier = own_row(slot.id, person_id)
    with _guarded():
        if earlier is None:
            new = {"slot_id": slot.id, "person_id": person_id, "made_at": now, "attendance": Attendance.SIGNED_UP}
            db.session.execute(insert(SignUp).values(**written, **new))
        else:
            change = update(SignUp).where(SignUp.id == earlier.id).values(version=SignUp.version + 1, **written)
            db.session.execute(change.execution_options(synchronize_session=False))
    found = own_row(slot.id, person_id)
    assert found is not None
    return found


def leave(
    slot: Slot, seat: SignUp, state: SeatState, kind: SeatStepKind, *, by_id: int | None, now: datetime,
    words: str = "",
) -> None:  # fmt: skip
    """End what somebody has in a slot. The seat is free; `fill` passes it on."""
    had_seat = seat.state is SeatState.BOOKED
    put(slot, seat.person_id, state, now=now, ticket=seat.ticket)
    seat_steps.record(seat, kind, by_id=by_id, now=now, words=words)
    if had_seat:
        count(slot, -1)
        free_again(seat, now=now)


def free_again(seat: SignUp, *, now: datetime) -> None:
    """Somebody has no seat at that time any more: another that they wait for may have one for them (`seat_jobs`)."""
    waits = (
        SignUp.person_id == seat.person_id, SignUp.state == SeatState.WAITING, SignUp.slot_id != seat.slot_id,
        SignUp.starts_at < seat.ends_at, SignUp.ends_at > seat.starts_at,
    )  # fmt: skip
    if db.session.scalar(select(SignUp.id).where(*waits).limit(1)) is not None:
        outbox.emit(FREED, {"person": seat.person_id}, now=now)


def fill(slot: Slot, *, now: datetime) -> list[SignUp]:
    """Give every free seat to the first who waits and has no other shift then; returns who was promoted, in order.

    Whoever cannot have it keeps their place in the order.
    """
    promoted: list[SignUp] = []
    passed: list[int] = []
    while slot.taken < slot.seats and slot.cancelled_at is None and passes_on(slot.starts_at, now=now):
        first = db.session.scalar(_waiting(slot, now).where(SignUp.id.not_in(passed)).limit(1))
        if first is None:
            break
        lock_person(first.person_id)
        try:
            seat = put(slot, first.person_id, SeatState.BOOKED, now=now, ticket=first.ticket,
                       decline_by=decline_by(slot.starts_at, now=now))  # fmt: skip
        except Conflict:  # they took another seat at this moment
            passed.append(first.id)
            continue
        count(slot, 1)
        seat_steps.record(seat, SeatStepKind.PROMOTED, by_id=None, now=now)
        promoted.append(seat)
    return promoted


def held_rows(slot: Slot) -> Sequence[SignUp]:
    """Everybody who has a seat or waits and is not there yet, by person, so that all are locked in one order."""
    held = SignUp.slot_id == slot.id, SignUp.state.in_(HELD), SignUp.attendance == Attendance.SIGNED_UP
    query = select(SignUp).where(*held).order_by(SignUp.person_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def last_step(seat: SignUp) -> SeatStep | None:
    """What was done last about a seat."""
    steps = select(SeatStep).where(SeatStep.sign_up_id == seat.id)
    return db.session.scalar(steps.order_by(SeatStep.id.desc()).limit(1))


@contextmanager
def _guarded() -> Iterator[None]:
    # A savepoint: on PostgreSQL a refused row would otherwise end the whole transaction.
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if no_overlap.GUARD not in str(error.orig):
            raise
        raise SignUpState.CLASH.as_error() from None


def _waiting(slot: Slot, now: datetime) -> Any:
    """The waiting list in its order, without those who could not have a seat now."""
    other = aliased(SignUp)
    busy = exists().where(
        other.person_id == SignUp.person_id, other.state == SeatState.BOOKED, other.id != SignUp.id,
        other.starts_at < slot.ends_at, other.ends_at > slot.starts_at,
    )  # fmt: skip
    query = select(SignUp).join(Person, Person.id == SignUp.person_id).where(
        SignUp.slot_id == slot.id, SignUp.state == SeatState.WAITING, Person.deactivated_at.is_(None), ~busy
    )  # fmt: skip
    if slot.briefing_needed:
        query = query.where(exists().where(
            Briefing.person_id == SignUp.person_id, Briefing.withdrawn_at.is_(None),
            Briefing.done_on <= day_of(slot), Briefing.valid_until >= day_of(slot),
        ))  # fmt: skip
    return query.order_by(SignUp.ticket, SignUp.id).execution_options(populate_existing=True)
