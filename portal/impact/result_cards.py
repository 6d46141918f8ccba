"""The charts of a result, each with its table and its file. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.impact import result_words as words
from portal.impact.chart_effect import Earned, Told, difference, earned, money, observed_and_expected
from portal.impact.chart_sites import TOGETHER, by_site
from portal.impact.chart_xmr import Noted, Xmr, draw_xmr
from portal.impact.estimate_parts import Block, Estimate, UnitEstimate
from portal.impact.estimate_words import Decision, Method
from portal.impact.result_money import SIGNS
from portal.impact.result_words import Metric
from portal.impact.stored import Stored
from portal.metrics.chart import Drawing, Drawings
from portal.metrics.words import number

EMPTY = "–"
SAID = {"better": "better than usual", "worse": "worse than usual", "": ""}


@dataclass(frozen=True)
class ChartCard:
    """A chart with its table: what `chart_card` of macros/story.html takes. rows: texts, newest week first."""

    title: str
    wide: Drawing
    narrow: Drawing
    facts: list[tuple[str, str]]
    how: str
    head: Sequence[str]
    rows: list[list[str]]
    csv: str


@dataclass(frozen=True)
class Charts:
    """All charts of a result. effect: those of an estimate, the main one first. usual: the weeks between limits."""

    effect: tuple[ChartCard, ...]
    usual: tuple[ChartCard, ...] = field(default=())


def expected_card(stored: Stored, metric: Metric, *, number: int) -> ChartCard | None:
    """What was seen and what was to be expected, the newest week first; None where nothing was kept of it."""
    if not any(one.expected is not None for one in stored.series):
        return None
    told = told_of(stored.estimate, metric)
    drawn = observed_and_expected(stored.series, told)
    title = f"{metric.name}, {metric.unit}, by {told.period} from go-live"
    head = (f"{told.period.capitalize()} from go-live", "With the change", "Expected without", "95 % from", "to",
            "Contacts or answers")  # fmt: skip
    rows = [
        [_block(one), *(_value(value, metric) for value in (one.observed, one.expected, one.low, one.high)), _n(one.n)]
        for one in reversed(stored.series)
    ]
    return _card(title, drawn, head, rows, f"/results/{number}.csv?of=expected")


def effect_cards(stored: Stored, metric: Metric, *, number: int, unit_value: int | None, currency: str,
                 is_flow: bool) -> list[ChartCard]:  # fmt: skip
    """The other charts of an estimate: the difference, the sites, and the money where sums mean something."""
    found, told = stored.estimate, told_of(stored.estimate, metric)
    cards = [_difference(stored, told, metric, number), _sites(stored, told, metric, number)]
    if unit_value and is_flow and found.ci_low is not None and found.ci_high is not None:
        lower = found.ci_low if metric.better > 0 else -found.ci_high
        sums = earned(stored.series, lower=lower, better=metric.better, unit_value=unit_value / 100)
        if sums:
            cards.append(_money(sums, told, number, SIGNS.get(currency, "")))
    return [card for card in cards if card is not None]


def usual_card(found: Xmr, metric: Metric, *, live_from: date, group: str, of: str, number: int,
               notes: Sequence[Noted] = ()) -> ChartCard:  # fmt: skip
    """The weeks of a group of sites between the limits of its usual ups and downs. of: the file's part."""
    told = Told(metric.name, metric.unit, metric.decimals)
    drawn = draw_xmr(found, live_from=live_from, group=group, told=told, notes=notes)
    head = ("Week from", metric.name, "Contacts or answers", "More than usual")
    rows = [[one.monday.isoformat(), _value(one.value, metric), _n(one.n), SAID[one.said]]
            for one in reversed(found.weeks)]  # fmt: skip
    return _card(f"{group}, by week", drawn, head, rows, f"/results/{number}.csv?of={of}")


def three_numbers(found: Estimate, metric: Metric) -> list[tuple[str, str]]:
    """The effect and how sure it is; the money is for whoever knows the plan."""
    if found.decision is Decision.TOO_EARLY:
        return []
    return [one for one in (words.effect(found, metric), words.how_sure(found)) if one is not None]


def told_of(found: Estimate, metric: Metric) -> Told:
    """How the charts of an estimate speak of its metric."""
    period = "week" if found.block_days in (0, 7) else "period"
    return Told(metric.name, metric.unit, metric.decimals, period, found.method is not Method.BEFORE_AND_AFTER)


def pooled(found: Estimate) -> UnitEstimate:
    """All units together."""
    return UnitEstimate(TOGETHER, found.estimate, found.ci_low, found.ci_high)


def _difference(stored: Stored, told: Told, metric: Metric, number: int) -> ChartCard | None:
    after = [one for one in stored.series if one.block >= 0 and one.observed is not None and one.expected is not None]
    if not after:
        return None
    days = stored.estimate.block_days or 7.0
    drawn = difference(stored.series, stored.running, told, block_days=days)
    looks = {round(one.day / days): one for one in stored.running}
    head = (f"{told.period.capitalize()} from go-live", "Difference", "Mean so far", "Band from", "to")
    rows = []
    for one in reversed(after):
        look = looks.get(one.block + 1)
        band = (look.estimate, look.band_low, look.band_high) if look else (None, None, None)
        less = (one.observed or 0.0) - (one.expected or 0.0)
        rows.append([_block(one), *(metric.moved(value) if value is not None else EMPTY for value in (less, *band))])
    title = f"Difference to what was to be expected, {metric.unit}; the band holds however often somebody looks"
    return _card(title, drawn, head, rows, f"/results/{number}.csv?of=difference")


def _sites(stored: Stored, told: Told, metric: Metric, number: int) -> ChartCard | None:
    whole = pooled(stored.estimate)
    if not stored.units or whole.estimate is None:
        return None
    rows = [[one.name, *(metric.moved(value) if value is not None else EMPTY for value in (one.estimate, one.low,
             one.high)), _n(one.n)] for one in (*stored.units, whole)]  # fmt: skip
    head = ("Site", "Difference", "95 % from", "to", "Contacts or answers")
    drawn = by_site(stored.units, whole, told)
    return _card(f"Difference by site, {metric.unit}", drawn, head, rows, f"/results/{number}.csv?of=sites")


def _money(sums: Sequence[Earned], told: Told, number_of: int, sign: str) -> ChartCard:
    head = (f"{told.period.capitalize()}s since go-live", "Sum", "At the lower end")
    rows = [[str(one.block + 1), f"{sign}{number(one.total, 0)}", f"{sign}{number(one.low, 0)}"]
            for one in reversed(sums)]  # fmt: skip
    title = "Money since the go-live, and the same at the lower end of the range"
    return _card(title, money(sums, sign, told), head, rows, f"/results/{number_of}.csv?of=money")


def _card(title: str, drawn: Drawings, head: Sequence[str], rows: list[list[str]], csv: str) -> ChartCard:
    return ChartCard(f"{title}. {drawn.scale}".strip() if drawn.scale else title, drawn.wide, drawn.narrow, [], "",
                     head, rows, csv)  # fmt: skip


def _block(one: Block) -> str:
    return f"+{one.block + 1}" if one.block >= 0 else f"−{-one.block}"


def _value(value: float | None, metric: Metric) -> str:
    return EMPTY if value is None else number(value, metric.decimals)


def _n(n: float | None) -> str:
    return EMPTY if n is None else number(n, 0)
