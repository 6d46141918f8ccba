"""Where words may stand in a chart: near their own line, on no line and on no other words. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Room for words beside a line; base is where their letters stand."""

    left: float
    right: float
    base: float
    at_end: bool

    def touches(self, other: "Box") -> bool:
        """True if the words would meet."""
        return abs(self.base - other.base) < 18 and self.left < other.right and other.left < self.right


def cost(box: Box, heights: Sequence[Sequence[float]], index: int, taken: Sequence[Box]) -> float:
    """How badly words would stand there. Worst are words on words, then words nearer to the other line.

    heights: for each line how high it runs below, at and above the words, lowest number first.
    """
    low, high, middle = box.base - 14, box.base + 6, box.base - 4
    covered = sum(bisect_left(each, high) - bisect_right(each, low) for each in heights)
    away = [_nearest(each, middle) for each in heights]
    clash = sum(box.touches(other) for other in taken)
    return clash * 1e6 + (min(away) < away[index]) * 1e5 + covered * 1e3 + away[index]


def _nearest(heights: Sequence[float], to: float) -> float:
    place = bisect_left(heights, to)
    return min((abs(to - height) for height in heights[max(place - 1, 0) : place + 1]), default=1e3)


def walked(points: Sequence[Point]) -> list[Point]:
    """Where a line runs, in steps of 6 units; the points themselves where they lie nearer."""
    found = list(points[:1])
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = max(int((x2 - x1) // 6), 1)
        found += [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(1, steps + 1)]
    return found


def heights_between(path: Sequence[Point], left: float, right: float) -> list[float]:
    """How high a line runs between two places."""
    first, last = bisect_left(path, left, key=itemgetter(0)), bisect_right(path, right, key=itemgetter(0))
    return [y for _x, y in path[first:last]]
