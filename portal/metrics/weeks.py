"""From single values to weeks. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

WEEK = timedelta(days=7)


class Reported(NamedTuple):
    """One value as it counts now: the newest revision for a place, a reason and a day."""

    site_id: int
    of_site: bool  # reported for the site itself, not for one of its teams
    reason: str | None
    day: date
    value: float
    n: int | None


@dataclass(frozen=True)
class Week:
    """One week of a metric over several sites.

    value: in the metric's unit, weighted by n; the plain mean where n is missing; of a count the sum.
    n: the contacts or answers behind it, None where somebody did not say. sites: how many reported.
    """

    monday: date
    value: float
    n: int | None
    sites: int

    @property
    def finished_on(self) -> date:
        """The first day after the week."""
        return self.monday + WEEK


class SiteWeek(NamedTuple):
    """What one site reported in one week, added up.

    rows: how many values; told: how many of them with an n. weighted: the sum of value times n where it was told.
    """

    site_id: int
    monday: date
    rows: int
    values: float
    told: int
    n: int
    weighted: float


def by_week(
    rows: Iterable[Reported], sites: Collection[int] | None = None, *, summed: bool = False
) -> list[Week]:  # fmt: skip
    """The weeks of the given sites (None: all), oldest first; weeks without a value are left out.

    Where a site reported itself for a day, what its teams or single contact reasons reported for that day is already
    inside and is not counted again. summed: values of a count come together as a sum, not as a mean.
    """
    sums: dict[tuple[int, date], list[Reported]] = {}
    for row in _coarsest(list(rows)):
        sums.setdefault((row.site_id, monday_of(row.day)), []).append(row)
    return together([_added_up(*key, members) for key, members in sums.items()], sites, summed=summed)


def together(
    sums: Iterable[SiteWeek], sites: Collection[int] | None = None, *, summed: bool = False
) -> list[Week]:  # fmt: skip
    """The weeks of the given sites (None: all) from their sums, oldest first; weeks without a value are left out."""
    weeks: dict[date, list[SiteWeek]] = {}
    for one in sums:
        if sites is None or one.site_id in sites:
            weeks.setdefault(one.monday, []).append(one)
    found = (_week(monday, weeks[monday], summed) for monday in sorted(weeks))
    return [week for week in found if week is not None]


def monday_of(day: date) -> date:
    """The Monday on or before."""
    return day - timedelta(days=day.weekday())


def usual_step(days: Sequence[date]) -> int:
    """The usual number of days between two neighbours of a sorted list; 7 where there are fewer than two."""
    steps = [(later - earlier).days for earlier, later in pairwise(days)]
    return round(median(steps)) if steps else 7


def gaps(days: Sequence[date]) -> list[tuple[date, date]]:
    """Neighbours of a sorted list of days between which values are missing, for the step the list usually has.

    Daily values may pause at week-ends: below a step of a week, only a whole missing week is a gap.
    """
    step = max(7, usual_step(days))
    return [(one, two) for one, two in pairwise(days) if _far_apart(one, two, step)]


def _far_apart(one: date, two: date, step: int) -> bool:
    if step == 7:
        return monday_of(two) - monday_of(one) > WEEK
    return (two - one).days > 1.5 * step


def _coarsest(rows: Sequence[Reported]) -> Iterable[Reported]:
    finest: dict[tuple[int, date], tuple[bool, bool]] = {}
    for row in rows:
        key = (row.site_id, row.day)
        finest[key] = min(finest.get(key, _grain(row)), _grain(row))
    return (row for row in rows if _grain(row) == finest[row.site_id, row.day])


def _grain(row: Reported) -> tuple[bool, bool]:
    return (not row.of_site, row.reason is not None)


def _added_up(site_id: int, monday: date, rows: Sequence[Reported]) -> SiteWeek:
    told = [row for row in rows if row.n is not None]
    return SiteWeek(
        site_id, monday, len(rows), sum(row.value for row in rows), len(told), sum(row.n or 0 for row in told),
        sum(row.value * (row.n or 0) for row in told),
    )  # fmt: skip


def _week(monday: date, sums: Sequence[SiteWeek], summed: bool) -> Week | None:
    rows, told, total = (sum(each) for each in zip(*((one.rows, one.told, one.n) for one in sums), strict=True))
    if summed:
        return Week(monday, sum(one.values for one in sums), None if told < rows else total, len(sums))
    if told < rows:
        return Week(monday, sum(one.values for one in sums) / rows, None, len(sums))
    if total == 0:
        return None  # nobody was asked: there is no value
    return Week(monday, sum(one.weighted for one in sums) / total, total, len(sums))
