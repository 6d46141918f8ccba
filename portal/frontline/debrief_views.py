"""A debrief over HTTP: one question a page, each answer saved by itself; what is typed is never lost."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.rules import day_in
from portal.errors import Conflict, DomainError, Invalid, Missing
from portal.frontline import debriefs
from portal.frontline.debrief_forms import AnswerDraftForm, AnswerForm, BecomeForm
from portal.frontline.debrief_queries import ORDER, DebriefPage, debrief_page
from portal.frontline.debrief_rules import BECOMES, PLACES_MAX, SEVERAL, WORDS_MAX
from portal.frontline.debrief_spotting import look_at
from portal.frontline.words import DebriefQuestion
from portal.ideas import drafts
from portal.ideas.spotting import Finding
from portal.ideas.words import Names
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.limits import limiter, per_viewer
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("debriefs", __name__)
HINTS = {
    DebriefQuestion.EXPECTED: "Before you forget it. It shows you later what was new.",
    DebriefQuestion.SURPRISED: "One surprise a page. There is room for more after this one.",
    DebriefQuestion.MADE_THEM: "Repeat themselves, wait, prove something, call again.",
    DebriefQuestion.WILL_DO: "You choose next what becomes of it: an idea, a promise of your own, or a note.",
}


@bp.get("/shifts/<int:number>/debrief")
@requires("debrief.write")
def show(number: int) -> ResponseReturnValue:
    """Everything that was answered, and what it became."""
    viewer, now = the_viewer(), clock.now()
    page = debrief_page(viewer, number, now=now)
    first = next((one for one in ORDER if not page.of(one)), None)
    return render_template(
        "frontline/debrief.html", page=page, questions=ORDER, several=SEVERAL, becomes=BECOMES, places=PLACES_MAX,
        first=first, today=day_in(viewer.timezone, now), here="shifts",
    )  # fmt: skip


@bp.get("/shifts/<int:number>/debrief/<question>/<int:place>")
@requires("debrief.write")
def ask(number: int, question: str, place: int) -> ResponseReturnValue:
    """One question, with what was saved or kept."""
    viewer, asked, now = the_viewer(), question_of(question, place), clock.now()
    page = debrief_page(viewer, number, now=now)
    kept = drafts.take_draft(viewer.id, debriefs.about_answer(number, asked, place), now=now)
    saved = page.at(asked, place)
    form = AnswerForm(formdata=None, say=kept.text if kept else saved.words if saved else "")
    return _question_page(page, asked, place, form, kept=kept is not None)


@bp.post("/shifts/<int:number>/debrief/<question>/<int:place>")
@requires("debrief.write")
@limiter.limit("60/minute", key_func=per_viewer)
def save(number: int, question: str, place: int) -> ResponseReturnValue:
    """Save one answer; what looks like personal data is asked about first. Nothing typed takes the answer out."""
    viewer, asked, form, now = the_viewer(), question_of(question, place), AnswerForm(), clock.now()
    page = debrief_page(viewer, number, now=now)
    if not form.validate():
        return _question_page(page, asked, place, form), 422
    typed = form.say.data or ""
    text, findings = look_at(viewer, number, typed, insists=form.insists, wants_removal=form.wants_removal)
    if findings:
        _keep(viewer, number, asked, place, typed, now)
        return _question_page(page, asked, place, form, findings=findings), 422
    try:
        with writing():
            _save(viewer, number, asked, place, text, now)
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        _keep(viewer, number, asked, place, typed, now)
        return _question_page(page, asked, place, form, refusal=refusal), status_of(refusal)
    return redirect(_next(number, asked, place, form.go.data or "", typed=bool(text)), 303)


@bp.post("/shifts/<int:number>/debrief/<question>/<int:place>/draft")
@requires("debrief.write")
@limiter.limit("60/minute", key_func=per_viewer)
def keep_draft(number: int, question: str, place: int) -> ResponseReturnValue:
    """Keep words that are not saved yet. The browser sends them on its own, so the answer is empty."""
    viewer, asked, form, now = the_viewer(), question_of(question, place), AnswerDraftForm(), clock.now()
    debrief_page(viewer, number, now=now)
    if not form.validate():
        raise Invalid("bad_draft", "These words cannot be kept.")
    _keep(viewer, number, asked, place, form.say.data or "", now)
    return "", 204


@bp.post("/shifts/<int:number>/debrief/finish")
@requires("debrief.write")
def finish(number: int) -> ResponseReturnValue:
    """This is all: everybody reads it."""
    viewer, now = the_viewer(), clock.now()
    if not BecomeForm().validate():
        raise Invalid("bad_form", "Send the form again.")
    with writing():
        debriefs.finish(viewer, debriefs.start(viewer, number, now=now), now=now)
    flash("Thank you. Everybody can read it now. You can still add to it, or take something back.")
    return redirect(url_for(".show", number=number), 303)


def question_of(text: str, place: int) -> DebriefQuestion:
    """The question that an address names. Raises Missing, also for a place that it does not have."""
    if text not in set(DebriefQuestion):
        raise Missing("question")
    asked = DebriefQuestion(text)
    if not 1 <= place <= (PLACES_MAX if asked in SEVERAL else 1):
        raise Missing("question")
    return asked


def _save(viewer: Viewer, number: int, asked: DebriefQuestion, place: int, text: str, now: datetime) -> None:
    debrief = debriefs.start(viewer, number, now=now)
    if text:
        debriefs.answer(viewer, debrief, asked, text, place=place, now=now)
    else:
        debriefs.take_out(viewer, debrief, asked, place=place)


def _keep(viewer: Viewer, number: int, asked: DebriefQuestion, place: int, text: str, now: datetime) -> None:
    about = debriefs.about_answer(number, asked, place)
    with writing():
        drafts.keep_draft(viewer.id, about, text[: 2 * WORDS_MAX], Names.SHOWN, now=now)


def _next(number: int, asked: DebriefQuestion, place: int, go: str, *, typed: bool) -> str:
    """The page after this one: another answer, the next question, or everything."""
    if go == "another" and typed and asked in SEVERAL and place < PLACES_MAX:
        return url_for(".ask", number=number, question=asked, place=place + 1)
    after = ORDER[ORDER.index(asked) + 1 :]
    if go == "back" or not after:
        return url_for(".show", number=number)
    return url_for(".ask", number=number, question=after[0], place=1)


def _question_page(
    page: DebriefPage, asked: DebriefQuestion, place: int, form: AnswerForm, *, kept: bool = False,
    findings: Sequence[Finding] = (), refusal: DomainError | None = None,
) -> str:  # fmt: skip
    done = page.at(asked, place)
    return render_template(
        "frontline/debrief_question.html", page=page, asked=asked, place=place, form=form, kept=kept,
        findings=findings, refusal=refusal, hint=HINTS[asked], several=asked in SEVERAL and place < PLACES_MAX,
        step=ORDER.index(asked) + 1, steps=len(ORDER), most=WORDS_MAX, here="shifts",
        became=done.insight if done else None,
        before=[one for one in page.of(asked) if one.place != place],
    )  # fmt: skip
