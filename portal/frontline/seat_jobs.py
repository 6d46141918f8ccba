"""What the worker does about seats: whoever has time again gets a seat that is free and that they wait for, and every
night the counters of slots are compared with their seats.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.errors import Missing
from portal.frontline import seat_checks
from portal.frontline.models import SignUp, Slot
from portal.frontline.seat_rows import FREED, fill, lock_slot
from portal.frontline.words import SeatState
from portal.outbox.service import Claimed

NIGHT = "frontline.night"
log = logging.getLogger("sayso.frontline")


def has_time_again(message: Claimed, now: datetime) -> None:
    """Pass free seats on in every slot that somebody waits for. Run again, it finds nothing left to do."""
    for slot_id in _waited_for(int(message.payload["person"]), now):
        with writing():
            try:
                fill(lock_slot(slot_id), now=now)
            except Missing:
                continue


def night(message: Claimed, now: datetime) -> None:
    """Count the seats of every slot; administrators are told of what is wrong, every night while it lasts.

    A second run of the same night tells nobody again.
    """
    wrong = seat_checks.miscounted()
    for one in wrong:
        log.error(one.sentence)
    with writing():
        seat_checks.tell(wrong, key=message.event_id, now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the night's run: once a day (UTC)."""
    return [(NIGHT, f"{NIGHT}:{now.astimezone(UTC).date()}")]


def _waited_for(person_id: int, now: datetime) -> list[int]:
    waits = SignUp.person_id == person_id, SignUp.state == SeatState.WAITING, SignUp.starts_at > now
    query = select(SignUp.slot_id).join(Slot, Slot.id == SignUp.slot_id).where(*waits, Slot.taken < Slot.seats)
    found = list(db.session.scalars(query.order_by(SignUp.slot_id)))
    db.session.rollback()
    return found


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {FREED: has_time_again, NIGHT: night}
