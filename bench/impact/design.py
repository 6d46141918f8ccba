"""`python -m bench.impact.design [--runs 100] [--seed 11] [--json FILE]`: does a designed roll-out show what it said?

For each set-up: what the designer foretells from the history alone, before anything is live, against the share of
simulated roll-outs in which the estimator then finds the effect on day 56.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bench.impact.world import CSAT, HANDLE_TIME, Setup, readings
from portal.impact.designer import Wave, by_week, predicted
from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Decision, Direction
from portal.impact.estimator import estimate
from portal.impact.words import VERDICT_DAY

# Every world ends 56 days after the first go-live; whole weeks lie between waves, as in a design.
SETUPS = (
    Setup("5 of 20, the same day", CSAT, effect=0.02),
    Setup("5 of 20, a smaller effect", CSAT, effect=0.012),
    Setup("1 of 20", CSAT, treated=1, effect=0.04),
    Setup("8 of 20, four waves, two weeks apart", CSAT, treated=8, apart=7, effect=0.02),
    Setup("20 of 20, the same day", CSAT, treated=20, effect=0.03),
    Setup("handle time, 5 of 20", HANDLE_TIME, effect=-9.0),
)
WAVES = {"8 of 20, four waves, two weeks apart": 2}  # units a wave, where it is not one
POINTS_MAX = 0.05


@dataclass(frozen=True)
class Held:
    """One set-up. foretold: the mean of the powers that the designer gave; found: the share of roll-outs in which the
    effect was found. smallest: the mean of the effects it called visible in four cases of five.
    """

    name: str
    effect: float
    runs: int
    foretold: float
    found: float
    smallest: float

    @property
    def off(self) -> float:
        """How far what was foretold lies above what came true."""
        return self.foretold - self.found


def hold(setup: Setup, *, runs: int, seed: int) -> Held:
    """Design and roll out so many worlds."""
    outcomes = list(_outcomes(setup, runs, seed))
    foretold, found, smallest = (float(np.mean(part)) for part in zip(*outcomes, strict=True))
    return Held(setup.name, setup.effect, len(outcomes), foretold, found, smallest)


def _outcomes(setup: Setup, runs: int, seed: int) -> Iterator[tuple[float, bool, float]]:
    direction = Direction.UP if setup.effect > 0 else Direction.DOWN
    for run in range(runs):
        rows = _in_waves(readings(setup, np.random.default_rng([seed, run])), setup)
        first = min(one.treated_from for one in rows if one.treated_from)
        history = by_week(one for one in rows if one.day < first)
        before = predicted(history, _waves(rows), expected=abs(setup.effect))
        seen = [one for one in rows if one.day < first + timedelta(days=VERDICT_DAY)]
        after = estimate(seen, "metric", direction)
        if before.power is not None and before.smallest is not None:
            yield before.power, after.decision is Decision.IMPROVED, before.smallest


def _in_waves(rows: Sequence[Reading], setup: Setup) -> list[Reading]:
    """The world lets one unit go live at a time; where a wave has several, they go with its first."""
    size = WAVES.get(setup.name, 1)
    if size == 1:
        return list(rows)
    lives = sorted({one.treated_from for one in rows if one.treated_from})
    with_first: dict[date, date] = {day: lives[turn // size * size] for turn, day in enumerate(lives)}
    return [
        replace(one, treated_from=with_first[one.treated_from], value=_moved(one, with_first, setup.effect))
        if one.treated_from else one
        for one in rows
    ]  # fmt: skip


def _moved(one: Reading, with_first: dict[date, date], effect: float) -> float | None:
    """What the world did not know: the days between the wave's day and the unit's own have the effect as well."""
    assert one.treated_from is not None
    between = with_first[one.treated_from] <= one.day < one.treated_from
    return one.value + effect if between and one.value is not None else one.value


def _waves(rows: Sequence[Reading]) -> list[Wave]:
    lives = {one.unit: one.treated_from for one in rows if one.treated_from}
    return [Wave(day, tuple(unit for unit in lives if lives[unit] == day)) for day in sorted(set(lives.values()))]


def lines(found: Sequence[Held]) -> Iterator[str]:
    """The table. What is off by more than five points is marked."""
    yield f"{'set-up':40} {'effect':>7} {'runs':>5} {'foretold':>9} {'found':>7} {'off':>7} {'visible':>8}"
    for one in found:
        bad = abs(one.off) > POINTS_MAX
        yield (f"{one.name:40} {one.effect:7g} {one.runs:5} {one.foretold:9.3f} {one.found:7.3f} {one.off:+7.3f} "
               f"{one.smallest:8.3g}{'  off by more than 5 points' if bad else ''}")  # fmt: skip


def main() -> None:
    """Every set-up."""
    parser = argparse.ArgumentParser(prog="bench.impact.design", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--only", type=int, help="The number of one set-up, from 0.")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: list[Held] = []
    for setup in SETUPS if asked.only is None else SETUPS[asked.only : asked.only + 1]:
        found.append(hold(setup, runs=asked.runs, seed=asked.seed))
        print("\n".join(list(lines(found))[-1 if len(found) > 1 else 0 :]), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=1))


if __name__ == "__main__":
    main()
