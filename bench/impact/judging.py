"""Draw so many worlds, ask the estimator about each, and count how often it was right."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Decision, Direction
from portal.impact.estimator import estimate

COVERAGE, FALSE_CALLS_MAX, POWER_MIN = (0.93, 0.97), 0.06, 0.75
CALLED = (Decision.IMPROVED, Decision.WORSENED)

Draw = Callable[[np.random.Generator], list[Reading]]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Answered:
    """What the estimator said about one world. ms: processor time, reading the file aside."""

    estimate: float
    low: float
    high: float
    called: bool
    ms: float


@dataclass(frozen=True)
class Judged:
    """What came of one set-up. called: the share of runs with a verdict; covered: of 95 % ranges that hold the truth;
    bias: in the metric's unit, and in standard errors of one estimate; ms: processor time of one estimate.
    """

    name: str
    effect: float
    runs: int
    covered: float
    called: float
    bias: float
    bias_in_errors: float
    rmse: float
    width: float
    ms: float

    @property
    def below_the_bar(self) -> bool:
        """Whether it covers less, or calls more where nothing happened, than the bars allow."""
        return self.covered < COVERAGE[0] or (self.effect == 0 and self.called > FALSE_CALLS_MAX)


def judge(name: str, effect: float, draw: Draw, *, runs: int, seed: int, cores: int = 1) -> Judged:
    """Ask about so many worlds. effect: what was put in; draw: a world from dice."""
    found = [one for one in asked(partial(_answered, draw, seed), runs, cores) if one is not None]
    errors = np.array([one.estimate - effect for one in found])
    covered = [one.low <= effect <= one.high for one in found]
    spread = float(errors.std(ddof=1)) if len(errors) > 1 else 1.0
    return Judged(
        name, effect, len(found), float(np.mean(covered)), float(np.mean([one.called for one in found])),
        float(errors.mean()), float(errors.mean()) / (spread or 1.0), float(np.sqrt(np.mean(errors**2))),
        float(np.mean([one.high - one.low for one in found])), float(np.median([one.ms for one in found])),
    )  # fmt: skip


def asked(ask: Callable[[int], Answer], runs: int, cores: int) -> list[Answer]:
    """One answer for each run, in order; on several cores where that is wanted. The same whatever their number."""
    if cores <= 1:
        return [ask(run) for run in range(runs)]
    with ProcessPoolExecutor(cores) as pool:
        return list(pool.map(ask, range(runs), chunksize=5))


def _answered(draw: Draw, seed: int, run: int) -> Answered | None:
    rows = draw(np.random.default_rng([seed, run]))
    begun = time.process_time()
    found = estimate(rows, "metric_up", Direction.UP)
    ms = 1000 * (time.process_time() - begun)
    if found.estimate is None or found.ci_low is None or found.ci_high is None:
        return None
    return Answered(found.estimate, found.ci_low, found.ci_high, found.decision in CALLED, ms)


HEAD = (f"{'set-up':34} {'effect':>7} {'runs':>5} {'covered':>8} {'called':>7} {'bias/se':>8} {'rmse':>8} {'width':>8} "
        f"{'ms':>5}")  # fmt: skip


def line(one: Judged, note: str = "") -> str:
    """A row of the table. A bar that is missed is marked."""
    marked = note or ("  below the bar" if one.below_the_bar else "")
    return (f"{one.name:34} {one.effect:7g} {one.runs:5d} {one.covered:8.3f} {one.called:7.3f} "
            f"{one.bias_in_errors:8.2f} {one.rmse:8.4g} {one.width:8.4g} {one.ms:5.0f}{marked}")  # fmt: skip


def lines(found: Sequence[Judged]) -> Iterator[str]:
    """The whole table."""
    yield HEAD
    yield from (line(one) for one in found)
