"""A dot and its range for each unit that has the change, and for all of them together. Pure."""

from collections.abc import Sequence

from portal.impact.chart_effect import Told
from portal.impact.chart_paper import Paper, both, empty, fitting, marked, text, wrapped
from portal.impact.estimate_parts import UnitEstimate
from portal.metrics.chart import Drawing, Drawings
from portal.metrics.scale import value_ticks
from portal.metrics.words import number, signed

UNITS_DRAWN = 24  # more stand in the table alone
TOGETHER = "Together"
ROW, ROW_NARROW = 30.0, 44.0
NAMES = 150.0


def by_site(units: Sequence[UnitEstimate], pooled: UnitEstimate, told: Told) -> Drawings:
    """Chart 5. units: in the order in which they are drawn. pooled: all of them together, drawn last and larger."""
    known = [one for one in units if one.estimate is not None][:UNITS_DRAWN]
    said = heard(known, pooled, told)
    if pooled.estimate is None:
        return both(lambda paper: empty(paper, said))
    return both(lambda paper: _on(paper, [*known, pooled], told, said))


def heard(units: Sequence[UnitEstimate], pooled: UnitEstimate, told: Told) -> str:
    """The chart for people who hear it."""
    if pooled.estimate is None:
        return f"Chart of {told.name} by site. Nothing can be said yet."
    parts = [f"{one.name} {_words(one, told)}" for one in (*units, pooled)]
    return f"Chart of the difference in {told.name} at each site with its range: {'; '.join(parts)}."


def _on(paper: Paper, rows: Sequence[UnitEstimate], told: Told, said: str) -> Drawing:
    narrow = paper.is_narrow
    left, end = (12.0 if narrow else NAMES), paper.width - (12.0 if narrow else 172.0)
    ends = [value for one in rows for value in (one.estimate, one.low, one.high) if value is not None]
    ticks = value_ticks([*ends, 0.0], decimals=told.decimals, wanted=4 if narrow else 5)
    row, top = (ROW_NARROW if narrow else ROW), 14.0
    floor = top + row * len(rows) + 6
    parts: list[str] = []

    def x(value: float) -> float:
        return left + (value - ticks.low) / (ticks.high - ticks.low) * (end - left)

    for value, label in zip(ticks.values, ticks.labels, strict=True):
        at, half = x(value), len(label) * paper.letter / 2
        parts.append(f'<path class="{"c-zero" if not value else "c-grid"}" d="M{at:.1f} {top:.1f}V{floor:.1f}"/>')
        inside = min(max(at, half + 2), paper.width - half - 2)
        parts.append(text("c-ax", inside, floor + 18, label, "middle"))
    for place, one in enumerate(rows):
        parts += _row(paper, one, top + row * place, x, told, is_pooled=place == len(rows) - 1)
    return wrapped(paper, floor + 26, said, parts)


def _row(paper: Paper, one: UnitEstimate, top: float, x: object, told: Told, *, is_pooled: bool) -> list[str]:
    assert callable(x) and one.estimate is not None
    y = top + (30 if paper.is_narrow else 18)
    name = "c-lab" if is_pooled else "c-name"
    words = _words(one, told)
    if paper.is_narrow:
        room = paper.width - 24 - len(words) * paper.letter - 8
        said = [text(f"{name} c-halo", 12, top + 12, fitting(one.name, room, paper.letter)),
                text("c-lab2 c-halo", paper.width - 12, top + 12, words, "end")]  # fmt: skip
    else:
        said = [text(name, NAMES - 14, y + 4, fitting(one.name, NAMES - 20, paper.letter), "end"),
                text("c-lab2", paper.width - 162, y + 4, words)]  # fmt: skip
    parts = [f'<path class="c-sep" d="M12 {top:.1f}H{paper.width - 12}"/>'] if is_pooled else []
    if one.low is not None and one.high is not None:
        thick = "c-range c-range--all" if is_pooled else "c-range"
        parts.append(f'<path class="{thick}" d="M{x(one.low):.1f} {y:.1f}H{x(one.high):.1f}"/>')
    shape, mark = ("diamond", "c-now") if is_pooled else ("round", "c-pt")
    return [*parts, marked(shape, mark, x(one.estimate), y, 5.0 if is_pooled else 4.2), *said]


def _words(one: UnitEstimate, told: Told) -> str:
    assert one.estimate is not None
    found = signed(one.estimate, told.decimals)
    if one.low is None or one.high is None:
        return found
    counted = f", n {number(one.n, 0)}" if one.n and not told.decimals else ""
    return f"{found} ({signed(one.low, told.decimals)} to {signed(one.high, told.decimals)}){counted}"
