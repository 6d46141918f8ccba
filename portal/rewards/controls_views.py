"""What keeps points honest, over HTTP: awards taken back, the velocity report, refusals, and the settings."""

import json
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError, Invalid
from portal.people.access import may, requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.replies import page, refused
from portal.rewards import award_queries, reversals, settings_queries, settings_service, velocity
from portal.rewards.budget_forms import CELLS, NUMBERS, DecisionForm, ReversalForm, SettingsForm, values_of, wanted
from portal.rewards.rules import Event
from portal.rewards.scope import demand_at_top
from portal.rewards.velocity_rules import DAYS
from portal.rewards.words import ReversalState
from portal.web.dates import day_words
from portal.web.transactions import writing

bp = Blueprint("controls", __name__)
CONTROLS, SETTINGS = "rewards/controls.html", "rewards/settings.html"
SHOWN = 20


@bp.get("/rewards/controls")
@requires("reversal.list")
def index() -> ResponseReturnValue:
    """Awards under shown names, what is taken back, and for the auditor pairs, rings, outliers and refusals."""
    return page(CONTROLS, ReversalForm(None), **_around())


@bp.post("/rewards/controls")
@requires("reversal.ask")
def take_back() -> ResponseReturnValue:
    """Take an award back; above 500 points once a second person agrees."""
    viewer, now, form = the_viewer(), clock.now(), ReversalForm()
    if not form.validate():
        return page(CONTROLS, form, status=422, **_around())
    number = form.award.data or 0
    try:
        with kept_for_the_auditor("points.take_back", viewer, f"award:{number}", now=now), writing():
            made = reversals.ask(viewer, number, form.reason.data or "", now=now)
            waits = made.state is ReversalState.ASKED
    except DomainError as refusal:
        return refused(CONTROLS, form, refusal, **_around())
    flash("Asked for. It is above 500 points: somebody else decides." if waits else "Taken back.")
    return redirect(url_for("controls.index"), 303)


@bp.post("/rewards/controls/reversals/<int:number>")
@requires("reversal.decide")
def decide(number: int) -> ResponseReturnValue:
    """The second person agrees, or says no."""
    viewer, now, form = the_viewer(), clock.now(), DecisionForm()
    if not form.validate():
        raise Invalid("invalid", "Say yes or no.")
    agreed = form.agreed.data == "yes"
    with kept_for_the_auditor("points.decide", viewer, f"reversal:{number}", now=now), writing():
        reversals.decide(viewer, number, agreed=agreed, now=now)
    flash("Taken back." if agreed else "It stays as it is.")
    return redirect(url_for("controls.index"), 303)


@bp.get("/rewards/settings")
@requires("reward_settings.see")
def settings() -> ResponseReturnValue:
    """What outcomes are worth to whom, and every version of it."""
    return page(SETTINGS, SettingsForm(None, data=values_of(settings_queries.settings())), **_about_settings())


@bp.post("/rewards/settings")
@requires("reward_settings.set")
def set_settings() -> ResponseReturnValue:
    """Make a new version; what was paid stays as it was."""
    viewer, now, form = the_viewer(), clock.now(), SettingsForm()
    if not form.validate() or not form.based_on.data.isdigit():
        return page(SETTINGS, form, status=422, **_about_settings())
    try:
        with kept_for_the_auditor("points.settings", viewer, "reward_settings", now=now), writing():
            new = wanted(form, settings_queries.settings())
            made = settings_service.change(viewer, new, based_on=int(form.based_on.data), now=now)
    except DomainError as refusal:
        return refused(SETTINGS, form, refusal, **_about_settings())
    flash(f"Version {made.version} holds from now on. What was paid stays as it was.")
    return redirect(url_for("controls.settings"), 303)


def _around() -> dict[str, Any]:
    viewer = the_viewer()
    demand_at_top("reversal.list", viewer)
    awards, following = award_queries.shown_awards(limit=SHOWN, cursor=request.args.get("after"))
    waiting, _ = award_queries.reversals(limit=SHOWN, cursor=None, waiting=True)
    audits = may("velocity.see")
    nos, more = velocity.refusals(limit=SHOWN, cursor=request.args.get("refused")) if audits else ((), None)
    return {
        "awards": awards, "waiting": waiting, "report": velocity.report(now=clock.now()) if audits else None,
        "refusals": [(row, json.loads(row.detail).get("code", "")) for row in nos], "days": DAYS,
        "more_href": url_for("controls.index", after=following) if following else None,
        "refused_href": url_for("controls.index", refused=more, _anchor="refused") if more else None,
        "event_label": lambda name: Event(name).label, "day_words": day_words, "zone": viewer.timezone,
        "viewer_id": viewer.id, "may_ask": may("reversal.ask"), "may_decide": may("reversal.decide"),
        "here": "programme",
    }  # fmt: skip


def _about_settings() -> dict[str, Any]:
    versions, _ = settings_queries.versions(limit=SHOWN, cursor=None)
    events: dict[Event, list[str]] = {}
    for event, share in CELLS:
        events.setdefault(event, []).append(f"{event}-{share}")
    return {
        "versions": versions, "events": events, "numbers": NUMBERS, "current": settings_queries.settings(),
        "may_set": may("reward_settings.set"), "day_words": day_words, "zone": the_viewer().timezone,
        "here": "programme",
    }  # fmt: skip
