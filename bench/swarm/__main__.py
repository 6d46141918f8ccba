"""`python -m bench.swarm`: which rule finds the best ideas, what it promotes, and whom it lets push.

Every world is drawn from a seed; the same seed and number of runs give the same table. Two processes share the worlds.
"""

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.swarm.baselines import BASELINES
from bench.swarm.judging import LEVELS, Facts, judge, summed_up, table
from bench.swarm.sayso import Sayso
from bench.swarm.variants import VARIANTS
from bench.swarm.world import make_world

POLICIES: dict[str, Callable[..., Any]] = {one.name: one for one in BASELINES} | {"Sayso": Sayso}
QUALITY = (
    "recall@10 2",
    "recall@10 5",
    "recall@10 12",
    "recall@10 end",
    "late-good",
    "promoted",
    "top 1 %",
    "top 5 %",
    "false",
)


def main() -> None:
    """Simulate, print the tables, and write JSON where asked."""
    asked = _asked()
    chosen = POLICIES if not asked.variants else {"Sayso": Sayso} | _some(asked.variants)
    start = time.perf_counter()
    seeds = range(asked.seed, asked.seed + asked.runs)
    with ProcessPoolExecutor(asked.processes) as pool:
        found = list(pool.map(_world, [(seed, list(chosen), asked.levels) for seed in seeds]))
    wall, used = time.perf_counter() - start, sum(seconds for seconds, _ in found)
    summaries = {name: summed_up([runs[name] for _, runs in found]) for name in chosen}
    brigades = [name for name in next(iter(summaries.values())) if name.startswith("brigade")]
    print(*table(summaries, QUALITY), "", *table(summaries, brigades), sep="\n")
    print(f"\n{asked.runs} runs from seed {asked.seed}: {wall:.1f} s, {used:.1f} s of processor time")
    if asked.json:
        asked.json.write_text(json.dumps({"seed": asked.seed, "runs": asked.runs, "seconds": wall,
                                          "cpu_seconds": used, "policies": summaries}, indent=1) + "\n")  # fmt: skip


def _world(job: tuple[int, list[str], list[str]]) -> tuple[float, dict[str, Facts]]:
    seed, names, levels = job
    start = time.process_time()
    world, everything = make_world(seed), POLICIES | VARIANTS
    facts = {name: judge(world, everything[name], levels=levels) for name in names}
    return time.process_time() - start, facts


def _some(names: str) -> dict[str, Callable[..., Any]]:
    return VARIANTS if names == "all" else {name: VARIANTS[name] for name in names.split(",")}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.swarm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, choices=range(1, 1001), default=10, metavar="N")
    parser.add_argument("--processes", type=int, choices=range(1, 65), default=2, metavar="N")
    parser.add_argument("--levels", nargs="*", choices=LEVELS, default=list(LEVELS), help="votes an idea")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file too")
    parser.add_argument("--variants", metavar="all|NAME,…", help="changed rules beside the shipped one instead")
    return parser.parse_args()


if __name__ == "__main__":
    main()
