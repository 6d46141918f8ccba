"""Whether the counters of slots are what the seats say: looked at by `flask doctor`, and every night by the worker."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from portal.db import db
from portal.frontline.models import SignUp, Slot
from portal.frontline.seat_rows import lock_slot
from portal.frontline.words import SeatState
from portal.outbox import service as outbox
from portal.people.service import audit

MISCOUNTED = "frontline.miscounted"  # {"count": how many, "first": sentences about the first of them}
TOLD_MOST = 5


class Miscount(NamedTuple):
    """A slot whose counter is not the number of its seats that are booked."""

    slot: int
    counted: int
    booked: int

    @property
    def sentence(self) -> str:
        """As administrators read it."""
        return f"Shift number {self.slot} counts {self.counted} seats taken and has {self.booked}."


def miscounted(*, limit: int = 100) -> list[Miscount]:
    """Wherever the two differ; one statement."""
    booked = func.count(SignUp.id)
    query = (
        select(Slot.id, Slot.taken, booked)
        .outerjoin(SignUp, (SignUp.slot_id == Slot.id) & (SignUp.state == SeatState.BOOKED))
        .group_by(Slot.id, Slot.taken)
        .having(booked != Slot.taken)
        .order_by(Slot.id)
    )
    return [Miscount(row[0], row[1], row[2]) for row in db.session.execute(query.limit(limit))]


def tell(wrong: Sequence[Miscount], *, key: str, now: datetime) -> bool:
    """Tell administrators what is wrong, and note it; False where that was done under this key already."""
    if not wrong:
        return False
    told = {"count": len(wrong), "first": [one.sentence for one in wrong[:TOLD_MOST]]}
    if outbox.emit(MISCOUNTED, told, now=now, unique_key=f"{MISCOUNTED}:{key}") is None:
        return False
    audit("shift.miscounted", "slots", {"slots": [one.slot for one in wrong]}, actor_id=None, now=now)
    return True


def recount(slot_id: int, *, now: datetime) -> Miscount | None:
    """Set a slot's counter to its seats that are booked; None where it stays as it is. Raises Missing.

    It stays where more are booked than there are seats: whoever looks after the site has to say who keeps theirs.
    """
    slot = lock_slot(slot_id)
    booked = db.session.scalar(
        select(func.count(SignUp.id)).where(SignUp.slot_id == slot_id, SignUp.state == SeatState.BOOKED)
    )
    found = Miscount(slot.id, slot.taken, booked or 0)
    if found.booked == found.counted or found.booked > slot.seats:
        return None
    slot.taken = found.booked
    db.session.flush()
    audit("shift.recounted", f"slot:{slot.id}", {"was": found.counted, "is": found.booked}, actor_id=None, now=now)
    return found
