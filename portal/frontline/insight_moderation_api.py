"""The interface to hiding notes from shifts, and to the log of it."""

from enum import StrEnum

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import insight_moderation, insight_moderation_queries
from portal.frontline.insight_moderation_queries import DecisionLine
from portal.frontline.insight_queries import insight_for
from portal.ideas.rules import Action
from portal.ideas.words import REASON_CHARS_MAX, SAY_CHARS_MIN
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Line, Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of

bp = api("insight-moderation", "Notes from shifts that were hidden and shown again.")


class NoteAction(StrEnum):
    """What is decided about a note."""

    HIDE = "hide"
    RESTORE = "restore"


ACTIONS = {NoteAction.HIDE: Action.HIDE, NoteAction.RESTORE: Action.RESTORE}


class InsightDecisionSent(Sent):
    """What is decided about a note, and the reason that everybody reads."""

    action: NoteAction
    reason: Line = Field(min_length=SAY_CHARS_MIN, max_length=REASON_CHARS_MAX)


class InsightDecidedShown(Shown):
    """What was decided about a note."""

    insight: int
    action: Action
    reason: str
    at: Moment


class InsightDecisionShown(Shown):
    """A line of the log: never the words that were hidden, nor who wrote them."""

    number: int
    action: Action
    site: str
    by: str
    reason: str
    at: Moment
    insight: int | None = Field(description="Null where the key's person may not read it now.")


@bp.get("/insights/moderation", responses={200: page_of(InsightDecisionShown)})
@requires("insight.see", scope=Scope.SHIFTS_READ)
def list_insight_decisions(query: PageAsked) -> Response:
    """What was decided about notes from shifts, the newest decision first."""
    found, following = insight_moderation_queries.decisions_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_entry(line) for line in found], following)


@bp.post("/insights/<int:number>/moderation", responses={201: InsightDecidedShown})
@requires("insight.moderate", scope=Scope.MODERATION_WRITE)
def moderate_insight(path: NumberPath, body: InsightDecisionSent) -> Response:
    """Hide a note or show it again (409 `not_a_note`, `own_text`, `already_hidden`, `not_hidden`, `text_withdrawn`)."""
    viewer, now = the_viewer(), clock.now()

    def run() -> InsightDecidedShown:
        insight = insight_for(viewer, path.number)
        made = insight_moderation.moderate(viewer, insight, ACTIONS[body.action], body.reason, now=now)
        return InsightDecidedShown(insight=insight.id, action=made.action, reason=made.reason, at=made.at)

    return once(run, status=201)


def _entry(line: DecisionLine) -> InsightDecisionShown:
    return InsightDecisionShown(
        number=line.number, action=line.action, site=line.site, by=line.by, reason=line.reason, at=line.at,
        insight=line.insight,
    )  # fmt: skip
