"""What looking again and again does: the share of roll-outs in which a rule ever calls a change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.impact.judging import asked
from bench.impact.world import CSAT, Setup, readings
from portal.impact.estimate_parts import Running
from portal.impact.estimator import laid_out, running

EARLY = 2.97 / 1.96  # half-widths: what day 28 asks for


@dataclass(frozen=True)
class Peeked:
    """Rule, effect that was put in, runs, and the share of them with a call on any day."""

    rule: str
    effect: float
    runs: int
    called: float


RULES: Mapping[str, Callable[[Sequence[Running]], bool]] = {
    "95 % every week, 1 to 8": lambda looks: any(_outside(one.low, one.high) for one in looks),
    "95 % weeks 4 to 8": lambda looks: any(_outside(one.low, one.high) for one in looks[3:]),
    "weeks 4 and 8, both at 95 %": lambda looks: any(_outside(looks[at].low, looks[at].high) for at in (3, 7)),
    "week 4 at 99.7 %, week 8 at 95 %": lambda looks: _clear(looks[3]) or _outside(looks[7].low, looks[7].high),
    "always-valid band, weeks 1 to 8": lambda looks: any(_outside(one.band_low, one.band_high) for one in looks),
}


def table(runs: int, seed: int, cores: int) -> list[Peeked]:
    """Every rule on the same roll-outs."""
    found = []
    for effect in (0.0, 0.02, 0.03):
        called = np.array(asked(partial(_called, effect, seed), runs, cores))
        for at, rule in enumerate(RULES):
            found.append(Peeked(rule, effect, runs, float(called[:, at].mean())))
            print(f"{rule:34} {effect:7g} {runs:5d} {'':8} {found[-1].called:7.3f}", flush=True)
    return found


def _called(effect: float, seed: int, run: int) -> list[bool]:
    rows = readings(Setup("peeking", CSAT, effect=effect), np.random.default_rng([seed, run]))
    looks = running(laid_out(rows))
    return [rule(looks) for rule in RULES.values()]


def _outside(low: float, high: float) -> bool:
    return not low <= 0 <= high


def _clear(look: Running) -> bool:
    return abs(look.estimate) > EARLY * (look.high - look.low) / 2
