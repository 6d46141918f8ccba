"""Which days a pattern means, and which patterns may be made. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from portal.errors import Gone, Invalid, Refusal
from portal.frontline.slot_rules import AHEAD_DAYS_MAX, NewSlot, SlotRefusal, Window, times_of, words_refusal
from portal.frontline.words import Busy, Channel

WEEKS_MAX = 26
MORE = timedelta(weeks=4)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class PatternRefusal(Refusal):
    """Why a pattern is not kept. The value is the stable code."""

    NO_WEEKDAY = "no_weekday", Invalid, "Choose at least one day of the week.", "weekdays"
    ENDS_BEFORE = "ends_before_it_begins", Invalid, "The last day comes before the first.", "last_day"
    TOO_LONG = "pattern_too_long", Invalid, f"A pattern lasts at most {WEEKS_MAX} weeks.", "last_day"
    TOO_FAR = "pattern_too_far", Invalid, f"Choose a first day within the next {AHEAD_DAYS_MAX} days.", "first_day"
    ENDED = "pattern_ended", Gone, "This pattern was ended, so nothing more is made from it."
    NOTHING_TO_COME = "nothing_to_come", Invalid, "None of these days is still to come.", "last_day"


class Repeated(Protocol):
    """What a pattern that is kept says about each of its slots."""

    site_id: int
    starts: time
    minutes: int
    queue: str
    language: str
    channel: Channel
    busy: Busy
    seats: int
    briefing_needed: bool
    note: str
    first_day: date
    last_day: date


@dataclass(frozen=True, kw_only=True)
class NewPattern(Window):
    """A pattern as it was sent. weekdays: 0 is Monday; both days are included."""

    site_id: int
    weekdays: frozenset[int]
    first_day: date
    last_day: date


def days_of(pattern: "NewPattern | Repeated") -> Iterator[date]:
    """The days that a pattern means, in order."""
    weekdays = {int(day) for day in pattern.weekdays}  # type: ignore[union-attr]
    for ahead in range((pattern.last_day - pattern.first_day).days + 1):
        day = pattern.first_day + timedelta(days=ahead)
        if day.weekday() in weekdays:
            yield day


def slot_on(pattern: "NewPattern | Repeated", day: date) -> NewSlot:
    """The slot of one day; nobody hosts it yet."""
    return NewSlot(
        site_id=pattern.site_id, day=day, starts=pattern.starts, minutes=pattern.minutes, queue=pattern.queue,
        language=pattern.language, channel=pattern.channel, busy=pattern.busy, seats=pattern.seats,
        briefing_needed=pattern.briefing_needed, note=pattern.note,
    )  # fmt: skip


def pattern_refusal(new: NewPattern, zone: str, *, now: datetime) -> PatternRefusal | SlotRefusal | None:
    """Why it cannot be kept like this, or None. A night in which the clocks skip its time is no reason."""
    if not new.weekdays or not new.weekdays <= set(range(7)):
        return PatternRefusal.NO_WEEKDAY
    if new.last_day < new.first_day:
        return PatternRefusal.ENDS_BEFORE
    if new.last_day - new.first_day >= timedelta(weeks=WEEKS_MAX):
        return PatternRefusal.TOO_LONG
    if new.first_day > now.date() + timedelta(days=AHEAD_DAYS_MAX):
        return PatternRefusal.TOO_FAR
    if new.last_day < now.date() - timedelta(days=1):
        return PatternRefusal.NOTHING_TO_COME  # before anything is counted with it
    if refused := words_refusal(new):
        return refused
    coming = any(times_of(slot_on(new, day), zone)[0] > now for day in days_of(new))
    return None if coming else PatternRefusal.NOTHING_TO_COME


def may_go_on(first_day: date, last_day: date, *, now: datetime) -> bool:
    """True where a pattern that goes on for `MORE` is not longer than a pattern may be, counted from now."""
    begins = max(first_day, now.date())
    return last_day + MORE - begins < timedelta(weeks=WEEKS_MAX)
