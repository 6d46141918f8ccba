"""Votes and promotions, a page at a time."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, false, or_, select

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import said_below, visible_to
from portal.people.roles import Role
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm.models import Promotion, Vote
from portal.web.paging import cut, decode_cursor

AUDITS = (Role.PROGRAMME, Role.AUDITOR)


def my_votes(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """The viewer's standing votes on what they may read, newest first: as `my_vote`."""
    query = _mine(viewer)
    if after := decode_cursor(cursor, int):
        query = query.where(Vote.id < after[0])
    rows = db.session.execute(query.order_by(Vote.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def my_vote(viewer: Viewer, number: int) -> Row | None:
    """The viewer's standing vote on one idea: its columns, and the idea's title."""
    parameters = person_of(viewer) | {"number": number}
    return run(_my_vote(shape_of(viewer)), parameters).one_or_none()


@lru_cache(SHAPES_KEPT)
def _my_vote(shape: Shape) -> Select:
    return _mine(stand_in(shape)).where(Vote.idea_id == bindparam("number", type_=Integer))


def _mine(viewer: Viewer) -> Select:
    mine = Vote.person_id == viewer.id, Vote.revoked_at.is_(None)
    columns = Vote.id, Vote.idea_id, Vote.kind, Vote.reason, Vote.sentence, Vote.at, Idea.title
    return select(*columns).join(Idea, Idea.id == Vote.idea_id).where(visible_to(viewer), *mine)


def promotions_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[Sequence[Promotion], str | None]:
    """What came before the executives below the nodes that the viewer audits, newest first."""
    query = select(Promotion).join(Idea, Idea.id == Promotion.idea_id).where(_audited_by(viewer))
    if after := decode_cursor(cursor, int):
        query = query.where(Promotion.id < after[0])
    rows = db.session.scalars(query.order_by(Promotion.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def promotion_for(viewer: Viewer, number: int) -> Promotion:
    """One promotion below the nodes that the viewer audits; raises Missing."""
    query = select(Promotion).join(Idea, Idea.id == Promotion.idea_id).where(_audited_by(viewer))
    found = db.session.scalar(query.where(Promotion.id == number))
    if found is None:
        raise Missing("promotion")
    return found


def _audited_by(viewer: Viewer) -> ColumnElement[bool]:
    return or_(false(), *(said_below(path) for path in viewer.scope(*AUDITS)))
