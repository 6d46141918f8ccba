"""When points expire: after months without activity, announced twice; whoever has left, 90 days later. Pure."""

from calendar import monthrange
from datetime import date, timedelta

FIRST_TOLD_DAYS, LAST_TOLD_DAYS = 60, 14
LEFT_DAYS = 90


def due_on(last_active: date, months: int) -> date:
    """The day on which points expire, so many calendar months after the last activity."""
    month = last_active.month - 1 + months
    year, month = last_active.year + month // 12, month % 12 + 1
    return date(year, month, min(last_active.day, monthrange(year, month)[1]))


def inactive_before(today: date, months: int, *, ahead: int = FIRST_TOLD_DAYS) -> date:
    """Who was last active on this day or before it is to be told now, `ahead` days before."""
    # Some days too many are looked at: `due_on` decides.
    return due_on(today + timedelta(days=ahead + 3), -months)


def left_due_on(left: date) -> date:
    """The day on which the points of somebody who has left expire."""
    return left + timedelta(days=LEFT_DAYS)


def is_due(due: date, *, first_told: date | None, last_told: date | None, today: date) -> bool:
    """True if it may expire today: both announcements were made as long ago as they promise."""
    if today < due or first_told is None or last_told is None:
        return False
    told_in_time = first_told + timedelta(days=FIRST_TOLD_DAYS) <= today
    return told_in_time and last_told + timedelta(days=LAST_TOLD_DAYS) <= today
