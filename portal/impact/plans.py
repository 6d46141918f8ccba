"""Registering how a promise is measured: once, before go-live, by somebody who answers for it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.commitments.claims import claim
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.commitments.scope import said_at
from portal.db import db, insert_if_new
from portal.impact.models import Guardrail, Plan, Rollout
from portal.impact.plan_rules import NewPlan, hash_of, plan_refusal, tidy_reasons
from portal.impact.plan_values import values_of
from portal.impact.plan_words import PlanRefusal
from portal.impact.policy import MAY
from portal.metrics.models import Metric, Observation
from portal.people import service as people
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.roles import Role
from portal.people.viewer import Viewer

BEFORE_GO_LIVE = frozenset({CommitmentState.OFFERED, CommitmentState.ACCEPTED})


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def register(viewer: Viewer, commitment: Commitment, plan: NewPlan, now: datetime) -> Plan:
    """Register how a promise is measured. It is never edited afterwards.

    What one unit is worth is taken from the metric as it is now. Raises the members of PlanRefusal.
    """
    demand(MAY, "plan.register", viewer)
    _demand(register_refusal(viewer, commitment) or plan_refusal(plan))
    metric = _measured(plan)
    claim(commitment, now=now)  # whoever marks it done meanwhile comes before or after, never between
    registered = _row(viewer, commitment, plan, metric, now)
    rails = [(rail.metric_id, rail.harm_limit) for rail in plan.guardrails]
    registered.hash = hash_of(values_of(registered, rails))
    values = {column.name: getattr(registered, column.name) for column in Plan.__table__.columns if column.name != "id"}
    plan_id = insert_if_new(Plan, values, key=("commitment_id",))
    if plan_id is None:
        raise PlanRefusal.ALREADY_REGISTERED.as_error()
    db.session.add_all(
        Guardrail(plan_id=plan_id, metric_id=metric_id, harm_limit=limit) for metric_id, limit in rails
    )  # fmt: skip
    db.session.flush()
    facts = {"plan": plan_id, "metric": metric.code, "hash": registered.hash}
    people.audit("plan.registered", f"commitment:{commitment.id}", facts, actor_id=viewer.id, now=now)
    return db.session.scalars(select(Plan).where(Plan.id == plan_id)).one()


def register_refusal(viewer: Viewer, commitment: Commitment) -> PlanRefusal | None:
    """Why this viewer cannot register anything for the promise as it stands, or None."""
    if not answers_for(viewer, commitment):
        return PlanRefusal.NOT_A_REGISTRAR
    if commitment.state is CommitmentState.HANDED_BACK:
        return PlanRefusal.HANDED_BACK
    if db.session.scalar(select(Plan.id).where(Plan.commitment_id == commitment.id)) is not None:
        return PlanRefusal.ALREADY_REGISTERED
    live = select(Rollout.id).where(Rollout.commitment_id == commitment.id).limit(1)
    if commitment.state not in BEFORE_GO_LIVE or db.session.scalar(live) is not None:
        return PlanRefusal.ALREADY_LIVE
    return None


def answers_for(viewer: Viewer, commitment: Commitment) -> bool:
    """True for the owner, the sponsor and programme where the idea was said."""
    if viewer.id in (commitment.owner_id, commitment.sponsor_id):
        return True
    return viewer.holds(Role.PROGRAMME) and viewer.holds(Role.PROGRAMME, at=said_at(commitment.idea_id))


def _demand(refused: PlanRefusal | None) -> None:
    if refused is not None:
        raise refused.as_error()


def _measured(plan: NewPlan) -> Metric:
    """The metric of a plan, once it and those that guard it can be used."""
    wanted = [plan.metric_id, *(rail.metric_id for rail in plan.guardrails)]
    found = {metric.id: metric for metric in db.session.scalars(select(Metric).where(Metric.id.in_(wanted)))}
    metric = found.get(plan.metric_id)
    if metric is None:
        raise PlanRefusal.UNKNOWN_METRIC.as_error()
    if metric.retired_at is not None:
        raise PlanRefusal.METRIC_RETIRED.as_error()
    if db.session.scalar(select(Observation.id).where(Observation.metric_id == metric.id).limit(1)) is None:
        raise PlanRefusal.METRIC_WITHOUT_VALUES.as_error()
    if len(found) < len(set(wanted)) or any(one.retired_at is not None for one in found.values()):
        raise PlanRefusal.UNKNOWN_GUARDRAIL.as_error()
    return metric


def _row(viewer: Viewer, commitment: Commitment, plan: NewPlan, metric: Metric, now: datetime) -> Plan:
    valued = metric.unit_value_minor is not None
    agreed = db.session.scalar(select(Person.name).where(Person.id == metric.value_owner_id)) if valued else None
    shares = {share.value: part for share, part in plan.shares.items() if part}
    return Plan(
        commitment_id=commitment.id, metric_id=metric.id, definition_version=metric.definition_version,
        reasons=json.dumps(tidy_reasons(plan.reasons), ensure_ascii=False), expected_effect=float(plan.expected_effect),
        expected_low=None if plan.expected_low is None else float(plan.expected_low), shape=plan.shape,
        washout_days=plan.washout_days, verdict_days=",".join(str(day) for day in sorted(set(plan.verdict_days))),
        unit_value_minor=metric.unit_value_minor, currency=metric.currency if valued else None,
        value_agreed_by=agreed or "", run_cost_minor=plan.run_cost_minor,
        share_rule=json.dumps(shares, sort_keys=True), bundle_share=plan.bundle_share,
        registered_by_id=viewer.id, registered_at=now,
    )  # fmt: skip
