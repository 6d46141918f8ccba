"""Whether the counters of slots are what the seats say: looked at by `flask doctor`, and every night by the worker."""

from sqlalchemy import func, select

from portal.db import db
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import SeatState


def miscounted(*, limit: int = 100) -> list[tuple[int, int, int]]:
    """(slot, its counter, its seats that are booked) wherever the two differ; one statement."""
    booked = func.count(SignUp.id)
    query = (
        select(Slot.id, Slot.taken, booked)
        .outerjoin(SignUp, (SignUp.slot_id == Slot.id) & (SignUp.state == SeatState.BOOKED))
        .group_by(Slot.id, Slot.taken)
        .having(booked != Slot.taken)
        .order_by(Slot.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.limit(limit))]
