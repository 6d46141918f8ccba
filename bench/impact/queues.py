"""What contact reasons buy: a rule that touches 2 % of contacts, seen in its queue and in the average of its site.

A site's answers fall on six contact reasons. Each queue has its level; beside what its site and the company share, it
wanders on its own, and all queues of one reason wander together. The rule lifts one small queue at some sites.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np

from bench.impact.judging import Judged, judge, line
from bench.impact.world import CSAT, DAYS, FIRST, common_ways, slow
from portal.impact.estimate_parts import Reading

SHARES = (0.02, 0.05, 0.10, 0.18, 0.25, 0.40)  # the first is the one that the rule touches
REASON_WANDER = 0.005
POWER_MIN = 0.80
LIFT = 0.15  # of the share of content customers in that queue


@dataclass(frozen=True)
class Rule:
    """treated of `sites` change their smallest queue `after` days before the end, by `effect`."""

    sites: int = 20
    treated: int = 5
    after: int = 56
    effect: float = 0.0


def by_queue(rule: Rule, dice: np.random.Generator) -> list[Reading]:
    """Two years of daily answers of every queue of every site."""
    values, n = _drawn(rule, dice)
    live = FIRST + timedelta(days=DAYS - rule.after)
    found: list[Reading] = []
    for site in range(rule.sites):
        for reason in range(len(SHARES)):
            touched = live if site < rule.treated and reason == 0 else None
            found += _rows(f"site {site:02} / reason {reason}", values[site, reason], n[site, reason], touched)
    return found


def by_site(rule: Rule, dice: np.random.Generator) -> list[Reading]:
    """The same answers, all reasons of a site together."""
    values, n = _drawn(rule, dice)
    live = FIRST + timedelta(days=DAYS - rule.after)
    whole = n.sum(axis=1)
    means = (values * n).sum(axis=1) / np.maximum(whole, 1)
    found: list[Reading] = []
    for site in range(rule.sites):
        found += _rows(f"site {site:02}", means[site], whole[site], live if site < rule.treated else None)
    return found


def table(runs: int, seed: int, cores: int) -> list[Judged]:
    """Both views of the same worlds, where nothing happened and where the rule helped by 15 points."""
    found = []
    for view, draw, part in (("its queue", by_queue, 1.0), ("site average", by_site, SHARES[0])):
        for effect in (0.0, LIFT):
            name, rule = f"2 % reason, 5 of 20, {view}", Rule(effect=effect)
            found.append(judge(name, effect * part, partial(draw, rule), runs=runs, seed=seed, cores=cores))
            short = bool(effect) and draw is by_queue and found[-1].called < POWER_MIN
            print(line(found[-1], "  power below the bar" if short else ""), flush=True)
    return found


def _drawn(rule: Rule, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Values and answers by site, reason and day."""
    kind, years = CSAT, np.arange(DAYS) / 365.25
    common = common_ways(kind, dice)
    reasons = [dice.normal(0, 0.05) + slow(dice, REASON_WANDER, 0.95) for _ in SHARES]
    sizes = kind.volume * dice.uniform(0.5, 1.5, rule.sites)
    level = np.empty((rule.sites, len(SHARES), DAYS))
    for site in range(rule.sites):
        own = slow(dice, kind.wander, 0.97) + dice.normal(0, kind.trend) * years + dice.normal(0, 2 * kind.wander)
        for reason, usual in enumerate(reasons):
            queue = slow(dice, kind.wander, 0.97) + dice.normal(0, kind.trend) * years
            level[site, reason] = kind.level + common + usual + own + queue
    level[: rule.treated, 0, DAYS - rule.after :] += rule.effect
    n = dice.poisson(sizes[:, None, None] * np.array(SHARES)[None, :, None], level.shape)
    n[np.broadcast_to(dice.random((rule.sites, 1, DAYS)) < 0.03, n.shape)] = 0
    return dice.binomial(np.maximum(n, 1), np.clip(level, 0.01, 0.99)) / np.maximum(n, 1), n


def _rows(unit: str, values: np.ndarray, n: np.ndarray, live: date | None) -> Sequence[Reading]:
    days = zip(values.tolist(), n.tolist(), strict=True)
    return [Reading(FIRST + timedelta(days=day), unit, value if count else None, float(count), live)
            for day, (value, count) in enumerate(days)]  # fmt: skip
