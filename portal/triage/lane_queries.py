"""What concerns the sites of a team leader or of a site's director. No numbers, no hidden names, nobody's vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import idea_views, visible_to
from portal.ideas.shown import IdeaView
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm.models import Promotion
from portal.triage.again_models import Return
from portal.triage.again_queries import newest_return
from portal.triage.lane_scope import Site, concerns
from portal.triage.models import Decision, Question, Reply
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

AT_EXECUTIVES_SHOWN = 20


@dataclass(frozen=True)
class AtExecutives:
    """An idea that the swarm has carried and that waits for an executive. since: from when its time counts."""

    number: int
    title: str
    since: datetime


def waiting_page(
    viewer: Viewer, sites: Sequence[Site], *, limit: int, cursor: str | None = None
) -> tuple[list[IdeaView], str | None]:
    """Ideas that wait for a first human reply, what has waited longest first; what the viewer said is left out.

    At one site everybody has the same time, so that what was said first is due first. Raises Invalid `bad_cursor`.
    """
    query = select(Idea).where(visible_to(viewer), concerns(viewer, sites), *unreplied(), _not_mine(viewer))
    if after := decode_cursor(cursor, Wide, int):
        at = from_micros(after[0])
        query = query.where(or_(Idea.said_at > at, and_(Idea.said_at == at, Idea.id > after[1])))
    found = db.session.scalars(query.order_by(Idea.said_at, Idea.id).limit(limit + 1)).all()
    page, following = cut(found, limit, lambda idea: (to_micros(idea.said_at), idea.id))
    return idea_views(viewer, page), following


def at_executives(viewer: Viewer, sites: Sequence[Site], *, limit: int = AT_EXECUTIVES_SHOWN) -> list[AtExecutives]:
    """What was said about these sites and waits for an executive, the oldest first."""
    query: Select = (
        select(Idea.id, Idea.title, Promotion.at, newest_return(Return.at, Idea.id).label("returned_at"))
        .join(Promotion, Promotion.idea_id == Idea.id)
        .where(visible_to(viewer), concerns(viewer, sites), Idea.stage == Stage.PROMOTED, Idea.hidden_at.is_(None))
        .order_by(Promotion.at, Idea.id)
    )
    rows = db.session.execute(query.limit(limit))
    return [AtExecutives(row.id, row.title, row.returned_at or row.at) for row in rows]


def unreplied() -> tuple[ColumnElement[bool], ...]:
    """The conditions on `Idea` for what nobody has replied to: neither first, nor as an executive who asked or said."""
    return (
        Idea.stage.in_((Stage.OPEN, Stage.PROMOTED)),
        Idea.hidden_at.is_(None),
        ~exists().where(Reply.idea_id == Idea.id),
        ~exists().where(Question.idea_id == Idea.id, Question.undone_at.is_(None)),
        ~exists().where(Decision.idea_id == Idea.id, Decision.undone_at.is_(None)),
    )


def _not_mine(viewer: Viewer) -> ColumnElement[bool]:
    return or_(Idea.author_id.is_(None), Idea.author_id != viewer.id)
