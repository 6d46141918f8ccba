"""Standings as conditions on the columns of a promise, so that a database filters, sorts and limits by index."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from portal.commitments.models import Commitment, Delivery, PromisedDate
from portal.commitments.rules import DUE_SOON_DAYS, CommitmentState, Course, NamedDate, Standing, day_in, standing
from portal.db import db
from portal.ideas.models import Idea
from portal.web.paging import COUNTED_TO

RUNNING = (CommitmentState.OFFERED, CommitmentState.ACCEPTED)
# A promise that was kept stays kept when what it did is back: a relapse is counted for itself.
UNKEPT = Commitment.kept_late.is_(None)
KEPT = (Standing.KEPT, Standing.LATE_KEPT)


def ranges(name: Standing, today: date) -> list[ColumnElement[bool]]:
    """What has this standing on `today`, as `rules.standing` says it: parts, each a range of an index."""
    soon = today + timedelta(days=DUE_SOON_DAYS)
    running = _running()
    state, due = Commitment.state, Commitment.due_on
    if name is Standing.HANDED_BACK:
        return [state == CommitmentState.HANDED_BACK]
    if name in KEPT:
        return [Commitment.kept_late == (true() if name is Standing.LATE_KEPT else false())]
    if name is Standing.OVERDUE:
        return [and_(one, due < today) for one in running]
    if name is Standing.DUE_SOON:
        return [and_(one, due.between(today, soon)) for one in running]
    return [and_(state == CommitmentState.DELIVERED, UNKEPT), *(and_(one, due > soon) for one in running)]


def _running() -> list[ColumnElement[bool]]:
    """Promises that somebody still has to deliver, one index range each."""
    state = Commitment.state
    return [*(state == one for one in RUNNING), and_(state == CommitmentState.REOPENED, UNKEPT)]


def has(name: Standing, today: date) -> ColumnElement[bool]:
    """The condition on `Commitment` for this standing."""
    return or_(*ranges(name, today))


def first_of(
    name: Standing, today: date, readable: Iterable[ColumnElement[bool]], *, limit: int, after: tuple[date, int] | None
) -> Select:
    """(standing, id, day) of the promises of one standing, in the order of the board: `limit` of them.

    What is kept: the latest live first; anything else: the next due first. after: day and id of the row before.
    """
    newest_first = name in KEPT
    day, number = (Commitment.live_from if newest_first else Commitment.due_on), Commitment.id
    behind: ColumnElement[bool] = true()
    if after:
        ahead = day < after[0] if newest_first else day > after[0]
        tie = number < after[1] if newest_first else number > after[1]
        # The range first: it is what an index can start at.
        behind = and_(day <= after[0] if newest_first else day >= after[0], or_(ahead, and_(day == after[0], tie)))
    condition = (*readable, behind)
    parts = []
    for part in ranges(name, today):
        query = select(number.label("id"), day.label("day")).join(Idea, Idea.id == Commitment.idea_id)
        parts.append(select(_ordered(query.where(part, *condition), day, number, newest_first, limit)))
    together = union_all(*parts).subquery()
    first = _ordered(select(together), together.c.day, together.c.id, newest_first, limit)
    return select(literal(name.value).label("standing"), first.c.id, first.c.day)


def counts(
    names: Iterable[Standing], today: date, readable: Iterable[ColumnElement[bool]]
) -> tuple[dict[Standing, int], int]:
    """How many promises have each standing, and how many are back after they were done, kept ones among them.

    Each counted up to one more than a tab shows; one statement.
    """
    readable, wanted = tuple(readable), tuple(names)
    query = select(Commitment.id).join(Idea, Idea.id == Commitment.idea_id)
    back = query.where(Commitment.state == CommitmentState.REOPENED, *readable).limit(COUNTED_TO + 1)
    reopened = select(func.count()).select_from(back.subquery()).scalar_subquery().label("reopened")
    row = db.session.execute(select(reopened, *(_count(name, today, readable).label(name.value) for name in wanted)))
    found = row.one()
    return {name: min(found._mapping[name.value], COUNTED_TO + 1) for name in wanted}, found.reopened


def lately_on_time(today: date, readable: Iterable[ColumnElement[bool]]) -> int:
    """Of the last hundred promises that were done: how many by their day."""
    readable = tuple(readable)
    size = COUNTED_TO + 1
    both = [select(first_of(name, today, readable, limit=size, after=None).subquery()) for name in KEPT]
    done = union_all(*both).subquery()
    last = select(done).order_by(done.c.day.desc(), done.c.id.desc()).limit(size).subquery()
    kept = select(func.count()).select_from(last).where(last.c.standing == Standing.KEPT.value)
    return db.session.scalar(kept) or 0


def courses_of(rows: Iterable[Row], zone: str) -> dict[int, Course]:
    """What decides how each promise looks. rows: id, state and live_from of each. One query."""
    rows = tuple(rows)
    dates: dict[int, list[NamedDate]] = defaultdict(list)
    named = select(PromisedDate.commitment_id, PromisedDate.due_on, PromisedDate.set_at)
    ids = [row.id for row in rows]
    for row in db.session.execute(named.where(PromisedDate.commitment_id.in_(ids)).order_by(PromisedDate.id)):
        dates[row.commitment_id].append(NamedDate(row.due_on, day_in(zone, row.set_at)))
    return {row.id: Course(row.state, dates[row.id], row.live_from) for row in rows}


def newest_live() -> ColumnElement[date]:
    """Since when a promise is live: once it is kept that stays, until then its newest delivery says so."""
    done = select(Delivery.live_from).where(Delivery.commitment_id == Commitment.id)
    newest = done.order_by(Delivery.id.desc()).limit(1).scalar_subquery()
    return func.coalesce(Commitment.live_from, newest)


def standing_of(row: Row, course: Course, today: date) -> Standing:
    """How it looks on `today`; how it ended was settled when it was confirmed. row: with kept_late."""
    if row.kept_late is None:
        return standing(course, today)
    return Standing.LATE_KEPT if row.kept_late else Standing.KEPT


def _ordered(query: Select, day: Any, number: Any, newest_first: bool, limit: int) -> Any:
    order = (day.desc(), number.desc()) if newest_first else (day, number)
    return query.order_by(*order).limit(limit).subquery()


def _count(name: Standing, today: date, readable: tuple[ColumnElement[bool], ...]) -> ColumnElement[int]:
    query = select(Commitment.id).join(Idea, Idea.id == Commitment.idea_id).where(*readable)
    found = [
        select(func.count()).select_from(query.where(part).limit(COUNTED_TO + 1).subquery()).scalar_subquery()
        for part in ranges(name, today)
    ]
    total: Any = found[0]
    for more in found[1:]:
        total = total + more
    return total
