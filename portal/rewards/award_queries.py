"""Awards as those who keep points see them: under shown names only, and what was taken back."""

from collections.abc import Sequence

from sqlalchemy import Row, and_, select

from portal.db import db
from portal.people.models import Person
from portal.rewards.models import Award, Reversal
from portal.rewards.words import ReversalState
from portal.web.paging import cut, decode_cursor


def shown_awards(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """`Award`, `name`, and `state` of its reversal (None without one); the newest first."""
    back = and_(Reversal.award_id == Award.id, Reversal.state != ReversalState.REFUSED)
    query = select(Award, Person.name, Reversal.state).join(Person, Person.id == Award.person_id)
    query = query.outerjoin(Reversal, back).where(Award.hidden.is_(False)).order_by(Award.id.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(Award.id < after[0])
    rows = db.session.execute(query.limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.Award.id,))


def reversals(*, limit: int, cursor: str | None, waiting: bool = False) -> tuple[Sequence[Row], str | None]:
    """`Reversal`, `Award`, `name` (None for a hidden author); the newest first. waiting: those to be decided alone."""
    query = select(Reversal, Award, Person.name).join(Award, Award.id == Reversal.award_id)
    query = query.outerjoin(Person, (Person.id == Award.person_id) & Award.hidden.is_(False))
    if waiting:
        query = query.where(Reversal.state == ReversalState.ASKED)
    if after := decode_cursor(cursor, int):
        query = query.where(Reversal.id < after[0])
    rows = db.session.execute(query.order_by(Reversal.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.Reversal.id,))
