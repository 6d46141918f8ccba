"""What an answer becomes, over HTTP: an idea or a note with one tap, a promise or an answer on a page of its own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.own_promise import can_promise
from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.errors import Conflict, DomainError, Invalid, Missing, Refused
from portal.frontline import debriefs
from portal.frontline.debrief_forms import BecomeForm, OwnPromiseForm, StopAnswerForm
from portal.frontline.debrief_models import Insight
from portal.frontline.debrief_queries import AnswerLine, DebriefPage, debrief_page
from portal.frontline.debrief_rules import UNDO_MINUTES
from portal.frontline.debrief_spotting import look_at
from portal.frontline.debrief_views import question_of
from portal.frontline.insights import Becoming
from portal.frontline.words import DebriefQuestion, InsightKind
from portal.ideas.spotting import Finding
from portal.people.access import may, requires, the_viewer
from portal.people.viewer import Viewer
from portal.swarm import stop_queries
from portal.web.limits import limiter, per_viewer
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("becoming", __name__)
PROMISE_DAYS = 30  # by when, unless another day is chosen
STOPS_OFFERED = 20
AT = "/shifts/<int:number>/debrief/<question>/<int:place>/becomes"
Form = BecomeForm | OwnPromiseForm | StopAnswerForm
FORMS: dict[InsightKind, type[Any]] = {
    InsightKind.IDEA: BecomeForm, InsightKind.NOTE: BecomeForm, InsightKind.PROMISE: OwnPromiseForm,
    InsightKind.STOP_ANSWER: StopAnswerForm,
}  # fmt: skip
DONE = {
    InsightKind.IDEA: "It is number {idea} on the board now, under your name.",
    InsightKind.NOTE: "Noted. Everybody reads it once you say that this is all.",
    InsightKind.PROMISE: f"Promised, in public. You can take it back for {UNDO_MINUTES} minutes.",
    InsightKind.STOP_ANSWER: "Answered, in public. Whoever gave the stop signal is told.",
}


@bp.get(AT)
@requires("debrief.write")
def choose(number: int, question: str, place: int) -> ResponseReturnValue:
    """What can become of an answer."""
    viewer = the_viewer()
    page, answer = _answer(viewer, number, question_of(question, place), place)
    return _choices(viewer, page, answer)


@bp.get(f"{AT}/<kind>")
@requires("debrief.write")
def fill_in(number: int, question: str, place: int, kind: str) -> ResponseReturnValue:
    """What a promise, or an answer to a stop signal, still needs."""
    viewer, wanted = the_viewer(), _kind(kind)
    if FORMS[wanted] is BecomeForm:
        raise Missing("page")
    page, answer = _answer(viewer, number, question_of(question, place), place)
    form = _promise_form(page, answer) if wanted is InsightKind.PROMISE else StopAnswerForm(None, words=answer.words)
    return _form_page(viewer, page, answer, wanted, form)


@bp.post(f"{AT}/<kind>")
@requires("debrief.write")
@limiter.limit("30/minute", key_func=per_viewer)
def become(number: int, question: str, place: int, kind: str) -> ResponseReturnValue:
    """Let it become that; refused words come back as they were typed."""
    viewer, asked, wanted = the_viewer(), question_of(question, place), _kind(kind)
    page, answer = _answer(viewer, number, asked, place)
    form = FORMS[wanted]()
    if not form.validate():
        return _form_page(viewer, page, answer, wanted, form), 422
    becoming, findings = _wanted(viewer, number, form)
    if findings:
        return _form_page(viewer, page, answer, wanted, form, findings=findings), 422
    try:
        with writing():
            made = _turned(viewer, number, asked, place, wanted, becoming)
            said = DONE[wanted].format(idea=made.idea_id)
    except (Conflict, Invalid, Refused) as refusal:
        if wants_json():
            raise
        return _form_page(viewer, page, answer, wanted, form, refusal=refusal), status_of(refusal)
    flash(said)
    return redirect(url_for("debriefs.show", number=number, _anchor=f"{asked}-{place}"), 303)


def _turned(
    viewer: Viewer, number: int, asked: DebriefQuestion, place: int, kind: InsightKind, becoming: Becoming
) -> Insight:
    now = clock.now()
    debrief = debriefs.start(viewer, number, now=now)
    answer = debriefs.answer_at(viewer, debrief, asked, place)
    return debriefs.turn_into(viewer, answer, kind, becoming, now=now)


def _kind(text: str) -> InsightKind:
    if text not in set(InsightKind):
        raise Missing("page")
    return InsightKind(text)


def _answer(viewer: Viewer, number: int, asked: DebriefQuestion, place: int) -> tuple[DebriefPage, AnswerLine]:
    page = debrief_page(viewer, number, now=clock.now())
    answer = page.at(asked, place)
    if answer is None:
        raise Missing("answer")
    return page, answer


def _wanted(viewer: Viewer, number: int, form: Any) -> tuple[Becoming, list[Finding]]:
    """What the form says, with what looks like personal data in it; what is to go is gone."""
    if isinstance(form, BecomeForm):
        return Becoming(), []
    found: list[Finding] = []
    texts = {"words": form.words.data or "", "promise": ""}
    if isinstance(form, OwnPromiseForm):
        texts["promise"] = form.promise.data or ""
    for name, text in texts.items():
        texts[name], spotted = look_at(viewer, number, text, insists=form.insists, wants_removal=form.wants_removal)
        found += spotted
    if isinstance(form, OwnPromiseForm):
        return Becoming(texts["words"], promise=texts["promise"], due_on=form.due_on.data), found
    return Becoming(texts["words"], stop=form.number), found


def _promise_form(page: DebriefPage, answer: AnswerLine) -> OwnPromiseForm:
    """What one will do is the promise; what surprised one is what it is about."""
    about = answer.words
    if answer.question is DebriefQuestion.WILL_DO:
        surprises = [*page.of(DebriefQuestion.SURPRISED), *page.of(DebriefQuestion.MADE_THEM)]
        about = next((one.words for one in surprises if one.insight is None), about)
        promise = answer.words
    else:
        promise = next((one.words for one in page.of(DebriefQuestion.WILL_DO) if one.insight is None), "")
    due_on = day_in(organisation_zone(), clock.now()) + timedelta(days=PROMISE_DAYS)
    return OwnPromiseForm(None, words=about, promise=promise, due_on=due_on)


def _choices(viewer: Viewer, page: DebriefPage, answer: AnswerLine, refusal: DomainError | None = None) -> str:
    return render_template(
        "frontline/debrief_becomes.html", page=page, answer=answer, promises=can_promise(viewer),
        stops=may("stop.answer"), refusal=refusal, here="shifts",
    )  # fmt: skip


def _form_page(
    viewer: Viewer, page: DebriefPage, answer: AnswerLine, kind: InsightKind, form: Any, *,
    findings: Sequence[Finding] = (), refusal: DomainError | None = None,
) -> str:  # fmt: skip
    if isinstance(form, BecomeForm):
        return _choices(viewer, page, answer, refusal)
    for name, sentence in (refusal.fields if refusal else {}).items():
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
    offered = kind is InsightKind.STOP_ANSWER and may("stop.answer")
    lines = stop_queries.waiting_stops(viewer, limit=STOPS_OFFERED)[0] if offered else []
    if kind is InsightKind.STOP_ANSWER:
        form.offer(lines)
    shown = refusal is None or any(name in form for name in refusal.fields)
    return render_template(
        "frontline/debrief_form.html", page=page, answer=answer, kind=kind, form=form, findings=findings,
        refusal={} if shown or refusal is None else {"": refusal.message}, waiting=lines, here="shifts",
        may_promise=can_promise(viewer),
    )  # fmt: skip
