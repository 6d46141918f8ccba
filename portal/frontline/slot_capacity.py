"""Fewer seats than people who have one: refused with their names, or the last ones wait, as whoever publishes says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select, update

from portal.db import db
from portal.errors import Conflict
from portal.frontline import seat_steps
from portal.frontline.models import SignUp, Slot
from portal.frontline.slot_rules import SlotChanges, SlotRefusal
from portal.frontline.words import SeatState, SeatStepKind
from portal.people.models import Person


def make_room(slot: Slot, changes: SlotChanges, *, by_id: int, now: datetime) -> None:
    """Let the last ones wait where there are to be fewer seats than are taken. The slot's row is locked.

    They keep their tickets, so that they come before everybody who waited already.
    Raises Conflict `capacity_below_booked` with the names, unless the changes say that the last ones wait.
    """
    if changes.seats >= slot.taken:
        return
    booked = _booked(slot.id)
    if not changes.to_waiting:
        names = ", ".join(row.name for row in booked)
        words = f"{names} have a seat. {SlotRefusal.BELOW_BOOKED.sentence}"
        raise Conflict(SlotRefusal.BELOW_BOOKED.value, words, {"seats": words})
    last = [row.SignUp for row in booked[changes.seats :]]
    waits = update(SignUp).where(SignUp.id.in_([one.id for one in last]), SignUp.state == SeatState.BOOKED)
    db.session.execute(waits.values(state=SeatState.WAITING, decline_by=None, looking_since=None, changed_at=now,
                                    version=SignUp.version + 1))  # fmt: skip
    slot.taken = changes.seats
    db.session.flush()
    for one in last:
        db.session.refresh(one)
        seat_steps.record(one, SeatStepKind.JOINED_WAITING, by_id=by_id, now=now, words="There are fewer seats now.")


def _booked(slot_id: int) -> Sequence[Row]:
    """(SignUp, name) of everybody who has a seat, in the order in which they came."""
    query = select(SignUp, Person.name).join(Person, Person.id == SignUp.person_id)
    query = query.where(SignUp.slot_id == slot_id, SignUp.state == SeatState.BOOKED)
    return db.session.execute(query.order_by(SignUp.ticket, SignUp.id)).all()
