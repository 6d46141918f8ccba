"""The checks on the floor: when they begin and end, who is asked, and when what was done is open again. Pure.

14, 30 and 90 days after a change went live, the people who asked for it say whether it is gone on their desk.
Days are calendar days in the organisation's zone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.errors import Conflict, Gone, Refusal
from portal.people.roles import GROUP_MIN

WAVES = (14, 30, 90)  # days after going live
OPEN_DAYS = 16  # a fortnight and two days: whoever was asked something else the day before is still asked
APART_DAYS = 14  # nobody is asked more often, over all checks
LATE_DAYS = 30  # so late the last check may begin
ANSWERS_MIN = 5
NO_SHARE = 3  # one in so many says no: too many
CLEAR_ANSWERS_MIN, CLEAR_SHARE = 10, 2  # one in two of so many: nobody needs to wait for the rest
FORGET_DAYS = 30  # after a check who was asked is forgotten
NEWEST_BEFORE = max(WAVES) + LATE_DAYS


class FloorAnswer(StrEnum):
    """Is it gone on your desk?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"yes": "Yes, it is gone", "partly": "Partly", "no": "No, I still meet it"}[self.value]


class FloorRefusal(Refusal):
    """Why an answer is not taken. The value is the stable code."""

    ANSWERED = "already_answered", Conflict, "You have answered this already. Answers are counted without names."
    OVER = "check_over", Gone, "This check is over. If you still meet it, say on its page that it is back."


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people gave which answer."""

    yes: int = 0
    partly: int = 0
    no: int = 0

    @property
    def answers(self) -> int:
        """All of them."""
        return self.yes + self.partly + self.no


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits to be put to somebody."""

    id: int
    due_on: date


def due_wave(live_from: date, today: date, begun: Collection[int]) -> int | None:
    """The check that begins now, by its days after `live_from`, or None. begun: those that have.

    One that could not begin in time (the promise was confirmed later) still does, unless the next is less than
    APART_DAYS away: that one asks the same people.
    """
    come = [days for days in WAVES if live_from + timedelta(days=days) <= today]
    if not come or any(days >= come[-1] for days in begun):
        return None
    following = _after(come[-1])
    if following is None:
        return come[-1] if today <= live_from + timedelta(days=NEWEST_BEFORE) else None
    return come[-1] if today + timedelta(days=APART_DAYS) <= live_from + timedelta(days=following) else None


def closes_on(live_from: date, days: int, begun_on: date) -> date:
    """The day on which a check is over: before the next one begins."""
    following = _after(days)
    last = begun_on + timedelta(days=OPEN_DAYS)
    return last if following is None else min(last, live_from + timedelta(days=following))


def chosen(waiting: Sequence[Waiting], *, last_asked_on: date | None, today: date) -> Waiting | None:
    """The one question that somebody is asked today, or None: what is due longest, and nothing within a fortnight."""
    if last_asked_on is not None and today < last_asked_on + timedelta(days=APART_DAYS):
        return None
    return min(waiting, key=lambda one: (one.due_on, one.id), default=None)


def too_many(tally: Tally) -> bool:
    """True if what was done is open again: of at least ANSWERS_MIN who answered, one in NO_SHARE or more says no."""
    return tally.answers >= ANSWERS_MIN and tally.no * NO_SHARE >= tally.answers


def is_gone(tally: Tally) -> bool:
    """True if it is gone: of at least GROUP_MIN who answered, two in three or more say yes."""
    return tally.answers >= GROUP_MIN and tally.yes * 3 >= tally.answers * 2


def is_over(tally: Tally, *, people: int, closes: date, today: date) -> bool:
    """True if a check ends: its time is over, all of its `people` have answered, or the answer is clear before."""
    clear = tally.answers >= CLEAR_ANSWERS_MIN and tally.no * CLEAR_SHARE >= tally.answers
    return today >= closes or clear or tally.answers >= people


def answer_refusal(*, answered: bool, over: bool) -> FloorRefusal | None:
    """Why this answer is not taken, or None."""
    if over:
        return FloorRefusal.OVER
    return FloorRefusal.ANSWERED if answered else None


def _after(days: int) -> int | None:
    return next((later for later in WAVES if later > days), None)
