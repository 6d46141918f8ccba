"""The row of figures of an idea: written with each occurrence, and every night because the weeks move on."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from portal.db import db, take_turns, upsert
from portal.ideas.models import Idea
from portal.people.models import Person, Place
from portal.people.roles import GROUP_MIN
from portal.swarm.occurrence_cost import DAYS, Noted, as_text, figures
from portal.swarm.occurrence_models import Occurrence, OccurrenceSum

NOTED_MAX = 5_000  # read for one idea, the newest; beyond it the figures say "at least"
BATCH = 200


def refresh(idea_id: int, *, today: date, now: datetime) -> None:
    """Work the figures of an idea out again. Twice gives the same. Costs no more for an old idea than for a new one."""
    take_turns(f"occurrences:{idea_id}")  # two at once would each leave the other's out
    noted = _noted(idea_id, today)
    said_at = db.session.scalars(select(Idea.said_at).where(Idea.id == idea_id)).one()
    sites = _nameable({one.site_id for one in noted})
    found = figures(noted[:NOTED_MAX], sites, said_on=said_at.date(), today=today, capped=len(noted) > NOTED_MAX)
    values = {"idea_id": idea_id, "times": found.times, "facts": as_text(found), "at": now}
    upsert(OccurrenceSum, values, key=("idea_id",), update=("times", "facts", "at"))


def next_of(after: int) -> Sequence[int]:
    """The next ideas with something noted lately, behind the number `after`."""
    query = select(OccurrenceSum.idea_id).where(OccurrenceSum.times > 0, OccurrenceSum.idea_id > after)
    return db.session.scalars(query.order_by(OccurrenceSum.idea_id).limit(BATCH)).all()


def _noted(idea_id: int, today: date) -> list[Noted]:
    wanted = Occurrence.idea_id == idea_id, Occurrence.day > today - timedelta(days=DAYS), Occurrence.day <= today
    query = (
        select(Occurrence.day, Occurrence.person_id, Occurrence.site_id, Occurrence.minutes, Occurrence.reason)
        .where(*wanted, Occurrence.withdrawn_at.is_(None))
        .order_by(Occurrence.day.desc())
        .limit(NOTED_MAX + 1)
    )
    return [Noted(*row) for row in db.session.execute(query)]


def _nameable(site_ids: set[int]) -> dict[int, str]:
    """The names of those sites at which enough people work for a figure of their own."""
    if not site_ids:
        return {}
    query = (
        select(Place.id, Place.name)
        .join(Person, Person.site_id == Place.id)
        .where(Place.id.in_(site_ids), Person.deactivated_at.is_(None))
        .group_by(Place.id, Place.name)
        .having(func.count() >= GROUP_MIN)
    )
    return {row.id: row.name for row in db.session.execute(query)}
