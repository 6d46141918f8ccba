"""Saying something over HTTP, and what its author may do with it afterwards."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError, Gone, Invalid
from portal.ideas import drafts, service, similar, similar_shown
from portal.ideas.box import MODES, ask_for, fresh_key, kept_words, look, was_sent
from portal.ideas.forms import DraftForm, EditForm, FollowForm, SayForm, SortingForm, WithdrawalForm
from portal.ideas.queries import hidden_note, idea_for, idea_view
from portal.ideas.rules import SayRefusal, edit_refusal
from portal.ideas.service import NewIdea, NewSorting
from portal.ideas.shown import Ask, IdeaView
from portal.ideas.similar import Match
from portal.ideas.spotting import Finding
from portal.ideas.words import SAY_CHARS_MAX, Audience, Barrier, Kind, Names
from portal.people import queries as people
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.forms import CONTROLS
from portal.web.limits import limiter, per_viewer
from portal.web.problems import status_of
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("ideas", __name__)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHOWN_ON_FORM = (Conflict, Gone, Invalid)


@bp.get("/ideas/new")
@requires("idea.say")
def new() -> ResponseReturnValue:
    """The box on a page of its own, with words that came along or were kept."""
    viewer, now = the_viewer(), clock.now()
    text = CONTROLS.sub("", request.args.get("text", ""))[: 2 * SAY_CHARS_MAX].strip()
    also_kept = kept_words(viewer, drafts.IDEA, now=now) if text else ""
    return render_template("ideas/new.html", ask=ask_for(viewer, now=now, text=text), also_kept=also_kept, here="say")


@bp.post("/ideas")
@requires("idea.say")
@limiter.limit("10/minute", key_func=per_viewer)
def say() -> ResponseReturnValue:
    """Say it; what looks like personal data is asked about first. Answers 200 with thanks, for every kind of name."""
    viewer, form = the_viewer(), SayForm()
    if not form.validate():
        return _box_again(form, status=422)
    names = Names(form.names.data)
    text, findings = look(viewer, form.say.data, names, insists=form.insists, wants_removal=form.wants_removal)
    if findings:
        return _box_again(form, findings=findings, status=422)
    if matches := _unseen(viewer, text, form):
        return _is_it_one_of_these(form, text, matches)
    now, by = clock.now(), viewer.id if names is Names.SHOWN else None
    try:
        with writing():
            words = NewIdea(text, names, draft_key=form.draft_key.data or None)
            number = service.say(viewer, words, now=now).number
            similar.remember_told_apart(number, form.seen, viewer, by=by, now=now)
    except SHOWN_ON_FORM as refusal:
        return _box_again(form, refusal=refusal, status=status_of(refusal))
    return _thanks(viewer, number)


def _unseen(viewer: Viewer, text: str, form: SayForm) -> list[Match]:
    """Ideas so alike that they are asked about once before a copy is sent, unless they stood beside the words."""
    if form.confirm.data == "1":
        return []
    alike = similar.similar(viewer, text, least=similar.VERY_ALIKE)
    unseen = [match for match in alike if match.number not in form.seen]
    # The same form sent twice finds itself.
    return unseen if unseen and not was_sent(form.draft_key.data) else []


def _is_it_one_of_these(form: SayForm, text: str, matches: list[Match]) -> ResponseReturnValue:
    ask = Ask(text, form.names.data, MODES, form.draft_key.data or fresh_key())
    return render_template(
        "ideas/new.html", ask=ask, matches=similar_shown.lines(matches), sent_anyway=form.sent_anyway.data, here="say"
    )


def _box_again(
    form: SayForm, *, status: int, findings: Sequence[Finding] = (), refusal: DomainError | None = None
) -> ResponseReturnValue:
    """The box with everything that was typed. A form that was sent before gets a key of its own."""
    error = refusal.message if refusal else next(iter([*form.say.errors, *form.draft_key.errors]), None)
    sent_before = refusal is not None and refusal.code == SayRefusal.SENT_BEFORE
    names = form.names.data if form.names.data in dict(MODES) else Names.HIDDEN.value
    key = fresh_key() if sent_before or form.draft_key.errors else form.draft_key.data or fresh_key()
    ask = Ask(form.say.data or "", names, MODES, key, error=error, names_error=next(iter(form.names.errors), None))
    return render_template("ideas/new.html", ask=ask, findings=findings, here="say"), status


def _thanks(viewer: Viewer, number: int) -> ResponseReturnValue:
    now = clock.now()
    idea = idea_view(viewer, idea_for(viewer, number))
    return render_template(
        "ideas/thanks.html",
        said={
            "number": number,
            "href": url_for("home.idea", number=number),
            "names": idea.names.value,
        },
        idea=idea,
        form=_sorting_form(idea, blank=True),
        undo=idea.mine,
        ask=ask_for(viewer, now=now),
        here="say",
    )


@bp.post("/ideas/draft")
@requires("idea.say")
@limiter.limit("60/minute", key_func=per_viewer)
def keep_draft() -> ResponseReturnValue:
    """Keep words that are not sent yet. The browser sends them on its own, so the answer is empty."""
    viewer, form = the_viewer(), DraftForm()
    if not form.validate():
        raise Invalid(
            "bad_draft", "These words cannot be kept.", {name: errors[0] for name, errors in form.errors.items()}
        )
    about = form.about.data or drafts.IDEA
    if about != drafts.IDEA:
        idea_for(viewer, int(about.partition(":")[2]))
    with writing():
        text = form.say.data or form.text.data or ""
        drafts.keep_draft(viewer.id, about, text, Names(form.names.data), now=clock.now())
    return "", 204


@bp.get("/ideas/<int:number>/edit")
@requires("idea.edit")
def edit(number: int) -> ResponseReturnValue:
    """The words, to be changed."""
    viewer = the_viewer()
    idea = idea_for(viewer, number)
    if refusal := edit_refusal(service.facts_of(idea), is_author=service.is_author(viewer, idea), now=clock.now()):
        raise refusal.as_error()
    return _edit_page(viewer, number, EditForm(formdata=None, say=idea.say))


@bp.post("/ideas/<int:number>/edit")
@requires("idea.edit")
@limiter.limit("10/minute", key_func=per_viewer)
def save_edit(number: int) -> ResponseReturnValue:
    """Change the words, for 15 minutes or until the first vote."""
    viewer, form = the_viewer(), EditForm()
    names = idea_for(viewer, number).names
    if not form.validate():
        return _edit_page(viewer, number, form, status=422)
    text, findings = look(viewer, form.say.data, names, insists=form.insists, wants_removal=form.wants_removal)
    if findings:
        return _edit_page(viewer, number, form, findings=findings, status=422)
    try:
        with writing():
            service.edit(viewer, idea_for(viewer, number), text, now=clock.now())
    except SHOWN_ON_FORM as refusal:
        return _edit_page(viewer, number, form, refusal=refusal, status=status_of(refusal))
    return redirect(url_for("home.idea", number=number), 303)


def _edit_page(
    viewer: Viewer, number: int, form: EditForm, *, status: int = 200, findings: Sequence[Finding] = (),
    refusal: DomainError | None = None,
) -> ResponseReturnValue:  # fmt: skip
    row = idea_for(viewer, number)
    facts: dict[str, Any] = {"idea": idea_view(viewer, row), "note": hidden_note(row), "refusal": refusal}
    return render_template("ideas/edit.html", form=form, findings=findings, here="board", **facts), status


@bp.post("/ideas/<int:number>/withdrawal")
@requires("idea.withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    """Take it back."""
    viewer, form = the_viewer(), WithdrawalForm()
    if not form.validate():
        raise Invalid("bad_reason", form.reason.errors[0] if form.reason.errors else "Send the form again.")
    with writing():
        service.withdraw(viewer, idea_for(viewer, number), reason=form.reason.data or "", now=clock.now())
    flash(f"Number {number} is taken back. Only you can still see it.")
    return redirect(url_for("home.board"), 303)


@bp.get("/ideas/<int:number>/sorting")
@requires("idea.sort")
def sorting(number: int) -> ResponseReturnValue:
    """Title, kind, barrier, site and audience, to be corrected."""
    viewer = the_viewer()
    row = idea_for(viewer, number)
    if refusal := service.sorting_refusal(viewer, row):
        raise refusal.as_error()
    idea = idea_view(viewer, row)
    return render_template("ideas/sorting.html", idea=idea, form=_sorting_form(idea, blank=True), here="board")


@bp.post("/ideas/<int:number>/sorting")
@requires("idea.sort")
@limiter.limit("30/minute", key_func=per_viewer)
def sort(number: int) -> ResponseReturnValue:
    """Correct what was guessed."""
    viewer = the_viewer()
    idea = idea_view(viewer, idea_for(viewer, number))
    form, refusal = _sorting_form(idea), None
    if not form.validate():
        return render_template("ideas/sorting.html", idea=idea, form=form, here="board"), 422
    try:
        with writing():
            service.sort(viewer, idea_for(viewer, number), _wanted(form), now=clock.now())
    except SHOWN_ON_FORM as error:
        refusal = error
    if refusal is not None:
        page = render_template("ideas/sorting.html", idea=idea, form=form, refusal=refusal, here="board")
        return page, status_of(refusal)
    flash("Corrected.")
    return redirect(url_for("home.idea", number=number), 303)


def _sorting_form(idea: IdeaView, *, blank: bool = False) -> SortingForm:
    """blank: filled with what the idea is sorted as now, whatever form the request has brought."""
    now = {
        "title": idea.title, "kind": idea.kind.value, "barrier": idea.barrier.value, "site": str(idea.site_id or ""),
        "audience": idea.audience.value,
    }  # fmt: skip
    form = SortingForm(formdata=None, data=now) if blank else SortingForm()
    form.offer_sites(people.sites())
    return form


def _wanted(form: SortingForm) -> NewSorting:
    return NewSorting(
        title=form.title.data,
        kind=Kind(form.kind.data),
        barrier=Barrier(form.barrier.data),
        site_id=int(form.site.data) if form.site.data else None,
        audience=Audience(form.audience.data) if form.audience.data else None,
    )


@bp.post("/ideas/<int:number>/follows")
@requires("idea.follow")
@limiter.limit("60/minute", key_func=per_viewer)
def follow(number: int) -> ResponseReturnValue:
    """Follow with on=1, stop following with on=0; the same twice changes nothing."""
    viewer, form = the_viewer(), FollowForm()
    if not form.validate() or form.wanted is None:
        raise Invalid("bad_follow", "Send 1 to follow and 0 to stop following.")
    with writing():
        idea = idea_for(viewer, number)
        if form.wanted:
            service.follow(viewer, idea, now=clock.now())
        else:
            service.unfollow(viewer, idea)
    back = safe_next(request.form.get("next"), url_for("home.idea", number=number))
    if request.headers.get("HX-Request"):
        # The card is drawn by the page that knows everything on it; the browser follows by itself.
        where, board = form.where.data or "board", back.split("#")[0]
        return redirect(url_for("home.card", number=number, where=where, back=board), 303)
    return redirect(back, 303)
