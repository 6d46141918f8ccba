"""Many units, few periods: the effect of each cohort in each period since, against units that never changed. Pure.

Group-time average treatment effects without covariates (Callaway and Sant'Anna 2021): the base is the period before a
cohort's go-live, the comparison the never treated. Standard errors come from the influence function.
"""

from dataclasses import dataclass

import numpy as np

from portal.impact.panel import Panel

CADENCE_DAYS_MIN = 10
PRE_BLOCKS_MAX = 8
UNITS_MIN = 8


@dataclass(frozen=True)
class GroupTime:
    """The pooled effect over all treated cells with its standard error, and what it was made of.

    cells: (column of the go-live, column) → effect; also the placebo cells before. freedom: of Student's t.
    expected: the mean of the treated cells less the effect. p_two_sided: of no difference.
    """

    estimate: float
    standard_error: float
    freedom: int
    cells: dict[tuple[int, int], float]
    expected: float
    treated: int
    never: int

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval."""
        from scipy.special import stdtrit

        return float(stdtrit(self.freedom, 0.975)) * self.standard_error

    @property
    def p_two_sided(self) -> float:
        """The probability of so much, either way, where nothing happened."""
        from scipy.special import stdtr

        return 2 * float(stdtr(self.freedom, -abs(self.estimate) / self.standard_error))


@dataclass(frozen=True)
class Age:
    """All cohorts so many periods after their go-live. effect, half_width: None and 0 before it."""

    age: int
    observed: float
    n: float
    effect: float | None = None
    half_width: float = 0.0


def fits(panel: Panel, pre: int) -> bool:
    """Whether this is such a panel: slow, short, wide, and without a gap."""
    never = int(np.sum(panel.live >= len(panel.days)))
    wide = len(panel.treated) >= UNITS_MIN and never >= UNITS_MIN
    slow = panel.cadence_days > CADENCE_DAYS_MIN and pre < PRE_BLOCKS_MAX
    return slow and wide and bool(np.isfinite(panel.values).all())


def group_time(panel: Panel) -> GroupTime | None:
    """The pooled effect; None where no treated unit was seen before its go-live."""
    y, live, last = panel.values, panel.live, len(panel.days)
    never = live >= last
    cohorts = sorted({int(start) for start in live[~never] if start >= 1})
    if not cohorts:
        return None
    cells = {
        (start, at): _cell(y, live == start, never, start, at) for start in cohorts for at in range(1, last)
    }  # fmt: skip
    after = [(start, at) for start, at in cells if at >= start]
    sizes = {start: int(np.sum(live == start)) for start in cohorts}
    total = sum(sizes[start] for start, _ in after)
    share = {cell: sizes[cell[0]] / total for cell in after}
    estimate = sum(share[cell] * cells[cell] for cell in after)
    influence = np.zeros(len(y))
    for (start, at), weight in share.items():
        influence += weight * _influence(y, live == start, never, start, at)
    level = sum(share[start, at] * float(y[live == start, at].mean()) for start, at in after)
    treated, others = sum(sizes.values()), int(never.sum())
    error = float(np.sqrt(np.sum(influence**2)))
    return GroupTime(estimate, error, min(treated, others) - 1, cells, level - estimate, treated, others)


def by_age(panel: Panel) -> list[Age]:
    """The effect by periods since the go-live, over the cohorts that are that old; before it what was observed."""
    y, live, last = panel.values, panel.live, len(panel.days)
    never = live >= last
    cohorts = sorted({int(start) for start in live[~never] if start >= 1})
    ages = range(-max(cohorts), last - min(cohorts)) if cohorts else range(0)
    return [_age(panel, y, [start for start in cohorts if 0 <= start + age < last], age) for age in ages]


def _age(panel: Panel, y: np.ndarray, cohorts: list[int], age: int) -> Age:
    live = panel.live
    sizes = np.array([np.sum(live == start) for start in cohorts])
    shares = sizes / sizes.sum()
    observed = sum(
        share * float(y[live == start, start + age].mean()) for share, start in zip(shares, cohorts, strict=True)
    )
    n = float(sum(panel.n[live == start, start + age].sum() for start in cohorts))
    if age < 0:
        return Age(age, observed, n)
    never = live >= len(panel.days)
    effect, influence = 0.0, np.zeros(len(y))
    for share, start in zip(shares, cohorts, strict=True):
        effect += share * _cell(y, live == start, never, start, start + age)
        influence += share * _influence(y, live == start, never, start, start + age)
    from scipy.special import stdtrit

    freedom = max(1, min(int(sizes.sum()), int(never.sum())) - 1)
    return Age(age, observed, n, effect, float(stdtrit(freedom, 0.975) * np.sqrt(np.sum(influence**2))))


def _change(y: np.ndarray, start: int, at: int) -> np.ndarray:
    """How far each unit moved: since the period before the go-live; for a placebo cell, since the period before it."""
    return y[:, at] - y[:, start - 1 if at >= start else at - 1]


def _cell(y: np.ndarray, cohort: np.ndarray, never: np.ndarray, start: int, at: int) -> float:
    moved = _change(y, start, at)
    return float(moved[cohort].mean() - moved[never].mean())


def _influence(y: np.ndarray, cohort: np.ndarray, never: np.ndarray, start: int, at: int) -> np.ndarray:
    moved = _change(y, start, at)
    values = np.zeros(len(y))
    values[cohort] = (moved[cohort] - moved[cohort].mean()) / cohort.sum()
    values[never] = -(moved[never] - moved[never].mean()) / never.sum()
    return values
