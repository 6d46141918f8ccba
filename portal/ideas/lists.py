"""Lists that grow without end, a page at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, literal, or_, select, union_all

from portal.db import db
from portal.ideas.models import Comment, Idea, Report
from portal.ideas.moderation_queries import moderated_by, moderation_log
from portal.ideas.shown import LogEntry, OpenReport, Waiting
from portal.people.viewer import Viewer
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

QUEUE_PAGE = 50  # reports, or hidden texts


def log_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[list[LogEntry], str | None]:
    """What moderation has decided, newest first."""
    after = decode_cursor(cursor, int)
    found = moderation_log(viewer, before_id=after[0] if after else None, limit=limit)
    page, following = cut(found, limit, lambda entry: (entry.id,))
    return list(page), following


def reports_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[list[OpenReport], str | None]:
    """Open reports that the viewer may decide about, longest waiting first. Not who reported."""
    page, following = _reports(viewer, limit, cursor)
    return [_open_report(row) for row in page], following


def reported_page(
    viewer: Viewer, *, limit: int = QUEUE_PAGE, cursor: str | None = None
) -> tuple[list[Waiting], str | None]:
    """The same, one entry for each text: `limit` reports; a text with more of them comes again on the next page."""
    page, following = _reports(viewer, limit, cursor)
    found: dict[tuple[int, int | None], list[OpenReport]] = {}
    for one in map(_open_report, page):
        found.setdefault((one.number, one.comment_id), []).append(one)
    return [
        Waiting(first.number, first.comment_id, first.title, first.text, first.hidden, first.at,
                tuple((one.reason.label, one.words) for one in same))
        for same in found.values()
        for first in same[:1]
    ], following  # fmt: skip


def hidden_page(
    viewer: Viewer, *, limit: int = QUEUE_PAGE, cursor: str | None = None
) -> tuple[list[Waiting], str | None]:
    """Ideas and comments that are hidden now and that the viewer may show again, the newest hidden first."""
    texts = _hidden_texts(viewer).subquery()
    since, number, comment = texts.c.since, texts.c.number, texts.c.comment
    query = select(texts)
    if after := decode_cursor(cursor, Wide, int, int):
        same = since == from_micros(after[0])
        behind = and_(same, or_(number < after[1], and_(number == after[1], comment < after[2])))
        query = query.where(or_(since < from_micros(after[0]), behind))
    ordered = query.order_by(since.desc(), number.desc(), comment.desc()).limit(limit + 1)
    rows = db.session.execute(ordered).all()
    page, following = cut(rows, limit, lambda row: (to_micros(row.since), row.number, row.comment))
    return [_waiting(row) for row in page], following


def _reports(viewer: Viewer, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    query = (
        select(Report, Idea, Comment)
        .join(Idea, Idea.id == Report.idea_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .where(moderated_by(viewer), Report.closed_at.is_(None))
    )
    if after := decode_cursor(cursor, Wide, int):
        query = query.where(later(Report.at, Report.id, *after))
    rows = db.session.execute(query.order_by(Report.at, Report.id).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (to_micros(row[0].at), row[0].id))


def _hidden_texts(viewer: Viewer) -> Any:
    ideas = select(
        Idea.id.label("number"), literal(0).label("comment"), Idea.hidden_at.label("since"), Idea.title, Idea.say
    ).where(moderated_by(viewer), Idea.hidden_at.is_not(None))
    comments = (
        select(Idea.id, Comment.id, Comment.hidden_at, Idea.title, Comment.body)
        .join(Comment, Comment.idea_id == Idea.id)
        .where(moderated_by(viewer), Comment.hidden_at.is_not(None), Comment.withdrawn_at.is_(None))
    )
    return union_all(ideas, comments)


def _waiting(row: Row) -> Waiting:
    return Waiting(row.number, row.comment or None, row.title, row.say, True, row.since, ())


def _open_report(row: Row) -> OpenReport:
    report, idea, comment = row
    return OpenReport(
        id=report.id, number=idea.id, comment_id=report.comment_id, title=idea.title,
        text=comment.body if comment else idea.say, hidden=(comment or idea).hidden_at is not None,
        reason=report.reason, words=report.words, at=report.at,
    )  # fmt: skip


def later(at: Any, id_: Any, micros: int, number: int) -> ColumnElement[bool]:
    """The condition for rows behind this one in the order of moment and id."""
    moment = from_micros(micros)
    return or_(at > moment, and_(at == moment, id_ > number))


def earlier(at: Any, id_: Any, micros: int, number: int) -> ColumnElement[bool]:
    """The condition for rows behind this one where the newest come first."""
    moment = from_micros(micros)
    return or_(at < moment, and_(at == moment, id_ < number))
