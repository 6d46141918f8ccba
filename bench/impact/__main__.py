"""`python -m bench.impact [--runs 100] [--seed 7] [--cores 1] [--reasons | --peeking] [--json FILE]`

Can the estimator be trusted? For each set-up: coverage, false calls where nothing happened, power where something did,
and bias. --reasons: what queues show that a site's average hides. --peeking: what looking every week does.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from bench.impact import peeking, queues
from bench.impact.judging import HEAD, POWER_MIN, Judged, judge, line
from bench.impact.world import CSAT, HANDLE_TIME, PULSE, Setup, readings

SETUPS = (
    Setup("1 of 20", CSAT, treated=1),
    Setup("5 of 20", CSAT),
    Setup("5 of 20, 28 days", CSAT, after=28),
    Setup("8 of 20, over 84 days", CSAT, treated=8, after=140, apart=12),
    Setup("20 of 20, over 120 days", CSAT, treated=20, after=176, apart=6),
    Setup("20 of 20, the same day", CSAT, treated=20),
    Setup("handle time, 5 of 20", HANDLE_TIME),
    Setup("pulse, 2 of 8", PULSE, sites=8, treated=2),
    Setup("random walks, 5 of 20", CSAT, random_walk=True),
)
EFFECTS = {"5 of 20": 0.02, "handle time, 5 of 20": -12.0, "8 of 20, over 84 days": 0.02}
CORES_MAX = 8


def main() -> None:
    """Judge what was asked for and print the table as it grows."""
    asked = _asked()
    print(HEAD, flush=True)
    if asked.peeking:
        found: Sequence[object] = peeking.table(asked.runs, asked.seed, asked.cores)
    elif asked.reasons:
        found = queues.table(asked.runs, asked.seed, asked.cores)
    else:
        found = _table(asked.runs, asked.seed, asked.cores, asked.only)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=1))  # type: ignore[call-overload]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.impact", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cores", type=int, default=1, choices=range(1, CORES_MAX + 1), metavar="N")
    parser.add_argument("--only", default="", help="part of the name of a set-up")
    parser.add_argument("--json", type=Path)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--reasons", action="store_true")
    which.add_argument("--peeking", action="store_true")
    return parser.parse_args()


def _table(runs: int, seed: int, cores: int, only: str) -> list[Judged]:
    wanted = [*SETUPS, *(replace(one, effect=EFFECTS[one.name]) for one in SETUPS if one.name in EFFECTS)]
    found = []
    for setup in wanted:
        if only in setup.name:
            found.append(judge(setup.name, setup.effect, partial(readings, setup), runs=runs, seed=seed, cores=cores))
            print(line(found[-1], _power_note(found[-1])), flush=True)
    return found


def _power_note(one: Judged) -> str:
    return "  power below the bar" if one.name == "5 of 20" and one.effect and one.called < POWER_MIN else ""


if __name__ == "__main__":
    main()
