"""Stand-ins: somebody cannot come and asks, another takes their seat over. Nobody takes their own."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.errors import Conflict
from portal.frontline import seat_steps
from portal.frontline.models import SignUp, Slot
from portal.frontline.seat_rows import count, fill, free_again, leave, lock_person, lock_slot, put
from portal.frontline.sign_up_queries import (
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
    SignUpState,
    StandInRefusal,
    signup_state,
    stand_in_refusal,
    with_one_given_up,
)
from portal.frontline.words import Attendance, SeatState, SeatStepKind
from portal.people.policy import demand
from portal.people.viewer import Viewer

GIVEN_BACK = "The stand-in gave it back at once."


def ask(viewer: Viewer, slot_id: int, *, now: datetime) -> SignUp:
    """Ask for a stand-in. The seat stays one's own until somebody takes it. Raises Conflict `not_yours`, `begun`."""
    return _look(viewer, slot_id, now, now=now)


def stop_asking(viewer: Viewer, slot_id: int, *, now: datetime) -> SignUp:
    """Come after all. Raises Conflict `not_yours`, `begun`."""
    return _look(viewer, slot_id, None, now=now)


def take_over(viewer: Viewer, slot_id: int, *, now: datetime) -> SignUp:
    """Take the seat of whoever has looked longest for a stand-in in this slot.

    Raises Conflict `nobody_looks`, `your_own`, `waiting_first`, `yours`, and what `seats.book` raises.
    """
    demand(MAY, "shift.take", viewer)
    slot = lock_slot(slot_id, takeable_by(viewer))
    mine, looking = own_row(slot.id, viewer.id), _looking(slot)
    theirs = next((seat for seat in looking if seat.person_id != viewer.id), None)
    if theirs is None:
        raise (StandInRefusal.YOUR_OWN if looking else StandInRefusal.NOBODY_LOOKS).as_error()
    _demand_could_sit(viewer, slot, mine, now=now)
    if (mine is None or mine.state is not SeatState.WAITING) and _somebody_waits(slot):
        raise StandInRefusal.WAITING_FIRST.as_error()
    lock_person(viewer.id)
    put(slot, theirs.person_id, SeatState.STOOD_IN, now=now, ticket=theirs.ticket)
    seat = put(slot, viewer.id, SeatState.BOOKED, now=now, ticket=theirs.ticket)
    seat_steps.record(theirs, SeatStepKind.STOOD_IN, by_id=viewer.id, now=now)
    seat_steps.record(seat, SeatStepKind.TOOK_OVER, by_id=viewer.id, now=now)
    free_again(theirs, now=now)
    return seat


def give_back(slot: Slot, seat: SignUp, *, now: datetime) -> SignUp:
    """Undo `take_over` in the locked slot: whoever looked has the seat again, unless they have another by now."""
    before = select(SignUp).where(
        SignUp.slot_id == slot.id, SignUp.state == SeatState.STOOD_IN, SignUp.changed_at == seat.changed_at
    )
    giver = db.session.scalar(before.order_by(SignUp.id).limit(1))
    leave(slot, seat, SeatState.GIVEN_UP, SeatStepKind.GAVE_UP, by_id=seat.person_id, now=now, words=GIVEN_BACK)
    if giver is not None:
        lock_person(giver.person_id)
        with suppress(Conflict):  # they have another shift at that time by now
            put(slot, giver.person_id, SeatState.BOOKED, now=now, ticket=giver.ticket, looking_since=now)
            count(slot, 1)
            seat_steps.record(giver, SeatStepKind.LOOKING, by_id=None, now=now, words=GIVEN_BACK)
    fill(slot, now=now)
    return seat


def _look(viewer: Viewer, slot_id: int, since: datetime | None, *, now: datetime) -> SignUp:
    demand(MAY, "shift.give_up", viewer)
    slot = lock_slot(slot_id, visible_to(viewer))
    seat = own_row(slot.id, viewer.id)
    if refusal := stand_in_refusal(seat_facts(seat), now=now):
        raise refusal.as_error()
    assert seat is not None
    if (seat.looking_since is None) == (since is None):
        return seat
    seat.looking_since = since
    kind = SeatStepKind.STOPPED_LOOKING if since is None else SeatStepKind.LOOKING
    seat_steps.record(seat, kind, by_id=viewer.id, now=now)
    return seat


def _looking(slot: Slot) -> Sequence[SignUp]:
    looking = SignUp.slot_id == slot.id, SignUp.state == SeatState.BOOKED, SignUp.looking_since.is_not(None)
    query = select(SignUp).where(*looking, SignUp.attendance == Attendance.SIGNED_UP)
    return db.session.scalars(query.order_by(SignUp.looking_since, SignUp.id)).all()


def _demand_could_sit(viewer: Viewer, slot: Slot, mine: SignUp | None, *, now: datetime) -> None:
    state = signup_state(
        with_one_given_up(facts_of(slot)), now=now, seat=mine.state if mine else None,
        briefed=is_briefed_for(viewer.id, slot), booked=booked_spans(viewer.id, after=slot.starts_at, but=slot.id),
    )  # fmt: skip
    if state is not SignUpState.FREE:
        raise state.as_error()


def _somebody_waits(slot: Slot) -> bool:
    waits = SignUp.slot_id == slot.id, SignUp.state == SeatState.WAITING
    return db.session.scalar(select(SignUp.id).where(*waits).limit(1)) is not None
