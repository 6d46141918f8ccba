"""Each treated unit against itself before and against comparison units in the same weeks, pooled. Pure.

Blocks are counted from each unit's own go-live: block 0 is the first week (or period) with the change, block -1 the
last one without.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from portal.impact import estimate_noise
from portal.impact.estimate_noise import Cohort, Noise
from portal.impact.panel import Panel

PRE_BLOCKS_MAX = 104
POST_BLOCKS_MAX = 13  # of daily and weekly data
WEEKLY_CADENCE_DAYS_MAX = 10
POST_BLOCKS_UNTREATED = 4
PRE_SHARE_MIN = 0.8


@dataclass(frozen=True)
class Others:
    """The comparison units of everybody who went live on one day, block by block.

    rows: theirs in the panel, maybe none. shares: the weight of each (rows) in each block. moved: how far they moved
    together, NaN where none is left. n: the contacts of each; all_n: of every unit of the panel.
    """

    rows: np.ndarray
    shares: np.ndarray
    moved: np.ndarray
    n: np.ndarray
    all_n: np.ndarray

    @property
    def sampling(self) -> np.ndarray:
        """What they add to v(k)."""
        return np.divide(self.shares**2, self.n, out=np.zeros_like(self.shares), where=self.n > 0).sum(axis=0)


@dataclass(frozen=True)
class Unit:
    """One treated unit: its difference to its comparison units, block by block (pre blocks first).

    y, n: its own means and volumes. d: y less what the comparison units moved; y itself without any.
    """

    row: int
    y: np.ndarray
    n: np.ndarray
    d: np.ndarray
    others: Others
    pre: int

    @property
    def d_centred(self) -> np.ndarray:
        """d less its mean before the go-live."""
        before = self.d[: self.pre]
        return self.d - (float(np.nanmean(before)) if np.isfinite(before).any() else np.nan)


@dataclass(frozen=True)
class Pooled:
    """All treated units as one series.

    difference: D(k), NaN where no unit has a block. noise: how its ups and downs hang together. volume: contacts of
    the treated units in each block. pre, post: how many blocks of each. units: what it was made of. weights: theirs, of
    sum 1. controls: rows of the panel used for comparison.
    """

    difference: np.ndarray
    noise: Noise
    volume: np.ndarray
    pre: int
    post: int
    units: tuple[Unit, ...]
    weights: np.ndarray
    controls: frozenset[int]

    def first(self, pre: int, post: int) -> "Pooled":
        """Its first blocks, of which so many count as before."""
        blocks = slice(0, pre + post)
        return replace(self, difference=self.difference[blocks], noise=self.noise.cut(blocks),
                       volume=self.volume[blocks], pre=pre, post=post)  # fmt: skip


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
    others = {live: _others(panel, sums, live, pre, post, compare=compare) for live in set(panel.live[panel.treated])}
    units = [_unit(panel, sums, row, others[panel.live[row]], pre, post) for row in panel.treated]
    if any(len(unit.others.rows) for unit in units):
        units = [unit for unit in units if len(unit.others.rows)]
    units = [unit for unit in units if np.isfinite(unit.d[:pre]).any() and np.isfinite(unit.d[pre:]).any()]
    return pool(panel, units, pre, post) if units else None


class _Sums:
    """Sums over the columns of a panel, from which any unit's blocks are cut."""

    def __init__(self, panel: Panel) -> None:
        zeros = np.zeros((len(panel.units), 1))
        self._size, self._columns = panel.block, len(panel.days)
        self._sums = np.concatenate([zeros, np.cumsum(np.nan_to_num(panel.values) * panel.n, axis=1)], axis=1)
        self._counts = np.concatenate([zeros, np.cumsum(panel.n, axis=1)], axis=1)

    def blocks(self, starts: np.ndarray, rows: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The n-weighted mean and the volume of every unit, or some, in the blocks that start at these columns."""
        counts, sums = (self._counts, self._sums) if rows is None else (self._counts[rows], self._sums[rows])
        inside = (starts >= 0) & (starts + self._size <= self._columns)
        low, high = np.clip(starts, 0, self._columns), np.clip(starts + self._size, 0, self._columns)
        volumes = np.where(inside, counts[:, high] - counts[:, low], 0.0)
        totals = sums[:, high] - sums[:, low]
        return np.divide(totals, volumes, out=np.full(totals.shape, np.nan), where=volumes > 0), volumes


def _unit(panel: Panel, sums: _Sums, row: int, others: Others, pre: int, post: int) -> Unit:
    starts = int(panel.live[row]) + panel.block * np.arange(-pre, post)
    means, volumes = sums.blocks(starts, np.array([row]))
    half_changed = (starts >= panel.clean[row]) & (starts < panel.live[row])
    y, n = np.where(half_changed, np.nan, means[0]), np.where(half_changed, 0.0, volumes[0])
    return Unit(row, y, n, y - others.moved, others, pre)


def _others(panel: Panel, sums: _Sums, live: int, pre: int, post: int, *, compare: bool) -> Others:
    starts = int(live) + panel.block * np.arange(-pre, post)
    means, volumes = sums.blocks(starts)
    rows = _comparable(panel, live, volumes, pre, post) if compare and pre else np.array([], dtype=int)
    y, n = means[rows], volumes[rows]
    if not len(rows):
        return Others(rows, y, np.zeros(len(starts)), n, volumes)
    y = np.where(panel.clean[rows][:, None] >= starts + panel.block, y, np.nan)
    moved = y - np.nanmean(y[:, :pre], axis=1, keepdims=True)
    pre_volume = n[:, :pre].sum(axis=1)
    c = (pre_volume / (pre_volume + np.median(pre_volume)))[:, None] * np.isfinite(moved)
    total = c.sum(axis=0)
    shares = np.divide(c, total, out=np.zeros_like(c), where=total > 0)
    together = np.where(total > 0, np.sum(shares * np.nan_to_num(moved), axis=0), np.nan)
    return Others(rows, shares, together, n, volumes)


def _comparable(panel: Panel, live: int, volumes: np.ndarray, pre: int, post: int) -> np.ndarray:
    """Units that stay without the change for the first blocks after this go-live, and reported nearly always before."""
    needed = int(live) + panel.block * min(POST_BLOCKS_UNTREATED, post)
    fit = (panel.clean >= needed) | (panel.live >= len(panel.days))
    fit &= (volumes[:, :pre] > 0).mean(axis=1) > PRE_SHARE_MIN
    return np.flatnonzero(fit & (panel.live > live))


def pool(panel: Panel, units: Sequence[Unit], pre: int, post: int) -> Pooled:
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
    controls = frozenset(int(row) for unit in units for row in unit.others.rows)
    noise = estimate_noise.by_formula(_sampling(units, share), _wander(units, share, weights), pre)
    if controls and len({panel.live[unit.row] for unit in units}) > 1:
        noise = estimate_noise.added_up(noise, _cohorts(panel, units, share), panel.block, pre)
    return Pooled(difference, noise, volume, pre, post, tuple(units), weights, controls)


def _post_volume(unit: Unit, pre: int) -> float:
    after = unit.n[pre:]
    return float(after[after > 0].mean()) if (after > 0).any() else 0.0


def _sampling(units: Sequence[Unit], share: np.ndarray) -> np.ndarray:
    """v(k): what the spread of single answers adds to D(k), in units of the variance of one."""
    of_others = {id(unit.others): unit.others.sampling for unit in units}
    parts = []
    for unit, own in zip(units, share, strict=True):
        mine = np.divide(1.0, unit.n, out=np.zeros_like(unit.n), where=unit.n > 0)
        parts.append(own**2 * (mine + of_others[id(unit.others)]))
    return np.sum(parts, axis=0)


def _wander(units: Sequence[Unit], share: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """M(k, l): how much of the units' own slow ups and downs blocks k and l have in common."""
    matrix = share.T @ share
    for others, weight in _by_go_live(units, weights[:, None]):
        matrix = matrix + float(weight[0]) * (others.shares.T @ others.shares)
    return matrix


def _cohorts(panel: Panel, units: Sequence[Unit], share: np.ndarray) -> list[Cohort]:
    found = []
    for others, together in _by_go_live(units, share):
        weights = np.zeros((len(panel.units), share.shape[1]))
        weights[others.rows] = -together * others.shares
        for unit, own in zip(units, share, strict=True):
            if unit.others is others:
                weights[unit.row] += own
                live = float(panel.live[unit.row])
        found.append(Cohort(live, weights, others.all_n))
    return found


def _by_go_live(units: Sequence[Unit], numbers: np.ndarray) -> list[tuple[Others, np.ndarray]]:
    """For each go-live its comparison units, and the sum of the numbers of the units that went live then."""
    sums: dict[int, tuple[Others, np.ndarray]] = {}
    for unit, mine in zip(units, numbers, strict=True):
        sums[id(unit.others)] = unit.others, mine + (sums[id(unit.others)][1] if id(unit.others) in sums else 0.0)
    return list(sums.values())
