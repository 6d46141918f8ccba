"""Steps, decisions asked for, help and nudges: how much, how long, and what is refused. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from portal.commitments.words import PromiseRefusal

STEPS_MAX = 7
STEP_CHARS_MAX = 120
NEED_CHARS_MIN, NEED_CHARS_MAX = 10, 400
ACCEPT_WORKING_DAYS = 2.0  # the owner accepts an offer or hands it back; then the sponsor is told
LATE_SEEN_DAYS = 14  # a worker that was away for so long still tells of what became late meanwhile
MEASURED_WEEKS = 12  # how long what was done is watched


def step_refusal(words: str) -> PromiseRefusal | None:
    """Why these words are no line of a checklist, or None."""
    length = len(words.strip())
    if not length:
        return PromiseRefusal.STEP_EMPTY
    return PromiseRefusal.STEP_TOO_LONG if length > STEP_CHARS_MAX else None


def need_refusal(words: str) -> PromiseRefusal | None:
    """Why these words are no question, no answer and no call for help, or None."""
    length = len(words.strip())
    if length < NEED_CHARS_MIN:
        return PromiseRefusal.NEED_TOO_SHORT
    return PromiseRefusal.NEED_TOO_LONG if length > NEED_CHARS_MAX else None


def order_refusal(steps: Sequence[int], wanted: Sequence[int]) -> PromiseRefusal | None:
    """Why the lines cannot be put in this order, or None. Both are their numbers: as they are, and as wanted."""
    return None if sorted(steps) == sorted(wanted) else PromiseRefusal.STEPS_CHANGED


def one_up(steps: Sequence[int], number: int) -> list[int]:
    """The order in which one line stands one place higher; the first one stays where it is."""
    order = list(steps)
    at = order.index(number)
    order[max(at - 1, 0)], order[at] = order[at], order[max(at - 1, 0)]
    return order


def week_of(day: date) -> date:
    """The Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def measured_week(live_from: date, today: date) -> int | None:
    """Which week of the measured ones it is, from 1; None before the change is live and after the last one."""
    week = (today - live_from).days // 7 + 1
    return week if 1 <= week <= MEASURED_WEEKS else None


def reminder(due_on: date, set_on: date, today: date) -> str | None:
    """Which reminder a promise calls for: "week", "day", "late" or none. set_on: the day on which the date was named.

    Whoever named a date nearer than a reminder has just read it.
    """
    days = (due_on - today).days
    if days < 0:
        return "late"
    if days <= 1:
        return "day" if (due_on - set_on).days > 1 else None
    return "week" if days <= 7 and (due_on - set_on).days > 7 else None
