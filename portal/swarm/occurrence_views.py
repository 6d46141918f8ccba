"""*It happened again* over HTTP: one tap, more details if one likes, and undo."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Gone, Invalid
from portal.ideas.box import fresh_key
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.people.access import may, requires, the_viewer
from portal.people.replies import page, refused
from portal.swarm import occurrence_queries as queries
from portal.swarm import occurrence_service as service
from portal.swarm.occurrence_forms import HourCostForm, OccurrenceForm, UndoForm
from portal.swarm.occurrence_models import Occurrence
from portal.swarm.occurrence_rules import DAYS_BACK
from portal.web.limits import limiter, per_viewer
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("occurrences", __name__)
bp.add_app_template_global(fresh_key, "fresh_key")
AGAIN, COST = "swarm/again.html", "swarm/hour_cost.html"
OWN_SHOWN = 50


@bp.get("/ideas/<int:number>/occurrences")
@requires("occurrence.note")
def new(number: int) -> ResponseReturnValue:
    """Note it with its details, on a page of its own."""
    idea, form = idea_for(the_viewer(), number), OccurrenceForm(None)
    form.key.data = fresh_key()
    return page(AGAIN, form, **_about(idea))


@bp.post("/ideas/<int:number>/occurrences")
@requires("occurrence.note")
@limiter.limit("30/minute", key_func=per_viewer)
def note(number: int) -> ResponseReturnValue:
    """It happened again: today, unless more is said."""
    viewer, now, form = the_viewer(), clock.now(), OccurrenceForm()
    idea, today = idea_for(viewer, number), queries.today_of(now)
    if not form.validate():
        return page(AGAIN, form, status=422, **_about(idea))
    try:
        with writing():
            idea = idea_for(viewer, number)
            service.note(viewer, idea, form.wanted(today), today=today, now=now, form_key=form.key.data or None)
    except (Conflict, Invalid) as refusal:
        return refused(AGAIN, form, refusal, **_about(idea_for(viewer, number)))
    flash("Noted. You can undo it or add details on the idea’s page for 15 minutes.")
    return redirect(safe_next(request.form.get("next"), f"/ideas/{number}#again"), 303)


@bp.get("/occurrences/<int:occurrence_id>")
@requires("occurrence.change")
def edit(occurrence_id: int) -> ResponseReturnValue:
    """The details of what one has just noted."""
    noted, form = queries.own(the_viewer(), occurrence_id), OccurrenceForm(None)
    form.fill(noted, queries.today_of(clock.now()))
    return page(AGAIN, form, **_of(noted))


@bp.post("/occurrences/<int:occurrence_id>")
@requires("occurrence.change")
def correct(occurrence_id: int) -> ResponseReturnValue:
    """Change the details."""
    viewer, now, form = the_viewer(), clock.now(), OccurrenceForm()
    noted, today = queries.own(viewer, occurrence_id), queries.today_of(now)
    if not form.validate():
        return page(AGAIN, form, status=422, **_of(noted))
    try:
        with writing():
            noted = queries.own(viewer, occurrence_id)
            number = noted.idea_id
            service.correct(viewer, noted, form.wanted(today), today=today, now=now)
    except (Conflict, Gone, Invalid) as refusal:
        return refused(AGAIN, form, refusal, **_of(queries.own(viewer, occurrence_id)))
    flash("Saved.")
    return redirect(url_for("home.idea", number=number, _anchor="again"), 303)


@bp.post("/occurrences/<int:occurrence_id>/withdrawal")
@requires("occurrence.change")
def take_back(occurrence_id: int) -> ResponseReturnValue:
    """Undo."""
    viewer, now, form = the_viewer(), clock.now(), UndoForm()
    if not form.validate():
        raise Invalid("not_a_form", "Send the form again.")
    today = queries.today_of(now)
    with writing():
        noted = queries.own(viewer, occurrence_id)
        number = noted.idea_id
        service.take_back(viewer, noted, today=today, now=now)
    flash("Taken back. It does not count.")
    return redirect(url_for("home.idea", number=number, _anchor="again"), 303)


@bp.get("/me/occurrences")
@requires("occurrence.see")
def mine() -> ResponseReturnValue:
    """What one has noted oneself. Nobody else sees this list."""
    rows, following = queries.own_page(the_viewer(), limit=OWN_SHOWN, cursor=request.args.get("after"))
    more = url_for("occurrences.mine", after=following) if following else None
    first = url_for("occurrences.mine") if request.args.get("after") else None
    return render_template("swarm/my_occurrences.html", here="me", rows=rows, more=more, first=first)


@bp.get("/cost-of-an-hour")
@requires("hour_cost.see")
def hour_cost() -> ResponseReturnValue:
    """What an hour of work costs, and who said so when."""
    return _cost_page(HourCostForm(None))


@bp.post("/cost-of-an-hour")
@requires("hour_cost.set")
def set_hour_cost() -> ResponseReturnValue:
    """Say what an hour costs from now on."""
    form = HourCostForm()
    if not form.validate():
        return page(COST, form, status=422, **_costs())
    try:
        with writing():
            service.set_hour_cost(the_viewer(), form.cents(), form.currency.data or "", now=clock.now())
    except Invalid as refusal:
        return refused(COST, form, refusal, **_costs())
    flash("Saved. Every brief and idea page counts with it from now on.")
    return redirect(url_for("occurrences.hour_cost"), 303)


def _cost_page(form: HourCostForm) -> ResponseReturnValue:
    costs = queries.hour_costs()
    form.show(costs[0] if costs else None)
    return page(COST, form, **_costs())


def _costs() -> dict[str, Any]:
    return {"here": "me", "costs": queries.hour_costs(), "may_set": may("hour_cost.set")}


def _of(noted: Occurrence) -> dict[str, Any]:
    """What the page of one occurrence needs. Its idea may have been hidden meanwhile; one's own words stay readable."""
    return _about(queries.idea_title(noted.idea_id), action=f"/occurrences/{noted.id}")


def _about(idea: Idea | Any, *, action: str | None = None) -> dict[str, Any]:
    return {
        "here": "board", "number": idea.id, "title": idea.title, "days_back": DAYS_BACK, "changing": action is not None,
        "reasons": queries.own_reasons(the_viewer()), "action": action or f"/ideas/{idea.id}/occurrences",
    }  # fmt: skip
