"""The paper that charts of results are drawn on: scales, axes, lines, ribbons, marks and words beside them. Pure.

Only class names (`c-*` of charts.css), no style and no script. Every drawing exists twice: 720 wide, and 340 wide with
room for larger letters, because letters shrink with a drawing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from portal.metrics.chart import Drawing, Drawings
from portal.metrics.scale import Ticks, value_ticks

Point = tuple[float, float | None]
LINE_HEIGHT = 17.0
MARK = {
    "round": "M{l:.1f} {y:.1f}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z",
    "diamond": "M{x:.1f} {t:.1f}L{e:.1f} {y:.1f}L{x:.1f} {b:.1f}L{l:.1f} {y:.1f}z",
    "triangle": "M{x:.1f} {t:.1f}L{e:.1f} {b:.1f}L{l:.1f} {b:.1f}z",
    "square": "M{l:.1f} {t:.1f}H{e:.1f}V{b:.1f}H{l:.1f}z",
}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A size in units of the drawing. letter: the width that one letter may need. bars: room for the bars of n."""

    width: int
    height: int
    letter: float
    dot: float
    right: float
    top: float = 44.0
    bars: float = 26.0
    labels: float = 34.0

    @property
    def is_narrow(self) -> bool:
        """Words stand inside the drawing, not beside it."""
        return self.right < 100


WIDE = Paper(720, 330, letter=7.2, dot=3.1, right=132)
NARROW = Paper(340, 330, letter=8.7, dot=3.3, right=12)


def both(draw: Callable[[Paper], Drawing], scale: str = "") -> Drawings:
    """The same on a wide and a narrow paper. scale: where the vertical axis starts, in words."""
    return Drawings(draw(WIDE), draw(NARROW), scale)


def scale_words(ticks: Ticks) -> str:
    """What to say of an axis that does not hold zero; empty where it does."""
    return "" if ticks.low <= 0 <= ticks.high else f"The scale starts at {ticks.labels[0]}, not at zero."


def empty(paper: Paper, sentence: str, words: str = "Nothing to show yet") -> Drawing:
    """A drawing of nothing, which says so."""
    return wrapped(paper, 120, sentence, [text("c-ax", paper.width / 2, 64, words, "middle")])


def text(name: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words at a place. Everything is escaped."""
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def marked(shape: str, name: str, x: float, y: float, size: float) -> str:
    """A point. shape: round, diamond, triangle or square; size: half of its width."""
    r = size if shape == "round" else size * 1.35
    place = {"x": x, "y": y, "l": x - r, "e": x + r, "t": y - r, "b": y + r, "r": f"{r:.1f}", "d": f"{2 * r:.1f}"}
    return f'<path class="{name}" d="{MARK[shape].format(**place)}"/>'


def wrapped(paper: Paper, height: float, sentence: str, parts: Sequence[str]) -> Drawing:
    """The drawing with the sentence that is read to whoever cannot see it."""
    head = f'<svg viewBox="0 0 {paper.width} {height:.0f}" role="img" aria-label="{escape(sentence)}">'
    return Drawing(f"{head}{''.join(parts)}</svg>")


def fitting(words: str, room: float, letter: float) -> str:
    """The words, cut where there is no room for them."""
    most = max(int(room // letter), 1)
    return words if len(words) <= most else f"{words[: max(most - 1, 0)].rstrip()}…"


def stretches(points: Sequence[Point], step: float) -> list[list[tuple[float, float]]]:
    """The points without holes: a new stretch where one is missing, or further than one and a half steps away."""
    found: list[list[tuple[float, float]]] = []
    before: float | None = None
    for x, y in points:
        if y is None:
            before = None
            continue
        if before is None or x - before > 1.5 * step:
            found.append([])
        found[-1].append((x, y))
        before = x
    return found


class Sheet:
    """One drawing in the making. x and y are in the data's own units; parts are kept back to front."""

    def __init__(self, paper: Paper, *, first: float, last: float, values: Sequence[float], decimals: int,
                 bars: bool = False, money: str = "") -> None:  # fmt: skip
        self.paper, self.first, self.last = paper, first, last
        self.ticks = value_ticks(values, decimals=decimals)
        self.money = money
        words = [self._tick_words(label) for label in self.ticks.labels]
        self.left = 14 + paper.letter * max(len(word) for word in words)
        self.end = paper.width - paper.right
        self.top = paper.top
        self.base = paper.height - paper.labels
        self.floor = self.base - (paper.bars + 8 if bars else 0)
        self._parts: list[str] = []
        self._said: list[_Said] = []

    def x(self, value: float) -> float:
        """Across."""
        span = self.last - self.first
        return self.left + ((value - self.first) / span if span else 0.5) * (self.end - self.left)

    def y(self, value: float) -> float:
        """Down."""
        share = (value - self.ticks.low) / (self.ticks.high - self.ticks.low)
        return self.floor - share * (self.floor - self.top)

    def grid(self) -> None:
        """Lines of the values, their labels, and a break at the foot of an axis that is cut."""
        for value, label in zip(self.ticks.values, self.ticks.labels, strict=True):
            y = self.y(value)
            self._parts.append(f'<path class="c-grid" d="M{self.left:.1f} {y:.1f}H{self.end:.1f}"/>')
            self._parts.append(text("c-ax", self.left - 8, y + 4, self._tick_words(label), "end"))
        if scale_words(self.ticks):
            x, y = self.left, self.floor
            self._parts.append(f'<path class="c-cut" d="M{x:.1f} {y - 15:.1f}l-4 4 8 4 -4 4"/>')

    def across(self, labels: Sequence[tuple[float, str]]) -> None:
        """Labels below, without those that would touch."""
        free = float(self.paper.width)  # from the right, because the last one names the unit
        for value, words in reversed(labels):
            half = len(words) * self.paper.letter / 2
            x = min(max(self.x(value), half + 2), self.paper.width - half - 2)
            if x + half <= free:
                self._parts.append(text("c-ax", x, self.paper.height - 10, words, "middle"))
                free = x - half - 8

    def level(self, value: float, name: str) -> None:
        """A horizontal line over the whole width."""
        self._parts.append(f'<path class="{name}" d="M{self.left:.1f} {self.y(value):.1f}H{self.end:.1f}"/>')

    def piece(self, first: float, last: float, value: float, name: str) -> None:
        """A horizontal line from one place to another."""
        self._parts.append(f'<path class="{name}" d="M{self.x(first):.1f} {self.y(value):.1f}H{self.x(last):.1f}"/>')

    def curve(self, points: Sequence[Point], name: str, *, step: float = 1) -> None:
        """A line, broken where something is missing."""
        for run in stretches(points, step):
            if len(run) > 1:
                way = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in run)
                self._parts.append(f'<path class="{name}" d="M{way}"/>')

    def ribbon(self, points: Sequence[tuple[float, float | None, float | None]], name: str, *, step: float = 1) -> None:
        """The area between two lines: (x, low, high)."""
        held = {x: (low, high) for x, low, high in points if low is not None and high is not None}
        for run in stretches([(x, 0.0) for x in sorted(held)], step):
            if len(run) > 1:
                there = "L".join(f"{self.x(x):.1f} {self.y(held[x][1]):.1f}" for x, _ in run)
                back = "L".join(f"{self.x(x):.1f} {self.y(held[x][0]):.1f}" for x, _ in reversed(run))
                self._parts.append(f'<path class="{name}" d="M{there}L{back}z"/>')

    def dots(self, points: Sequence[Point], name: str, *, shape: str = "round", larger: float = 1.0) -> None:
        """A mark at each point that there is."""
        size = self.paper.dot * larger
        self._parts += [marked(shape, name, self.x(x), self.y(y), size) for x, y in points if y is not None]

    def shade(self, first: float, last: float, name: str, words: str) -> None:
        """Days in which something else happened, with its number on top."""
        left, right = self.x(max(first, self.first)), self.x(min(last, self.last))
        width = max(right - left, 3.0)
        self._parts.append(
            f'<path class="{name}" d="M{left:.1f} {self.top:.1f}h{width:.1f}V{self.floor:.1f}h-{width:.1f}z"/>'
        )
        self._parts.append(text("c-note", left + width / 2, self.top - 5, words, "middle"))

    def upright(self, value: float, words: str) -> None:
        """The day of the change: a line from top to bottom, with its words on the side that has room."""
        x = self.x(value)
        on_left = x - self.left > self.end - x
        room = (x - 2 if on_left else self.paper.width - x - 2) - 6
        self._parts.append(f'<path class="c-iv" d="M{x:.1f} {self.top - 26:.1f}V{self.base:.1f}"/>')
        said = fitting(words, room, self.paper.letter)
        self._parts.append(
            text("c-ivt", x - 6 if on_left else x + 6, self.top - 20, said, "end" if on_left else "start")
        )

    def counts(self, points: Sequence[Point], words: str = "n") -> None:
        """How many contacts or answers stand behind each value: small bars underneath."""
        told = [(x, n) for x, n in points if n]
        most = max((n for _x, n in told), default=0.0)
        if not most:
            return
        gap = min((later - earlier for (earlier, _), (later, _) in pairwise(told)), default=1.0)
        width = max((self.x(self.first + gap) - self.x(self.first)) * 0.62, 1.2)
        tall = self.paper.bars / most
        bars = [
            f"M{self.x(x) - width / 2:.1f} {self.base:.1f}v-{tall * n:.1f}h{width:.1f}V{self.base:.1f}z"
            for x, n in told
        ]
        self._parts.append(f'<path class="c-n" d="{"".join(bars)}"/>')
        self._parts.append(text("c-ax", self.left - 8, self.base, words, "end"))

    def say(self, points: Sequence[Point], words: str, name: str) -> None:
        """Words beside the end of a line, or over or under its last stretch; those that would touch move apart."""
        known = [(x, y) for x, y in points if y is not None]
        if known:
            from_here = self.end - len(words) * self.paper.letter - 12
            near = [self.y(y) for x, y in known if self.x(x) >= from_here] or [self.y(known[-1][1])]
            self._said.append(_Said(self.y(known[-1][1]), min(near), max(near), words, name))

    def add(self, *parts: str) -> None:
        """Anything else."""
        self._parts += parts

    def svg(self, sentence: str) -> Drawing:
        """All of it."""
        return wrapped(self.paper, self.paper.height, sentence, [*self._parts, *self._words()])

    def _words(self) -> list[str]:
        paper = self.paper
        room = (self.end - self.left - 8) if paper.is_narrow else paper.right - 12
        x, anchor = (self.end - 7, "end") if paper.is_narrow else (self.end + 10, "start")
        places = _apart([(self._height(one), one) for one in self._said], self.top + 12, self.floor - 4)
        return [text(f"{one.name} c-halo", x, y, fitting(one.words, room, paper.letter), anchor) for y, one in places]

    def _height(self, one: "_Said") -> float:
        """Beside the end; on a narrow paper over the highest line, and under the others."""
        if not self.paper.is_narrow:
            return one.at + 4
        is_highest = one.at <= min(other.at for other in self._said)
        return one.high - 9 if is_highest else one.low + 19

    def _tick_words(self, label: str) -> str:
        if not self.money:
            return label
        return f"−{self.money}{label[1:]}" if label.startswith("−") else f"{self.money}{label}"


@dataclass(frozen=True)
class _Said:
    """Words for a line. at: where it ends; high, low: how far up and down it runs where the words may stand."""

    at: float
    high: float
    low: float
    words: str
    name: str


def _apart(wanted: Sequence[tuple[float, _Said]], low: float, high: float) -> list[tuple[float, _Said]]:
    """The same, from top to bottom, each at least a line below the one before, and none below `high`."""
    found: list[tuple[float, _Said]] = []
    for y, one in sorted(wanted, key=lambda pair: pair[0]):
        free = found[-1][0] + LINE_HEIGHT if found else low
        found.append((max(y, free), one))
    floor = high
    for place in reversed(range(len(found))):
        y, one = found[place]
        found[place] = (min(y, floor), one)
        floor = found[place][0] - LINE_HEIGHT
    return found
