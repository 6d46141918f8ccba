"""Until when something is due, in words. Pure."""

from datetime import date, timedelta

from portal.triage.clock import Duty

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = timedelta(days=7)


def due_words(duty: Duty, due_on: date, today: date, *, overdue: bool | None = None) -> tuple[str, bool]:
    """ "Answer due Tuesday", "Answer due today", "First reply 2 days late", and whether it is late.

    overdue: where it is known to the hour; else the day decides.
    """
    days = (due_on - today).days
    late = days < 0 if overdue is None else overdue
    if late:
        return f"{duty.label} {_days(-days)} late" if days < 0 else f"{duty.label} was due today", True
    if days <= 0:
        return f"{duty.label} due today", False
    if days == 1:
        return f"{duty.label} due tomorrow", False
    if due_on - today < WEEK:
        return f"{duty.label} due {WEEKDAYS[due_on.weekday()]}", False
    year = f" {due_on.year}" if due_on.year != today.year else ""
    return f"{duty.label} due {due_on.day} {due_on:%B}{year}", False


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
