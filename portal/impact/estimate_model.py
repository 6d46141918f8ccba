"""The model of the pooled series: what it is regressed on, and how wide its interval is on the planned day. Pure."""

from dataclasses import replace

import numpy as np

from portal.impact import wander
from portal.impact.comparison import Pooled
from portal.impact.panel import Panel
from portal.impact.wander import Predicted

MONTHLY_DAYS = 28
YEAR_DAYS = 365.25
SEASON_YEARS_MIN = 1.45
SEASON_CADENCE_DAYS_MAX = 45
PLANNED_DAYS = 56


def prediction(panel: Panel, pooled: Pooled) -> Predicted | None:
    """How far the pooled units lie from what their own past and the comparison units predict."""
    after = np.where(np.isfinite(pooled.difference[pooled.pre :]), pooled.volume[pooled.pre :], 0.0)
    if after.sum() <= 0:
        return None
    x = design(panel, pooled)
    return wander.predicted(pooled.difference, pooled.noise, x, pooled.pre, after / after.sum())


def design(panel: Panel, pooled: Pooled) -> np.ndarray:
    """X: a level; without comparison units and with enough history also a trend and two waves a year."""
    k = np.arange(-pooled.pre, pooled.post, dtype=float)
    years = k * panel.block_days / YEAR_DAYS
    seasonal = pooled.pre * panel.block_days / YEAR_DAYS >= SEASON_YEARS_MIN
    if pooled.controls or not seasonal or panel.cadence_days > SEASON_CADENCE_DAYS_MAX:
        return np.ones((len(k), 1))
    waves = [wave(2 * np.pi * turns * years) for turns in (1, 2) for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones_like(k), years, *waves])


def planned_half_width(panel: Panel, pooled: Pooled, now: Predicted) -> float:
    """Half of the interval on the planned day, which the blocks before it decide alone."""
    planned = max(1, round(PLANNED_DAYS / panel.block_days))
    if panel.block_days >= MONTHLY_DAYS or planned == pooled.post:
        return now.half_width
    ahead = min(planned, pooled.post)
    keep = pooled.pre + ahead
    after = np.where(np.isfinite(pooled.difference[pooled.pre : keep]), pooled.volume[pooled.pre : keep], 0.0)
    if planned > pooled.post or after.sum() <= 0:
        return _as_if_it_went_on(panel, pooled, planned, now)
    found = prediction(panel, pooled.first(pooled.pre, ahead))
    return found.half_width if found else now.half_width


def _as_if_it_went_on(panel: Panel, pooled: Pooled, planned: int, now: Predicted) -> float:
    """The same for a day still ahead: the blocks to come are like the last ones before the go-live."""
    seen = np.flatnonzero(np.isfinite(pooled.difference[: pooled.pre]))
    source = np.concatenate([np.arange(pooled.pre), np.resize(seen, planned)])
    like = replace(pooled, post=planned, difference=pooled.difference[source], volume=np.ones(len(source)),
                   noise=pooled.noise.repeated(source, pooled.pre))  # fmt: skip
    found = prediction(panel, like)
    return found.half_width if found else now.half_width
