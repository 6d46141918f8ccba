"""Results as files: every number at full length, in the metric's own unit."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from portal.impact.chart_effect import earned
from portal.impact.chart_xmr import Xmr
from portal.impact.result_cards import pooled
from portal.impact.result_ledger import ResultWord, money_of
from portal.impact.result_words import Metric
from portal.impact.stored import Stored
from portal.metrics.weeks import Week


class Part(StrEnum):
    """Which numbers of a result."""

    WEEKS = "weeks"
    EXPECTED = "expected"
    DIFFERENCE = "difference"
    SITES = "sites"
    MONEY = "money"
    USUAL = "usual"
    USUAL_WITHOUT = "usual-without"


Line = list[object]


def expected_lines(stored: Stored) -> Iterator[Line]:
    """What was seen and what was to be expected, by block from go-live."""
    yield ["block", "observed", "expected", "low_95", "high_95", "n"]
    for one in stored.series:
        yield [one.block, one.observed, one.expected, one.low, one.high, one.n]


def difference_lines(stored: Stored) -> Iterator[Line]:
    """The difference by block, and the running mean with its band where there is one."""
    days = stored.estimate.block_days or 7
    looks = {round(one.day / days): one for one in stored.running}
    yield ["block", "difference", "mean_so_far", "band_low", "band_high"]
    for one in stored.series:
        if one.block < 0 or one.observed is None or one.expected is None:
            continue
        look = looks.get(one.block + 1)
        band = [look.estimate, look.band_low, look.band_high] if look else [None, None, None]
        yield [one.block, one.observed - one.expected, *band]


def site_lines(stored: Stored) -> Iterator[Line]:
    """Each unit that has the change, and all together."""
    yield ["site", "estimate", "low_95", "high_95", "n"]
    for one in (*stored.units, pooled(stored.estimate)):
        yield [one.name, one.estimate, one.low, one.high, one.n]


def money_lines(stored: Stored, metric: Metric, unit_value: int | None) -> Iterator[Line]:
    """The sum since the go-live, in whole units of the currency."""
    yield ["block", "sum", "sum_at_the_lower_end"]
    low, high = stored.estimate.ci_low, stored.estimate.ci_high
    if unit_value is None or low is None or high is None:
        return
    lower = low if metric.better > 0 else -high
    for one in earned(stored.series, lower=lower, better=metric.better, unit_value=unit_value / 100):
        yield [one.block, round(one.total, 2), round(one.low, 2)]


def usual_lines(found: Xmr) -> Iterator[Line]:
    """The weeks with the limits that hold for each."""
    yield ["week_from", "value", "n", "mean", "low_limit", "high_limit", "special"]
    for one in found.weeks:
        span = next((span for span in found.spans if span.since <= one.monday <= span.until), None)
        limits = [span.found.mean, span.found.low, span.found.high] if span else [None, None, None]
        yield [one.monday.isoformat(), one.value, one.n, *limits, one.said]


def week_lines(weeks: Sequence[tuple[date, Week | None, Week | None]]) -> Iterator[Line]:
    """The plain weeks of the sites that have it and of the others."""
    yield ["week_from", "with_value", "with_n", "with_sites", "without_value", "without_n", "without_sites"]
    for monday, one, two in weeks:
        cells = [cell for week in (one, two) for cell in ((week.value, week.n, week.sites) if week else (None,) * 3)]
        yield [monday.isoformat(), *cells]


def ledger_lines(rows: Sequence[Any]) -> Iterator[Line]:
    """The ledger of verdicts, a change a row; before a verdict there are no numbers."""
    yield ["promise", "idea", "title", "metric", "unit", "live_from", "word", "locked_day", "estimate", "low_95",
           "high_95", "money_a_year", "money_low", "money_high", "currency"]  # fmt: skip
    for row in rows:
        early = row.word in (ResultWord.TOO_EARLY, ResultWord.UNREGISTERED)
        ends = [None] * 3 if early else [row.estimate, row.ci_low, row.ci_high]
        money = None if early else money_of(row)
        worth = [round(one / 100) for one in (money.mid, money.low, money.high)] if money else [None] * 3
        yield [row.commitment_id, row.idea_id, row.title, row.metric_name, row.unit, row.live_from.isoformat(),
               row.word, row.day, *ends, *worth, money.currency if money else None]  # fmt: skip
