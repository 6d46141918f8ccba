"""Reports and moderation over HTTP. What was decided is public; what was hidden, and who wrote it, is not."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError, Invalid
from portal.ideas import lists, moderating, moderation_queries
from portal.ideas.forms import DecisionForm, ReportForm
from portal.ideas.moderation_queries import LOG_PAGE
from portal.ideas.queries import idea_for, idea_view
from portal.ideas.rules import Action
from portal.ideas.words import ReportReason
from portal.keys import KEY_MAX
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.fields import asked_number
from portal.web.limits import limiter, per_viewer
from portal.web.paging import decode_cursor, encode_cursor
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("moderation", __name__)


@bp.get("/ideas/<int:number>/reports")
@requires("idea.report")
def report_form(number: int) -> ResponseReturnValue:
    """Ask for a look at an idea, or with `comment` at one of its comments."""
    viewer = the_viewer()
    comment_id = asked_number("comment")
    moderating.text_of(idea_for(viewer, number), comment_id)
    return _report_page(viewer, number, ReportForm(formdata=None, comment=comment_id))


@bp.post("/ideas/<int:number>/reports")
@requires("idea.report")
@limiter.limit("10/minute", key_func=per_viewer)
def report(number: int) -> ResponseReturnValue:
    """Leave a report for those who moderate."""
    viewer, form = the_viewer(), ReportForm()
    idea_for(viewer, number)
    if not form.validate():
        return _report_page(viewer, number, form, status=422)
    try:
        with writing():
            text = moderating.text_of(idea_for(viewer, number), form.comment.data)
            moderating.report(viewer, text, ReportReason(form.reason.data), form.words.data or "", now=clock.now())
    except Conflict as refusal:
        return _report_page(viewer, number, form, refusal=refusal, status=409)
    flash("Thank you. Somebody will look at it, and what they decide is in the moderation log.")
    return redirect(url_for("home.idea", number=number), 303)


def _report_page(
    viewer: Viewer, number: int, form: ReportForm, *, status: int = 200, refusal: DomainError | None = None
) -> ResponseReturnValue:
    idea = idea_view(viewer, idea_for(viewer, number))
    return render_template("ideas/report.html", idea=idea, form=form, refusal=refusal, here="board"), status


@bp.get("/moderation")
@requires("moderation_log.see")
def log() -> ResponseReturnValue:
    """The public log: what was decided, when, by whom and why."""
    cursor = decode_cursor(request.args.get("after"), int)
    if cursor and not 0 < cursor[0] <= KEY_MAX:
        raise Invalid("bad_cursor", "This page of the list does not exist. Start again at the top.")
    entries = moderation_queries.moderation_log(the_viewer(), before_id=cursor[0] if cursor else None)
    page = entries[:LOG_PAGE]
    more = url_for("moderation.log", after=encode_cursor(page[-1].id)) if len(entries) > LOG_PAGE else None
    return render_template("ideas/moderation_log.html", entries=page, more=more, here="moderation")


@bp.get("/moderation/queue")
@requires("idea.moderate")
def queue() -> ResponseReturnValue:
    """What was reported, and what is hidden now."""
    return _queue_page(the_viewer())


@bp.post("/moderation/decisions")
@requires("idea.moderate")
@limiter.limit("60/minute", key_func=per_viewer)
def decide() -> ResponseReturnValue:
    """Hide, restore or keep a text."""
    viewer, form = the_viewer(), DecisionForm()
    if not form.validate():
        return _queue_page(viewer, form, status=422)
    try:
        with writing():
            text = moderating.text_of(idea_for(viewer, form.number.data), form.comment.data)
            moderating.moderate(viewer, text, Action(form.action.data), form.reason.data, now=clock.now())
    except Conflict as refusal:
        return _queue_page(viewer, form, refusal=refusal, status=status_of(refusal))
    flash("Decided. It is in the public log.")
    return redirect(url_for("moderation.queue"), 303)


def _queue_page(
    viewer: Viewer, form: DecisionForm | None = None, *, status: int = 200, refusal: DomainError | None = None
) -> ResponseReturnValue:
    """form: a refused decision; its text is found by its key, and what was typed stands there again."""
    reported, more_reported = lists.reported_page(viewer, cursor=request.args.get("reported"))
    hidden, more_hidden = lists.hidden_page(viewer, cursor=request.args.get("hidden"))
    facts: dict[str, Any] = {
        "reported": reported,
        "hidden": hidden,
        "more_reported": url_for("moderation.queue", reported=more_reported) if more_reported else None,
        "more_hidden": url_for("moderation.queue", hidden=more_hidden) if more_hidden else None,
    }
    refused_key = f"{form.number.data}-{form.comment.data or 0}" if form else ""
    facts |= {"refused": form, "refused_key": refused_key, "refusal": refusal}
    return render_template("ideas/moderation_queue.html", here="moderation", **facts), status
