"""Metrics with a past, and plans for promises."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from portal.db import db
from portal.impact.plan_rules import GuardrailWanted, NewPlan
from portal.metrics.models import Direction, Metric, Observation
from tests.factories import NOON, Cast

TODAY = NOON.date()
SITES = ("Leeds", "Belfast", "Durban", "Manila")


def make_metric(code: str, *, direction: Direction = Direction.UP_IS_GOOD, **over: Any) -> Metric:
    """A metric in use."""
    values = {"name": code.replace("_", " ").capitalize(), "unit": "points", "decimals": 1} | over
    made = Metric(code=code, direction=direction, **values)
    db.session.add(made)
    db.session.flush()
    return made


def make_past(
    cast: Cast, metric: Metric, *, weeks: int = 60, sites: Sequence[str] = SITES,
    reasons: Sequence[str | None] = (None,),
    until: date = TODAY - timedelta(days=1), level: float = 20.0, seed: int = 3,
) -> None:  # fmt: skip
    """One value a week, that wanders a little, of each site (and queue) until a day."""
    dice = np.random.default_rng(seed)
    monday = until - timedelta(days=until.weekday())
    for site in sites:
        for reason in reasons:
            values = level + np.cumsum(dice.normal(0, 0.1, weeks)) + dice.normal(0, 0.3, weeks)
            db.session.add_all(
                Observation(metric_id=metric.id, place_id=cast.places[site], reason=reason, value=float(value), n=200,
                            day=monday - timedelta(weeks=weeks - 1 - week), recorded_at=NOON)
                for week, value in enumerate(values)
            )  # fmt: skip
    db.session.flush()


def make_metrics(cast: Cast) -> dict[str, Metric]:
    """What plans need: a metric with a past, and three that can guard it; noise: one that is retired."""
    found = {
        "csat": make_metric("csat", unit_value_minor=250, currency="GBP", value_owner_id=cast.mia),
        "transfers": make_metric("transfers", direction=Direction.DOWN_IS_GOOD, harm_limit=0.5),
        "complaints": make_metric("complaints", direction=Direction.DOWN_IS_GOOD),
        "morale_pulse": make_metric("morale_pulse"),
        "old": make_metric("old", retired_at=NOON),
        "empty": make_metric("empty"),
    }
    for code in ("csat", "transfers", "complaints", "morale_pulse", "old"):
        make_past(cast, found[code], weeks=60 if code == "csat" else 3)
    return found


def a_plan(metrics: dict[str, Metric], **over: Any) -> NewPlan:
    """A plan that nothing speaks against."""
    rails = tuple(GuardrailWanted(metrics[code].id, 0.5) for code in ("transfers", "complaints"))
    values: dict[str, Any] = {"metric_id": metrics["csat"].id, "expected_effect": 1.5, "guardrails": rails} | over
    return NewPlan(**values)
