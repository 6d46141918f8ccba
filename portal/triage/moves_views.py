"""What goes with the moves of triage over HTTP: taking back, notes, keys."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.people.access import requires, the_viewer
from portal.triage import assessments, keys, queries, undo
from portal.triage.forms import AssessmentForm, KeysForm, UndoForm
from portal.triage.keys_rules import LABELS
from portal.triage.moves_rules import Opinion
from portal.web.problems import wants_json
from portal.web.transactions import writing

bp = Blueprint("moves", __name__)
KEY = "key_"


@bp.post("/decisions/<int:number>/undo")
@requires("triage.decide")
def undo_decision(number: int) -> ResponseReturnValue:
    """Take one's answer back before anybody is told."""
    UndoForm().validate()
    viewer = the_viewer()
    with writing():
        idea = undo.undo(viewer, number, now=clock.now()).idea_id
    return _waits_again(idea)


@bp.post("/merges/<int:number>/undo")
@requires("triage.decide")
def undo_merge(number: int) -> ResponseReturnValue:
    """Take apart what one has just merged, before anybody is told."""
    UndoForm().validate()
    viewer = the_viewer()
    with writing():
        idea = undo.undo_merge(viewer, number, now=clock.now()).from_id
    return _waits_again(idea)


@bp.post("/ideas/<int:number>/assessments")
@requires("triage.decide")
def note(number: int) -> ResponseReturnValue:
    """Note what one thinks, without deciding."""
    viewer, form = the_viewer(), AssessmentForm()
    queries.answerable(viewer, number)
    if not form.validate():
        raise Invalid("not_an_assessment", "Choose one of the three, with a sentence if you like.")
    with writing():
        idea = queries.answerable(viewer, number)
        assessments.note(viewer, idea, Opinion(form.opinion.data), form.words.data or "", now=clock.now())
    return redirect(url_for("triage.index", idea=number, _anchor="notes"), 303)


@bp.get("/me/shortcuts")
@requires("triage.keys")
def show_keys() -> ResponseReturnValue:
    """One's own keys of triage."""
    own = keys.keys_of(the_viewer())
    return _keys(KeysForm(None, on=own.on, **{KEY + action: key for action, key in own.keys.items()}))


@bp.post("/me/shortcuts")
@requires("triage.keys")
def choose_keys() -> ResponseReturnValue:
    """Other keys, or none."""
    viewer, form = the_viewer(), KeysForm()
    if not form.validate():
        return _keys(form), 422
    try:
        with writing():
            keys.choose(viewer, {action: form[KEY + action].data or "" for action in LABELS}, on=bool(form.on.data))
    except Invalid as refusal:
        if wants_json():
            raise
        return _keys(form, {"": refusal.message}), 422
    flash("Kept." if form.on.data else "Kept. Single keys do nothing now.")
    return redirect(url_for(".show_keys"), 303)


def _keys(form: KeysForm, refusal: dict[str, str] | None = None) -> str:
    return render_template("triage/keys.html", here="me", form=form, actions=LABELS.items(), refusal=refusal or {})


def _waits_again(idea: int) -> ResponseReturnValue:
    flash(f"Taken back. Number {idea} waits for you again.")
    return redirect(url_for("triage.index", idea=idea), 303)
