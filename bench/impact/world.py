"""Made-up contact centres: sites whose metrics have weekdays, seasons, a company in common, and ways of their own.

Every effect is known, because it was put in. The sizes follow what contact centres report: some forty survey answers
a day and site that differ threefold between sites, waves of a week and a year, a company-wide drift, sites that
wander slowly, trends, bad days, and days that nobody reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from portal.impact.estimate_parts import Reading

FIRST = date(2024, 1, 1)
DAYS = 730


@dataclass(frozen=True)
class Kind:
    """A metric. level, single: the usual value and the spread of one answer (None: a share, so from the level).
    volume: answers a day and site. wander, company: standard deviations of the slow ups and downs of a site and of
    all together; trend: of the sites' yearly trends; season, weekday: heights of the waves; shock: of a bad day.
    """

    level: float
    single: float | None
    volume: float
    wander: float
    company: float
    trend: float
    season: float
    weekday: float
    shock: float


CSAT = Kind(0.80, None, 40, 0.008, 0.012, 0.010, 0.010, 0.008, 0.03)
HANDLE_TIME = Kind(420, 260, 250, 6.0, 9.0, 8.0, 8.0, 6.0, 25.0)
PULSE = Kind(3.6, 1.0, 12, 0.10, 0.10, 0.08, 0.05, 0.0, 0.2)


@dataclass(frozen=True)
class Setup:
    """Who changes when. treated of `sites` go live `after` days before the end, the next ones `apart` days later."""

    name: str
    kind: Kind
    sites: int = 20
    treated: int = 5
    after: int = 56
    apart: int = 0
    effect: float = 0.0
    random_walk: bool = False


def readings(setup: Setup, dice: np.random.Generator) -> list[Reading]:
    """Two years of daily readings."""
    common = common_ways(setup.kind, dice)
    sizes = setup.kind.volume * dice.uniform(0.5, 1.5, setup.sites)
    found: list[Reading] = []
    for site, live in enumerate(_lives(setup)):
        found += _of_site(setup, dice, f"site {site:02}", live, common, sizes[site])
    return found


def common_ways(kind: Kind, dice: np.random.Generator) -> np.ndarray:
    """What all sites share, day by day: a slow drift, the week, the year, and 22 bad days."""
    days = np.arange(DAYS)
    company = slow(dice, kind.company, 0.95)
    bad = dice.choice(DAYS, 22, replace=False)
    weekly, yearly = dice.uniform(0, 2 * np.pi, 2)
    common = company + kind.weekday * np.sin(2 * np.pi * days / 7 + weekly)
    common += kind.season * np.sin(2 * np.pi * days / 365.25 + yearly)
    common[bad] -= np.abs(dice.normal(0, kind.shock, 22))
    return common


def _lives(setup: Setup) -> Sequence[date | None]:
    start = FIRST + timedelta(days=DAYS - setup.after)
    live = [start + timedelta(days=setup.apart * turn) for turn in range(setup.treated)]
    return [*live, *[None] * (setup.sites - setup.treated)]


def _of_site(
    setup: Setup, dice: np.random.Generator, name: str, live: date | None, common: np.ndarray, volume: float
) -> list[Reading]:
    kind, days = setup.kind, np.arange(DAYS)
    own = np.cumsum(dice.normal(0, kind.wander / 12, DAYS)) if setup.random_walk else slow(dice, kind.wander, 0.97)
    level = kind.level + dice.normal(0, kind.wander * 2) + common + own + dice.normal(0, kind.trend) * days / 365.25
    if live is not None:
        level[(live - FIRST).days :] += setup.effect
    n = dice.poisson(volume, DAYS)
    n[dice.random(DAYS) < 0.03] = 0
    values = _answered(kind, dice, level, n)
    return [
        Reading(FIRST + timedelta(days=day), name, float(values[day]) if n[day] else None, float(n[day]), live)
        for day in range(DAYS)
    ]


def _answered(kind: Kind, dice: np.random.Generator, level: np.ndarray, n: np.ndarray) -> np.ndarray:
    counted = np.maximum(n, 1)
    if kind.single is None:
        return dice.binomial(counted, np.clip(level, 0.01, 0.99)) / counted
    return level + dice.normal(0, kind.single / np.sqrt(counted))


def slow(dice: np.random.Generator, spread: float, pace: float) -> np.ndarray:
    """A series that comes back to nought slowly: each day keeps `pace` of the day before."""
    steps = dice.normal(0, spread * np.sqrt(1 - pace**2), DAYS)
    steps[0] = dice.normal(0, spread)
    value, values = 0.0, []
    for step in steps.tolist():
        value = pace * value + step
        values.append(value)
    return np.array(values)
