"""Hiding notes from shifts and showing them again over HTTP; the public log of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict
from portal.frontline import insight_moderation, insight_moderation_queries, insight_queries
from portal.frontline.debrief_forms import HideForm
from portal.frontline.insight_page_views import insight_page
from portal.ideas.rules import Action
from portal.people.access import requires, the_viewer
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("insight_moderation", __name__)


@bp.get("/insights/moderation")
@requires("insight.see")
def log() -> ResponseReturnValue:
    """What was hidden and shown again: when, by whom and why."""
    after = request.args.get("after")
    entries, following = insight_moderation_queries.decisions_page(the_viewer(), cursor=after)
    return render_template(
        "frontline/insight_log.html", entries=entries, here="insights",
        more=url_for(".log", after=following) if following else None, first=url_for(".log") if after else None,
    )  # fmt: skip


@bp.post("/insights/<int:number>/moderation")
@requires("insight.moderate")
def decide(number: int) -> ResponseReturnValue:
    """Hide a note, or show it again."""
    viewer, form = the_viewer(), HideForm()
    if not form.validate():
        return insight_page(viewer, number, now=clock.now(), form=form), 422
    try:
        with writing():
            insight, action = insight_queries.insight_for(viewer, number), Action(form.action.data)
            insight_moderation.moderate(viewer, insight, action, form.reason.data or "", now=clock.now())
    except Conflict as refusal:
        return insight_page(viewer, number, now=clock.now(), form=form, refusal=refusal), status_of(refusal)
    flash("Decided. Its writer is told, and it is in the log that everybody reads.")
    return redirect(url_for("insights.show", number=number), 303)
