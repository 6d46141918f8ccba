"""Reading what was done and came back. Who said so is never read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, select

from portal.commitments.models import Commitment, Delivery
from portal.commitments.queries import commitment_for, readable
from portal.commitments.relapse_models import Relapse, RelapseReport
from portal.commitments.relapse_rules import REPORTABLE
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.keys import KEY_MAX
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor

WORDS_SHOWN = 5


@dataclass(frozen=True)
class Done:
    """What was done about an idea, for somebody who says that it is back."""

    number: int
    title: str
    commitment_id: int | None
    sentence: str
    owner: str
    live_from: date | None
    reportable: bool
    reopened: bool
    said_by_me: bool


@dataclass(frozen=True)
class Open:
    """The reopening that waits for its owner's answer. reports: words: the newest first."""

    id: int
    opened_at: datetime
    reports: int
    words: Sequence[tuple[date, str]]


def done_for(viewer: Viewer, number: int) -> Done:
    """What was done about an idea; raises Missing where the viewer may not read it."""
    idea = idea_for(viewer, number)
    newest = select(Delivery.live_from).where(Delivery.commitment_id == Commitment.id).order_by(Delivery.id.desc())
    query = (
        select(Commitment.id, Commitment.sentence, Commitment.state, Person.name.label("owner"),
               newest.limit(1).scalar_subquery().label("live_from"), said_by(viewer.id).label("said_by_me"))
        .join(Person, Person.id == Commitment.owner_id)
        .where(Commitment.idea_id == number, Commitment.state != CommitmentState.HANDED_BACK)
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    if row is None:
        return Done(number, idea.title, None, "", "", None, reportable=False, reopened=False, said_by_me=False)
    return Done(
        number, idea.title, row.id, row.sentence, row.owner, row.live_from,
        reportable=row.state in REPORTABLE and idea.hidden_at is None,
        reopened=row.state is CommitmentState.REOPENED, said_by_me=row.said_by_me,
    )  # fmt: skip


def open_of(commitment_id: int) -> Open | None:
    """The reopening of a promise that waits for an answer, or None. Call with a promise that the viewer may read."""
    row = db.session.execute(
        select(Relapse.id, Relapse.opened_at, reports().label("reports"))
        .where(Relapse.commitment_id == commitment_id, Relapse.closed_at.is_(None))
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    said = select(RelapseReport.day, RelapseReport.words).where(
        RelapseReport.relapse_id == row.id, RelapseReport.words != ""
    )
    words = db.session.execute(said.order_by(RelapseReport.id.desc()).limit(WORDS_SHOWN)).all()
    return Open(row.id, row.opened_at, row.reports, [(one.day, one.words) for one in words])


def reports() -> Any:
    """How many say so, as a column beside `Relapse`: each person once."""
    query = select(func.count(RelapseReport.id)).where(RelapseReport.relapse_id == Relapse.id)
    return query.correlate(Relapse).scalar_subquery()


def said_by(person_id: Any) -> Any:
    """Whether a person has said so of the reopening that waits, as a column beside `Commitment`."""
    mine = RelapseReport.relapse_id == Relapse.id, RelapseReport.person_id == person_id
    waits = Relapse.commitment_id == Commitment.id, Relapse.closed_at.is_(None)
    return exists().where(*mine, *waits).correlate(Commitment)


def relapses_page(viewer: Viewer, number: int, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(Relapse, reports, who closed it) of a promise, the newest first. Raises Missing, Invalid `bad_cursor`."""
    commitment_for(viewer, number)
    query = select(Relapse, reports().label("reports"), Person.name.label("closed_by"))
    query = query.outerjoin(Person, Person.id == Relapse.closed_by_id).where(Relapse.commitment_id == number)
    if after := decode_cursor(cursor, int):
        query = query.where(Relapse.id < after[0])
    rows = db.session.execute(query.order_by(Relapse.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.Relapse.id,))


def reports_page(
    viewer: Viewer, relapse_id: int, *, limit: int, cursor: str | None
) -> tuple[Sequence[Row], str | None]:
    """(id, day, words, at) of what was said, the newest first. Raises Missing, Invalid `bad_cursor`."""
    _readable(viewer, relapse_id)
    query: Select = select(RelapseReport.id, RelapseReport.day, RelapseReport.words, RelapseReport.at)
    query = query.where(RelapseReport.relapse_id == relapse_id)
    if after := decode_cursor(cursor, int):
        query = query.where(RelapseReport.id < after[0])
    return cut(db.session.execute(query.order_by(RelapseReport.id.desc()).limit(limit + 1)).all(), limit, _by_id)


def _by_id(row: Any) -> tuple[int]:
    return (row.id,)


def _readable(viewer: Viewer, relapse_id: int) -> None:
    query = (
        select(Relapse.id)
        .join(Commitment, Commitment.id == Relapse.commitment_id)
        .join(Idea, Idea.id == Commitment.idea_id)
        .where(Relapse.id == relapse_id, readable(viewer))
    )
    if relapse_id > KEY_MAX or db.session.scalar(query) is None:
        raise Missing("reopening")
