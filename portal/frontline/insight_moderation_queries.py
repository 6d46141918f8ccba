"""Reading what was decided about notes from shifts: everybody reads why, nobody the words that are hidden."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.frontline.debrief_models import Debrief, Insight, InsightDecision
from portal.frontline.insight_policy import MAY
from portal.frontline.insight_queries import InsightLine, readable
from portal.frontline.models import SignUp, Slot
from portal.frontline.slot_queries import path_of
from portal.frontline.slot_rules import Where
from portal.frontline.words import InsightKind
from portal.ideas.models import Idea
from portal.ideas.rules import Action
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor

PAGE = 50


@dataclass(frozen=True)
class DecisionLine:
    """A decision as everybody reads it: never the words that were hidden, nor who wrote them.

    insight: its number, where the viewer may read it now.
    """

    number: int
    action: Action
    site: str
    by: str
    reason: str
    at: datetime
    insight: int | None


def decisions_page(
    viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[DecisionLine], str | None]:
    """What was decided, the newest first; one statement. Raises Invalid `bad_cursor`."""
    query = (
        select(InsightDecision, Place.name.label("site"), Person.name.label("by"), readable(viewer).label("open"))
        .join(Insight, Insight.id == InsightDecision.insight_id)
        .join(Debrief, Debrief.id == Insight.debrief_id)
        .join(SignUp, SignUp.id == Debrief.sign_up_id)
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Place, Place.id == Slot.site_id)
        .join(Person, Person.id == InsightDecision.by_id)
        .outerjoin(Idea, Idea.id == Insight.idea_id)
    )
    if after := decode_cursor(cursor, int):
        query = query.where(InsightDecision.id < after[0])
    rows = db.session.execute(query.order_by(InsightDecision.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.InsightDecision.id,))
    return [_line(row.InsightDecision, row.site, row.by, row.open) for row in page], following


def last_decision(number: int) -> tuple[str, str] | None:
    """(reason, by whom) of what was decided last about an insight, or None."""
    query = select(InsightDecision.reason, Person.name).join(Person, Person.id == InsightDecision.by_id)
    newest = query.where(InsightDecision.insight_id == number).order_by(InsightDecision.id.desc()).limit(1)
    row = db.session.execute(newest).one_or_none()
    return (row.reason, row.name) if row is not None else None


def may_moderate(viewer: Viewer, line: InsightLine) -> bool:
    """Whether the viewer decides about it: a note of somebody else, at a site for which they moderate."""
    if line.kind is not InsightKind.NOTE or line.mine or not MAY["insight.moderate"](viewer, None):
        return False
    return MAY["insight.moderate"](viewer, Where(path_of(line.site_id) or ""))


def _line(one: InsightDecision, site: str, by: str, is_open: bool) -> DecisionLine:
    number = one.insight_id if is_open else None
    return DecisionLine(one.id, one.action, site, by, one.reason, one.at, number)
