"""Questions over HTTP: what one was asked, and answering it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments import wording
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Conflict, DomainError, Invalid
from portal.people.access import requires, the_viewer
from portal.triage import ask, pages, undo
from portal.triage.forms import QuestionAnswerForm, UndoForm
from portal.triage.question_queries import QuestionView, question_for, waiting_for
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("questions", __name__)
PAGE = 50


@bp.get("/questions")
@requires("question.see")
def index() -> ResponseReturnValue:
    """What this person was asked."""
    zone, now = organisation_zone(), clock.now()
    rows, _ = waiting_for(the_viewer(), limit=PAGE, cursor=None)
    today = day_in(zone, now)
    told = [(row.id, row.title, row.words, pages.last_day(row.reply_by, zone, today)) for row in rows]
    return render_template("triage/questions.html", here="me", questions=told)


@bp.get("/questions/<int:number>")
@requires("question.see")
def show(number: int) -> ResponseReturnValue:
    """One question, with its answer or the form for it."""
    return _page(question_for(the_viewer(), number), QuestionAnswerForm(None))


@bp.post("/questions/<int:number>/answers")
@requires("question.answer")
def answer(number: int) -> ResponseReturnValue:
    """Answer what one was asked."""
    viewer, form = the_viewer(), QuestionAnswerForm()
    found = question_for(viewer, number)
    if not form.validate():
        return _page(found, form), 422
    try:
        with writing():
            question = question_for(viewer, number).question
            ask.answer(viewer, question, form.words.data or "", now=clock.now())
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        form.words.errors = [*form.words.errors, *refusal.fields.values()]
        return _page(question_for(viewer, number), form, refusal), status_of(refusal)
    flash("Answered. The time for our answer goes on.")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/questions/<int:number>/undo")
@requires("triage.decide")
def take_back(number: int) -> ResponseReturnValue:
    """Take one's question back before anybody is told."""
    UndoForm().validate()
    viewer = the_viewer()
    with writing():
        idea = undo.undo_question(viewer, number, now=clock.now()).idea_id
    flash(f"Taken back. Number {idea} waits for you again.")
    return redirect(url_for("triage.index", idea=idea), 303)


def _page(found: QuestionView, form: QuestionAnswerForm, refusal: DomainError | None = None) -> str:
    zone, question = organisation_zone(), found.question
    today = day_in(zone, clock.now())
    asked = {
        "number": question.id, "idea": question.idea_id, "title": found.title, "words": question.words,
        "by": found.by, "when": wording.day(day_in(zone, question.at), today), "answer": question.answer,
        "answered_by": found.answered_by[:1].upper() + found.answered_by[1:],
        "reply_by": pages.last_day(question.reply_by, zone, today), "to_author": question.expert_id is None,
        "mine": found.mine and request.method in ("GET", "HEAD", "POST") and question.undone_at is None,
    }  # fmt: skip
    whole = {"": refusal.message} if refusal and not refusal.fields else {}
    return render_template("triage/question.html", here="me", asked=asked, form=form, refusal=whole)
