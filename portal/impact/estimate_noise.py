"""How the ups and downs of the pooled series hang together from block to block. Pure.

Units that all went live on one day share nothing but their comparison units, and two short formulas hold: v(k) for the
spread of single answers and M(k, l) for the slow wandering. Where they went live on different days the same week of the
same comparison unit stands in several blocks of the pooled series, and towards the end few of them are left: taken
for separate, such series look far surer than they are (intervals of 95 % held 80 % in simulation). The blocks are then
added up from the units' own weeks, each with its weight.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RHOS = (0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.995)
COHORTS_MAX = 30  # beyond, neighbours count as one: the cost grows with the square


@dataclass(frozen=True)
class Noise:
    """Covariances of the blocks of D, each of mean 1 on the diagonal before the go-live.

    own: v(k). common: M(k, l). sampling: of single answers (block by block). wander: of the slow ups and downs, one
    matrix for each pace in `RHOS`.
    """

    own: np.ndarray
    common: np.ndarray
    sampling: np.ndarray
    wander: np.ndarray

    def cut(self, blocks: slice) -> "Noise":
        """Some of the blocks."""
        return Noise(self.own[blocks], self.common[blocks, blocks], self.sampling[blocks, blocks],
                     self.wander[:, blocks, blocks])  # fmt: skip

    def repeated(self, source: np.ndarray, pre: int) -> "Noise":
        """Blocks that are like those of `source`, one after the other."""
        return by_formula(self.own[source], self.common[np.ix_(source, source)], pre)


@dataclass(frozen=True)
class Cohort:
    """Units that went live together. live: their column. weights: of each unit of the panel (rows) in each block of D,
    below nought where it is compared with. n: contacts of each unit in each block from that go-live.
    """

    live: float
    weights: np.ndarray
    n: np.ndarray


def by_formula(own: np.ndarray, common: np.ndarray, pre: int) -> Noise:
    """From v(k) and M(k, l)."""
    known = own[:pre][own[:pre] > 0]
    own = np.where(own > 0, own / (float(known.mean()) if len(known) else 1.0), 1.0)
    scale = float(np.mean(np.diag(common)[:pre])) if pre else 1.0
    common = common / scale if scale > 0 else common
    blocks = np.arange(len(own))
    lags = np.abs(np.subtract.outer(blocks, blocks))
    return Noise(own, common, np.diag(own), common * np.array([pace**lags for pace in RHOS]))


def added_up(plain: Noise, cohorts: Sequence[Cohort], block: int, pre: int) -> Noise:
    """From the weeks of each unit, which stand in several blocks. block: columns in one; plain: by the formulas."""
    starts = block * np.arange(len(plain.own))
    wandering, answering = _by_distance(_merged(cohorts))
    wander, sampling = np.zeros((len(RHOS), len(starts), len(starts))), np.zeros((len(starts), len(starts)))
    for apart, matrix in wandering.items():
        lags = np.abs(apart + np.subtract.outer(starts, starts)) / block
        sampling += answering[apart] * np.maximum(0.0, 1.0 - lags)  # the days that two blocks have in common
        decay = np.log(np.array(RHOS))[:, None, None] * lags
        wander += matrix * np.exp(decay)
    empty = np.diag(sampling) <= 0
    sampling = sampling / _level(sampling, pre) + np.diag(np.where(empty, 1.0, 1e-9))
    wander = np.array([one / _level(one, pre) for one in wander])
    return Noise(plain.own, plain.common, sampling, wander)


def _by_distance(cohorts: Sequence[Cohort]) -> tuple[dict[float, np.ndarray], dict[float, np.ndarray]]:
    """For each distance between two go-lives, the products of the weights, and of those divided by the contacts."""
    wandering: dict[float, np.ndarray] = defaultdict(lambda: np.zeros(()))
    answering: dict[float, np.ndarray] = defaultdict(lambda: np.zeros(()))
    single = [np.divide(one.weights, np.sqrt(one.n), out=np.zeros_like(one.weights), where=one.n > 0)
              for one in cohorts]  # fmt: skip
    for first, mine in zip(cohorts, single, strict=True):
        for second, theirs in zip(cohorts, single, strict=True):
            apart = first.live - second.live
            wandering[apart] = wandering[apart] + first.weights.T @ second.weights
            answering[apart] = answering[apart] + mine.T @ theirs
    return wandering, answering


def _merged(cohorts: Sequence[Cohort]) -> list[Cohort]:
    """At most `COHORTS_MAX`: neighbours in time as if they had gone live on their mean day."""
    ordered = sorted(cohorts, key=lambda one: one.live)
    groups = np.array_split(np.arange(len(ordered)), min(len(ordered), COHORTS_MAX))
    return [_one([ordered[at] for at in group]) for group in groups]


def _one(group: Sequence[Cohort]) -> Cohort:
    if len(group) == 1:
        return group[0]
    weights, n = np.sum([one.weights for one in group], axis=0), np.mean([one.n for one in group], axis=0)
    return Cohort(float(np.round(np.mean([one.live for one in group]))), weights, n)


def _level(matrix: np.ndarray, pre: int) -> float:
    diagonal = np.diag(matrix)[:pre]
    known = diagonal[diagonal > 0]
    return float(known.mean()) if len(known) else 1.0
