"""The public log of moderation, and what waits for a decision."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from portal.db import db
from portal.ideas.models import Comment, Idea, Moderation, Report
from portal.ideas.queries import MODERATES, in_audience, log_entry, said_below, visible_to
from portal.ideas.shown import LogEntry, Waiting
from portal.people.models import Person
from portal.people.viewer import Viewer

LOG_PAGE = 50
QUEUE_MAX = 200  # reports, or hidden texts


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


def reported(viewer: Viewer) -> list[Waiting]:
    """Texts with open reports that the viewer may decide about, longest waiting first. Not who reported them."""
    query = (
        select(Idea, Comment, Report.reason, Report.words, Report.at)
        .join(Idea, Idea.id == Report.idea_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .where(moderated_by(viewer), Report.closed_at.is_(None))
        .order_by(Report.at, Report.id)
        .limit(QUEUE_MAX)
    )
    return _together(db.session.execute(query))


def hidden(viewer: Viewer) -> list[Waiting]:
    """Texts that are hidden now and that the viewer may show again, newest first."""
    decided = and_(Comment.idea_id == Idea.id, Comment.hidden_at.is_not(None), Comment.withdrawn_at.is_(None))
    comments = select(Idea, Comment, Comment.hidden_at).join(Comment, decided).where(moderated_by(viewer))
    ideas = select(Idea, Idea.hidden_at).where(moderated_by(viewer), Idea.hidden_at.is_not(None))
    found = [_waiting(idea, None, since) for idea, since in db.session.execute(ideas.limit(QUEUE_MAX))]
    found += [_waiting(idea, comment, since) for idea, comment, since in db.session.execute(comments.limit(QUEUE_MAX))]
    return sorted(found, key=lambda one: one.since, reverse=True)


def moderated_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for what the viewer may decide about."""
    below = [said_below(path) for path in viewer.scope(*MODERATES)]
    return and_(visible_to(viewer), or_(false(), *below))


def _together(rows: Iterable[Any]) -> list[Waiting]:
    """One entry for each text, with all reports about it."""
    found: dict[tuple[int, int | None], list[Any]] = {}
    for row in rows:
        found.setdefault((row[0].id, row[1].id if row[1] else None), []).append(row)
    return [
        _waiting(same[0][0], same[0][1], same[0].at, tuple((row.reason.label, row.words) for row in same))
        for same in found.values()
    ]


def _waiting(idea: Idea, comment: Comment | None, since: Any, reports: tuple[tuple[str, str], ...] = ()) -> Waiting:
    about = comment or idea
    words = comment.body if comment else idea.say
    comment_id = comment.id if comment else None
    return Waiting(idea.id, comment_id, idea.title, words, about.hidden_at is not None, since, reports)
