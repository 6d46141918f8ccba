"""`python -m bench.impact [--runs 100] [--seed 7] [--json FILE]`: can the estimator be trusted?

For each set-up: coverage, false calls where nothing happened, power where something did, and bias.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bench.impact.world import CSAT, HANDLE_TIME, PULSE, Setup, readings
from portal.impact.estimate_words import Decision, Direction
from portal.impact.estimator import estimate

SETUPS = (
    Setup("1 of 20", CSAT, treated=1),
    Setup("5 of 20", CSAT),
    Setup("5 of 20, 28 days", CSAT, after=28),
    Setup("8 of 20, one after another", CSAT, treated=8, after=140, apart=12),
    Setup("20 of 20, one after another", CSAT, treated=20, after=176, apart=6),
    Setup("20 of 20, the same day", CSAT, treated=20),
    Setup("handle time, 5 of 20", HANDLE_TIME),
    Setup("pulse, 2 of 8", PULSE, sites=8, treated=2),
    Setup("random walks, 5 of 20", CSAT, random_walk=True),
)
EFFECTS = {"5 of 20": 0.02, "handle time, 5 of 20": -12.0, "8 of 20, one after another": 0.02}
COVERAGE, FALSE_CALLS_MAX, POWER_MIN = (0.93, 0.97), 0.06, 0.75


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


def judge(setup: Setup, *, runs: int, seed: int) -> Judged:
    """Draw so many worlds and ask the estimator about each."""
    found = list(_estimates(setup, runs, seed))
    errors = np.array([one.estimate - setup.effect for one, _ in found])
    low, high = (np.array([getattr(one, end) for one, _ in found]) for end in ("ci_low", "ci_high"))
    called = [one.decision in (Decision.IMPROVED, Decision.WORSENED) for one, _ in found]
    spread = float(errors.std(ddof=1)) or 1.0
    return Judged(
        setup.name, setup.effect, len(found), float(np.mean((low <= setup.effect) & (setup.effect <= high))),
        float(np.mean(called)), float(errors.mean()), float(errors.mean()) / spread,
        float(np.sqrt(np.mean(errors**2))), float(np.mean(high - low)),
        1000 * float(np.median([ms for _, ms in found])),
    )  # fmt: skip


def _estimates(setup: Setup, runs: int, seed: int) -> Iterator[tuple]:
    for run in range(runs):
        rows = readings(setup, np.random.default_rng([seed, run]))
        begun = time.process_time()
        found = estimate(rows, "metric_up", Direction.UP)
        if found.estimate is not None:
            yield found, time.process_time() - begun


def lines(found: list[Judged]) -> Iterator[str]:
    """The table. A bar that is missed is marked."""
    yield f"{'set-up':30} {'effect':>7} {'covered':>8} {'called':>7} {'bias/se':>8} {'rmse':>8} {'width':>8} {'ms':>6}"
    for one in found:
        quiet = one.effect == 0
        bad = one.covered < COVERAGE[0] or (quiet and one.called > FALSE_CALLS_MAX)
        bad |= one.name == "5 of 20" and not quiet and one.called < POWER_MIN
        yield (f"{one.name:30} {one.effect:7g} {one.covered:8.3f} {one.called:7.3f} {one.bias_in_errors:8.2f} "
               f"{one.rmse:8.4g} {one.width:8.4g} {one.ms:6.0f}{'  below the bar' if bad else ''}")  # fmt: skip


def main() -> None:
    """Judge every set-up without an effect, and some with one."""
    parser = argparse.ArgumentParser(prog="bench.impact", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    wanted = [*SETUPS, *(replace(one, effect=EFFECTS[one.name]) for one in SETUPS if one.name in EFFECTS)]
    found = []
    for setup in wanted:
        found.append(judge(setup, runs=asked.runs, seed=asked.seed))
        print("\n".join(list(lines(found))[-1 if len(found) > 1 else 0 :]), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=1))


if __name__ == "__main__":
    main()
