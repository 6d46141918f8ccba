"""Quarters, and how much a time on the floor weighs: nights and weekends more. Pure."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from portal.frontline.slot_rules import utc_of

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)
NIGHT_WEIGHT, WEEKEND_WEIGHT = 2.0, 1.5


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year; number: 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter in which a day lies."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def before(self) -> "Quarter":
        """The one before."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def key(self) -> str:
        """ "2026-q4"."""
        return f"{self.year}-q{self.number}"

    @property
    def words(self) -> str:
        """ "October to December 2026"."""
        last = self.after.first_day - timedelta(days=1)
        return f"{self.first_day:%B} to {last:%B} {self.year}"

    def moments(self, zone: str) -> tuple[datetime, datetime]:
        """From when until before when (UTC) it lasts in a zone."""
        return utc_of(self.first_day, time(0), zone), utc_of(self.after.first_day, time(0), zone)


def weighted_minutes(starts_at: datetime, ends_at: datetime, zone: str) -> float:
    """The minutes of a shift, those of nights (22 to 6 on the wall there) twice, else those of weekends 1.5 times."""
    cuts = sorted({starts_at, ends_at, *_boundaries(starts_at, ends_at, zone)})
    pieces = itertools.pairwise(cuts)
    return sum((end - start) / timedelta(minutes=1) * _weight(start, zone) for start, end in pieces)


def minutes_of(starts_at: datetime, ends_at: datetime) -> int:
    """The minutes that passed."""
    return (ends_at - starts_at) // timedelta(minutes=1)


def _boundaries(starts_at: datetime, ends_at: datetime, zone: str) -> list[datetime]:
    """The moments within a shift at which a night or a day begins."""
    first = starts_at.astimezone(ZoneInfo(zone)).date()
    days = [first + timedelta(days=ahead) for ahead in range((ends_at - starts_at).days + 3)]
    found = [utc_of(day, at, zone) for day in days for at in (time(0), NIGHT_ENDS, NIGHT_BEGINS)]
    return [moment for moment in found if starts_at < moment < ends_at]


def _weight(moment: datetime, zone: str) -> float:
    wall = moment.astimezone(ZoneInfo(zone))
    if wall.time() >= NIGHT_BEGINS or wall.time() < NIGHT_ENDS:
        return NIGHT_WEIGHT
    return WEEKEND_WEIGHT if wall.weekday() >= 5 else 1.0
