"""The page of what else happened: outages, campaigns, holidays, other ways of counting or asking."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid
from portal.metrics import notes, notes_queries, queries
from portal.metrics.forms import ButtonForm, NoteForm
from portal.metrics.notes_rules import KIND_WORDS, days_words
from portal.people.access import may, requires, the_viewer
from portal.web.transactions import writing

bp = Blueprint("calendar_notes", __name__)
NOTES_SHOWN = 50


@bp.get("/metrics/notes")
@requires("metric.see")
def index() -> ResponseReturnValue:
    """What else happened, the newest first."""
    return _page(_form())


@bp.post("/metrics/notes")
@requires("metric.note")
def add() -> ResponseReturnValue:
    """Note it."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        with writing():
            notes.add_note(the_viewer(), form.new_note(), now=clock.now())
    except Invalid as refusal:
        return _page(form, dict(refusal.fields) or {"": refusal.message}), 422
    flash("Noted. It stands on the charts of these days.")
    return redirect("/metrics/notes", 303)


@bp.post("/metrics/notes/<int:note_id>/withdrawal")
@requires("metric.note")
def withdraw(note_id: int) -> ResponseReturnValue:
    """Take it back."""
    ButtonForm().validate()
    try:
        with writing():
            notes.withdraw_note(the_viewer(), notes_queries.note(note_id), now=clock.now())
    except Conflict as refusal:
        return _page(_form(), {"": refusal.message}), 409
    flash("Taken back.")
    return redirect("/metrics/notes", 303)


def _form() -> NoteForm:
    form = NoteForm()
    form.offer(notes_queries.places_to_choose(), queries.metrics()) if may("metric.note") else form.offer((), ())
    return form


def _page(form: NoteForm, extra: dict[str, str] | None = None) -> str:
    rows, following = notes_queries.notes_page(limit=NOTES_SHOWN, cursor=request.args.get("cursor"))
    return render_template(
        "metrics/notes.html", rows=rows, following=following, form=form, extra=extra or {}, kinds=KIND_WORDS,
        days=days_words, problem=bool(extra or form.errors), here="metrics",
    )  # fmt: skip
