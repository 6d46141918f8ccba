"""Orders that other portals use, each with its own statistic as the line to the executives.

All show counts before the vote. Their line is set with hindsight: the 15 ideas (5 %) whose statistic ever stood highest
are promoted, which is kinder to them than a line fixed beforehand.
"""

import math
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace

from bench.swarm.behaviour import PAGE
from bench.swarm.world import World

QUEUE = 15
Z = 1.2816  # 80 %, as on Reddit
MONTH_HOURS = 30 * 24


@dataclass
class Count:
    """What one idea received. recent: moments of supports in hours."""

    since: float
    up: int = 0
    down: int = 0
    looks: float = 0.0
    recent: list[float] = field(default_factory=list)
    peak: float = -math.inf

    def copy(self) -> "Count":
        return replace(self, recent=list(self.recent))


class Baseline(ABC):
    """Ideas ordered by `value`; what a visitor has decided is not dealt again, as everywhere."""

    name = ""
    counts_shown = True

    def __init__(self, world: World) -> None:
        self.world = world
        self.ideas: list[Count] = []

    def arrive(self, at: float) -> None:
        self.ideas.append(self.blank(at))

    def blank(self, at: float) -> Count:
        """An idea that nobody has seen."""
        return Count(at)

    def page(self, decided: set[int], seen: dict[int, float], at: float, rng: random.Random) -> list[int]:
        values = [(self.value(one, at), number) for number, one in enumerate(self.ideas) if number not in decided]
        values.sort(reverse=True)
        return [number for _, number in values[:PAGE]]

    def decide(self, idea: int, person: int, kind: str, via: str, at: float, seen: float) -> None:
        self.add(self.ideas[idea], person, kind, via, at, seen)

    def scrolled(self, idea: int, person: int, seen: float) -> None:
        self.ideas[idea].looks += seen

    def add(self, one: Count, person: int, kind: str, via: str, at: float, seen: float) -> None:
        one.looks += 1 - seen
        if kind in ("support", "strong"):
            one.up += 1
            one.recent.append(at * 24)
        elif kind in ("stop", "down"):
            one.down += 1
        one.peak = max(one.peak, self.line_value(one, at))

    def glance(self, one: Count, person: int, seen: float) -> None:
        one.looks += seen

    def order(self, at: float) -> list[int]:
        return sorted(range(len(self.ideas)), key=lambda number: (-self.value(self.ideas[number], at), number))

    def promoted(self) -> set[int]:
        return {number for number, one in enumerate(self.ideas) if one.peak >= self.line()}

    def line(self) -> float:
        return sorted((one.peak for one in self.ideas), reverse=True)[QUEUE - 1]

    def is_over(self, one: Count) -> bool:
        return one.peak >= self.line()

    def supports(self, idea: int) -> int:
        return self.ideas[idea].up

    @abstractmethod
    def value(self, one: Count, at: float) -> float:
        """What it is ordered by."""

    def line_value(self, one: Count, at: float) -> float:
        return self.value(one, at)


class RawCount(Baseline):
    """Most supports first."""

    name = "raw count"

    def value(self, one: Count, at: float) -> float:
        return one.up


class FiderTrending(Baseline):
    """(5·supports of the last 30 days − 1) / (age in hours + 2)^1.4, without comments."""

    name = "Fider trending"

    def value(self, one: Count, at: float) -> float:
        hours = at * 24
        recent = one.recent
        while recent and recent[0] < hours - MONTH_HOURS:
            recent.pop(0)
        return (5 * len(recent) - 1) / (hours - one.since * 24 + 2) ** 1.4

    def line_value(self, one: Count, at: float) -> float:
        return len(one.recent)


class Wilson(Baseline):
    """Lower bound (80 %) of supports among supports and dislikes."""

    name = "Wilson"

    def value(self, one: Count, at: float) -> float:
        n = one.up + one.down
        if not n:
            return 0.0
        share = one.up / n
        spread = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        return (share + Z * Z / (2 * n) - spread) / (1 + Z * Z / n)


class EmpiricalBayes(Baseline):
    """Supports per look, drawn towards the mean of all ideas with the weight of 8 looks; greedy."""

    name = "empirical-Bayes mean"
    prior = 8.0

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.mean = 1 / 3

    def page(self, decided: set[int], seen: dict[int, float], at: float, rng: random.Random) -> list[int]:
        self.mean = (sum(one.up for one in self.ideas) + 1) / (sum(one.looks for one in self.ideas) + 3)
        return super().page(decided, seen, at, rng)

    def value(self, one: Count, at: float) -> float:
        return (one.up + self.prior * self.mean) / (one.looks + self.prior)

    def line_value(self, one: Count, at: float) -> float:
        share = min(1.0, self.value(one, at))
        return share - math.sqrt(share * (1 - share) / (one.looks + self.prior))


BASELINES = (RawCount, FiderTrending, Wilson, EmpiricalBayes)
