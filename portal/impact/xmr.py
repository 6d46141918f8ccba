"""XmR charts: which values are more than the usual ups and downs. Pure.

The picture and the early warning, never the judge.

As NHS England's *Making Data Count* draws them: limits at the mean ± 2.66 mean moving ranges, moving ranges beyond
3.267 of their mean left out once, and four rules for special causes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

LIMIT = 2.66  # 3 / 1.128: three standard deviations from mean moving ranges of two
RANGE_LIMIT = 3.267
RUN = 7
TREND = 7
NEAR = 2 / 3
TRIAL_BELOW = 12


class Signal(StrEnum):
    """Why a point is no usual up or down."""

    OUTSIDE = "outside"
    ONE_SIDE = "one_side"  # seven on one side of the mean
    TREND = "trend"  # seven rising or falling
    TWO_OF_THREE = "two_of_three"  # two of three beyond two thirds of the way to one limit


@dataclass(frozen=True)
class Limits:
    """The mean and the natural process limits, in the metric's unit. trial: from fewer than 12 points."""

    mean: float
    low: float
    high: float
    trial: bool


def limits(values: Sequence[float], *, screened: bool = True) -> Limits:
    """The limits of some points in order. screened: without outlying moving ranges. Raises ValueError for none."""
    if not values:
        raise ValueError("no points")
    mean = sum(values) / len(values)
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    average = sum(ranges) / len(ranges) if ranges else 0.0
    if screened and average > 0:
        usual = [one for one in ranges if one < RANGE_LIMIT * average]
        average = sum(usual) / len(usual)
    return Limits(mean, mean - LIMIT * average, mean + LIMIT * average, len(values) < TRIAL_BELOW)


def signals(values: Sequence[float], found: Limits) -> list[frozenset[Signal]]:
    """For each point, the rules that it breaks."""
    by_rule = {
        Signal.OUTSIDE: _outside(values, found),
        Signal.ONE_SIDE: _one_side(values, found),
        Signal.TREND: _trend(values),
        Signal.TWO_OF_THREE: _two_of_three(values, found),
    }
    return [frozenset(rule for rule, points in by_rule.items() if at in points) for at in range(len(values))]


def _outside(values: Sequence[float], found: Limits) -> set[int]:
    return {at for at, value in enumerate(values) if not found.low <= value <= found.high}


def _one_side(values: Sequence[float], found: Limits) -> set[int]:
    sides = [(value > found.mean) - (value < found.mean) for value in values]
    return _runs(sides, RUN)


def _trend(values: Sequence[float]) -> set[int]:
    """Seven points in a row that rise or fall: six differences of one sign."""
    steps = [(later > earlier) - (later < earlier) for earlier, later in pairwise(values)]
    ends = _runs(steps, TREND - 1)
    return ends | {at + 1 for at in ends}


def _runs(signs: Sequence[int], length: int) -> set[int]:
    """The positions that are part of so many equal signs in a row, nought ending a run."""
    found: set[int] = set()
    start = 0
    for at, sign in enumerate(signs):
        if sign == 0 or (at and sign != signs[at - 1]):
            start = at if sign else at + 1
        if sign and at - start + 1 >= length:
            found |= set(range(start, at + 1))
    return found


def _two_of_three(values: Sequence[float], found: Limits) -> set[int]:
    high = found.mean + NEAR * (found.high - found.mean)
    low = found.mean - NEAR * (found.mean - found.low)
    points: set[int] = set()
    for at in range(len(values) - 2):
        three = range(at, at + 3)
        for beyond in ([one for one in three if values[one] > high], [one for one in three if values[one] < low]):
            points |= set(beyond) if len(beyond) >= 2 else set()
    return points
