"""Ideas that look like what somebody types, and choosing one of them in place of a copy."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError, Gone, Refused
from portal.home import instead
from portal.home.similar_forms import InsteadForm, TypedForm
from portal.ideas import similar
from portal.ideas.box import MODES, ask_for, fresh_key
from portal.ideas.queries import idea_for
from portal.ideas.shown import Ask
from portal.ideas.similar_shown import lines
from portal.ideas.words import SAY_CHARS_MAX, Names
from portal.people.access import requires, the_viewer
from portal.web.limits import limiter, per_viewer
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("similar", __name__)
SHOWN_ON_FORM = (Conflict, Gone, Refused)


@bp.get("/ideas/similar")
@requires("idea.list")
@limiter.limit("120/minute", key_func=per_viewer)
def beside() -> ResponseReturnValue:
    """At most two ideas that look like `q`, for the box."""
    return _fragment(request.args.get("q", ""))


@bp.post("/ideas/similar")
@requires("idea.list")
@limiter.limit("120/minute", key_func=per_viewer)
def beside_typed() -> ResponseReturnValue:
    """The same for the words in the box: sent, so that they stand in nobody's list of addresses. Writes nothing."""
    form = TypedForm()
    form.validate()
    return _fragment(form.say.data or "")


def _fragment(text: str) -> ResponseReturnValue:
    matches = similar.similar(the_viewer(), text.replace("\0", " ")[:SAY_CHARS_MAX])
    return render_template("ideas/_similar.html", matches=lines(matches))


@bp.post("/ideas/<int:number>/me-too-instead")
@requires("vote.cast")
@limiter.limit("30/minute", key_func=per_viewer)
def choose(number: int) -> ResponseReturnValue:
    """Support this idea and forget the words in the box, with a way back; answers 200 with what was done."""
    viewer, form, now = the_viewer(), TypedForm(), clock.now()
    form.validate()
    words, names = (form.say.data or "")[:SAY_CHARS_MAX], _names(form)
    try:
        with writing():
            voted = instead.me_too_instead(viewer, number, now=now)
    except SHOWN_ON_FORM as refusal:
        return _box_again(words, names, refusal)
    idea = idea_for(viewer, number)
    return render_template(
        "ideas/instead.html", number=number, title=idea.title, voted=voted, words=words, names=names.value,
        ask=ask_for(viewer, now=now), here="say",
    )  # fmt: skip


@bp.post("/ideas/<int:number>/me-too-instead/undo")
@requires("vote.cast")
@limiter.limit("30/minute", key_func=per_viewer)
def undo(number: int) -> ResponseReturnValue:
    """Take it back: the words are in the box again."""
    viewer, form, now = the_viewer(), InsteadForm(), clock.now()
    form.validate()
    words, voted = (form.say.data or "")[:SAY_CHARS_MAX], form.voted.data == "1"
    with writing():
        instead.take_back(viewer, number, words, _names(form), voted=voted, now=now)
    flash("Taken back. Your words are here again." if words else "Taken back.")
    return redirect(url_for("ideas.new"), 303)


def _names(form: TypedForm) -> Names:
    offered = dict(MODES)
    return Names(form.names.data) if form.names.data in offered else Names.HIDDEN


def _box_again(words: str, names: Names, refusal: DomainError) -> ResponseReturnValue:
    ask = Ask(words, names.value, MODES, fresh_key(), error=refusal.message)
    return render_template("ideas/new.html", ask=ask, here="say"), status_of(refusal)
