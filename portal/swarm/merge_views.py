"""Merging over HTTP: choose the other idea, look at both, confirm; and take them apart again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError, Invalid
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for, idea_view
from portal.people.access import requires, the_viewer
from portal.swarm import merge_queries, merging
from portal.swarm.merge_forms import ApartForm, MergeForm, UnmergeForm
from portal.swarm.merge_rules import MERGES_FROM, TOLD_AFTER, UNMERGE_DAYS
from portal.web.problems import status_of, wants_json
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("merging", __name__)
ASKED_CHARS_MAX = 100


@bp.get("/ideas/<int:number>/merge")
@requires("idea.merge")
def choose(number: int) -> ResponseReturnValue:
    """The other idea by number or words; with a number both side by side, and the button."""
    idea = idea_for(the_viewer(), number)
    asked = request.args.get("into", "").replace("\0", "")[:ASKED_CHARS_MAX]
    return _page(idea, asked, MergeForm(formdata=None))


@bp.post("/ideas/<int:number>/merge")
@requires("idea.merge")
def merge(number: int) -> ResponseReturnValue:
    """Let the idea join the other one."""
    viewer, form = the_viewer(), MergeForm()
    idea = idea_for(viewer, number)
    if not form.validate():
        return _page(idea, str(form.into.data or ""), form), 422
    try:
        with writing():
            made = merging.merge(
                viewer, idea_for(viewer, number), form.into.data, reason=form.reason.data or "", now=clock.now(),
                told_after=TOLD_AFTER,
            )  # fmt: skip
            into = made.into_id
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        return _page(idea_for(viewer, number), str(form.into.data), form, refusal), status_of(refusal)
    flash(f"Number {number} has joined number {into}. You can take them apart for {UNMERGE_DAYS} days.")
    return redirect(safe_next(request.form.get("next"), url_for("home.idea", number=into)), 303)


@bp.post("/ideas/<int:number>/not-the-same")
@requires("idea.merge")
def tell_apart(number: int) -> ResponseReturnValue:
    """These two are not the same: they are not proposed together again."""
    viewer, form = the_viewer(), ApartForm()
    idea_for(viewer, number)
    if not form.validate() or form.other.data is None:
        raise Invalid("bad_number", "Choose one of the ideas on the page.")
    with writing():
        other = merging.tell_apart(viewer, idea_for(viewer, number), form.other.data, now=clock.now())
    flash(f"Kept: number {number} and number {other} are not the same.")
    return redirect(safe_next(request.form.get("next"), url_for(".choose", number=number)), 303)


@bp.post("/ideas/<int:number>/unmerge")
@requires("idea.merge")
def unmerge(number: int) -> ResponseReturnValue:
    """Take the idea apart from the one that it has joined."""
    viewer, form = the_viewer(), UnmergeForm()
    form.validate()
    with writing():
        merging.unmerge(viewer, idea_for(viewer, number), now=clock.now(), told_after=TOLD_AFTER)
    flash(f"Number {number} stands on its own again, with the votes it had.")
    return redirect(url_for("home.idea", number=number), 303)


def _page(idea: Idea, asked: str, form: MergeForm, refusal: DomainError | None = None) -> str:
    viewer = the_viewer()
    found = merge_queries.compare(viewer, idea, asked)
    if found.target is not None and form.into.data is None:
        form.into.data = found.target.id
    return render_template(
        "swarm/merge.html",
        here="triage" if viewer.is_executive else "board",
        idea=idea_view(viewer, idea),
        target=idea_view(viewer, found.target) if found.target else None,
        asked=asked,
        candidates=found.candidates,
        impossible=found.refusal or ("" if idea.stage in MERGES_FROM else "This idea can no longer join another one."),
        form=form,
        refusal=refusal,
        next=safe_next(request.values.get("next"), ""),
    )
