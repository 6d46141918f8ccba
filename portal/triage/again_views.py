"""*Ask again* over HTTP."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.triage import again_service as service
from portal.triage.forms import AskAgainForm
from portal.web.limits import limiter, per_viewer
from portal.web.transactions import writing

bp = Blueprint("asking_again", __name__)


@bp.post("/ideas/<int:number>/ask-again")
@requires("decision.ask_again")
@limiter.limit("10/minute", key_func=per_viewer)
def ask_again(number: int) -> ResponseReturnValue:
    """One voice after a no."""
    viewer = _asking()
    with writing():
        returned = service.ask_again(viewer, idea_for(viewer, number), now=clock.now())
    said = "That was the one it needed: it is with the executives again." if returned else "You have asked again."
    flash(said)
    return redirect(url_for("home.idea", number=number, _anchor="no-h"), 303)


@bp.post("/ideas/<int:number>/ask-again/withdrawal")
@requires("decision.ask_again")
def take_back(number: int) -> ResponseReturnValue:
    """Take one's voice back."""
    viewer = _asking()
    with writing():
        service.take_back(viewer, idea_for(viewer, number), now=clock.now())
    flash("Taken back.")
    return redirect(url_for("home.idea", number=number, _anchor="no-h"), 303)


def _asking() -> Viewer:
    if not AskAgainForm().validate():
        raise Invalid("not_a_form", "Send the form again.")
    return the_viewer()
