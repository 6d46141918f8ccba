"""The interface to plans, roll-outs and their design: how a promise is measured, who goes first, where it is live."""

import secrets
from datetime import date

from flask import Response

from portal import clock
from portal.commitments.queries import commitment_for, organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Missing
from portal.impact import design_queries, designs, plans, rollouts
from portal.impact.design_rules import SEED_MAX
from portal.impact.plan_api_shapes import (
    DesignPath,
    DesignSent,
    DesignShown,
    GuardrailSuggested,
    PlanSent,
    PlanShown,
    RollBackSent,
    SuggestionShown,
    TouchedShown,
    UnitsShown,
    design_shown,
    plan_shown,
    units_shown,
)
from portal.impact.plan_queries import plan_of
from portal.impact.rollout_queries import rollouts_of
from portal.impact.suggestions import suggestion_for
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import NumberPath, api, shown

bp = api("plans", "How a promise is measured, registered before it is live; who goes first; where it is live.")


@bp.get("/commitments/<int:number>/plan", responses={200: PlanShown})
@requires("plan.see", scope=Scope.PROMISES_READ)
def see_plan(path: NumberPath) -> Response:
    """How a promise is measured (404 where nothing is registered)."""
    commitment_for(the_viewer(), path.number)
    return shown(_plan(path.number))


@bp.post("/commitments/<int:number>/plan", responses={201: PlanShown})
@requires("plan.register", scope=Scope.PROMISES_WRITE)
def register_plan(path: NumberPath, body: PlanSent) -> Response:
    """Register how a promise is measured, once and before it is live (409 `already_registered`, `already_live`).

    403 `not_a_registrar`; 409 `handed_back`; 422 `unknown_metric`, `metric_retired`, `metric_without_values`,
    `unknown_guardrail`, `guardrail_is_the_metric`, `guardrail_twice`, `low_out_of_range`, `verdict_days_wrong`,
    `shares_wrong`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> PlanShown:
        plans.register(viewer, commitment_for(viewer, path.number), body.plan(), now)
        return _plan(path.number)

    return once(verb, status=201)


@bp.get("/commitments/<int:number>/plan/suggestion", responses={200: SuggestionShown})
@requires("plan.see", scope=Scope.PROMISES_READ)
def suggest_plan(path: NumberPath) -> Response:
    """What a plan may begin with, from the idea, what was noted on it, and the metrics."""
    found = suggestion_for(commitment_for(the_viewer(), path.number), today=_today())
    plan = found.plan
    return shown(SuggestionShown(
        metric=plan.metric_id if plan else None, expected_effect=plan.expected_effect if plan else None,
        reasons=list(plan.reasons) if plan else [],
        guardrails=[GuardrailSuggested(metric=one.metric_id, harm_limit=one.harm_limit) for one in plan.guardrails]
        if plan else [],
        touched=[TouchedShown(reason=one.reason, noted=one.noted, contacts=one.contacts) for one in found.reasons],
    ))  # fmt: skip


@bp.get("/commitments/<int:number>/rollouts", responses={200: UnitsShown})
@requires("plan.see", scope=Scope.PROMISES_READ)
def list_rollouts(path: NumberPath) -> Response:
    """Where a promise is live since a second person has looked, and where it was taken back."""
    commitment_for(the_viewer(), path.number)
    return shown(_units(path.number))


@bp.post("/commitments/<int:number>/rollbacks", responses={201: UnitsShown})
@requires("rollout.roll_back", scope=Scope.PROMISES_WRITE)
def roll_back(path: NumberPath, body: RollBackSent) -> Response:
    """It was taken back somewhere: the clock stops there (409 `nothing_live`, `already_rolled_back`).

    403 `not_who_may`; 422 `unknown_unit`, `not_after_go_live`, `day_ahead`.
    """
    viewer, now, today = the_viewer(), clock.now(), _today()

    def verb() -> UnitsShown:
        rollouts.roll_back(viewer, commitment_for(viewer, path.number), body.wanted(), today=today, now=now)
        return _units(path.number)

    return once(verb, status=201)


@bp.get("/commitments/<int:number>/rollout/draws/newest", responses={200: DesignShown})
@requires("plan.see", scope=Scope.PROMISES_READ)
def see_newest_draw(path: NumberPath) -> Response:
    """The newest order that was drawn (404 where none was)."""
    commitment_for(the_viewer(), path.number)
    return shown(_design(path.number))


@bp.post("/commitments/<int:number>/rollout/draws", responses={201: DesignShown})
@requires("rollout.design", scope=Scope.PROMISES_WRITE)
def draw_rollout(path: NumberPath, body: DesignSent) -> Response:
    """Draw by lot who goes first, and hear what would be visible then (403 `not_a_designer`, 409 `already_live`).

    409 `handed_back`; 422 `unknown_site`, `too_many_units`, `more_waves_than_units`, `day_not_ahead`.
    """
    viewer, now, today, seed = the_viewer(), clock.now(), _today(), 1 + secrets.randbelow(SEED_MAX)

    def verb() -> DesignShown:
        designs.draw(viewer, commitment_for(viewer, path.number), body.wanted(), seed=seed, today=today, now=now)
        return _design(path.number)

    return once(verb, status=201)


@bp.post("/commitments/<int:number>/rollout/draws/<int:design>/choice", responses={201: DesignShown})
@requires("rollout.design", scope=Scope.PROMISES_WRITE)
def keep_draw(path: DesignPath) -> Response:
    """Keep the newest order (409 `design_changed` for any other, `already_live`; 403 `not_a_designer`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> DesignShown:
        designs.keep(viewer, commitment_for(viewer, path.number), path.design, now=now)
        return _design(path.number)

    return once(verb, status=201)


def _today() -> date:
    return day_in(organisation_zone(), clock.now())


def _plan(number: int) -> PlanShown:
    facts = plan_of(number)
    if facts is None:
        raise Missing("plan")
    return plan_shown(facts, rollouts_of(number))


def _units(number: int) -> UnitsShown:
    return units_shown(plan_of(number), rollouts_of(number))


def _design(number: int) -> DesignShown:
    drawn = design_queries.newest_design(number)
    if drawn is None:
        raise Missing("draw")
    return design_shown(drawn)
