"""Taking and giving up seats. Every verb locks the slot's row first, so that the waiting list has one order."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.errors import Conflict, Refusal
from portal.frontline import seat_steps, stand_in
from portal.frontline.models import SignUp, Slot
from portal.frontline.seat_rows import (
    count,
    fill,
    held_rows,
    last_step,
    leave,
    lock_person,
    lock_slot,
    next_ticket,
    put,
)
from portal.frontline.sign_up_queries import (
    HELD,
    at_site_of,
    booked_spans,
    facts_of,
    is_briefed_for,
    own_row,
    seat_facts,
    takeable_by,
    visible_to,
)
from portal.frontline.signup_policy import MAY
from portal.frontline.signup_rules import (
    GiveUpRefusal,
    decline_by,
    give_up_refusal,
    held_refusal,
    may_undo,
    signup_refusal,
)
from portal.frontline.words import SeatState, SeatStepKind
from portal.people.policy import demand
from portal.people.viewer import Viewer

TAKEN = (SeatStepKind.BOOKED, SeatStepKind.JOINED_WAITING)
GIVEN = (SeatStepKind.GAVE_UP, SeatStepKind.DECLINED_PROMOTION)
UNDONE = "Taken back at once."
LEAVES = "They leave."
MOVED_INTO_ANOTHER = "It was moved to a time at which they have another shift."


def book(viewer: Viewer, slot_id: int, *, now: datetime) -> SignUp:
    """Take a seat for oneself, or a place at the end of the waiting list. Asked twice, it is the same seat.

    Raises Missing, Refused, and what `signup_rules.signup_refusal` answers: Conflict `clash`, `not_yet_open`,
    `too_late`, `briefing_missing`, `over`, `full` (within an hour of the start), Gone `cancelled`.
    """
    demand(MAY, "shift.take", viewer)
    slot = lock_slot(slot_id, takeable_by(viewer))
    seat = own_row(slot.id, viewer.id)
    _demand(signup_refusal(
        facts_of(slot), now=now, seat=seat.state if seat else None, briefed=is_briefed_for(viewer.id, slot),
        booked=booked_spans(viewer.id, after=slot.starts_at, but=slot.id),
    ))  # fmt: skip
    if seat is not None and (seat.state is SeatState.BOOKED or (seat.state in HELD and slot.taken >= slot.seats)):
        return seat
    if count(slot, 1):
        lock_person(viewer.id)
        state, kind = SeatState.BOOKED, SeatStepKind.BOOKED
    else:
        state, kind = SeatState.WAITING, SeatStepKind.JOINED_WAITING
    seat = put(slot, viewer.id, state, now=now, ticket=next_ticket(slot))
    seat_steps.record(seat, kind, by_id=viewer.id, now=now)
    return seat


def give_up(viewer: Viewer, slot_id: int, *, now: datetime) -> SignUp:
    """Give up one's seat, decline what was offered from the waiting list, or leave it. The first who waits has it.

    Raises Missing, Conflict `not_yours`, `ask_the_site` (within 24 hours of the start), `begun`.
    """
    demand(MAY, "shift.give_up", viewer)
    slot = lock_slot(slot_id, visible_to(viewer))
    seat = own_row(slot.id, viewer.id)
    _demand(give_up_refusal(seat_facts(seat), now=now))
    assert seat is not None
    step = last_step(seat)
    promoted = step is not None and step.kind is SeatStepKind.PROMOTED and seat.decline_by is not None
    declines = promoted and seat.decline_by is not None and now < seat.decline_by
    kind = SeatStepKind.DECLINED_PROMOTION if declines else SeatStepKind.GAVE_UP
    leave(slot, seat, SeatState.GIVEN_UP, kind, by_id=viewer.id, now=now)
    fill(slot, now=now)
    return seat


def undo(viewer: Viewer, slot_id: int, *, now: datetime) -> SignUp:
    """Take back one's last step about a slot, within ten minutes: what was taken is given up, and the other way round.

    Raises Missing, Conflict `nothing_to_undo`, and what `book` raises.
    """
    demand(MAY, "shift.give_up", viewer)
    slot = lock_slot(slot_id, visible_to(viewer))
    seat = own_row(slot.id, viewer.id)
    step = last_step(seat) if seat else None
    if seat is None or step is None or step.by_id != viewer.id or not may_undo(step.at, slot.starts_at, now=now):
        raise GiveUpRefusal.NOTHING_TO_UNDO.as_error()
    if step.kind in GIVEN and seat.state is SeatState.GIVEN_UP:
        return book(viewer, slot_id, now=now)
    if step.kind is SeatStepKind.TOOK_OVER:
        return stand_in.give_back(slot, seat, now=now)
    if step.kind not in TAKEN:
        raise GiveUpRefusal.NOTHING_TO_UNDO.as_error()
    leave(slot, seat, SeatState.GIVEN_UP, SeatStepKind.GAVE_UP, by_id=viewer.id, now=now, words=UNDONE)
    fill(slot, now=now)
    return seat


def take_out(viewer: Viewer, slot_id: int, person_id: int, words: str, *, now: datetime) -> SignUp:
    """The site takes somebody out, also after the deadline. Raises Missing, Refused, Conflict `not_yours`, `begun`."""
    demand(MAY, "shift.take_out", viewer)
    slot = lock_slot(slot_id, at_site_of(viewer))
    seat = own_row(slot.id, person_id)
    _demand(held_refusal(seat_facts(seat), now=now))
    assert seat is not None
    leave(slot, seat, SeatState.GIVEN_UP, SeatStepKind.TAKEN_OUT, by_id=viewer.id, now=now, words=words)
    fill(slot, now=now)
    return seat


def release_all(slot: Slot, reason: str, *, by_id: int, now: datetime) -> int:
    """The slot is cancelled: everybody's seat and place in the waiting list goes with it; returns how many.

    Inside the transaction of the cancellation.
    """
    slot = lock_slot(slot.id)
    rows = held_rows(slot)
    for seat in rows:
        leave(slot, seat, SeatState.CANCELLED, SeatStepKind.SLOT_CANCELLED, by_id=by_id, now=now, words=reason)
    return len(rows)


def move_all(slot: Slot, *, now: datetime) -> int:
    """The slot was changed: its seats have its times, and seats that were added go to those who wait.

    Everybody it moved for is told and has twelve hours to say no in one tap; whoever has another shift at the new
    time loses the seat. Inside the transaction of the change; returns how many were moved.
    """
    slot = lock_slot(slot.id)
    moved = [one for one in held_rows(slot) if (one.starts_at, one.ends_at) != (slot.starts_at, slot.ends_at)]
    for seat in moved:
        _move(slot, seat, now=now)
    fill(slot, now=now)
    return len(moved)


def release_person(person_id: int, *, by_id: int, now: datetime) -> int:
    """Somebody leaves: every seat and waiting place of the time to come goes to whoever waits; returns how many."""
    coming = SignUp.person_id == person_id, SignUp.state.in_(HELD), SignUp.starts_at > now
    slots = db.session.scalars(select(SignUp.slot_id).where(*coming).order_by(SignUp.slot_id)).all()
    for slot_id in slots:
        slot = lock_slot(slot_id)
        seat = own_row(slot.id, person_id)
        if seat is not None and held_refusal(seat_facts(seat), now=now) is None:
            leave(slot, seat, SeatState.GIVEN_UP, SeatStepKind.TAKEN_OUT, by_id=by_id, now=now, words=LEAVES)
            fill(slot, now=now)
    return len(slots)


def _move(slot: Slot, seat: SignUp, *, now: datetime) -> None:
    lock_person(seat.person_id)
    until = decline_by(slot.starts_at, now=now) if seat.state is SeatState.BOOKED else None
    try:
        put(slot, seat.person_id, seat.state, now=now, ticket=seat.ticket, decline_by=until,
            looking_since=seat.looking_since)  # fmt: skip
    except Conflict:
        leave(slot, seat, SeatState.GIVEN_UP, SeatStepKind.TAKEN_OUT, by_id=None, now=now, words=MOVED_INTO_ANOTHER)
        return
    seat_steps.record(seat, SeatStepKind.SLOT_MOVED, by_id=None, now=now)


def _demand(refused: Refusal | None) -> None:
    if refused is not None:
        raise refused.as_error()
