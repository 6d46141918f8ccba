"""Reading what is registered about a promise, and what can be suggested for it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.db import db
from portal.impact.models import Guardrail, Plan
from portal.impact.plan_rules import hash_of
from portal.impact.plan_values import values_of
from portal.metrics.models import Direction, Metric
from portal.people.models import Person
from portal.rewards.rules import Share

CHECKED_AT_ONCE = 500


@dataclass(frozen=True)
class Rail:
    """A metric to guard. harm_limit: in its unit, how much worse would be harm."""

    metric_id: int
    code: str
    name: str
    unit: str
    direction: Direction
    decimals: int
    harm_limit: float | None


@dataclass(frozen=True)
class PlanFacts:
    """A plan as it was registered.

    reasons: the contact reasons it touches, empty for every contact. verdict_days: days after go-live. shares: per
    cent of what may be paid, by capacity.
    """

    plan: Plan
    metric: Metric
    guardrails: tuple[Rail, ...]
    reasons: tuple[str, ...]
    verdict_days: tuple[int, ...]
    shares: Mapping[Share, int]
    registered_by: str


def plan_of(commitment_id: int) -> PlanFacts | None:
    """What is registered about a promise, or None. Two statements."""
    query = (
        select(Plan, Metric, Person.name)
        .join(Metric, Metric.id == Plan.metric_id)
        .join(Person, Person.id == Plan.registered_by_id)
        .where(Plan.commitment_id == commitment_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    plan, metric, name = row
    return PlanFacts(
        plan=plan, metric=metric, guardrails=_rails(plan.id), reasons=tuple(json.loads(plan.reasons)),
        verdict_days=tuple(int(day) for day in plan.verdict_days.split(",")),
        shares={Share(share): part for share, part in json.loads(plan.share_rule).items()}, registered_by=name,
    )  # fmt: skip


def broken_hashes() -> Iterator[tuple[int, int]]:
    """(promise, plan) of every plan whose fields no longer give its hash. Reads some plans at a time."""
    last = 0
    while plans := _next(last):
        last = plans[-1].id
        rails = _guarded([plan.id for plan in plans])
        for plan in plans:
            if hash_of(values_of(plan, rails.get(plan.id, ()))) != plan.hash:
                yield plan.commitment_id, plan.id
        db.session.expunge_all()


def _next(after: int) -> Sequence[Plan]:
    query = select(Plan).where(Plan.id > after).order_by(Plan.id).limit(CHECKED_AT_ONCE)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _guarded(plan_ids: Sequence[int]) -> dict[int, list[tuple[int, float | None]]]:
    query = select(Guardrail.plan_id, Guardrail.metric_id, Guardrail.harm_limit)
    found: dict[int, list[tuple[int, float | None]]] = {}
    for row in db.session.execute(query.where(Guardrail.plan_id.in_(plan_ids)).order_by(Guardrail.id)):
        found.setdefault(row.plan_id, []).append((row.metric_id, row.harm_limit))
    return found


def _rails(plan_id: int) -> tuple[Rail, ...]:
    query = (
        select(
            Metric.id, Metric.code, Metric.name, Metric.unit, Metric.direction, Metric.decimals, Guardrail.harm_limit
        )
        .join(Guardrail, Guardrail.metric_id == Metric.id)
        .where(Guardrail.plan_id == plan_id)
        .order_by(Guardrail.id)
    )
    return tuple(Rail(*row) for row in db.session.execute(query))
