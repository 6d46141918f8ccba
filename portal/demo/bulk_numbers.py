"""Daily numbers for every site of a generated firm, with seasons, chance, and a step where a promise was kept."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from math import pi, sin
from typing import Any

from portal.demo.bulk_rows import Batch
from portal.demo.bulk_years import Years
from portal.demo.measures import METRICS
from portal.demo.shapes import Metric as Shape
from portal.metrics.models import Direction, Metric, Observation

CONTACTS_A_PERSON = 31  # a day
STEP = 0.03  # what one kept promise moves a metric at its sites, as a share of its usual value


def metrics() -> Batch:
    """What is measured: as in the small demonstration, numbered in its order."""
    rows = [
        (n, shape.code, shape.name, shape.unit, Direction(shape.direction), shape.decimals, shape.note, n * 10)
        for n, shape in enumerate(METRICS, start=1)
    ]
    return Metric, ("id", "code", "name", "unit", "direction", "decimals", "note", "position"), rows, len(rows)


def observations(years: Years) -> Batch:
    """A value for each metric, site and day."""
    columns = ("id", "metric_id", "place_id", "day", "value", "n", "revision", "recorded_at")
    total = len(METRICS) * len(years.world.sites) * years.size.days
    return Observation, columns, _observations(years), total


def _observations(years: Years) -> Iterator[tuple[Any, ...]]:
    rng, number = random.Random(f"{years.size.seed}:numbers"), 0
    steps, end = _steps(years), years.began + timedelta(days=years.size.days)
    for metric_id, shape in enumerate(METRICS, start=1):
        for site in years.world.sites:
            staff = years.world.sizes[site.employer_id].get(site.id, 1)
            level = rng.choice(shape.baseline)[1] * rng.uniform(0.92, 1.08)
            lives = sorted(steps.get((metric_id, site.id), []))
            for day in range(years.size.days):
                at = years.began + timedelta(days=day)
                number += 1
                value = _value(shape, level, day, sum(live <= at.date() for live in lives), rng)
                n = max(1, round(staff * CONTACTS_A_PERSON * shape.answered * rng.uniform(0.85, 1.1)))
                recorded = min(end, at + timedelta(hours=27))
                yield number, metric_id, site.id, at.date(), round(value, shape.decimals + 1), n, 1, recorded


def _value(shape: Shape, level: float, day: int, kept: int, rng: random.Random) -> float:
    better = -1 if shape.direction == "down" else 1
    season = 0.02 * sin(2 * pi * day / 365) * level
    return max(0.01, level * (1 + better * STEP * min(kept, 6)) + season + rng.gauss(0, shape.noise * 2))


def _steps(years: Years) -> dict[tuple[int, int], list[date]]:
    """(metric, site) → the days since which something delivered is live there."""
    rows, found = years.answers.rows, dict[tuple[int, int], list[date]]()
    metric_of = {promise.id: promise.metric for promise in rows.promises}
    for delivery, site in rows.delivery_sites:
        promise, _, _, live, _ = rows.deliveries[delivery - 1]
        if (metric := metric_of[promise]) is not None:
            found.setdefault((metric, site), []).append(live)
    return found
