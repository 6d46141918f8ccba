"""Counting in working days: hours, weekdays, holidays and the zone of a place. Pure.

A working day counts one, however long the night before was: its fraction is the share of its hours that has passed,
measured between the moments at which they begin and end. Every sum is exact and takes the same few steps over a day
or over a century.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """When people work at a place.

    zone: of the IANA database. weekdays: 0 is Monday. start, end: on the wall clock there; an end of 00:00 is the
    midnight that ends the day. holidays: days off, whatever their weekday.
    """

    zone: str
    weekdays: frozenset[int]
    start: time
    end: time
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("a week needs at least one working day, from 0 to 6")
        if self.end != MIDNIGHT and self.end <= self.start:
            raise ValueError("a day's hours end after they begin")

    def after(self, moment: datetime, working_days: float) -> datetime:
        """The moment (UTC) at which that many working days have passed; the end of a day rather than the next morning.

        working_days: not negative; 0.5 is half a day's hours. Nothing added is the moment itself.
        """
        if working_days < 0:
            raise ValueError("working days are counted forwards")
        if working_days == 0:
            return moment.astimezone(UTC)
        index, part = self._position(moment)
        left = part + Fraction(working_days)
        whole = -(-left.numerator // left.denominator) - 1  # of 2 the second day, at its end: not the third's morning
        opens, closes = self._hours(self._day(index + whole))
        return opens + _times(closes - opens, left - whole)

    def days_between(self, first: datetime, second: datetime) -> float:
        """How many working days lie between two moments; negative where the second comes first."""
        (index, part), (other, rest) = self._position(first), self._position(second)
        return float(other - index + rest - part)

    def end_of(self, day: date) -> datetime:
        """The moment (UTC) at which the hours of a day end; of the next working day where it is none."""
        return self._hours(day if self.works_on(day) else self.working_day_after(day, 1))[1]

    def working_day_after(self, day: date, count: int) -> date:
        """The first, second … working day after a day, which itself does not count."""
        if count < 1:
            raise ValueError("count from one")
        return self._day(self._index(day + timedelta(days=1)) + count - 1)

    def works_on(self, day: date) -> bool:
        """True for a day on which people work."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def day_of(self, moment: datetime) -> date:
        """The day that a moment falls on there."""
        return moment.astimezone(self._zone).date()

    def _position(self, moment: datetime) -> tuple[int, Fraction]:
        """How many working days were over at a moment, and the share of the present one."""
        day = self.day_of(moment)
        index = self._index(day)
        if not self.works_on(day):
            return index, Fraction(0)
        opens, closes = self._hours(day)
        if moment >= closes:
            return index + 1, Fraction(0)
        passed, length = max(moment - opens, timedelta()), closes - opens
        return index, Fraction(passed // MICROSECOND, length // MICROSECOND)

    def _index(self, day: date) -> int:
        """How many working days there were before a day, since the first Monday that a date can name."""
        return self._raw(day) - bisect_left(self._off, day)

    def _day(self, index: int) -> date:
        """The working day of that number."""
        raw = index + bisect_right(self._off_at, index)
        weeks, place = divmod(raw, len(self._week))
        return date.fromordinal(1 + 7 * weeks + self._week[place])

    def _raw(self, day: date) -> int:
        """As `_index`, without holidays."""
        weeks, weekday = divmod(day.toordinal() - 1, 7)  # the first of January of the year 1 was a Monday
        return weeks * len(self._week) + bisect_left(self._week, weekday)

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        last = day + timedelta(days=1) if self.end == MIDNIGHT else day
        opens, closes = self._moment(day, self.start), self._moment(last, self.end)
        return opens, max(opens, closes)  # hours that a spring night skips altogether have no length

    def _moment(self, day: date, at: time) -> datetime:
        # Of an hour that comes twice the first; one that is skipped as if it were not.
        return datetime.combine(day, at, self._zone).astimezone(UTC)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _week(self) -> tuple[int, ...]:
        return tuple(sorted(self.weekdays))

    @cached_property
    def _off(self) -> tuple[date, ...]:
        """The holidays that are no days off anyway."""
        return tuple(sorted(day for day in self.holidays if day.weekday() in self.weekdays))

    @cached_property
    def _off_at(self) -> tuple[int, ...]:
        """How many working days had gone before each of them."""
        return tuple(self._raw(day) - place for place, day in enumerate(self._off))


def _times(length: timedelta, share: Fraction) -> timedelta:
    return timedelta(microseconds=round(share * (length // MICROSECOND)))
