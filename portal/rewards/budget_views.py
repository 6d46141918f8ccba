"""Budgets over HTTP: what there is and what waits, asking, deciding, and giving points."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError
from portal.people.access import may, requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.queries import person_by_login
from portal.people.replies import page, refused
from portal.rewards import budget_queries as queries
from portal.rewards import budgets
from portal.rewards.budget_forms import DecisionForm, GiftForm, MoreForm, NewBudgetForm
from portal.rewards.budget_rules import Gift, GiftRefusal, NewBudget
from portal.rewards.dates import first_moment
from portal.rewards.scope import demand_at_top
from portal.web.dates import day_words
from portal.web.transactions import writing

bp = Blueprint("budgets", __name__)
BUDGETS, GIVE = "rewards/budgets.html", "rewards/give.html"
SHOWN = 20


@bp.get("/budgets")
@requires("budget.see")
def index() -> ResponseReturnValue:
    """What budgets hold, what is outstanding, and what somebody asks for."""
    return page(BUDGETS, NewBudgetForm(None), **_around())


@bp.post("/budgets")
@requires("budget.ask")
def ask() -> ResponseReturnValue:
    """Ask for a budget."""
    viewer, now, form = the_viewer(), clock.now(), NewBudgetForm()
    if not form.validate():
        return page(BUDGETS, form, status=422, **_around())
    try:
        with kept_for_the_auditor("points.ask", viewer, "budget:new", now=now), writing():
            starts = first_moment(form.first_day.data, viewer.timezone)
            ends = first_moment(form.last_day.data, viewer.timezone, days=1)
            wanted = NewBudget(form.name.data or "", form.points.data or 0, starts, ends, form.reason.data or "")
            budgets.ask_new(viewer, wanted, now=now)
    except DomainError as refusal:
        return refused(BUDGETS, form, refusal, **_around())
    return _asked()


@bp.get("/budgets/<int:number>/more")
@requires("budget.ask")
def more(number: int) -> ResponseReturnValue:
    """The form that asks for more points."""
    return page("rewards/more.html", MoreForm(None), number=number, here="programme")


@bp.post("/budgets/<int:number>/more")
@requires("budget.ask")
def ask_more(number: int) -> ResponseReturnValue:
    """Ask for more points in a budget."""
    viewer, now, form = the_viewer(), clock.now(), MoreForm()
    facts: dict[str, Any] = {"number": number, "here": "programme"}
    if not form.validate():
        return page("rewards/more.html", form, status=422, **facts)
    try:
        with kept_for_the_auditor("points.ask", viewer, f"budget:{number}", now=now), writing():
            budgets.ask_more(viewer, number, form.points.data or 0, form.reason.data or "", now=now)
    except DomainError as refusal:
        return refused("rewards/more.html", form, refusal, **facts)
    return _asked()


@bp.post("/budgets/asks/<int:number>")
@requires("budget.decide")
def decide(number: int) -> ResponseReturnValue:
    """Approve what somebody else asked for, or say no."""
    viewer, now, form = the_viewer(), clock.now(), DecisionForm()
    if not form.validate():
        return page(BUDGETS, NewBudgetForm(None), status=422, **_around())
    with kept_for_the_auditor("points.approve", viewer, f"budget_ask:{number}", now=now), writing():
        budgets.decide(viewer, number, agreed=form.agreed.data == "yes", now=now)
    flash("Approved. What waits for points is paid now." if form.agreed.data == "yes" else "Refused.")
    return redirect(url_for("budgets.index"), 303)


@bp.get("/budgets/give")
@requires("award.give")
def give_form() -> ResponseReturnValue:
    """The form that gives somebody points."""
    return page(GIVE, GiftForm(None, data={"key": secrets.token_urlsafe(24)}), here="programme")


@bp.post("/budgets/give")
@requires("award.give")
def give() -> ResponseReturnValue:
    """Give somebody points out of the budgets of today."""
    viewer, now, form = the_viewer(), clock.now(), GiftForm()
    if not form.validate():
        return page(GIVE, form, status=422, here="programme")
    try:
        person = person_by_login(form.person.data or "")
        if person is None:
            raise GiftRefusal.NOBODY.as_error()
        gift, key = Gift(form.points.data or 0, form.sentence.data or ""), f"page:{form.key.data}"
        with kept_for_the_auditor("points.give", viewer, f"person:{person.id}", now=now), writing():
            budgets.give(viewer, person.id, gift, key=key, now=now)
    except DomainError as refusal:
        return refused(GIVE, form, refusal, here="programme")
    flash("Given. It stands on their statement.")
    return redirect(url_for("budgets.index"), 303)


def _asked() -> ResponseReturnValue:
    flash("Asked for. Somebody else decides.")
    return redirect(url_for("budgets.index"), 303)


def _around() -> dict[str, Any]:
    viewer, now = the_viewer(), clock.now()
    demand_at_top("budget.see", viewer)
    rows, following = queries.budgets(limit=SHOWN, cursor=request.args.get("after"))
    asks, _ = queries.asks(limit=SHOWN, cursor=None)
    return {
        "budgets": rows, "asks": asks, "sums": queries.liability(now=now), "now": now, "here": "programme",
        "more_href": url_for("budgets.index", after=following) if following else None, "zone": viewer.timezone,
        "day_words": day_words, "viewer_id": viewer.id, "may_ask": may("budget.ask"), "may_give": may("award.give"),
        "may_decide": may("budget.decide"),
    }  # fmt: skip
