"""What would have come without the change: a prediction from the blocks before, by a model of series that wander. Pure.

D = Xb + u + e on the blocks before the go-live: u wanders with correlation rho a block, e is the spread of single
answers. The share and the pace of the wandering are not estimated but averaged over a grid of 64 points, each weighted
by its restricted likelihood (Patterson and Thompson 1971); the prediction is generalised least squares with kriging.
"""

from dataclasses import dataclass

import numpy as np

from portal.impact.band import WIDER
from portal.impact.estimate_noise import RHOS, Noise

LAMBDAS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
LEVEL = 0.95
ROOT = 1e-14  # how close to the root is close enough, relative to where it lies


@dataclass(frozen=True)
class Predicted:
    """How far the mean after the go-live lies from what the blocks before predict.

    estimate: the mixture's mean. ci_low, ci_high: of 95 %, widened by `WIDER`. p_two_sided: of no difference.
    """

    estimate: float
    ci_low: float
    ci_high: float
    p_two_sided: float

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.ci_high - self.ci_low) / 2


@dataclass(frozen=True)
class Mixture:
    """One Student t of `freedom` degrees for each point of the grid: where, how wide, and its weight (of sum 1)."""

    centres: np.ndarray
    scales: np.ndarray
    weights: np.ndarray
    freedom: int

    def below(self, at: float) -> float:
        """The probability of less than `at`."""
        from scipy.special import stdtr

        return float(np.sum(self.weights * stdtr(self.freedom, (at - self.centres) / self.scales)))

    def quantile(self, share: float) -> float:
        """The value below which this share lies: the root is bracketed by the quantiles of the single points."""
        from scipy.optimize import brentq
        from scipy.special import stdtrit

        ends = self.centres + self.scales * stdtrit(self.freedom, share)
        low, high = float(ends.min()), float(ends.max())
        if low == high or self.below(low) >= share:
            return low
        if self.below(high) <= share:
            return high
        return float(brentq(lambda at: self.below(at) - share, low, high, xtol=ROOT * (high - low), rtol=ROOT))


def predicted(
    difference: np.ndarray, noise: Noise, design: np.ndarray, pre: int, after: np.ndarray
) -> Predicted | None:
    """The mean of D over the blocks after, less its prediction.

    difference, noise: as `comparison.Pooled`; design: X of all blocks; pre: how many come before;
    after: the weight of each block after (of sum 1, 0 where D is missing). None where too few blocks came before.
    """
    found = predicted_each(difference, noise, design, pre, after[None, :])
    return found[0] if found else None


def predicted_each(
    difference: np.ndarray, noise: Noise, design: np.ndarray, pre: int, afters: np.ndarray
) -> list[Predicted]:
    """The same for several means, a row of weights each. Empty where too few blocks came before."""
    return [_of(mixture) for mixture in _mixtures(difference, noise, design, pre, afters)]


def _of(mixture: Mixture) -> Predicted:
    estimate = float(np.sum(mixture.weights * mixture.centres))
    tail = (1 - LEVEL) / 2
    low, high = mixture.quantile(tail), mixture.quantile(1 - tail)
    nothing = mixture.below(0.0)
    return Predicted(
        estimate, estimate - WIDER * (estimate - low), estimate + WIDER * (high - estimate),
        2 * min(nothing, 1 - nothing),
    )  # fmt: skip


def _mixtures(difference: np.ndarray, noise: Noise, design: np.ndarray, pre: int, afters: np.ndarray) -> list[Mixture]:
    seen = np.flatnonzero(np.isfinite(difference[:pre]))
    freedom = len(seen) - design.shape[1]
    if freedom < 1:
        return []
    x, y = design[seen], difference[seen]
    observed = afters @ np.nan_to_num(difference[pre:])
    shares = np.array([0.0, *np.repeat(LAMBDAS, len(RHOS))])  # with the paces, the 64 points
    paces = np.array([0, *np.tile(np.arange(len(RHOS)), len(LAMBDAS))])
    whole = shares[:, None, None] * noise.wander[paces] + noise.sampling
    inside = whole[:, seen[:, None], seen]
    across = np.einsum("gsk,mk->gsm", whole[:, seen][:, :, pre:], afters)
    spreads = np.einsum("mk,gkl,ml->mg", afters, whole[:, pre:, pre:], afters, optimize=True)
    root = np.linalg.cholesky(inside)
    right = np.concatenate([np.broadcast_to(np.column_stack([x, y]), (len(shares), *x.shape[:1], x.shape[1] + 1)),
                            across], axis=2)  # fmt: skip
    solved = np.linalg.solve(root, right)
    known, wide = solved[:, :, : x.shape[1] + 1], x.shape[1] + 1
    return [
        _fitted(np.concatenate([known, solved[:, :, wide + row, None]], axis=2), root, after @ design[pre:],
                float(observed[row]), spreads[row], freedom)
        for row, after in enumerate(afters)
    ]  # fmt: skip


def _fitted(
    solved: np.ndarray, root: np.ndarray, x_after: np.ndarray, observed: float, spread: np.ndarray, freedom: int
) -> Mixture:
    """From the whitened design, differences and covariances with the blocks after, at each point of the grid."""
    x, y, c = solved[:, :, :-2], solved[:, :, -2], solved[:, :, -1]
    information = np.einsum("gsp,gsq->gpq", x, x)
    b = np.linalg.solve(information, np.einsum("gsp,gs->gp", x, y)[:, :, None])[:, :, 0]
    rest = y - np.einsum("gsp,gp->gs", x, b)
    rss = np.sum(rest**2, axis=1)
    centres = observed - (b @ x_after + np.sum(c * rest, axis=1))
    gap = x_after - np.einsum("gsp,gs->gp", x, c)
    unsure = np.einsum("gp,gp->g", gap, np.linalg.solve(information, gap[:, :, None])[:, :, 0])
    variance = np.maximum(spread - np.sum(c**2, axis=1) + unsure, 0.0)
    # Nothing has ever moved: any move after is certain, and a scale of nothing cannot be divided by.
    tiny = np.finfo(float).tiny ** 0.5
    scales = np.maximum(np.sqrt(variance * rss / freedom), tiny)
    log_v = np.log(np.einsum("gss->gs", root)).sum(axis=1)  # half the logarithm of |V|
    log_x = np.linalg.slogdet(information)[1] / 2
    log_weights = -log_v - log_x - freedom / 2 * np.log(np.maximum(rss, tiny))
    weights = np.exp(log_weights - log_weights.max())
    return Mixture(centres, scales, weights / weights.sum(), freedom)
