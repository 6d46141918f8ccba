"""How blocks hang together where units went live on different days: against the long way round."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from portal.impact import comparison, estimate_noise
from portal.impact.comparison import Pooled
from portal.impact.estimate_noise import RHOS, Cohort, added_up, by_formula
from portal.impact.panel import Panel, laid_out
from tests.impact.panels import wandering


def one_after_another(apart: int) -> tuple[Panel, Pooled]:
    rows = [
        replace(one, treated_from=one.treated_from + timedelta(days=apart * int(one.unit[-2:])))
        if one.treated_from else one
        for one in wandering(sites=5, treated=4, days=200, after=90)
    ]  # fmt: skip
    panel = laid_out(rows)
    assert panel is not None
    pooled = comparison.pooled(panel, *comparison.span(panel))
    assert pooled is not None
    return panel, pooled


def weights_of(panel: Panel, pooled: Pooled) -> dict[tuple[int, int], np.ndarray]:
    """(unit, first column) → what that week of that unit weighs in each block of D."""
    found: dict[tuple[int, int], np.ndarray] = {}
    size = pooled.pre + pooled.post
    d = np.isfinite([unit.d for unit in pooled.units]) * pooled.weights[:, None]
    for unit, share in zip(pooled.units, d / d.sum(axis=0), strict=True):
        for at in range(size):
            column = int(panel.live[unit.row]) + panel.block * (at - pooled.pre)
            parts = [(unit.row, 1.0), *((int(row), -unit.others.shares[place, at])
                                        for place, row in enumerate(unit.others.rows))]  # fmt: skip
            for row, part in parts:
                found.setdefault((row, column), np.zeros(size))[at] += share[at] * part
    return found


def test_every_week_of_every_unit_is_followed_into_each_block() -> None:
    panel, pooled = one_after_another(apart=10)
    parts = weights_of(panel, pooled)

    for pace, matrix in list(zip(RHOS, pooled.noise.wander, strict=True))[::3]:
        wanted = sum(
            np.outer(mine, theirs) * pace ** (abs(here - there) / panel.block)
            for (row, here), mine in parts.items() for (other, there), theirs in parts.items() if row == other
        )  # fmt: skip
        wanted = wanted / np.diag(wanted)[: pooled.pre].mean()
        assert matrix == pytest.approx(wanted, abs=1e-9)


def test_where_all_went_live_on_one_day_the_short_formulas_hold() -> None:
    panel, pooled = one_after_another(apart=0)
    (others,) = {id(unit.others): unit.others for unit in pooled.units}.values()
    weights = np.zeros((len(panel.units), pooled.pre + pooled.post))
    weights[others.rows] = -others.shares
    for unit, weight in zip(pooled.units, pooled.weights, strict=True):
        weights[unit.row] += weight

    found = added_up(pooled.noise, [Cohort(float(panel.live[0]), weights, others.all_n)], panel.block, pooled.pre)

    assert found.wander == pytest.approx(pooled.noise.wander, abs=1e-9)
    assert pooled.noise.sampling == pytest.approx(np.diag(pooled.noise.own))


def test_blocks_with_few_comparison_units_left_wander_more() -> None:
    _, pooled = one_after_another(apart=14)

    widths = np.diagonal(pooled.noise.wander, axis1=1, axis2=2)

    assert (widths[:, : pooled.pre].mean(axis=1) == pytest.approx(1)) and np.isfinite(pooled.noise.wander).all()
    assert np.linalg.eigvalsh(pooled.noise.wander).min() > -1e-9
    assert np.linalg.eigvalsh(pooled.noise.sampling).min() > 0


def test_many_days_of_going_live_are_merged_to_keep_the_cost_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    panel, pooled = one_after_another(apart=1)
    monkeypatch.setattr(estimate_noise, "COHORTS_MAX", 2)

    merged = comparison.pool(panel, pooled.units, pooled.pre, pooled.post)

    assert merged.noise.wander == pytest.approx(pooled.noise.wander, abs=0.05)


def test_blocks_that_repeat_others_are_as_noisy_as_they_were() -> None:
    noise = by_formula(np.array([1.0, 2.0, 3.0]), np.eye(3), pre=2)

    again = noise.repeated(np.array([0, 1, 1, 0]), 2)

    assert again.own == pytest.approx([2 / 3, 4 / 3, 4 / 3, 2 / 3]) and again.wander.shape == (len(RHOS), 4, 4)
