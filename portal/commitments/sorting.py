"""The orders in which unfinished promises can be read beside the one by date. What is unfinished is never many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, Update
from portal.commitments.rules import Standing
from portal.commitments.standings import ranges
from portal.ideas.models import Idea
from portal.keys import KEY_MAX
from portal.people.models import Person
from portal.swarm.models import IdeaScore
from portal.web.paging import bad_cursor, from_micros, to_micros

SORTED = (Standing.OVERDUE, Standing.DUE_SOON, Standing.OPEN)  # the kept ones stay by date: they are without end


class Column(StrEnum):
    """What can be sorted by, as it stands in the address."""

    PROMISE = "promise"
    OWNER = "owner"
    DUE = "due"
    UPDATED = "updated"
    WAITING = "waiting"


@dataclass(frozen=True)
class Sort:
    """An order. backwards: the last first."""

    column: Column = Column.DUE
    backwards: bool = False

    @classmethod
    def from_word(cls, word: str) -> "Sort":
        """From the address: "owner", "-owner"; what makes no sense is by date."""
        known = {column.value: column for column in Column}
        return cls(known.get(word.removeprefix("-"), Column.DUE), word.startswith("-") and word[1:] in known)

    @property
    def word(self) -> str:
        """As it stands in the address; nothing for the usual order."""
        text = f"{'-' if self.backwards else ''}{self.column.value}"
        return "" if text == Column.DUE.value else text

    @property
    def usual(self) -> bool:
        """By date, the next one first."""
        return not self.word


def first_in(
    sort: Sort, name: Standing, today: date, readable: Iterable[ColumnElement[bool]], *, limit: int,
    after: tuple[str, int] | None,
) -> Select:  # fmt: skip
    """(standing, id, key, rank) of the first promises of one standing in this order. after: as `cursor_of` gave it."""
    owner = aliased(Person)
    key, number = _key(sort.column, owner), Commitment.id
    behind = []
    if after is not None:
        value = _value(sort.column, after[0])
        ahead, tie = (key < value, number < after[1]) if sort.backwards else (key > value, number > after[1])
        behind.append(or_(ahead, and_(key == value, tie)))
    query = (
        select(number.label("id"), key.label("key"))
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(owner, owner.id == Commitment.owner_id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Commitment.idea_id)
    )
    found = union_all(*(query.where(part, *readable, *behind) for part in ranges(name, today))).subquery()
    order = (found.c.key.desc(), found.c.id.desc()) if sort.backwards else (found.c.key, found.c.id)
    # The rank goes along: databases order words in their own ways, and a union promises none.
    rank = func.row_number().over(order_by=order).label("rank")
    return select(literal(name.value).label("standing"), found.c.id, found.c.key, rank).order_by(*order).limit(limit)


def cursor_of(sort: Sort, row: Any) -> tuple[str, int]:
    """The key of a row as a cursor carries it, and its number."""
    if isinstance(row.key, datetime):
        return str(to_micros(row.key)), row.id
    return (row.key.isoformat() if isinstance(row.key, date) else str(row.key)), row.id


def _key(column: Column, owner: Any) -> ColumnElement[Any]:
    if column is Column.UPDATED:
        newest = select(func.max(Update.at)).where(Update.commitment_id == Commitment.id).scalar_subquery()
        return func.coalesce(newest, Commitment.made_at)
    keys: dict[Column, Any] = {
        Column.PROMISE: Commitment.sentence, Column.OWNER: owner.name, Column.DUE: Commitment.due_on,
        Column.WAITING: func.coalesce(IdeaScore.n_support, 0),
    }  # fmt: skip
    return keys[column]


def _value(column: Column, text: str) -> Any:
    try:
        if column is Column.UPDATED:
            return from_micros(int(text))
        if column is Column.DUE:
            return date.fromisoformat(text)
        return _count(text) if column is Column.WAITING else text
    except ValueError:
        raise bad_cursor() from None


def _count(text: str) -> int:
    if not 0 <= (count := int(text)) <= KEY_MAX:
        raise bad_cursor()
    return count
