"""Readings of one metric at several units over time, laid out as a grid. Pure.

A unit is whatever is compared: a site, a team, or a site and contact reason. The grid has one column per day for daily
data and one per period for everything slower.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from portal.impact.estimate_parts import DAILY_GAP_DAYS_MAX, Reading

WEEK = 7
WINDOW_SIDE_DAYS = 14  # of the centred four weeks, whose two end days count half: every weekday counts four times
CELLS_MAX = 20_000_000  # 160 MB an array: a thousand units for fifty years


@dataclass(frozen=True)
class Panel:
    """The grid. Rows are units in the order of their names, columns are days or periods.

    days: the first day of each column. values: NaN where missing. n: 0 where missing. live: for each unit the column
    of its go-live, or the number of columns where it never had one. clean: the column up to which it is wholly without
    the change, one less than `live` where it went live in the middle of a period. block_days: 7 for daily data, else
    the cadence. cadence_days: the median gap. n_told: whether anybody said how many contacts stand behind a value.
    """

    units: tuple[str, ...]
    days: tuple[date, ...]
    values: np.ndarray
    n: np.ndarray
    live: np.ndarray
    clean: np.ndarray
    cadence_days: float
    block_days: float
    n_told: bool

    @property
    def is_daily(self) -> bool:
        """Columns are days, and seven of them make a block."""
        return self.cadence_days <= DAILY_GAP_DAYS_MAX

    @property
    def block(self) -> int:
        """How many columns make a block."""
        return WEEK if self.is_daily else 1

    @property
    def treated(self) -> np.ndarray:
        """The rows of the units that went live."""
        return np.flatnonzero(self.live < len(self.days))

    def without(self, unit: int) -> "Panel":
        """The same without one row."""
        rows = np.arange(len(self.units)) != unit
        names = tuple(name for name, kept in zip(self.units, rows, strict=True) if kept)
        return replace(self, units=names, values=self.values[rows], n=self.n[rows], live=self.live[rows],
                       clean=self.clean[rows])  # fmt: skip


def laid_out(readings: Iterable[Reading]) -> Panel | None:
    """The grid of some readings in any order; None if none of them has a value.

    Raises ValueError where a unit reports a day twice, names two go-lives or counts less than no contacts, and where
    days lie so far apart that one of them must be wrong: whoever read the file says where.
    """
    rows = sorted(readings, key=lambda one: (one.unit, one.day))
    lives = _go_lives(rows)
    days = sorted({one.day for one in rows if _is_there(one)})
    if not days:
        return None
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    cadence = float(np.median(gaps)) if gaps else float(WEEK)
    daily = cadence <= DAILY_GAP_DAYS_MAX
    units = tuple(sorted(lives))
    if daily and len(units) * ((days[-1] - days[0]).days + 1) > CELLS_MAX:
        raise ValueError(f"{len(units)} units on every day from {days[0]} to {days[-1]} are too many")
    columns = _every_day(days[0], days[-1]) if daily else tuple(days)
    values, n = _filled(rows, units, columns)
    last = days[-1]
    live = np.array([_column(columns, lives[unit], last) for unit in units])
    told = any(one.n is not None for one in rows)
    inside = [
        not daily and _inside_a_period(columns, lives[unit], column) for unit, column in zip(units, live, strict=True)
    ]
    panel = Panel(
        units,
        columns,
        values,
        n,
        live,
        live - np.array(inside, dtype=int),
        cadence,
        float(WEEK) if daily else cadence,
        told,
    )
    return _without_weekdays(panel) if daily else panel


def _is_there(one: Reading) -> bool:
    return one.value is not None and one.n != 0 and math.isfinite(one.value)


def _go_lives(rows: Sequence[Reading]) -> dict[str, date | None]:
    lives: dict[str, date | None] = {}
    before: Reading | None = None
    for one in rows:
        if lives.setdefault(one.unit, one.treated_from) != one.treated_from:
            raise ValueError(f"{one.unit} has two go-lives")
        if before is not None and (before.unit, before.day) == (one.unit, one.day):
            raise ValueError(f"{one.unit} reports {one.day} twice")
        if one.n is not None and not 0 <= one.n < math.inf:
            raise ValueError(f"{one.unit} counts {one.n} contacts on {one.day}")
        before = one
    return lives


def _every_day(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))


def _filled(rows: Sequence[Reading], units: Sequence[str], days: Sequence[date]) -> tuple[np.ndarray, np.ndarray]:
    values, n = np.full((len(units), len(days)), np.nan), np.zeros((len(units), len(days)))
    row_of = {unit: row for row, unit in enumerate(units)}
    column_of = {day: column for column, day in enumerate(days)}
    for one in rows:
        if _is_there(one):
            where = row_of[one.unit], column_of[one.day]
            values[where], n[where] = one.value, 1.0 if one.n is None else one.n
    return values, n


def _column(days: Sequence[date], live_from: date | None, last: date) -> int:
    """The first column at or after a go-live; the number of columns where there is none in the data."""
    if live_from is None or live_from > last:
        return len(days)
    return int(np.searchsorted(np.array(days, dtype="datetime64[D]"), np.datetime64(live_from, "D")))


def _inside_a_period(days: Sequence[date], live_from: date | None, column: int) -> bool:
    """Whether a go-live falls after the first day of the period before its column, and not on that of its column."""
    return live_from is not None and 0 < column < len(days) and days[column - 1] < live_from < days[column]


def _without_weekdays(panel: Panel) -> Panel:
    """Values less the weekday effect: deviations from each unit's own four weeks, on days before its go-live."""
    weekdays = np.arange(len(panel.days)) % WEEK
    before = np.arange(len(panel.days)) < panel.live[:, None]
    untouched = np.where(before, panel.n, 0.0)
    deviations = panel.values - _four_weeks(panel.values, untouched)
    volume = np.where(np.isfinite(deviations), untouched, 0.0)
    sums = np.array([np.sum((volume * np.nan_to_num(deviations))[:, weekdays == day]) for day in range(WEEK)])
    volumes = np.array([np.sum(volume[:, weekdays == day]) for day in range(WEEK)])
    effects = np.divide(sums, volumes, out=np.zeros(WEEK), where=volumes > 0)
    if volumes.sum() > 0:
        effects = effects - np.sum(effects * volumes) / volumes.sum()
    return replace(panel, values=panel.values - effects[weekdays])


def _four_weeks(values: np.ndarray, n: np.ndarray) -> np.ndarray:
    """The centred mean of four weeks, weighted by n; NaN where nothing was reported in them."""
    sums, volumes = _windowed(np.nan_to_num(values) * n), _windowed(n)
    return np.divide(sums, volumes, out=np.full(values.shape, np.nan), where=volumes > 0)


def _windowed(numbers: np.ndarray) -> np.ndarray:
    side, length = WINDOW_SIDE_DAYS, numbers.shape[1]
    padded = np.pad(numbers, ((0, 0), (side, side)))
    running = np.concatenate([np.zeros((numbers.shape[0], 1)), np.cumsum(padded, axis=1)], axis=1)
    whole = running[:, 2 * side + 1 :][:, :length] - running[:, :length]
    return whole - (padded[:, :length] + padded[:, 2 * side : 2 * side + length]) / 2
