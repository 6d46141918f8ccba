"""Until when a first reply and an answer are due, and when a late one climbs. Pure.

Both are functions of a moment (said; promoted, or come back since), the calendar of the idea's site, and, for an
answer, of the one question that may have been asked back. Days are told to people, so days are counted: what is due on
a Tuesday is due when Tuesday's hours end there.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.people.working_time import WorkingCalendar

REPLY_WORKING_DAYS = 5
ANSWER_WORKING_DAYS = 10
PAUSE_WORKING_DAYS_MAX = 5
LEVELS = 2  # one at 100 % of the time, two at 200 %


class Duty(StrEnum):
    """What somebody owes an idea."""

    FIRST_REPLY = "first_reply"
    ANSWER = "answer"

    @property
    def label(self) -> str:
        """As people read it."""
        return "First reply" if self is Duty.FIRST_REPLY else "Answer"

    @property
    def working_days(self) -> int:
        """How long there is for it."""
        return REPLY_WORKING_DAYS if self is Duty.FIRST_REPLY else ANSWER_WORKING_DAYS


@dataclass(frozen=True, slots=True)
class Pause:
    """A question asked back: from when, until when at the latest, and when it was answered."""

    asked_at: datetime
    reply_by: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When something is due: the day as told and the moment, and when it climbs a first and a second time."""

    due_on: date
    due_at: datetime
    climbs: tuple[datetime, datetime]

    def next_climb(self, level: int) -> datetime | None:
        """When it climbs next, having climbed `level` times."""
        return self.climbs[level] if level < LEVELS else None


def times(duty: Duty, starts_at: datetime, calendar: WorkingCalendar, pause: Pause | None = None) -> Times:
    """The times of a duty that began at a moment: 5 working days for a first reply, 10 for an answer."""
    began = calendar.day_of(starts_at)
    due_on = calendar.working_day_after(began, duty.working_days)
    if duty is Duty.ANSWER and (stood := paused_days(pause, calendar, until=calendar.end_of(due_on))):
        due_on = calendar.working_day_after(due_on, stood)
    twice = calendar.working_day_after(due_on, duty.working_days)
    return Times(due_on, calendar.end_of(due_on), (calendar.end_of(due_on), calendar.end_of(twice)))


def answer_due(promoted_at: datetime, calendar: WorkingCalendar, pause: Pause | None = None) -> date:
    """The day by which an executive answers, at the idea's site."""
    return times(Duty.ANSWER, promoted_at, calendar, pause).due_on


def paused_days(pause: Pause | None, calendar: WorkingCalendar, *, until: datetime) -> int:
    """For how many working days the clock stood still; a begun one counts, five at most, none once it was late."""
    if pause is None or pause.asked_at >= until:
        return 0
    longest = calendar.after(pause.asked_at, PAUSE_WORKING_DAYS_MAX)
    ended = min(longest, pause.reply_by, pause.answered_at or longest)
    return min(PAUSE_WORKING_DAYS_MAX, math.ceil(max(0.0, calendar.days_between(pause.asked_at, ended)) - 1e-9))


def moves_to_cover(due_on: date, due_at: datetime, *, last_day: date, now: datetime) -> bool:
    """Whether what somebody owes is given to their cover as they leave: due meanwhile, and not late already."""
    return due_at > now and due_on <= last_day
