"""The interface to moderation: the public log, what waits for a decision, and deciding."""

from typing import Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.ideas import lists, moderating
from portal.ideas.models import Moderation
from portal.ideas.moderating import Text
from portal.ideas.queries import comment_for, idea_for, log_entry
from portal.ideas.rules import Action
from portal.ideas.shown import LogEntry, OpenReport, Waiting
from portal.ideas.words import REASON_CHARS_MAX, SAY_CHARS_MIN, ReportReason
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import Line, Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of

bp = api("moderation", "What was reported, hidden and shown again.")
ACTIONS = {"hide": Action.HIDE, "restore": Action.RESTORE, "keep": Action.KEEP}


class DecisionSent(Sent):
    """What is decided about a text, and the reason that everybody reads."""

    action: Literal["hide", "restore", "keep"] = Field(description="Keep: it stays, and its reports are answered.")
    reason: Line = Field(min_length=SAY_CHARS_MIN, max_length=REASON_CHARS_MAX)


class LogShown(Shown):
    """A line of the public log: never the words that were hidden, nor who wrote them."""

    number: int
    idea: int
    about: Literal["idea", "comment"]
    action: Action
    by: str
    reason: str
    at: Moment


class ReportShown(Shown):
    """A report that nobody has decided about. Who sent it is not told. `comment` is null where the idea is meant."""

    number: int
    idea: int
    comment: int | None
    title: str
    text: str
    hidden: bool
    reason: ReportReason
    words: str
    at: Moment


class HiddenShown(Shown):
    """A text that is hidden now. `comment` is null where the idea itself is hidden."""

    idea: int
    comment: int | None
    title: str
    text: str
    since: Moment


@bp.get("/moderation", responses={200: page_of(LogShown)})
@requires("moderation_log.see", scope=Scope.IDEAS_READ)
def list_moderation(query: PageAsked) -> Response:
    """The public log of moderation, the newest decision first."""
    found, following = lists.log_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_entry(entry) for entry in found], following)


@bp.get("/moderation/reports", responses={200: page_of(ReportShown)})
@requires("idea.moderate", scope=Scope.IDEAS_READ)
def list_reports(query: PageAsked) -> Response:
    """Open reports for those who moderate, the longest waiting first."""
    found, following = lists.reports_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_report(one) for one in found], following)


@bp.get("/moderation/hidden", responses={200: page_of(HiddenShown)})
@requires("idea.moderate", scope=Scope.IDEAS_READ)
def list_hidden(query: PageAsked) -> Response:
    """Ideas and comments that are hidden now, for those who moderate, the newest hidden first."""
    found, following = lists.hidden_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_hidden(one) for one in found], following)


@bp.post("/ideas/<int:number>/moderation", responses={201: LogShown})
@requires("idea.moderate", scope=Scope.MODERATION_WRITE)
def moderate_idea(path: NumberPath, body: DecisionSent) -> Response:
    """Hide, show again or keep an idea (409 `own_text`, `already_hidden`, `not_hidden`, `not_reported`)."""
    viewer = the_viewer()
    return once(lambda: _decide(viewer, Text(idea_for(viewer, path.number)), body), status=201)


@bp.post("/comments/<int:number>/moderation", responses={201: LogShown})
@requires("idea.moderate", scope=Scope.MODERATION_WRITE)
def moderate_comment(path: NumberPath, body: DecisionSent) -> Response:
    """Hide, show again or keep a comment (409 `own_text`, `already_hidden`, `not_hidden`, `text_withdrawn`)."""
    viewer = the_viewer()
    return once(lambda: _decide(viewer, Text(*comment_for(viewer, path.number)), body), status=201)


def _decide(viewer: Viewer, text: Text, body: DecisionSent) -> LogShown:
    row: Moderation = moderating.moderate(viewer, text, ACTIONS[body.action], body.reason, now=clock.now())
    return _entry(log_entry(row, viewer.name))


def _entry(entry: LogEntry) -> LogShown:
    return LogShown(
        number=entry.id, idea=entry.number, about="comment" if entry.is_comment else "idea",
        action=Action(entry.action), by=entry.by, reason=entry.reason, at=entry.at,
    )  # fmt: skip


def _report(one: OpenReport) -> ReportShown:
    return ReportShown(
        number=one.id, idea=one.number, comment=one.comment_id, title=one.title, text=one.text, hidden=one.hidden,
        reason=one.reason, words=one.words, at=one.at,
    )  # fmt: skip


def _hidden(one: Waiting) -> HiddenShown:
    return HiddenShown(idea=one.number, comment=one.comment_id, title=one.title, text=one.words, since=one.since)
