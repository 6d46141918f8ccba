"""Lists for programs, in pages: what waits for an answer, who can be given a promise, every answer to an idea."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select

from portal.commitments.models import Commitment
from portal.commitments.owners import owners_below
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.errors import Invalid
from portal.people.models import Person
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.triage.models import Decision, DecisionKind
from portal.triage.rules import DeclineReason
from portal.web.paging import decode_cursor, encode_cursor


@dataclass(frozen=True)
class Answer:
    """One answer to an idea. stands: neither replaced by another nor a promise that was handed back."""

    id: int
    kind: DecisionKind
    by_id: int
    by: str
    at: datetime
    sentence: str
    reason: DeclineReason | None
    would_change: str
    look_again_on: date | None
    commitment_id: int | None
    stands: bool


def owners_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(id, name, job title) of those whom this executive may give a promise, by name. Raises Invalid `bad_cursor`."""
    query = owners_below(viewer.scope(Role.EXECUTIVE))
    if after := decode_cursor(cursor, int):
        name = _there(db.session.scalar(select(Person.name).where(Person.id == after[0])))
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > after[0])))
    rows = db.session.execute(query.limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None


def answers_page(idea_number: int, *, limit: int, cursor: str | None = None) -> tuple[list[Answer], str | None]:
    """Every answer that an idea ever got, the newest first. The caller has seen that the viewer may read the idea."""
    query = (
        select(Decision, Person.name, Commitment.state)
        .join(Person, Person.id == Decision.by_id)
        .outerjoin(Commitment, Commitment.id == Decision.commitment_id)
        .where(Decision.idea_id == idea_number)
        .order_by(Decision.id.desc())
    )
    if after := decode_cursor(cursor, int):
        query = query.where(Decision.id < after[0])
    rows = db.session.execute(query.limit(limit + 1)).all()
    following = encode_cursor(rows[limit - 1].Decision.id) if len(rows) > limit else None
    return [_answer(row) for row in rows[:limit]], following


def _answer(row: Row) -> Answer:
    made = row.Decision
    stands = made.superseded_at is None and row.state is not CommitmentState.HANDED_BACK
    return Answer(
        made.id, made.kind, made.by_id, row.name, made.at, made.sentence, made.reason, made.would_change,
        made.look_again_on, made.commitment_id, stands,
    )  # fmt: skip


def _there(found: Any) -> Any:
    if found is None:
        raise Invalid("bad_cursor", "This page of the list does not exist. Start again at the top.")
    return found
