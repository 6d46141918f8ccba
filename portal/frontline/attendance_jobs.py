"""Whoever arrived and of whom nobody noted more has completed the shift, an hour after its end."""

from datetime import datetime

from portal.db import writing
from portal.errors import Conflict
from portal.frontline import attendance
from portal.frontline.attendance_queries import left_open
from portal.frontline.words import Attendance
from portal.outbox.service import Claimed

CLOSE = "frontline.close_shifts"
EVERY_MINUTES = 15


def due(now: datetime) -> list[tuple[str, str]]:
    """Four times an hour."""
    quarter = now.replace(minute=now.minute - now.minute % EVERY_MINUTES)
    return [(CLOSE, f"{CLOSE}:{quarter:%Y-%m-%dT%H:%M}")]


def close(_message: Claimed, now: datetime) -> None:
    """Complete what nobody closed. Somebody may be faster: then theirs stands."""
    with writing():
        for seat in left_open(now):
            try:
                attendance.carry_out(seat, Attendance.COMPLETED, by_id=None, now=now)
            except Conflict:
                continue


HANDLERS = {CLOSE: close}
