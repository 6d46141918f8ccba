"""*Ask again* over HTTP."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.ideas.queries import idea_for
from portal.ideas.words import Stage
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.triage import again_service as service
from portal.triage.again_rules import AskRefusal
from portal.triage.forms import AskAgainForm, NewFactForm
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


@bp.get("/ideas/<int:number>/new-facts")
@requires("decision.new_fact")
def fact_form(number: int) -> ResponseReturnValue:
    """Say what has changed since a no."""
    return _fact_page(number, NewFactForm(None))


@bp.post("/ideas/<int:number>/new-facts")
@requires("decision.new_fact")
def bring_fact(number: int) -> ResponseReturnValue:
    """A new fact: the executives look again."""
    viewer, form = the_viewer(), NewFactForm()
    if not form.validate():
        return _fact_page(number, form), 422
    try:
        with writing():
            service.bring_fact(viewer, idea_for(viewer, number), form.words.data or "", now=clock.now())
    except Invalid as refusal:
        form.words.errors = [*form.words.errors, refusal.message]
        return _fact_page(number, form), 422
    flash("It is with the executives again, with what has changed.")
    return redirect(url_for("home.idea", number=number), 303)


def _fact_page(number: int, form: NewFactForm) -> str:
    viewer = the_viewer()
    idea = idea_for(viewer, number)
    if idea.stage is not Stage.DECLINED:
        raise AskRefusal.NOT_DECLINED.as_error()
    return render_template("triage/new_fact.html", here="board", form=form, number=number, title=idea.title)


def _asking() -> Viewer:
    if not AskAgainForm().validate():
        raise Invalid("not_a_form", "Send the form again.")
    return the_viewer()
