"""What was seen against what was to be expected, the difference week by week, and what it has been worth. Pure.

Across: weeks (or periods) from each unit's own go-live. Values are in the metric's own unit, sums in the currency's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.impact.chart_paper import WIDE, Paper, Point, Sheet, both, empty, scale_words
from portal.impact.estimate_parts import Block, Running
from portal.metrics.chart import Drawing, Drawings
from portal.metrics.words import number, signed

WEEKS_BEFORE = 26
WITH, WITHOUT, FROM_ITS_PAST = "With the change", "Expected without", "From its past"
EVERY = (1, 2, 4, 8, 13, 26, 52)


@dataclass(frozen=True)
class Told:
    """What a chart says of its metric. period: "week" or "period". compared: whether units without it were used."""

    name: str
    unit: str
    decimals: int = 1
    period: str = "week"
    compared: bool = True


@dataclass(frozen=True)
class Earned:
    """What the change has been worth until the end of a block; low: at the lower end of the range."""

    block: int
    total: float
    low: float


def observed_and_expected(series: Sequence[Block], told: Told) -> Drawings:
    """Chart 2: the values, what was to be expected without the change, and the 95 % in which that would have lain."""
    shown = [one for one in series if one.block >= -WEEKS_BEFORE]
    values = [value for one in shown for value in (one.observed, one.expected, one.low, one.high) if value is not None]
    said = heard_of_expected(shown, told)
    if not values:
        return both(lambda paper: empty(paper, said))
    scale = scale_words(_sheet(WIDE, shown, values, told).ticks)
    return both(lambda paper: _expected_on(paper, shown, values, told, said), scale)


def difference(series: Sequence[Block], running: Sequence[Running], told: Told, *, block_days: float) -> Drawings:
    """Chart 3: observed less expected, and the running mean with its band that stays valid however often one looks."""
    shown = [(one.block + 0.5, _less(one), one) for one in series if one.block >= 0 and _less(one) is not None]
    said = heard_of_difference(series, running, told)
    if not shown:
        return both(lambda paper: empty(paper, said))
    looks = [(one.day / block_days, one) for one in running]
    reach = [value for _x, value, _one in shown if value is not None]
    spread = max(abs(value) for value in reach)
    # A band that opens like a trumpet would press everything else flat.
    bound = 2.5 * max(spread, max((abs(one.estimate) for _, one in looks), default=0.0))
    values = [*reach, 0.0, *(min(max(end, -bound), bound) for _, one in looks for end in (one.band_low, one.band_high))]
    return both(lambda paper: _difference_on(paper, shown, looks, values, bound, told, said))


def money(earned: Sequence[Earned], sign: str, told: Told) -> Drawings:
    """Chart 4: the sum since the go-live, and the same at the lower end of the range."""
    said = heard_of_money(earned, sign, told)
    if not earned:
        return both(lambda paper: empty(paper, said))
    return both(lambda paper: _money_on(paper, earned, sign, told, said))


def earned(series: Sequence[Block], *, lower: float, better: int, unit_value: float) -> list[Earned]:
    """The sums of a flow metric. lower: the end of the range nearest to no change, in the good direction, in the
    metric's unit (below nought: it may have done harm). better: 1 or -1. unit_value: of one unit per contact.
    """
    total, volume, found = 0.0, 0.0, []
    for one in sorted(series, key=lambda each: each.block):
        gone = _less(one)
        if one.block < 0 or gone is None or one.n is None:
            continue
        total, volume = total + better * gone * one.n * unit_value, volume + one.n
        found.append(Earned(one.block, total, lower * volume * unit_value))
    return found


def heard_of_expected(series: Sequence[Block], told: Told) -> str:
    """Chart 2 for people who hear it."""
    after = [one for one in series if one.block >= 0 and one.observed is not None and one.expected is not None]
    if not after:
        return f"Chart of {told.name} by {told.period} from go-live. Nothing can be compared yet."
    seen = number(_mean([one.observed or 0.0 for one in after], after), told.decimals)
    without = number(_mean([one.expected or 0.0 for one in after], after), told.decimals)
    return (
        f"Chart of {told.name}, {told.unit}, by {told.period} from go-live. In the {len(after)} {told.period}s "
        f"since it was about {seen}; about {without} was to be expected without the change."
    )


def heard_of_difference(series: Sequence[Block], running: Sequence[Running], told: Told) -> str:
    """Chart 3 for people who hear it."""
    if not any(_less(one) is not None for one in series if one.block >= 0):
        return f"Chart of the difference by {told.period}. Nothing can be compared yet."
    if not running:
        return f"Chart of what {told.name} was above or below the expected, by {told.period} since the go-live."
    last = running[-1]
    found, low, high = (signed(one, told.decimals) for one in (last.estimate, last.band_low, last.band_high))
    return (
        f"Chart of the difference to the expected by {told.period} since the go-live. After {last.day} days its mean "
        f"is {found}, in a band from {low} to {high} that holds however often somebody looks."
    )


def heard_of_money(earned: Sequence[Earned], sign: str, told: Told) -> str:
    """Chart 4 for people who hear it."""
    if not earned:
        return "Chart of the money since the go-live. Nothing can be summed yet."
    last = earned[-1]
    return (
        f"Chart of the money since the go-live. After {last.block + 1} {told.period}s it comes to "
        f"{_sum(last.total, sign)}; at the lower end of the range to {_sum(last.low, sign)}."
    )


def _sheet(paper: Paper, series: Sequence[Block], values: Sequence[float], told: Told) -> Sheet:
    blocks = [one.block for one in series]
    return Sheet(paper, first=min(blocks), last=max(max(blocks), 0) + 1, values=values, decimals=told.decimals,
                 bars=any(one.n for one in series))  # fmt: skip


def _expected_on(paper: Paper, series: Sequence[Block], values: Sequence[float], told: Told, said: str) -> Drawing:
    sheet = _sheet(paper, series, values, told)
    at = [one.block + 0.5 for one in series]
    sheet.grid()
    sheet.across(_weeks(sheet, told))
    pairs = list(zip(at, series, strict=True))
    sheet.ribbon([(x, one.low, one.high) for x, one in pairs], "c-band")
    after = [(x, one) for x, one in pairs if one.block >= 0]
    sheet.ribbon([(x, *_sorted(one)) for x, one in after], "c-gap")
    sheet.curve([(x, one.expected) for x, one in pairs], "c-exp")
    sheet.curve([(x, one.observed) for x, one in pairs], "c-act")
    sheet.dots([(x, one.observed) for x, one in pairs], "c-pt")
    sheet.upright(0, "Goes live")
    sheet.counts([(x, one.n) for x, one in pairs])
    sheet.say([(x, one.observed) for x, one in after], WITH, "c-lab")
    sheet.say([(x, one.expected) for x, one in after], WITHOUT if told.compared else FROM_ITS_PAST, "c-lab2")
    return sheet.svg(said)


def _difference_on(
    paper: Paper, shown: Sequence[tuple[float, float | None, Block]], looks: Sequence[tuple[float, Running]],
    values: Sequence[float], bound: float, told: Told, said: str,
) -> Drawing:  # fmt: skip
    last = max([x + 0.5 for x, _value, _one in shown] + [x for x, _ in looks])
    sheet = Sheet(paper, first=0, last=last, values=values, decimals=told.decimals,
                  bars=any(one.n for *_, one in shown))  # fmt: skip
    sheet.grid()
    sheet.across(_weeks(sheet, told))
    sheet.ribbon([(x, max(one.band_low, -bound), min(one.band_high, bound)) for x, one in looks], "c-band", step=9)
    sheet.level(0, "c-zero")
    points = [(x, value) for x, value, _one in shown]
    sheet.curve(points, "c-thin")
    sheet.dots(points, "c-pt")
    sheet.curve([(x, one.estimate) for x, one in looks], "c-act", step=9)
    sheet.counts([(x, one.n) for x, _value, one in shown])
    sheet.say(_mean_line(points, looks), "Mean so far", "c-lab")
    sheet.say([(last, 0.0)], "As expected", "c-lab2")
    return sheet.svg(said)


def _money_on(paper: Paper, earned: Sequence[Earned], sign: str, told: Told, said: str) -> Drawing:
    values = [0.0, *(value for one in earned for value in (one.total, one.low))]
    sheet = Sheet(paper, first=0, last=earned[-1].block + 1, values=values, decimals=0, money=sign)
    sheet.grid()
    sheet.across(_weeks(sheet, told))
    ends = [(0.0, 0.0, 0.0), *((one.block + 1.0, one.low, one.total) for one in earned)]
    sheet.ribbon([(x, min(low, high), max(low, high)) for x, low, high in ends], "c-band", step=9)
    sheet.level(0, "c-zero")
    sheet.curve([(x, low) for x, low, _total in ends], "c-exp", step=9)
    sheet.curve([(x, total) for x, _low, total in ends], "c-act", step=9)
    sheet.dots([ends[-1][::2]], "c-now", larger=1.4)
    sheet.say([(x, total) for x, _low, total in ends], f"About {_sum(ends[-1][2], sign)}", "c-lab")
    sheet.say([(x, low) for x, low, _total in ends], f"{_at_least(ends[-1][1])} {_sum(ends[-1][1], sign)}", "c-lab2")
    return sheet.svg(said)


def _weeks(sheet: Sheet, told: Told) -> list[tuple[float, str]]:
    span = sheet.last - sheet.first
    most = max(int((sheet.end - sheet.left) // (sheet.paper.letter * 5)), 2)
    every = next((one for one in EVERY if span / one <= most), 104)
    first = int(-(-sheet.first // every) * every)
    marks = range(first, int(sheet.last) + 1, every)
    unit = f"{told.period}s" if told.period == "week" else "periods"
    labels = [(float(at), signed(at, 0) if at else "0") for at in marks]
    if labels:
        labels[-1] = (labels[-1][0], f"{labels[-1][1]} {unit}")
    return labels


def _mean_line(points: Sequence[Point], looks: Sequence[tuple[float, Running]]) -> list[Point]:
    """What the words of the mean have to keep off: the single weeks, and the mean at the end."""
    return [*points, *((x, one.estimate) for x, one in looks)] if looks else []


def _less(one: Block) -> float | None:
    return None if one.observed is None or one.expected is None else one.observed - one.expected


def _sorted(one: Block) -> tuple[float | None, float | None]:
    if one.observed is None or one.expected is None:
        return None, None
    return min(one.observed, one.expected), max(one.observed, one.expected)


def _mean(values: Sequence[float], blocks: Sequence[Block]) -> float:
    weights = [one.n if one.n is not None else 1.0 for one in blocks]
    whole = sum(weights)
    pairs = zip(values, weights, strict=True)
    return sum(value * weight for value, weight in pairs) / whole if whole else sum(values) / len(values)


def _at_least(low: float) -> str:
    return "At least" if low > 0 else "Lower end"


def _sum(value: float, sign: str) -> str:
    return f"{'−' if value < -0.5 else ''}{sign}{number(abs(value), 0)}"
