"""Reading occurrences: one's own, and the figures of an idea as far as its counts may be seen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for, visible_to
from portal.ideas.rules import counts_are_open
from portal.keys import KEY_MAX
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.swarm.models import Vote
from portal.swarm.occurrence_cost import Figures, from_text
from portal.swarm.occurrence_models import HourCost, Occurrence, OccurrenceSum
from portal.swarm.occurrence_wording import Hour
from portal.web.paging import decode_cursor, encode_cursor

OWN_COUNTED = 100
REASONS_MAX = 20


def figures_of(viewer: Viewer, number: int) -> tuple[bool, Figures | None]:
    """(whether the viewer may see counts of the idea, its figures); raises Missing. Before deciding: (False, None)."""
    idea = idea_for(viewer, number)
    mine = Vote.idea_id == number, Vote.person_id == viewer.id, Vote.revoked_at.is_(None)
    shown = counts_are_open(idea) or idea.author_id == viewer.id
    if not shown and db.session.scalar(select(Vote.id).where(*mine)) is None:
        return False, None
    text = db.session.scalar(select(OccurrenceSum.facts).where(OccurrenceSum.idea_id == number))
    return True, from_text(text)


def own(viewer: Viewer, occurrence_id: int) -> Occurrence:
    """An occurrence that the viewer noted; raises Missing for anybody else's."""
    found = None
    if 0 < occurrence_id <= KEY_MAX:
        mine = Occurrence.id == occurrence_id, Occurrence.person_id == viewer.id
        found = db.session.scalar(select(Occurrence).where(*mine).execution_options(populate_existing=True))
    if found is None:
        raise Missing("occurrence")
    return found


def own_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(Occurrence, title of the idea or None) of what the viewer noted, the newest first. Raises Invalid `bad_cursor`.

    The title is left out where the viewer may no longer read the idea.
    """
    readable = select(Idea.title).where(Idea.id == Occurrence.idea_id, visible_to(viewer)).scalar_subquery()
    mine = Occurrence.person_id == viewer.id, Occurrence.withdrawn_at.is_(None)
    query = select(Occurrence, readable.label("title")).where(*mine)
    if after := decode_cursor(cursor, int):
        query = query.where(Occurrence.id < after[0])
    rows = db.session.execute(query.order_by(Occurrence.id.desc()).limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].Occurrence.id) if len(rows) > limit else None


def own_times(viewer: Viewer, number: int) -> int:
    """How often the viewer noted something on an idea, counted to a hundred."""
    return db.session.scalar(own_times_query(viewer.id, number)) or 0


def own_times_query(person_id: Any, number: Any) -> Select:
    """The same as a query, for pages that ask for several things at once."""
    mine = Occurrence.person_id == person_id, Occurrence.idea_id == number, Occurrence.withdrawn_at.is_(None)
    return select(func.count()).select_from(select(Occurrence.id).where(*mine).limit(OWN_COUNTED).subquery())


def just_noted_query(person_id: Any, number: Any, since: Any) -> Select:
    """The newest occurrence that the person noted on an idea after `since`, which they may still change."""
    mine = Occurrence.person_id == person_id, Occurrence.idea_id == number, Occurrence.withdrawn_at.is_(None)
    return select(func.max(Occurrence.id)).where(*mine, Occurrence.at >= since)


def own_reasons(viewer: Viewer) -> list[str]:
    """The reasons that the viewer gave lately, each once, to choose from."""
    mine = Occurrence.person_id == viewer.id, Occurrence.reason != "", Occurrence.withdrawn_at.is_(None)
    newest = select(Occurrence.reason).where(*mine).order_by(Occurrence.id.desc()).limit(OWN_COUNTED)
    return list(dict.fromkeys(db.session.scalars(newest)))[:REASONS_MAX]


def hour_cost() -> Hour | None:
    """What an hour costs, or None while nobody has said."""
    row = db.session.execute(select(*hour_columns())).one()
    return hour_of(row)


def hour_columns() -> tuple[Any, Any]:
    """What an hour costs as two columns, `hour_cents` and `hour_currency`, for statements that ask for more."""
    newest = [select(column).order_by(HourCost.id.desc()).limit(1) for column in (HourCost.cents, HourCost.currency)]
    return newest[0].scalar_subquery().label("hour_cents"), newest[1].scalar_subquery().label("hour_currency")


def hour_of(row: Any) -> Hour | None:
    """The cost of an hour in a row that holds `hour_columns`."""
    return Hour(row.hour_cents, row.hour_currency) if row.hour_cents is not None else None


def hour_costs() -> Sequence[HourCost]:
    """Every cost of an hour that was ever set, the newest first; at most a hundred."""
    return db.session.scalars(select(HourCost).order_by(HourCost.id.desc()).limit(100)).all()


def sums_column(number: Any) -> Any:
    """The kept figures of an idea as a column, for statements that ask for more."""
    kept = select(OccurrenceSum.facts).where(OccurrenceSum.idea_id == number)
    return kept.scalar_subquery().label("occurrence_facts")


def today_of(now: datetime) -> date:
    """The organisation's day at this moment."""
    zone = db.session.scalar(select(Place.timezone).where(Place.kind == PlaceKind.ORGANISATION)) or "UTC"
    return now.astimezone(ZoneInfo(zone)).date()


def idea_title(number: int) -> Row:
    """(id, title) of the idea that something of one's own was noted on."""
    return db.session.execute(select(Idea.id, Idea.title).where(Idea.id == number)).one()


def readable_title(viewer: Viewer, number: int) -> str | None:
    """The title of an idea, or None where the viewer may not read it."""
    return db.session.scalar(select(Idea.title).where(Idea.id == number, visible_to(viewer)))
