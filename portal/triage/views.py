"""Triage over HTTP: what waits, one brief, one answer, and on to the next."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Conflict, DomainError, Invalid, Missing
from portal.ideas.models import Idea
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.swarm import merging
from portal.triage import ask, desk, pages, panel, queries, service, standing
from portal.triage.clock_queries import clock_from
from portal.triage.forms import (
    FORMS,
    NUMBER_DIGITS_MAX,
    AskForm,
    AssessmentForm,
    CommitForm,
    MergeMoveForm,
    MoveForm,
)
from portal.triage.moves_rules import UNDO
from portal.triage.queries import Brief
from portal.triage.rules import DecisionRefusal
from portal.web.paging import capped
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("triage", __name__)


@bp.get("/triage")
@requires("triage.see")
def index() -> ResponseReturnValue:
    """What waits for this executive, and one of them to answer."""
    move = request.args.get("move", "commit")
    asked = request.args.get("idea")
    return _page(FORMS.get(move, CommitForm)(None), _number(asked) if asked else None)


@bp.post("/decisions")
@requires("triage.decide")
def decide() -> ResponseReturnValue:
    """Answer one idea, in public, then go on to the next."""
    viewer, now = the_viewer(), clock.now()
    form = _sent()
    number = _number(form.idea.data)
    brief = queries.brief_if_any(viewer, number)
    panel.offer(form, viewer, brief)
    if not form.validate():
        return _page(form, number), 422
    today = day_in(organisation_zone(), now)
    following = queries.next_of(viewer, number, now=now)
    try:
        with writing():
            _carry_out(form, viewer, queries.answerable(viewer, number), today=today, now=now)
    except (Conflict, Invalid) as refusal:
        return _refused(form, number, refusal)
    return redirect(url_for("triage.index", idea=following), 303)


def _carry_out(form: MoveForm, viewer: Viewer, idea: Idea, *, today: date, now: datetime) -> None:
    """One verb for each move."""
    if isinstance(form, CommitForm):
        promise = form.new_promise(today)
        owner = form.owner.data or 0
        service.commit_to(viewer, idea, owner, promise, today=today, now=now, accepted=form.accepted)
    elif isinstance(form, AskForm):
        words, days = form.question.data or "", int(form.days.data)
        ask.ask(viewer, idea, words, expert_id=form.expert.data, days=days, now=now)
    elif isinstance(form, MergeMoveForm):
        merging.merge(viewer, idea, form.into.data, now=now, told_after=UNDO)
    else:
        service.decline(viewer, idea, form.answer(), today=today, now=now)


def _sent() -> MoveForm:
    kind = FORMS.get(request.form.get("move", ""))
    if kind is None:
        raise Invalid("unknown_move", "Choose what to do with it.", {"move": "Commit, ask, merge or decline."})
    return kind()


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > NUMBER_DIGITS_MAX:
        raise Missing("idea")
    return int(text)


def _refused(form: MoveForm, number: int, refusal: DomainError) -> ResponseReturnValue:
    if wants_json() or refusal.code == DecisionRefusal.NOT_PROMOTED:
        raise refusal
    for name, sentence in refusal.fields.items():
        name = "accept" if name == "accepted" else name
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
    return _page(form, number, refusal), status_of(refusal)


def _page(form: MoveForm, number: int | None, refusal: DomainError | None = None) -> str:
    viewer, now = the_viewer(), clock.now()
    own = desk.desk(viewer, now=now)
    today = day_in(own.zone, now)
    after = request.args.get("after")
    queue = queries.queue(viewer, after=after)
    if number is None and queue.entries:
        number = next((one.number for one in queue.entries if one.asked_until is None), queue.entries[0].number)
    before, behind = pages.neighbours(queue, number)
    clocks = {one.number: clock_from(one.owed, now=now) for one in queue.entries}
    context: dict[str, Any] = {
        "here": "triage",
        "waiting": own.waiting,
        "waiting_words": capped(own.waiting),
        "progress": pages.progress(own),
        "toast": pages.toast(own, zone=own.zone),
        "keys": own.keys,
        "before": before,
        "behind": behind,
        "queue": pages.queue_context(queue, number, after, clocks=clocks, today=today),
        "more_href": url_for("triage.index", after=queue.following) if queue.following else None,
        "first_href": url_for("triage.index") if after else None,
        "item": None,
        "empty": {"sentence": "All answered.", "action": "See the promises", "href": "/commitments"},
    }
    if number is None:
        return render_template("triage/index.html", **context)
    brief = queries.brief(viewer, number)
    item = _item(form, viewer, brief, own.zone, refusal, now=now)
    return render_template("triage/index.html", **context | item)


def _item(
    form: MoveForm,
    viewer: Viewer,
    brief: Brief,
    zone: str,
    refusal: DomainError | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """The brief, the panel of this move, and the answer that stands where there is one."""
    number, today = brief.number, day_in(zone, now)
    stands = None if brief.stage == "promoted" else standing.standing_decision(number)
    hints = panel.offer(form, viewer, brief)
    form.idea.data = str(number)
    if not form.is_submitted():
        panel.fill_in(form, brief, reason=request.args.get("reason", ""))
    move = form.move.data or "commit"
    return {
        "item": pages.item_context(brief, clock=clock_from(brief.owed, now=now), zone=zone, today=today),
        "answered": pages.answered_context(stands, number, now=now),
        "move": move,
        "moves": [(*words, f"/triage?idea={number}&move={words[0]}") for words in pages.MOVES],
        "form": form,
        "refusal": {"": refusal.message} if refusal and not refusal.fields else {},
        "form_action": url_for("triage.decide"),
        "hints": hints,
        "hard": brief.hard,
        "alike": brief.alike,
        "send_label": panel.SEND[move],
        "after": panel.AFTER[move],
        "note_form": AssessmentForm(None, opinion=brief.own_note.opinion.value if brief.own_note else None,
                                    words=brief.own_note.words if brief.own_note else ""),
        "templates": panel.templates(number),
    }  # fmt: skip
