"""Marking what one was told as read, and as unread again."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from portal.db import db
from portal.errors import Missing
from portal.notices.models import Notice
from portal.people.viewer import Viewer


def read_one(viewer: Viewer, notice_id: int, *, now: datetime) -> Notice:
    """Mark one as read; read before, it stays as it was. Raises Missing for what is not one's own."""
    _mark(viewer, Notice.id == notice_id, Notice.read_at.is_(None), read_at=now)
    return _own(viewer, notice_id)


def unread_one(viewer: Viewer, notice_id: int) -> Notice:
    """Mark one as unread. Raises Missing for what is not one's own."""
    _mark(viewer, Notice.id == notice_id, read_at=None)
    return _own(viewer, notice_id)


def read_all(viewer: Viewer, *, upto: int | None, now: datetime) -> int:
    """Mark everything as read, up to the newest that was on the page; returns how many that were.

    upto: the number of the newest that counts, so that nothing is marked that came while one was reading.
    """
    newest = () if upto is None else (Notice.id <= upto,)
    return _mark(viewer, Notice.read_at.is_(None), *newest, read_at=now)


def unread_all(viewer: Viewer, read_at: datetime) -> int:
    """Undo `read_all` of that moment; returns how many are unread again."""
    return _mark(viewer, Notice.read_at == read_at, read_at=None)


def _mark(viewer: Viewer, *which: ColumnElement[bool], read_at: datetime | None) -> int:
    statement = update(Notice).where(Notice.person_id == viewer.id, *which).values(read_at=read_at)
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    return done.rowcount  # type: ignore[attr-defined]


def _own(viewer: Viewer, notice_id: int) -> Notice:
    mine = Notice.id == notice_id, Notice.person_id == viewer.id
    found = db.session.scalar(select(Notice).where(*mine)) if 0 < notice_id < 2**31 else None
    if found is None:
        raise Missing("update")
    return found
