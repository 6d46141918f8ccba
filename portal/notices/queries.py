"""Reading what one was told: one's own rows alone, and nothing about an idea that one may no longer read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.lists import earlier
from portal.ideas.models import Follow, Idea
from portal.ideas.queries import visible_to
from portal.notices.models import Mute, Notice
from portal.notices.moments import Moment
from portal.people.viewer import Viewer
from portal.web.dates import local_day
from portal.web.paging import COUNTED_TO, Wide, cut, decode_cursor, to_micros

PAGE = 30
GONE = "Something about an idea that is not shown to you any more."


@dataclass(frozen=True)
class Told:
    """One notice. idea, idea_title: of what it is about, if the viewer may read it. muted: nothing more comes of it."""

    id: int
    moment: Moment
    title: str
    words: str
    path: str
    at: datetime
    read_at: datetime | None
    idea: int | None
    idea_title: str
    muted: bool


@dataclass(frozen=True)
class About:
    """What was told about one idea on one day (or about none), the newest first."""

    idea: int | None
    idea_title: str
    muted: bool
    told: tuple[Told, ...]

    @property
    def unread(self) -> bool:
        """Something of it has not been read."""
        return any(one.read_at is None for one in self.told)


def unread_query() -> Select:
    """How many of the notices of `:viewer` are unread, counted to one more than a list shows; for the frame."""
    own = aliased(Notice)
    mine = select(own.id).where(own.person_id == bindparam("viewer"), own.read_at.is_(None))
    return select(func.count()).select_from(mine.limit(COUNTED_TO + 1).subquery())


def told_page(
    viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None, unread: bool = False
) -> tuple[list[Told], str | None]:
    """What the viewer was told, the newest first. unread: only what they have not read."""
    muted = exists().where(Mute.person_id == viewer.id, Mute.idea_id == Notice.idea_id, ~_followed_since())
    readable = select(Idea.title).where(Idea.id == Notice.idea_id, visible_to(viewer)).scalar_subquery()
    query = select(Notice, readable.label("idea_title"), muted.label("muted")).where(Notice.person_id == viewer.id)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if after := decode_cursor(cursor, Wide, int):
        query = query.where(earlier(Notice.at, Notice.id, *after))
    rows = db.session.execute(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (to_micros(row.Notice.at), row.Notice.id))
    return [_told(row.Notice, row.idea_title, row.muted) for row in page], following


def _followed_since() -> Any:
    again = aliased(Follow)  # of its own: the queries around it may know another
    return exists().where(
        again.person_id == Mute.person_id, again.idea_id == Mute.idea_id, again.since > Mute.since
    )  # fmt: skip


def _told(row: Notice, idea_title: str | None, muted: bool) -> Told:
    if row.idea_id is not None and idea_title is None:
        return Told(row.id, row.moment, GONE, "", "", row.at, row.read_at, None, "", False)
    return Told(
        row.id, row.moment, row.title, row.words, row.path, row.at, row.read_at, row.idea_id, idea_title or "", muted
    )


def by_day(told: Sequence[Told], zone: str) -> list[tuple[date, list[About]]]:
    """The same by day of the viewer's zone, and within a day by idea, in the order of the newest of each."""
    days = groupby(told, key=lambda one: local_day(one.at, zone))
    return [(day, _by_idea(list(some))) for day, some in days]


def _by_idea(told: Sequence[Told]) -> list[About]:
    of: dict[int, list[Told]] = {}
    for one in told:
        of.setdefault(one.idea if one.idea is not None else -one.id, []).append(one)
    return [About(some[0].idea, some[0].idea_title, some[0].muted, tuple(some)) for some in of.values()]


def muted_column() -> Any:
    """Whether `:viewer` has muted the idea of the row, for the idea's page."""
    return exists().where(Mute.person_id == bindparam("viewer"), Mute.idea_id == Idea.id, ~_followed_since())
