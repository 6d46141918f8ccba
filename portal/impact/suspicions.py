"""What speaks against an estimate and needs a person's look before anything is paid. Pure."""

from collections.abc import Callable

import numpy as np

from portal.impact import comparison
from portal.impact.comparison import Pooled
from portal.impact.estimate_words import PRE_BLOCKS_MIN, Flag
from portal.impact.panel import Panel
from portal.impact.wander import Predicted

VOLUME_SHIFT_MAX = 0.20
MISSING_SHARE_MAX = 0.20
ONE_UNIT_SHARE_MAX = 0.60
ANSWERS_A_DAY_MIN = 3  # with fewer, one day in twenty is empty by chance

Predict = Callable[[Panel, Pooled], Predicted | None]


def suspicions(panel: Panel, pooled: Pooled, found: Predicted, predict: Predict) -> tuple[Flag, ...]:
    """The flags that the readings themselves raise. predict: the estimator's own way, for trying it elsewhere."""
    raised = {
        Flag.PRETEND_GO_LIVE: lambda: _pretended(panel, pooled, predict),
        Flag.DENOMINATOR_SHIFT: lambda: _volume_shifted(panel, pooled),
        Flag.MISSING_DAYS: lambda: _days_missing(panel, pooled),
        Flag.ONE_UNIT_CARRIES_IT: lambda: _one_carries_it(panel, pooled, found, predict),
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised())


def _pretended(panel: Panel, pooled: Pooled, predict: Predict) -> bool:
    """Had the change gone live as many blocks earlier as have passed since, would there have been an effect too?"""
    pre, post = pooled.pre - pooled.post, pooled.post
    if pre < PRE_BLOCKS_MIN:
        return False
    found = predict(panel, pooled.first(pre, post))
    return found is not None and not found.ci_low <= 0 <= found.ci_high


def _volume_shifted(panel: Panel, pooled: Pooled) -> bool:
    """Whether the contacts or answers moved by more than a fifth against the comparison units."""
    if not panel.n_told:
        return False
    own = _moved(np.sum([unit.n for unit in pooled.units], axis=0), pooled.pre)
    others = [_moved(unit.others.n.sum(axis=0), pooled.pre) for unit in pooled.units if len(unit.others.rows)]
    known = [moved for moved in others if np.isfinite(moved) and moved > 0]
    return bool(known) and bool(abs(own / float(np.mean(known)) - 1) > VOLUME_SHIFT_MAX)


def _moved(volume: np.ndarray, pre: int) -> float:
    before, after = volume[:pre], volume[pre:]
    before, after = before[before > 0], after[after > 0]
    return float(after.mean() / before.mean()) if len(before) and len(after) else float("nan")


def _days_missing(panel: Panel, pooled: Pooled) -> bool:
    """Whether more than a fifth of the days since the go-live were not reported.

    Nobody answers on many days of a small queue: whole blocks without an answer count there.
    """
    wanted = missing = 0
    for unit in pooled.units:
        start = int(panel.live[unit.row])
        days = panel.n[unit.row, start : start + panel.block * pooled.post]
        if panel.n_told and panel.n[unit.row, :start].mean() < ANSWERS_A_DAY_MIN:
            days = np.add.reduceat(days, np.arange(0, len(days), panel.block)) if len(days) else days
        wanted, missing = wanted + len(days), missing + int(np.sum(days <= 0))
    return missing > MISSING_SHARE_MAX * wanted


def _one_carries_it(panel: Panel, pooled: Pooled, found: Predicted, predict: Predict) -> bool:
    """Whether one unit brings more than 60 % of the effect, and without it there would be another word."""
    if len(pooled.units) < 2 or found.ci_low <= 0 <= found.ci_high:
        return False
    parts = np.array([weight * _after(unit.d_centred[pooled.pre :], unit.n[pooled.pre :])
                      for unit, weight in zip(pooled.units, pooled.weights, strict=True)])  # fmt: skip
    shares = parts / parts.sum() if parts.sum() else parts
    most = int(np.argmax(shares))
    if shares[most] <= ONE_UNIT_SHARE_MAX:
        return False
    rest = comparison.pooled(panel.without(pooled.units[most].row), pooled.pre, pooled.post)
    other = predict(panel, rest) if rest else None
    return other is None or other.ci_low <= 0 <= other.ci_high


def _after(d: np.ndarray, n: np.ndarray) -> float:
    volume = np.where(np.isfinite(d), n, 0.0)
    return float(np.sum(np.nan_to_num(d) * volume) / volume.sum()) if volume.sum() > 0 else 0.0
