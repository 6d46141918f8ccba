"""Who gives points to whom, and how fast: pairs, rings and outliers that somebody should look at. Pure.

None of these is a proof of anything: the report says where to look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

DAYS = 90
ABOUT_POINTS, REFUSED = "points.", "refused"  # action and outcome of a no that was kept
PAIR_MIN = 3  # movements from one person to another
SIGMAS = 3.0
OUTLIERS_OF = 8  # with fewer than so many there is no usual amount: of n values none is further than √(n−1) σ


@dataclass(frozen=True, slots=True)
class Move:
    """Points that came to somebody because somebody else said so: confirmed, gave, or thanked."""

    giver: int
    taker: int
    points: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One person to another, often."""

    giver: int
    taker: int
    times: int
    points: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """Somebody or something far above the others. usual: the mean of all."""

    key: int
    points: int
    usual: float
    sigmas: float


def pairs(moves: Iterable[Move]) -> list[Pair]:
    """Those who gave to the same person at least PAIR_MIN times, the most points first."""
    times: Counter[tuple[int, int]] = Counter()
    points: Counter[tuple[int, int]] = Counter()
    for move in moves:
        times[move.giver, move.taker] += 1
        points[move.giver, move.taker] += move.points
    found = [Pair(*key, count, points[key]) for key, count in times.items() if count >= PAIR_MIN]
    return sorted(found, key=lambda one: (-one.points, one.giver, one.taker))


def rings(moves: Iterable[Move]) -> list[tuple[int, ...]]:
    """Two or three people whose points go round: each gave to the next and the last to the first; smallest id first."""
    gives: dict[int, set[int]] = defaultdict(set)
    for move in moves:
        if move.giver != move.taker:
            gives[move.giver].add(move.taker)
    found: set[tuple[int, ...]] = set()
    for first, seconds in list(gives.items()):
        for second in seconds:
            if first < second and first in gives.get(second, ()):
                found.add((first, second))
            for third in gives.get(second, ()):
                if first < min(second, third) and third != second and first in gives.get(third, ()):
                    found.add((first, second, third))
    return sorted(found, key=lambda ring: (len(ring), ring))


def outliers(sums: Mapping[int, int]) -> Sequence[Outlier]:
    """Those more than SIGMAS standard deviations above the mean of the others, the furthest first.

    Each is compared with the others alone: one that is far off would otherwise widen what it is measured by. The
    deviation counts as at least a tenth of the mean, so that equal sums do not make a small difference look large.
    """
    if len(sums) < OUTLIERS_OF:
        return []
    found = []
    for key, points in sums.items():
        others = [value for other, value in sums.items() if other != key]
        usual = fmean(others)
        sigma = max(pstdev(others, usual), usual / 10, 1.0)
        if (far := (points - usual) / sigma) > SIGMAS:
            found.append(Outlier(key, points, usual, far))
    return sorted(found, key=lambda one: -one.sigmas)
