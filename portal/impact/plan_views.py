"""How a promise is measured, over HTTP: what is registered, or the form that registers it."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.queries import commitment_for, organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Conflict, Invalid
from portal.impact import plan_pages, plans
from portal.impact.plan_forms import PlanForm
from portal.impact.plan_queries import PlanFacts, plan_of
from portal.impact.plan_rules import payable_because
from portal.impact.rollout_queries import rollouts_of
from portal.impact.suggestions import Suggestion, suggestion_for
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.web.transactions import writing

bp = Blueprint("plans", __name__)
bp.add_app_template_global(plan_pages.on_promise, "impact_of")
PLAN = "impact/plan.html"


@bp.get("/commitments/<int:number>/plan")
@requires("plan.see")
def show(number: int) -> ResponseReturnValue:
    """What is registered; for those who may, the form with everything suggested."""
    promise, form = commitment_for(the_viewer(), number), PlanForm(None)
    suggested = suggestion_for(promise, today=day_in(organisation_zone(), clock.now()))
    form.offer(suggested.metrics)
    if suggested.plan is not None:
        form.fill(suggested.plan)
    return page(PLAN, form, **_about(promise, suggested))


@bp.post("/commitments/<int:number>/plan")
@requires("plan.register")
def register(number: int) -> ResponseReturnValue:
    """Register it, once and for all."""
    viewer, now, form = the_viewer(), clock.now(), PlanForm()
    promise = commitment_for(viewer, number)
    suggested = suggestion_for(promise, today=day_in(organisation_zone(), now))
    form.offer(suggested.metrics)
    if not form.validate():
        return page(PLAN, form, status=422, **_about(promise, suggested))
    try:
        with writing():
            plans.register(viewer, commitment_for(viewer, number), form.plan(), now)
    except (Conflict, Invalid) as refusal:
        promise = commitment_for(viewer, number)
        return refused(PLAN, form, refusal, **_about(promise, suggested))
    flash("Registered. It stays as it is, whatever the numbers say.")
    return redirect(url_for("plans.show", number=number), 303)


def _about(promise: Commitment, suggested: Suggestion) -> dict[str, Any]:
    plan, units = plan_of(promise.id), rollouts_of(promise.id)
    unpaid = payable_because(plan.plan if plan else None, units)
    blocked = plans.register_refusal(the_viewer(), promise)
    return {
        **plan_pages.crumb_of(promise), "plan": plan, "lines": plan_pages.plan_lines(plan) if plan else [],
        "unpaid": unpaid.sentence if unpaid else "", "rows": plan_pages.unit_rows(units),
        "blocked": blocked.sentence if blocked else "", "reasons": plan_pages.touched_lines(suggested.reasons),
        "nothing_measured": suggested.plan is None, "registered_at": _registered(plan),
    }  # fmt: skip


def _registered(plan: PlanFacts | None) -> str:
    return plan_pages.moment_words(plan.plan.registered_at) if plan else ""
