"""*It's back* over HTTP. Its owner answers on the page of the promise."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments import relapse_queries as queries
from portal.commitments import relapse_service as service
from portal.commitments.relapse_forms import BackForm
from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.errors import Conflict, Invalid
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.web.limits import limiter, per_viewer
from portal.web.transactions import writing

bp = Blueprint("relapses", __name__)
BACK = "commitments/back.html"


@bp.get("/ideas/<int:number>/back")
@requires("commitment.back")
def ask(number: int) -> ResponseReturnValue:
    """What was done, and the form that says it is back."""
    return page(BACK, BackForm(None), here="board", done=queries.done_for(the_viewer(), number))


@bp.post("/ideas/<int:number>/back")
@requires("commitment.back")
@limiter.limit("10/minute", key_func=per_viewer)
def say_back(number: int) -> ResponseReturnValue:
    """It is back: reopened at once, and its owner is told."""
    viewer, now, form = the_viewer(), clock.now(), BackForm()
    today = day_in(organisation_zone(), now)
    if not form.validate():
        return page(BACK, form, status=422, here="board", done=queries.done_for(viewer, number))
    try:
        with writing():
            said = service.say_back(viewer, idea_for(viewer, number), form.report(today), today=today, now=now)
    except (Conflict, Invalid) as refusal:
        return refused(BACK, form, refusal, here="board", done=queries.done_for(viewer, number))
    flash("It is open again, and its owner has been told." if said.reopened else "Noted. It is open again already.")
    return redirect(url_for("home.idea", number=number, _anchor="back"), 303)
