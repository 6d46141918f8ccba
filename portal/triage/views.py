"""Triage over HTTP: what waits, one brief, one answer, and on to the next."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Conflict, DomainError, Invalid, Missing
from portal.people.access import requires, the_viewer
from portal.triage import merging, pages, queries, service
from portal.triage.clock_queries import clocks_of
from portal.triage.forms import FORMS, NUMBER_DIGITS_MAX, CommitForm, DeclineForm
from portal.triage.rules import DecisionRefusal
from portal.web.paging import capped
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("triage", __name__)
AnswerForm = CommitForm | DeclineForm
DONE = {"commit": "Committed to number {}.", "decline": "Declined number {}."}
AFTER = {
    "commit": "The owner finds it under Promises and can hand it back until they take it on.",
    "decline": "Everybody reads this on the idea's page, with your name.",
}
HINTS = {
    "promise": "Everybody sees this sentence, and your name.",
    "due_on": "Only if you chose Date… above.",
    "sentence": "At least 40 characters. Everybody who backed it reads this.",
    "look_again_on": "Needed for Not now.",
}


@bp.get("/triage")
@requires("triage.see")
def index() -> ResponseReturnValue:
    """What waits for this executive, and one of them to answer."""
    move = request.args.get("move", "commit")
    asked = request.args.get("idea")
    number = _number(asked) if asked else None
    return _page(FORMS.get(move, CommitForm)(None), number, merges=move == merging.MOVE)


@bp.post("/decisions")
@requires("triage.decide")
def decide() -> ResponseReturnValue:
    """Answer one idea, in public, then go on to the next."""
    viewer, now = the_viewer(), clock.now()
    form = _sent()
    number = _number(form.idea.data)
    queries.answerable(viewer, number)
    _offer(form)
    if not form.validate():
        return _page(form, number), 422
    today = day_in(organisation_zone(), now)
    following = queries.next_of(viewer, number)
    try:
        with writing():
            idea = queries.answerable(viewer, number)
            if isinstance(form, CommitForm):
                promise = form.new_promise(today)
                service.commit_to(viewer, idea, form.owner.data or 0, promise, today=today, now=now)
            else:
                service.decline(viewer, idea, form.answer(), today=today, now=now)
    except (Conflict, Invalid) as refusal:
        return _refused(form, number, refusal)
    flash(DONE[form.move.data].format(number))
    return redirect(url_for("triage.index", idea=following), 303)


def _sent() -> AnswerForm:
    kind = FORMS.get(request.form.get("move", ""))
    if kind is None:
        raise Invalid("unknown_move", "Choose whether to commit or to decline.", {"move": "Commit or decline."})
    return kind()


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > NUMBER_DIGITS_MAX:
        raise Missing("idea")
    return int(text)


def _refused(form: AnswerForm, number: int, refusal: DomainError) -> ResponseReturnValue:
    if wants_json() or refusal.code == DecisionRefusal.NOT_PROMOTED:
        raise refusal
    for name, sentence in refusal.fields.items():
        form[name].errors = [*form[name].errors, sentence]
    return _page(form, number, refusal), status_of(refusal)


def _offer(form: AnswerForm) -> None:
    if isinstance(form, CommitForm):
        form.offer(queries.possible_owners(the_viewer()), queries.metrics())


def _page(form: AnswerForm, number: int | None, refusal: DomainError | None = None, *, merges: bool = False) -> str:
    viewer, now, zone = the_viewer(), clock.now(), organisation_zone()
    today = day_in(zone, now)
    after = request.args.get("after")
    queue = queries.queue(viewer, after=after)
    if number is None and queue.entries:
        number = queue.entries[0].number
    shown = [waiting.number for waiting in queue.entries]
    clocks = clocks_of(shown if number is None else {*shown, number}, now=now)
    context: dict[str, Any] = {
        "here": "triage",
        "waiting": queue.total,
        "waiting_words": capped(queue.total),
        "queue": pages.queue_context(queue, number, after, clocks=clocks, today=today),
        "more_href": url_for("triage.index", after=queue.following) if queue.following else None,
        "first_href": url_for("triage.index") if after else None,
        "item": None,
        "empty": {"sentence": "All answered.", "action": "See the promises", "href": "/commitments"},
    }
    if number is None:
        return render_template("triage/index.html", **context)
    brief = queries.brief(viewer, number)
    standing = None if brief.stage == "promoted" else queries.standing_decision(number)
    _offer(form)
    form.idea.data = str(number)
    move = merging.MOVE if merges else form.move.data or "commit"
    return render_template(
        "triage/index.html",
        **context
        | {
            "item": pages.item_context(brief, clock=clocks.get(number), zone=zone, today=today),
            "answered": pages.answered_context(standing, number, now=now),
            "move": move,
            "moves": [(*words, f"/triage?idea={number}&move={words[0]}") for words in pages.MOVES],
            "form": form,
            "refusal": {"": refusal.message} if refusal and not refusal.fields else {},
            "form_action": url_for("triage.decide"),
            "merge": merging.choice(viewer, number) if merges else None,
            "hints": HINTS,
            "send_label": "Commit, in public" if move == "commit" else "Decline, in public",
            "after": AFTER.get(move, ""),
        },
    )
