"""Did a metric move because of a change, by how much, and with what doubt? Pure: readings in, an estimate out.

Each unit is compared with itself before; what happened meanwhile at units without the change is subtracted; the usual
ups and downs give the range. See `comparison`, `wander` and `group_time` for the parts, `docs/impact.md` for the words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from portal.impact import comparison, group_time
from portal.impact.band import band_half_width
from portal.impact.comparison import Pooled
from portal.impact.estimate_model import MONTHLY_DAYS, planned_half_width, prediction
from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_series import by_unit, running, series
from portal.impact.estimate_words import (
    CONTACTS_MIN,
    POST_DAYS_MIN,
    POST_PERIODS_MIN,
    PRE_BLOCKS_MIN,
    SEEN_AT_80_PCT,
    Decision,
    Direction,
    Flag,
    Method,
    decision,
    grade,
    sentence,
)
from portal.impact.panel import Panel, laid_out
from portal.impact.suspicions import suspicions

__all__ = ["by_unit", "estimate", "laid_out", "running", "series"]


def estimate(
    readings: Iterable[Reading], metric: str, direction: Direction, *, known_flags: Sequence[Flag] = ()
) -> Estimate:
    """The effect on one metric. known_flags: what is known from elsewhere (another change, another definition).

    Raises ValueError for readings that contradict each other.
    """
    panel = laid_out(readings)
    blank = Estimate(metric, direction, Decision.TOO_EARLY)
    if panel is None:
        return replace(blank, reason="There are no readings yet.")
    pre, post = comparison.span(panel)
    blank = replace(blank, n_sites_treated=len(panel.treated), pre_blocks=pre, post_blocks=post,
                    block_days=panel.block_days)  # fmt: skip
    if not len(panel.treated):
        return replace(blank, reason="Nobody has the change in the days that were reported.")
    if group_time.fits(panel, pre):
        if few := _too_few(panel):
            return replace(blank, reason=few)
        return _by_cohorts(panel, blank, known_flags)
    if early := _too_early(panel, pre, post):
        return replace(blank, reason=early)
    pooled = comparison.pooled(panel, pre, post)
    if pooled is None:
        return replace(blank, reason="No unit with the change reported on both sides of its go-live.")
    return _by_blocks(panel, pooled, blank, known_flags)


def _too_early(panel: Panel, pre: int, post: int) -> str:
    """Why nothing can be said yet; empty where something can."""
    slow = panel.block_days >= MONTHLY_DAYS
    if post < POST_PERIODS_MIN if slow else post * panel.block_days < POST_DAYS_MIN:
        return "Fewer than four whole weeks (two periods of slower data) have passed since the go-live."
    if pre < PRE_BLOCKS_MIN:
        return "Fewer than eight whole weeks or periods were reported before the go-live."
    return _too_few(panel)


def _too_few(panel: Panel) -> str:
    columns = np.arange(len(panel.days))
    contacts = sum(panel.n[row, columns >= panel.live[row]].sum() for row in panel.treated)
    if panel.n_told and contacts < CONTACTS_MIN:
        return "Fewer than 100 contacts or answers were counted since the go-live."
    return ""


def _by_blocks(panel: Panel, pooled: Pooled, blank: Estimate, known_flags: Sequence[Flag]) -> Estimate:
    found = prediction(panel, pooled)
    if found is None:
        return replace(blank, reason="The blocks before the go-live have too few values.")
    word = decision(found.ci_low, found.ci_high, blank.direction)
    never = sum(panel.live[row] >= len(panel.days) for row in pooled.controls)
    band = band_half_width(found.half_width, planned_half_width(panel, pooled, found))
    without = _level(pooled) - found.estimate
    flags = (*suspicions(panel, pooled, found, prediction), *known_flags)
    smallest = SEEN_AT_80_PCT * found.half_width
    return replace(
        blank, decision=word, estimate=found.estimate, ci_low=found.ci_low, ci_high=found.ci_high,
        method=Method.COMPARISON if pooled.controls else Method.BEFORE_AND_AFTER,
        evidence_grade=grade(treated=len(pooled.units), controls=len(pooled.controls), never_treated=never),
        n_sites_treated=len(pooled.units), n_controls=len(pooled.controls), expected_without=without,
        relative=found.estimate / without if without else None, half_width=found.half_width,
        smallest_effect_seen_80pct=smallest, band_low=found.estimate - band, band_high=found.estimate + band,
        p_two_sided=found.p_two_sided, flags=flags,
        reason=sentence(word, smallest, _how(pooled, len(panel.treated)), flags),
    )  # fmt: skip


def _how(pooled: Pooled, treated: int) -> str:
    if not pooled.controls:
        return "There is nothing to compare with, so this is before and after only."
    left = treated - len(pooled.units)
    return f"{left} changed units have nothing to compare with and were left out." if left else ""


def _level(pooled: Pooled) -> float:
    """The mean of the treated units after their go-live, weighted by volume."""
    y = np.array([unit.y[pooled.pre :] for unit in pooled.units])
    n = np.array([unit.n[pooled.pre :] * np.isfinite(unit.d[pooled.pre :]) for unit in pooled.units])
    return float(np.sum(np.nan_to_num(y) * n) / n.sum())


def _by_cohorts(panel: Panel, blank: Estimate, known_flags: Sequence[Flag]) -> Estimate:
    found = group_time.group_time(panel)
    if found is None:
        return replace(blank, reason="Nobody with the change was seen before it.")
    half = found.half_width
    low, high = found.estimate - half, found.estimate + half
    word = decision(low, high, blank.direction)
    smallest = SEEN_AT_80_PCT * half
    band = band_half_width(half, half)
    return replace(
        blank, decision=word, estimate=found.estimate, ci_low=low, ci_high=high, method=Method.GROUP_TIME,
        evidence_grade=grade(treated=found.treated, controls=found.never, never_treated=found.never),
        n_sites_treated=found.treated, n_controls=found.never, expected_without=found.expected,
        relative=found.estimate / found.expected if found.expected else None, half_width=half,
        smallest_effect_seen_80pct=smallest, band_low=found.estimate - band, band_high=found.estimate + band,
        p_two_sided=found.p_two_sided, flags=tuple(known_flags),
        reason=sentence(word, smallest, "", tuple(known_flags)),
    )  # fmt: skip
