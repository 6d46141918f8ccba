"""Rolling a promise out, over HTTP: who goes first, and what was taken back."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.queries import commitment_for, organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Conflict, Invalid
from portal.impact import design_queries, designs, plan_pages, rollouts
from portal.impact.design_rules import SEED_MAX
from portal.impact.plan_forms import DesignForm, KeepForm, RollBackForm
from portal.impact.plan_queries import plan_of
from portal.impact.plan_rules import DAYS_AHEAD
from portal.impact.plans import answers_for
from portal.impact.rollout_queries import rollouts_of
from portal.people import queries as people
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.web.transactions import writing

bp = Blueprint("rollouts", __name__)
ROLLOUT = "impact/rollout.html"


@bp.get("/commitments/<int:number>/rollout")
@requires("plan.see")
def show(number: int) -> ResponseReturnValue:
    """Where it is live; before that, who goes first and what would be visible then."""
    promise, form = commitment_for(the_viewer(), number), DesignForm(None)
    _offer(form, promise)
    if (plan := plan_of(number)) is not None:
        form.reasons.data = list(plan.reasons)
    form.first_day.data = plan_pages.day_after(_today(), DAYS_AHEAD.days)
    return page(ROLLOUT, form, **_about(promise, draw=form))


@bp.post("/commitments/<int:number>/rollout/draws")
@requires("rollout.design")
def draw(number: int) -> ResponseReturnValue:
    """Draw an order by lot."""
    viewer, now, form = the_viewer(), clock.now(), DesignForm()
    promise, today = commitment_for(viewer, number), _today()
    _offer(form, promise)
    if not form.validate():
        return page(ROLLOUT, form, status=422, **_about(promise, draw=form))
    try:
        with writing():
            promise, seed = commitment_for(viewer, number), 1 + secrets.randbelow(SEED_MAX)
            designs.draw(viewer, promise, form.wanted(), seed=seed, today=today, now=now)
    except (Conflict, Invalid) as refusal:
        return refused(ROLLOUT, form, refusal, **_about(commitment_for(viewer, number), draw=form))
    flash("Drawn. Keep it, and everybody sees who goes when.")
    return redirect(url_for("rollouts.show", number=number), 303)


@bp.post("/commitments/<int:number>/rollout/draws/<int:design>/choice")
@requires("rollout.design")
def keep(number: int, design: int) -> ResponseReturnValue:
    """The newest order is the one that is rolled out."""
    viewer, now, form = the_viewer(), clock.now(), KeepForm()
    if not form.validate():
        return page(ROLLOUT, form, status=422, **_about(commitment_for(viewer, number)))
    with writing():
        designs.keep(viewer, commitment_for(viewer, number), design, now=now)
    flash("Kept.")
    return redirect(url_for("rollouts.show", number=number), 303)


@bp.post("/commitments/<int:number>/rollbacks")
@requires("rollout.roll_back")
def roll_back(number: int) -> ResponseReturnValue:
    """It was taken back somewhere: the clock stops there."""
    viewer, now, form = the_viewer(), clock.now(), RollBackForm()
    promise, today = commitment_for(viewer, number), _today()
    _offer_back(form, promise)
    if not form.validate():
        return page(ROLLOUT, form, status=422, **_about(promise, back=form))
    try:
        with writing():
            rollouts.roll_back(viewer, commitment_for(viewer, number), form.wanted(), today=today, now=now)
    except (Conflict, Invalid) as refusal:
        return refused(ROLLOUT, form, refusal, **_about(commitment_for(viewer, number), back=form))
    flash("Noted. Everybody who follows it is told.")
    return redirect(url_for("rollouts.show", number=number), 303)


def _today() -> Any:
    return day_in(organisation_zone(), clock.now())


def _offer(form: DesignForm, promise: Commitment) -> None:
    metric = design_queries.measured_by(promise).metric
    form.offer(people.sites(), design_queries.queues_of(metric.id if metric else None, _today()))


def _fresh(promise: Commitment) -> DesignForm:
    form = DesignForm(None)
    _offer(form, promise)
    return form


def _fresh_back(promise: Commitment) -> RollBackForm:
    form = RollBackForm(None)
    _offer_back(form, promise)
    return form


def _offer_back(form: RollBackForm, promise: Commitment) -> None:
    form.offer({unit.rollout_id: unit.name for unit in rollouts_of(promise.id) if unit.live_to is None})


def _about(promise: Commitment, *, draw: DesignForm | None = None, back: RollBackForm | None = None) -> dict[str, Any]:
    viewer, units = the_viewer(), rollouts_of(promise.id)
    measured, design = design_queries.measured_by(promise), design_queries.newest_design(promise.id)
    blocked = designs.design_blocked(viewer, promise)
    outlook = None
    if design is not None and not units:
        outlook = design_queries.outlook(measured, design.plain, today=_today())
    may_take_back = any(unit.live_to is None for unit in units) and answers_for(viewer, promise)
    return {
        **plan_pages.crumb_of(promise), "units": plan_pages.unit_rows(units), "metric": measured.metric,
        "design": design, "rows": plan_pages.design_rows(design) if design else [],
        "outlook": plan_pages.outlook_lines(outlook, measured.metric) if outlook else [],
        "blocked": blocked.sentence if blocked else "", "draw": draw or _fresh(promise),
        "back": (back or _fresh_back(promise)) if may_take_back else None,
        "keep_at": url_for("rollouts.keep", number=promise.id, design=design.id) if design else "",
        "one_site": len(people.sites()) < 2, "drawn_at": plan_pages.moment_words(design.made_at) if design else "",
    }  # fmt: skip
