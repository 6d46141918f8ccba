"""Axes: round ticks for values, months and days for time. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.metrics.words import MONTHS, number, short_day

VALUE_MAX = 1e15
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MONTH_STRIDES = (1, 2, 3, 6, 12, 24, 60, 120)
SHORT = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))  # where the axis reaches ten times that
FLAT = 1e-9  # a span below this, of the values' size or at all, is a flat line


@dataclass(frozen=True)
class Ticks:
    """Round values from below the lowest to above the highest, and their labels."""

    values: tuple[float, ...]
    labels: tuple[str, ...]

    @property
    def low(self) -> float:
        """The lower end of the axis."""
        return self.values[0]

    @property
    def high(self) -> float:
        """The upper end of the axis."""
        return self.values[-1]


def value_ticks(values: Sequence[float], *, decimals: int, wanted: int = 5) -> Ticks:
    """About `wanted` round ticks around the values. Raises ValueError for one that is not finite or beyond 1e15.

    Starts at zero only if the values come near it: the caller says where the axis starts.
    """
    if not all(math.isfinite(value) and abs(value) <= VALUE_MAX for value in values):
        raise ValueError("a chart shows finite values up to 1e15")
    low, high = _room(min(values), max(values), decimals)
    step = _step((high - low) / (wanted - 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = tuple(index * step for index in range(first, max(last, first + 1) + 1))
    reach = max(abs(places[0]), abs(places[-1]))
    return Ticks(places, tuple(_label(value, step, reach) for value in places))


def time_labels(first: date, last: date, *, most: int) -> list[tuple[date, str]]:
    """At most `most` days to name below the time axis: months (January as its year), or single days if it is short."""
    months = _month_starts(first, last)
    for stride in MONTH_STRIDES if len(months) >= 2 else ():
        chosen = [month for month in months if _months_since_zero(month) % stride == 0]
        if 2 <= len(chosen) <= most:
            return [(month, _month_label(month)) for month in chosen]
    if first == last or most < 2:
        return [(first, short_day(first))]
    with_year = (last - first).days > 300
    return [(day, f"{short_day(day)} {day.year}" if with_year else short_day(day)) for day in (first, last)]


def _room(low: float, high: float, decimals: int) -> tuple[float, float]:
    """A little air; a flat line gets a tenth of its size on both sides, at least what its decimals can show."""
    size = max(abs(low), abs(high))
    if high - low <= max(size * FLAT, FLAT):
        air = max(size * 0.1, 2 * 10.0**-decimals)
        return low - air, high + air
    if 0 < low < high * 0.3:
        return 0.0, high
    return low, high


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((times * power for times in STEPS if times * power >= rough * 0.999), 10 * power)


def _label(value: float, step: float, reach: float) -> str:
    fitting = ((size, suffix) for size, suffix in SHORT if reach >= 10 * size and step >= size / 10)
    size, suffix = next(fitting, (1.0, ""))
    decimals = max(0, -math.floor(math.log10(step / size) + 1e-9))
    if round(step / size, decimals + 1) != round(step / size, decimals):
        decimals += 1  # steps of 2.5
    text = number(value / size, min(decimals, 12))
    return f"−{text[1:]}{suffix}" if text.startswith("-") else f"{text}{suffix if value else ''}"


def _month_starts(first: date, last: date) -> list[date]:
    month = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    found = []
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _months_since_zero(month: date) -> int:
    return month.year * 12 + month.month - 1


def _month_label(month: date) -> str:
    return str(month.year) if month.month == 1 else MONTHS[month.month - 1][:3]
