"""Broadcasts over HTTP: what was told, an answer with one tap, and for executives: writing, a preview, sending."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError
from portal.frontline import broadcast_outcomes, broadcasts
from portal.frontline import broadcast_pages as pages
from portal.frontline import broadcast_queries as queries
from portal.frontline.broadcast_forms import AcknowledgeForm, BroadcastForm, ConfirmForm, InsteadForm
from portal.frontline.words import Acknowledged
from portal.ideas.box import look
from portal.ideas.service import NewIdea
from portal.ideas.words import Names
from portal.people.access import may, requires, the_viewer
from portal.people.replies import page, refused
from portal.web.forms import refuse_unknown
from portal.web.limits import limiter, per_viewer
from portal.web.paging import from_micros
from portal.web.problems import status_of
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("broadcasts", __name__)
ALL, ONE, WRITE = "frontline/broadcasts.html", "frontline/broadcast.html", "frontline/broadcast_form.html"
DONE = {
    Acknowledged.READ: "Noted.",
    Acknowledged.SAME_HERE: "Noted, without your name.",
    Acknowledged.NOT_WHAT_I_SEE: "Noted, without your name. Here is how it can go further.",
}


@bp.get("/broadcasts")
@requires("broadcast.see")
def index() -> ResponseReturnValue:
    """What was told and what came of it; on top what the viewer has not sent yet."""
    viewer, now, after = the_viewer(), clock.now(), request.args.get("after")
    writes = may("broadcast.write")
    told, following = queries.broadcasts_page(viewer, now=now, cursor=after)
    return render_template(
        ALL, here="broadcasts", told=told, unsent=queries.own_unsent(viewer, now=now) if writes and not after else [],
        writes=writes, zone=viewer.timezone, links=pages.links(told), kinds=tuple(Acknowledged),
        more=url_for(".index", after=following) if following else None, first=url_for(".index") if after else None,
    )  # fmt: skip


@bp.get("/broadcasts/new")
@requires("broadcast.write")
def new() -> ResponseReturnValue:
    """An empty one, or with what came along: words of a debrief, an idea, a promise, or one that was taken back."""
    viewer = the_viewer()
    return _write(pages.blank(viewer, request.args))


@bp.post("/broadcasts")
@requires("broadcast.write")
@limiter.limit("20/minute", key_func=per_viewer)
def draft() -> ResponseReturnValue:
    """Keep it, and show the preview: nothing is sent yet."""
    viewer, form = the_viewer(), pages.form_for(the_viewer())
    if not form.validate():
        return _write(form, status=422)
    try:
        with writing():
            number = broadcasts.draft(viewer, form.wanted(), now=clock.now()).id
    except DomainError as refusal:
        return refused(WRITE, form, refusal, **_writing_facts())
    return redirect(url_for(".show", number=number), 303)


@bp.get("/broadcasts/<int:number>")
@requires("broadcast.see")
def show(number: int) -> ResponseReturnValue:
    """One broadcast; for its writer the preview before it is sent."""
    return _one(number, AcknowledgeForm(None))


@bp.get("/broadcasts/<int:number>/edit")
@requires("broadcast.write")
def edit(number: int) -> ResponseReturnValue:
    """The words of a draft, once more."""
    viewer = the_viewer()
    return _write(pages.filled(viewer, queries.own_draft(viewer, number)), number=number)


@bp.post("/broadcasts/<int:number>")
@requires("broadcast.write")
def change(number: int) -> ResponseReturnValue:
    """Keep the changed draft, and show the preview."""
    viewer, form = the_viewer(), pages.form_for(the_viewer())
    if not form.validate():
        queries.own_draft(viewer, number)
        return _write(form, number=number, status=422)
    try:
        with writing():
            told = queries.broadcast_for(viewer, number)
            broadcasts.change(viewer, told, form.wanted(), now=clock.now())
    except DomainError as refusal:
        queries.broadcast_for(viewer, number)
        return refused(WRITE, form, refusal, **_writing_facts(number))
    return redirect(url_for(".show", number=number), 303)


@bp.post("/broadcasts/<int:number>/confirmation")
@requires("broadcast.write")
@limiter.limit("20/minute", key_func=per_viewer)
def confirm(number: int) -> ResponseReturnValue:
    """Send what the preview shows; it leaves after ten minutes."""
    viewer, form = the_viewer(), ConfirmForm()
    if not form.validate():
        return _one(number, AcknowledgeForm(None), 422, {"": "Look at the preview once more, then send it."})
    try:
        with writing():
            told = queries.broadcast_for(viewer, number)
            broadcasts.confirm(viewer, told, now=clock.now(), seen=from_micros(int(form.seen.data or "0")))
    except DomainError as refusal:
        return _refused(number, refusal)
    flash("Sent. Nobody hears it for ten minutes, and until then you can take it back.")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/broadcasts/<int:number>/taking-back")
@requires("broadcast.write")
def take_back(number: int) -> ResponseReturnValue:
    """Take it back before anybody has heard it."""
    refuse_unknown({"csrf_token"})
    viewer = the_viewer()
    try:
        with writing():
            broadcasts.take_back(viewer, queries.broadcast_for(viewer, number), now=clock.now())
    except DomainError as refusal:
        return _refused(number, refusal)
    flash("Taken back. Nobody heard it.")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/broadcasts/<int:number>/discard")
@requires("broadcast.write")
def discard(number: int) -> ResponseReturnValue:
    """Throw a draft away."""
    refuse_unknown({"csrf_token"})
    viewer = the_viewer()
    try:
        with writing():
            broadcasts.discard(viewer, queries.broadcast_for(viewer, number))
    except DomainError as refusal:
        return _refused(number, refusal)
    flash("Thrown away.")
    return redirect(url_for(".index"), 303)


@bp.post("/broadcasts/<int:number>/acknowledgements")
@requires("broadcast.answer")
@limiter.limit("30/minute", key_func=per_viewer)
def acknowledge(number: int) -> ResponseReturnValue:
    """Read, same here, or not what I see; what looks like personal data in the words is asked about first."""
    viewer, form = the_viewer(), AcknowledgeForm()
    if not form.validate():
        return _one(number, form, 422)
    told, given = queries.broadcast_for(viewer, number), form.words.data or ""
    words, findings = look(viewer, given, Names.HIDDEN, insists=form.insists, wants_removal=form.wants_removal)
    if findings:
        return _one(number, form, 422, findings=findings)
    kind = Acknowledged(form.kind.data)
    try:
        with writing():
            told = queries.broadcast_for(viewer, number)
            broadcasts.acknowledge(viewer, told, kind, words, now=clock.now())
    except DomainError as refusal:
        return _refused(number, refusal, form)
    flash(DONE[kind])
    here = url_for(".show", number=number, _anchor="said")
    return redirect(here if kind is Acknowledged.NOT_WHAT_I_SEE else safe_next(request.form.get("next"), here), 303)


@bp.post("/broadcasts/<int:number>/ideas")
@requires("broadcast.answer")
@limiter.limit("10/minute", key_func=per_viewer)
def say_instead(number: int) -> ResponseReturnValue:
    """Say what one sees as an idea that this broadcast's writer finds again."""
    viewer, form = the_viewer(), InsteadForm()
    queries.broadcast_for(viewer, number)
    if not form.validate():
        return _instead(number, form, 422)
    names = Names(form.names.data)
    text, findings = look(viewer, form.say.data or "", names, insists=form.insists, wants_removal=form.wants_removal)
    if findings:
        return _instead(number, form, 422, findings=findings)
    try:
        with writing():
            told = queries.broadcast_for(viewer, number)
            new = NewIdea(text, names, draft_key=form.draft_key.data)
            idea = broadcast_outcomes.say_instead(viewer, told, new, now=clock.now()).number
    except DomainError as refusal:
        return _instead(number, form, status_of(refusal), extra={"": refusal.message})
    flash(f"It is number {idea} on the board now.")
    return redirect(url_for(".show", number=number, _anchor="said"), 303)


def _instead(number: int, form: InsteadForm, status: int, **facts: Any) -> ResponseReturnValue:
    answer = AcknowledgeForm(None)
    about = pages.about(the_viewer(), number, answer, now=clock.now(), instead=form)
    facts = {"extra": {}, "findings": (), "summed": form, "spotted": "instead"} | facts
    return page(ONE, answer, status=status, problem=True, **about | facts)


def _one(
    number: int, form: AcknowledgeForm, status: int = 200, extra: dict[str, str] | None = None, *, findings: Any = ()
) -> ResponseReturnValue:
    about = pages.about(the_viewer(), number, form, now=clock.now())
    problem = status >= 400
    return page(ONE, form, status=status, extra=extra or {}, findings=findings, problem=problem, **about)


def _refused(number: int, refusal: DomainError, form: AcknowledgeForm | None = None) -> ResponseReturnValue:
    form = form or AcknowledgeForm(None)
    return refused(ONE, form, refusal, findings=(), **pages.about(the_viewer(), number, form, now=clock.now()))


def _write(form: BroadcastForm, *, number: int | None = None, status: int = 200) -> ResponseReturnValue:
    return page(WRITE, form, status=status, **_writing_facts(number))


def _writing_facts(number: int | None = None) -> dict[str, Any]:
    return {"here": "broadcasts", "number": number, "words_max": broadcasts.rules.WORDS_MAX}
