"""One policy judged in one world, and many of them summed up."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, stdev
from typing import Any

from bench.swarm.brigades import BRIGADES, Brigade, Pushes
from bench.swarm.measures import false_share, late_good_recall, reached, recall_at
from bench.swarm.running import Run
from bench.swarm.world import DAYS, IDEAS, VISITS, World

LEVELS = {"2": 230, "5": 620, "12": 1620}  # votes an idea: visits that bring them
Facts = dict[str, float | None]


def judge(
    world: World,
    make: Callable[[World], Any],
    *,
    levels: Iterable[str] = tuple(LEVELS),
    brigades: tuple[Brigade, ...] = BRIGADES,
) -> Facts:
    """Every figure of one policy in one world; None where there is nothing to divide by."""
    facts: Facts = {}
    for level in levels:
        run = Run(world, make(world), LEVELS[level]).go()
        facts[f"recall@10 {level}"] = recall_at(10, run.policy.order(DAYS), world.truth)
        facts[f"votes an idea {level}"] = run.votes / IDEAS
    pushes = Pushes(brigades)
    run = Run(world, make(world), VISITS).go(pushes.pauses())
    order, promoted = run.policy.order(DAYS), run.policy.promoted()
    facts["recall@10 end"] = recall_at(10, order, world.truth)
    facts["votes an idea end"] = run.votes / IDEAS
    facts["late-good"] = late_good_recall(order, world.truth)
    facts["promoted"] = len(promoted)
    for name, share in (("top 1 %", 0.01), ("top 5 %", 0.05)):
        facts[name] = reached(share, promoted, world.truth)
    facts["false"] = false_share(promoted, world.truth)
    for name, tried in pushes.results().items():
        facts[f"brigade {name}"] = fmean(tried) if tried else None
    return facts


def summed_up(runs: Sequence[Facts]) -> dict[str, dict[str, float]]:
    """Mean and its standard error of each figure over the runs that have it."""
    summary = {}
    for name in runs[0]:
        values = [value for run in runs if (value := run[name]) is not None]
        if values:
            error = stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
            summary[name] = {"mean": fmean(values), "error": error}
    return summary


def table(summaries: dict[str, dict[str, dict[str, float]]], columns: Iterable[str]) -> list[str]:
    """Lines of a Markdown table: a row for each policy, mean ± 1.96 standard errors where that is above 0.005."""
    columns = list(columns)
    lines = ["| policy | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for policy, summary in summaries.items():
        lines.append(f"| {policy} | " + " | ".join(_cell(summary.get(column)) for column in columns) + " |")
    return lines


def _cell(figure: dict[str, float] | None) -> str:
    if figure is None:
        return "–"
    mean, spread = figure["mean"], 1.96 * figure["error"]
    digits = 1 if mean >= 3 else 2
    return f"{mean:.{digits}f}" + (f" ±{spread:.{digits}f}" if spread >= 0.005 else "")
