"""A representative's seat: every brief that waits and that they may read, with what they said to it. No counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.frontline.representative_models import RepresentativeVoice
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Names, Stage
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.swarm.models import Promotion
from portal.triage import clock_queries
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros


@dataclass(frozen=True)
class AtTheTable:
    """Something that waits for an executive. voice: what the viewer said to it; None while they said nothing."""

    number: int
    title: str
    say: str
    byline: str
    since: datetime
    carried: bool
    voice: str | None
    said_at: datetime | None
    owed: Any = None  # what `clock_from` reads


def table_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[list[AtTheTable], str | None]:
    """What waits, the longest waiting first. Raises Invalid `bad_cursor`."""
    query = _waiting(viewer)
    if after := decode_cursor(cursor, Wide, int):
        at = from_micros(after[0])
        query = query.where(or_(Promotion.at > at, and_(Promotion.at == at, Idea.id > after[1])))
    rows = db.session.execute(query.order_by(Promotion.at, Idea.id).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (to_micros(row.at), row.id))
    return [_line(row) for row in page], following


def at_the_table(viewer: Viewer, number: int) -> AtTheTable | None:
    """One of them, or None where it does not wait or is not the viewer's to read."""
    row = db.session.execute(_waiting(viewer).where(Idea.id == number)).one_or_none()
    return _line(row) if row else None


def _waiting(viewer: Viewer) -> Select:
    author = aliased(Person)
    mine = and_(
        RepresentativeVoice.idea_id == Idea.id, RepresentativeVoice.person_id == viewer.id,
        RepresentativeVoice.withdrawn_at.is_(None),
    )  # fmt: skip
    query = (
        select(Idea.id, Idea.title, Idea.say, Idea.names, Idea.origin_label, author.name.label("author"), Promotion.at,
               Idea.carried, RepresentativeVoice.words, RepresentativeVoice.at.label("said_at"),
               *clock_queries.columns())
        .join(Promotion, Promotion.idea_id == Idea.id)
        .outerjoin(author, and_(author.id == Idea.author_id, Idea.names == Names.SHOWN))
        .outerjoin(RepresentativeVoice, mine)
        .where(visible_to(viewer), Idea.stage == Stage.PROMOTED, Idea.hidden_at.is_(None))
    )  # fmt: skip
    return clock_queries.joined(query)


def _line(row: Any) -> AtTheTable:
    name = row.author if row.names is Names.SHOWN and row.author else row.origin_label
    return AtTheTable(
        row.id, row.title, row.say, name, row.at, row.carried, row.words, row.said_at, row
    )  # fmt: skip
