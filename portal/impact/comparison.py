"""Each treated unit against itself before and against comparison units in the same weeks, pooled. Pure.

Blocks are counted from each unit's own go-live: block 0 is the first week (or period) with the change, block -1 the
last one without.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portal.impact.panel import Panel

PRE_BLOCKS_MAX = 104
POST_BLOCKS_MAX = 13  # of daily and weekly data
WEEKLY_CADENCE_DAYS_MAX = 10
POST_BLOCKS_UNTREATED = 4
PRE_SHARE_MIN = 0.8


@dataclass(frozen=True)
class Unit:
    """One treated unit: its difference to its comparison units, block by block (pre blocks first).

    y, n: its own means and volumes. d: y less what the comparison units moved; y itself without any. others: the rows
    of the comparison units in the panel. others_n: their volume in each block. others_sampling, others_wander: what
    they add to v(k) and to M(k, l).
    """

    row: int
    y: np.ndarray
    n: np.ndarray
    d: np.ndarray
    others: np.ndarray
    others_n: np.ndarray
    others_sampling: np.ndarray
    others_wander: np.ndarray

    @property
    def d_centred(self) -> np.ndarray:
        """d less its mean before the go-live."""
        return self.d - self._pre_mean

    @property
    def _pre_mean(self) -> float:
        return float(np.nanmean(self.d[: self.pre])) if np.isfinite(self.d[: self.pre]).any() else np.nan

    pre: int = 0


@dataclass(frozen=True)
class Pooled:
    """All treated units as one series.

    difference: D(k), NaN where no unit has a block. sampling: v(k), in units of 1/n. wander: M(k, l), mean 1 on the
    pre diagonal. volume: contacts of the treated units in each block. pre, post: how many blocks of each.
    units: what it was made of. weights: theirs, of sum 1. controls: rows of the panel used for comparison.
    """

    difference: np.ndarray
    sampling: np.ndarray
    wander: np.ndarray
    volume: np.ndarray
    pre: int
    post: int
    units: tuple[Unit, ...]
    weights: np.ndarray
    controls: frozenset[int]


def span(panel: Panel) -> tuple[int, int]:
    """How many whole blocks there are before (of the treated unit with the fewest) and after (with the most)."""
    treated, size = panel.treated, panel.block
    if not len(treated):
        return 0, 0
    first = [int(np.flatnonzero(row > 0)[0]) if (row > 0).any() else len(panel.days) for row in panel.n[treated]]
    pre = min(max(0, int(live) - start) // size for live, start in zip(panel.live[treated], first, strict=True))
    post = max((len(panel.days) - int(live)) // size for live in panel.live[treated])
    capped = panel.cadence_days <= WEEKLY_CADENCE_DAYS_MAX
    return min(pre, PRE_BLOCKS_MAX), min(post, POST_BLOCKS_MAX) if capped else post


def pooled(panel: Panel, pre: int, post: int, *, compare: bool = True) -> Pooled | None:
    """The treated units against their comparison units; without any comparison unit, against themselves alone.

    None if no treated unit has a value on both sides.
    """
    sums = _Sums(panel)
    units = [_unit(panel, sums, row, pre, post, compare=compare) for row in panel.treated]
    if any(len(unit.others) for unit in units):
        units = [unit for unit in units if len(unit.others)]
    units = [unit for unit in units if np.isfinite(unit.d[:pre]).any() and np.isfinite(unit.d[pre:]).any()]
    return pool(units, pre, post) if units else None


class _Sums:
    """Sums over the columns of a panel, from which any unit's blocks are cut."""

    def __init__(self, panel: Panel) -> None:
        zeros = np.zeros((len(panel.units), 1))
        self._size, self._columns = panel.block, len(panel.days)
        self._sums = np.concatenate([zeros, np.cumsum(np.nan_to_num(panel.values) * panel.n, axis=1)], axis=1)
        self._counts = np.concatenate([zeros, np.cumsum(panel.n, axis=1)], axis=1)

    def blocks(self, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The n-weighted mean and the volume of every unit in the blocks that start at these columns."""
        inside = (starts >= 0) & (starts + self._size <= self._columns)
        low, high = np.clip(starts, 0, self._columns), np.clip(starts + self._size, 0, self._columns)
        volumes = np.where(inside, self._counts[:, high] - self._counts[:, low], 0.0)
        totals = self._sums[:, high] - self._sums[:, low]
        return np.divide(totals, volumes, out=np.full(totals.shape, np.nan), where=volumes > 0), volumes


def _unit(panel: Panel, sums: _Sums, row: int, pre: int, post: int, *, compare: bool) -> Unit:
    starts = int(panel.live[row]) + panel.block * np.arange(-pre, post)
    means, volumes = sums.blocks(starts)
    others = _others(panel, row, starts, volumes, pre) if compare else np.array([], dtype=int)
    half_changed = (starts >= panel.clean[row]) & (starts < panel.live[row])
    own_y, own_n = np.where(half_changed, np.nan, means[row]), np.where(half_changed, 0.0, volumes[row])
    if not len(others):
        none = np.zeros(pre + post)
        return Unit(row, own_y, own_n, own_y, others, none, none, np.zeros((pre + post, pre + post)), pre)
    y, n = means[others], volumes[others]
    y = np.where(panel.clean[others][:, None] >= starts + panel.block, y, np.nan)
    moved = y - np.nanmean(y[:, :pre], axis=1, keepdims=True)
    pre_volume = n[:, :pre].sum(axis=1)
    c = (pre_volume / (pre_volume + np.median(pre_volume)))[:, None] * np.isfinite(moved)
    total = c.sum(axis=0)
    shares = np.divide(c, total, out=np.zeros_like(c), where=total > 0)
    d = np.where(total > 0, own_y - np.sum(shares * np.nan_to_num(moved), axis=0), np.nan)
    sampling = np.divide(shares**2, n, out=np.zeros_like(shares), where=n > 0).sum(axis=0)
    return Unit(row, own_y, own_n, d, others, n.sum(axis=0), sampling, shares.T @ shares, pre)


def _others(panel: Panel, row: int, starts: np.ndarray, volumes: np.ndarray, pre: int) -> np.ndarray:
    """Units that stay without the change for the first blocks after this go-live, and reported nearly always before."""
    if pre == 0:
        return np.array([], dtype=int)
    needed = int(panel.live[row]) + panel.block * min(POST_BLOCKS_UNTREATED, len(starts) - pre)
    never = panel.live >= len(panel.days)
    fit = (panel.clean >= needed) | never
    fit &= (volumes[:, :pre] > 0).mean(axis=1) > PRE_SHARE_MIN
    fit &= panel.live > panel.live[row]
    return np.flatnonzero(fit)


def pool(units: Sequence[Unit], pre: int, post: int) -> Pooled:
    """Some treated units as one series, weighted by their volume after the go-live."""
    weights = np.array([_post_volume(unit, pre) for unit in units])
    weights = weights / weights.sum()
    d = np.array([unit.d_centred for unit in units])
    there = np.isfinite(d)
    share = weights[:, None] * there
    total = share.sum(axis=0)
    share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    difference = np.where(total > 0, np.sum(share * np.nan_to_num(d), axis=0), np.nan)
    volume = np.sum([unit.n * seen for unit, seen in zip(units, there, strict=True)], axis=0)
    controls = frozenset(int(row) for unit in units for row in unit.others)
    return Pooled(difference, _sampling(units, share), _wander(units, share, weights, pre), volume, pre, post,
                  tuple(units), weights, controls)  # fmt: skip


def _post_volume(unit: Unit, pre: int) -> float:
    after = unit.n[pre:]
    return float(after[after > 0].mean()) if (after > 0).any() else 0.0


def _sampling(units: Sequence[Unit], share: np.ndarray) -> np.ndarray:
    """v(k): what the spread of single answers adds to D(k), in units of the variance of one."""
    parts = []
    for unit, own in zip(units, share, strict=True):
        mine = np.divide(1.0, unit.n, out=np.zeros_like(unit.n), where=unit.n > 0)
        parts.append(own**2 * (mine + unit.others_sampling))
    return np.sum(parts, axis=0)


def _wander(units: Sequence[Unit], share: np.ndarray, weights: np.ndarray, pre: int) -> np.ndarray:
    """M(k, l): how much of the units' own slow ups and downs blocks k and l have in common."""
    matrix = share.T @ share
    for unit, weight in zip(units, weights, strict=True):
        matrix = matrix + weight * unit.others_wander
    scale = float(np.mean(np.diag(matrix)[:pre])) if pre else 1.0
    return matrix / scale if scale > 0 else matrix
