"""When somebody is reminded of a shift. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.frontline.words import Attendance

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MORNING = time(8)
ASKED_FOR = timedelta(days=7)  # so long a debrief is worth asking for
LOOKS_BACK = timedelta(days=10)  # over shifts whose debrief may be asked for
THERE = (Attendance.SIGNED_UP, Attendance.ARRIVED, Attendance.COMPLETED, Attendance.ABANDONED)


class Kind(StrEnum):
    """What is said, once each."""

    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    COMING = "coming"  # to the people there
    DEBRIEF = "debrief"


@dataclass(frozen=True)
class Seat:
    """A booked seat as reminders see it. reminded: kind → when; debriefed: its debrief is finished."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    attendance: Attendance
    reminded: dict[str, datetime]
    debriefed: bool


def due(seat: Seat, now: datetime) -> Sequence[Kind]:
    """What is to be said now, also where it should have been said while nobody looked.

    What was said before its time belongs to an earlier date of a shift that was moved: it is said again.
    """
    kinds = [Kind.DEBRIEF] if now >= seat.ends_at else [Kind.DAY_BEFORE, Kind.HOUR_BEFORE, Kind.COMING]
    return [kind for kind in kinds if _is_due(seat, kind, now)]


def window(kind: Kind, starts_at: datetime, ends_at: datetime, zone: str) -> tuple[datetime, datetime]:
    """From when until when something is worth saying; half-open. A debrief from the next morning on, at the site."""
    if kind is Kind.DAY_BEFORE:
        return starts_at - DAY, starts_at - HOUR
    if kind is Kind.HOUR_BEFORE:
        return starts_at - HOUR, starts_at
    if kind is Kind.COMING:
        return starts_at - DAY, starts_at
    here = ZoneInfo(zone)
    morning = datetime.combine(ends_at.astimezone(here).date() + DAY, MORNING, here).astimezone(UTC)
    return morning, morning + ASKED_FOR


def _is_due(seat: Seat, kind: Kind, now: datetime) -> bool:
    opens, closes = window(kind, seat.starts_at, seat.ends_at, seat.zone)
    said = seat.reminded.get(kind)
    if kind is Kind.DEBRIEF:
        wanted = seat.attendance in THERE and not seat.debriefed
    else:
        wanted = seat.attendance in (Attendance.SIGNED_UP, Attendance.ARRIVED)
    return wanted and opens <= now < closes and (said is None or said < opens)
