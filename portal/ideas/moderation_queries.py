"""The public log of moderation, and what somebody may decide about."""

from sqlalchemy import ColumnElement, and_, false, or_, select

from portal.db import db
from portal.ideas.models import Idea, Moderation
from portal.ideas.queries import MODERATES, in_audience, log_entry, said_below, visible_to
from portal.ideas.shown import LogEntry
from portal.people.models import Person
from portal.people.viewer import Viewer

LOG_PAGE = 50


def moderation_log(viewer: Viewer, *, before_id: int | None = None, limit: int = LOG_PAGE) -> list[LogEntry]:
    """Decisions about what is meant for the viewer, newest first: a page, and one more that tells of the next page."""
    query = (
        select(Moderation, Person.name)
        .join(Person, Person.id == Moderation.by_id)
        .join(Idea, Idea.id == Moderation.idea_id)
        .where(in_audience(viewer))
        .order_by(Moderation.id.desc())
        .limit(limit + 1)
    )
    if before_id is not None:
        query = query.where(Moderation.id < before_id)
    return [log_entry(row, name) for row, name in db.session.execute(query)]


def moderated_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for what the viewer may decide about."""
    below = [said_below(path) for path in viewer.scope(*MODERATES)]
    return and_(visible_to(viewer), or_(false(), *below))
