"""A weekly metric as SVG, drawn by the server: lines, labels beside them, a day on which something changed. Pure.

Only class names (`c-*` of the stylesheet), no style attributes. Every drawing exists twice: 720 wide, and 340 wide with
room for larger letters, because letters shrink with a drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from operator import itemgetter

from portal.metrics.chart_places import Box, Point, cost, heights_between, walked
from portal.metrics.scale import Ticks, time_labels, value_ticks
from portal.metrics.weeks import gaps
from portal.metrics.words import number

DOT_ROOM = 7.0  # units between neighbours below which dots would touch


class Drawing(str):
    """SVG in which every text is escaped: templates take it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """For the template engine: this is markup."""
        return str(self)


@dataclass(frozen=True)
class Line:
    """Days and values, oldest first, and the words beside the line ("" for none)."""

    points: Sequence[tuple[date, float]]
    label: str = ""


@dataclass(frozen=True)
class Mark:
    """A day with words: the vertical line."""

    day: date
    label: str


@dataclass(frozen=True)
class Span:
    """Days in which something else happened, both included, with the number by which the page tells it."""

    first: date
    last: date
    label: str


@dataclass(frozen=True)
class Drawings:
    """The same chart for a wide and a narrow place. scale: where the vertical axis starts, in words."""

    wide: Drawing
    narrow: Drawing
    scale: str


@dataclass(frozen=True)
class _Paper:
    """A size. letter: the width that one letter may need."""

    width: int
    height: int
    letter: float
    dot: float
    top: float = 44.0
    bottom: float = 36.0
    right: float = 14.0


WIDE = _Paper(720, 300, letter=7.3, dot=2.6)
NARROW = _Paper(340, 290, letter=8.6, dot=3.0)


def draw(
    line: Line, *, sentence: str, other: Line | None = None, mark: Mark | None = None, decimals: int = 1,
    spans: Sequence[Span] = (),
) -> Drawings:  # fmt: skip
    """Both drawings. sentence: what a person who cannot see it is told. Raises ValueError beyond 1e15.

    other: a second line, dashed. spans: what else happened, as bands behind the lines. Lines are broken where weeks are missing.
    """
    lines = [line] + ([other] if other and other.points else [])
    if not any(found.points for found in lines):
        return Drawings(_nothing(WIDE, sentence), _nothing(NARROW, sentence), "")
    values = [value for found in lines for _day, value in found.points]
    ticks = value_ticks(values, decimals=decimals)
    wide, narrow = (_Sheet(paper, lines, mark, ticks).svg(sentence, spans) for paper in (WIDE, NARROW))
    return Drawings(wide, narrow, _scale_words(ticks))


def _scale_words(ticks: Ticks) -> str:
    if ticks.low <= 0 <= ticks.high:
        return ""
    return f"The scale starts at {ticks.labels[0]}, not at zero."


def _nothing(paper: _Paper, sentence: str) -> Drawing:
    middle = _text("c-ax", paper.width / 2, paper.height / 2, "No values yet", "middle")
    return _wrapped(paper, sentence, [middle])


def _wrapped(paper: _Paper, sentence: str, parts: Sequence[str]) -> Drawing:
    head = f'<svg viewBox="0 0 {paper.width} {paper.height}" role="img" aria-label="{escape(sentence)}">'
    return Drawing(f"{head}{''.join(parts)}</svg>")


def _text(name: str, x: float, y: float, words: str, anchor: str) -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


class _Sheet:
    """One drawing on one paper."""

    def __init__(self, paper: _Paper, lines: Sequence[Line], mark: Mark | None, ticks: Ticks) -> None:
        self._paper, self._lines, self._mark, self._ticks = paper, lines, mark, ticks
        days = [day for line in lines for day, _value in line.points] + ([mark.day] if mark else [])
        self._first, self._last = min(days), max(days)
        self._left = 16 + paper.letter * max(len(label) for label in ticks.labels)
        self._end = paper.width - paper.right
        self._floor = paper.height - paper.bottom
        self._walked = [walked(self._at(line)) for line in lines]

    def svg(self, sentence: str, spans: Sequence[Span] = ()) -> Drawing:
        """Everything, back to front."""
        parts = [*self._bands(spans), *self._grid(), *self._time()]
        for index in reversed(range(len(self._lines))):
            parts += self._curve(self._lines[index], "c-exp" if index else "c-act", dots=not index)
        parts += [*self._mark_line(), *self._labels()]
        return _wrapped(self._paper, sentence, parts)

    def _x(self, day: date) -> float:
        span = (self._last - self._first).days
        share = (day - self._first).days / span if span else 0.5
        return self._left + share * (self._end - self._left)

    def _y(self, value: float) -> float:
        share = (value - self._ticks.low) / (self._ticks.high - self._ticks.low)
        return self._floor - share * (self._floor - self._paper.top)

    def _at(self, line: Line) -> list[Point]:
        return [(self._x(day), self._y(value)) for day, value in line.points]

    def _grid(self) -> list[str]:
        parts = []
        for value, label in zip(self._ticks.values, self._ticks.labels, strict=True):
            y = self._y(value)
            parts.append(f'<path class="c-grid" d="M{self._left:.1f} {y:.1f}H{self._end:.1f}"/>')
            parts.append(_text("c-ax", self._left - 8, y + 4, label, "end"))
        return parts

    def _bands(self, spans: Sequence[Span]) -> list[str]:
        parts, taken = [], self._left - 99
        for span in spans:
            if span.last < self._first or span.first > self._last:
                continue
            start, end = (self._x(min(max(day, self._first), self._last)) for day in (span.first, span.last))
            wide = max(end - start, 3.0)
            at = min(start, self._end - wide)
            parts.append(f'<rect class="c-band" x="{at:.1f}" y="{self._paper.top - 8:.1f}" width="{wide:.1f}" '
                         f'height="{self._floor - self._paper.top + 8:.1f}"/>')  # fmt: skip
            middle = at + wide / 2
            if middle - taken > self._paper.letter * 2.4:  # numbers that would touch are left out; the list has them
                parts.append(_text("c-ax", middle, self._paper.top - 14, span.label, "middle"))
                taken = middle
        return parts

    def _time(self) -> list[str]:
        most = int((self._end - self._left) // (self._paper.letter * 6))
        labels = time_labels(self._first, self._last, most=max(most, 2))
        return [self._day_label(day, words) for day, words in labels]

    def _day_label(self, day: date, words: str) -> str:
        half = len(words) * self._paper.letter / 2
        x = min(max(self._x(day), half + 2), self._paper.width - half - 2)
        return _text("c-ax", x, self._paper.height - 10, words, "middle")

    def _curve(self, line: Line, name: str, *, dots: bool) -> list[str]:
        runs = _runs(line)
        crowded = len(line.points) > 1 and (self._end - self._left) / len(line.points) < DOT_ROOM
        parts, alone = [], []
        for run in runs:
            points = self._at(Line(run))
            if len(points) > 1:
                parts.append(f'<path class="{name}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>')
            if len(points) == 1 or (dots and not crowded):
                alone += points
        dot = self._paper.dot
        return parts + [f'<circle class="c-pt" cx="{x:.1f}" cy="{y:.1f}" r="{dot}"/>' for x, y in alone]

    def _mark_line(self) -> list[str]:
        if self._mark is None:
            return []
        x = self._x(self._mark.day)
        on_left = x - self._left > (self._end - x)
        room = (x - 2 if on_left else self._paper.width - x - 2) - 6
        words = _fitting(self._mark.label, room, self._paper.letter)
        place = x - 6 if on_left else x + 6
        line = f'<path class="c-iv" d="M{x:.1f} {self._paper.top - 24:.1f}V{self._floor:.1f}"/>'
        return [line, _text("c-ivt", place, self._paper.top - 14, words, "end" if on_left else "start")]

    def _labels(self) -> list[str]:
        parts: list[str] = []
        taken: list[Box] = []
        for index, line in enumerate(self._lines):
            if not line.label or not line.points:
                continue
            words = _fitting(line.label, self._end - self._left, self._paper.letter)
            box = self._free_place(len(words) * self._paper.letter, index, taken)
            taken.append(box)
            x, anchor = (box.right, "end") if box.at_end else (box.left, "start")
            parts.append(_text("c-lab2" if index else "c-lab", x, box.base, words, anchor))
        return parts

    def _free_place(self, width: float, index: int, taken: Sequence[Box]) -> Box:
        """Room for the words of a line: nearest to that line, on no line and on no other words; rather at its end."""
        wide = min(width, self._end - self._left - 4)
        ends = ((self._end - wide, self._end, True), (self._left + 4, self._left + 4 + wide, False))
        return min((self._best_at(*end, index, taken) for end in ends), key=itemgetter(0))[1]

    def _best_at(self, left: float, right: float, at_end: bool, index: int, taken: Sequence[Box]) -> tuple[float, Box]:
        """The best height at one end, and how badly words would stand there."""
        # What is the same at every height is worked out once: a page waits for this.
        heights = [sorted(heights_between(run, left - 4, right + 4)) for run in self._walked]
        crossed = self._mark is not None and left - 4 < self._x(self._mark.day) < right + 4
        fixed = crossed * 500 + (0 if at_end else 40)
        boxes = (Box(left, right, base, at_end) for base in range(int(self._paper.top) + 4, int(self._floor) - 4, 4))
        return min(((fixed + cost(box, heights, index, taken), box) for box in boxes), key=itemgetter(0))


def _runs(line: Line) -> list[list[tuple[date, float]]]:
    """The stretches of a line between its gaps."""
    breaks = {after for _before, after in gaps([day for day, _value in line.points])}
    found: list[list[tuple[date, float]]] = []
    for point in line.points:
        if not found or point[0] in breaks:
            found.append([])
        found[-1].append(point)
    return found


def _fitting(words: str, room: float, letter: float) -> str:
    most = max(int(room // letter), 1)
    return words if len(words) <= most else f"{words[: max(most - 1, 0)].rstrip()}…"


def values_sentence(name: str, unit: str, points: Sequence[tuple[date, float]], decimals: int) -> str:
    """What a plain weekly chart shows, for people who hear it."""
    if not points:
        return f"Line chart of {name}. No values yet."
    low, high = (number(limit(value for _day, value in points), decimals) for limit in (min, max))
    last_day, last = points[-1]
    until = f"In the week from {last_day.isoformat()} it was {number(last, decimals)}."
    return f"Line chart of {name}, {unit}, over {len(points)} weeks, between {low} and {high}. {until}"
