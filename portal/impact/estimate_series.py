"""The estimate taken apart for pictures: by block, by unit, and how it came about week by week. Pure."""

import numpy as np

from portal.impact import comparison, group_time, wander
from portal.impact.band import band_half_width
from portal.impact.comparison import Pooled
from portal.impact.estimate_model import design, planned_half_width, prediction
from portal.impact.estimate_parts import Block, Running, UnitEstimate
from portal.impact.estimate_words import PRE_BLOCKS_MIN
from portal.impact.panel import Panel
from portal.impact.wander import Predicted


def series(panel: Panel | None) -> list[Block]:
    """What was observed in each block and, from the go-live on, what was to be expected; empty if nobody changed."""
    pooled, pre, post = _pooled(panel)
    if panel is None or (pooled is None and not group_time.fits(panel, pre)):
        return []
    if pooled is None or group_time.fits(panel, pre):
        return _of_cohorts(panel)
    found = _each(panel, pooled, np.eye(post)) if pre >= PRE_BLOCKS_MIN else {}
    y = np.array([unit.y for unit in pooled.units])
    there = np.isfinite([unit.d for unit in pooled.units])
    share = pooled.weights[:, None] * there
    blocks = []
    for at in range(pre + post):
        total = float(share[:, at].sum())
        observed = float(share[:, at] @ np.nan_to_num(y[:, at])) / total if total > 0 else None
        n = float(pooled.volume[at]) if panel.n_told else None
        blocks.append(_block(at - pre, observed, found.get(at - pre), n))
    return blocks


def by_unit(panel: Panel | None) -> list[UnitEstimate]:
    """Each changed unit against its own comparison units; empty where cohorts are compared instead."""
    pooled, pre, _ = _pooled(panel)
    if panel is None or pooled is None or pre < PRE_BLOCKS_MIN or group_time.fits(panel, pre):
        return []
    rows = []
    for unit in pooled.units:
        alone = comparison.pool(panel, [unit], pre, pooled.post)
        found = prediction(panel, alone)
        n = float(alone.volume[pre:].sum()) if panel.n_told else None
        name = panel.units[unit.row]
        rows.append(
            UnitEstimate(name, found.estimate, found.ci_low, found.ci_high, n)
            if found
            else UnitEstimate(name, None, n=n)
        )
    return rows


def running(panel: Panel | None) -> list[Running]:
    """The estimate as it stood after each block since the go-live; empty where cohorts are compared or it is too
    early."""
    pooled, pre, post = _pooled(panel)
    if panel is None or pooled is None or pre < PRE_BLOCKS_MIN or group_time.fits(panel, pre):
        return []
    now = prediction(panel, pooled)
    if now is None:
        return []
    planned = planned_half_width(panel, pooled, now)
    looks = []
    for at, found in _each(panel, pooled, np.tri(post)).items():
        band = band_half_width(found.half_width, planned)
        day = round((at + 1) * panel.block_days)
        looks.append(Running(day, found.estimate, found.estimate - band, found.estimate + band,
                             found.ci_low, found.ci_high))  # fmt: skip
    return looks


def _pooled(panel: Panel | None) -> tuple[Pooled | None, int, int]:
    if panel is None or not len(panel.treated):
        return None, 0, 0
    pre, post = comparison.span(panel)
    return (comparison.pooled(panel, pre, post) if pre and post else None), pre, post


def _each(panel: Panel, pooled: Pooled, choices: np.ndarray) -> dict[int, Predicted]:
    """For each row of choices among the blocks after, the effect over them; without rows that hold no value."""
    seen = np.isfinite(pooled.difference[pooled.pre :])
    volume = choices * np.where(seen, pooled.volume[pooled.pre :], 0.0)
    rows = np.flatnonzero(volume.sum(axis=1) > 0)
    afters = volume[rows] / volume[rows].sum(axis=1, keepdims=True)
    found = wander.predicted_each(pooled.difference, pooled.noise, design(panel, pooled), pooled.pre, afters)
    return dict(zip(rows.tolist(), found, strict=False))


def _block(block: int, observed: float | None, effect: Predicted | None, n: float | None) -> Block:
    if observed is None or effect is None:
        return Block(block, observed, n=n)
    return Block(
        block, observed, observed - effect.estimate, observed - effect.ci_high, observed - effect.ci_low, n
    )  # fmt: skip


def _of_cohorts(panel: Panel) -> list[Block]:
    rows = []
    for age in group_time.by_age(panel):
        if age.effect is None:
            rows.append(Block(age.age, age.observed, n=age.n if panel.n_told else None))
            continue
        expected = age.observed - age.effect
        rows.append(Block(age.age, age.observed, expected, expected - age.half_width, expected + age.half_width,
                          age.n if panel.n_told else None))  # fmt: skip
    return rows
