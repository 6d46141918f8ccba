"""Made-up readings for the estimator: sites whose metric wanders, with or without a change."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from portal.impact.estimate_parts import Reading

START = date(2024, 1, 1)


def wandering(
    *, seed: int = 1, sites: int = 8, days: int = 364, treated: int = 3, after: int = 56, effect: float = 0.0
) -> list[Reading]:
    """Daily shares around 0.8 from some forty answers a day; the first sites go live `after` days before the end."""
    dice = np.random.default_rng(seed)
    live = START + timedelta(days=days - after)
    readings = []
    for site in range(sites):
        went_live = live if site < treated else None
        drift = np.cumsum(dice.normal(0, 0.0015, days))
        counts = dice.poisson(40, days) + 1
        lift = np.where(np.arange(days) >= days - after, effect if went_live else 0.0, 0.0)
        shares = dice.binomial(counts, np.clip(0.8 + drift + lift, 0.02, 0.98)) / counts
        readings += [
            Reading(START + timedelta(days=day), f"site {site:02}", float(shares[day]), float(counts[day]), went_live)
            for day in range(days)
        ]
    return readings


def changed(readings: Sequence[Reading], *, times: float = 1.0, plus: float = 0.0) -> list[Reading]:
    """The same with every value moved."""
    return [
        Reading(one.day, one.unit, None if one.value is None else one.value * times + plus, one.n, one.treated_from)
        for one in readings
    ]
