"""What moves when an idea joins another one, table by table: each mover records what it moved and can put it back.

Votes are more than rows that change their idea; they are in `merge_votes`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Table, func, insert, literal, select, text, update

from portal.db import db, is_postgres, table_of
from portal.ideas import search_index
from portal.ideas.models import Comment, Follow, Idea, Report
from portal.swarm.looks_models import Look
from portal.swarm.merge_models import MergeMove
from portal.swarm.occurrence_models import Occurrence

MOVES = table_of(MergeMove)


@dataclass(frozen=True)
class Way:
    """From which idea to which other one, by which merge."""

    merge_id: int
    from_id: int
    into_id: int


class Mover(Protocol):
    """Moves the rows of one table along, and back when the merge is undone."""

    def move(self, way: Way) -> None:
        """Record and move."""

    def put_back(self, way: Way) -> None:
        """Move back what was recorded, as far as it is still there."""


@dataclass(frozen=True)
class Rows:
    """A table with `id` and `idea_id` of which every row moves."""

    table: Table
    kind: str

    def move(self, way: Way) -> None:
        """Record and move."""
        columns = self.table.c
        record(way.merge_id, self.kind, select(columns.id).where(columns.idea_id == way.from_id))
        _send(self.table, columns.id, self.kind, way, here=way.from_id, to=way.into_id)

    def put_back(self, way: Way) -> None:
        """Move back what was recorded; what came later stays."""
        _send(self.table, self.table.c.id, self.kind, way, here=way.into_id, to=way.from_id)


@dataclass(frozen=True)
class OncePerPerson:
    """A table with `idea_id` and `person_id`, one row for both: who has a row on either keeps both where they are."""

    table: Table
    kind: str

    def move(self, way: Way) -> None:
        """Record whose rows move, and move them."""
        columns, there = self.table.c, self.table.alias()
        taken = select(there.c.person_id).where(there.c.idea_id == way.into_id)
        mine = columns.idea_id == way.from_id, columns.person_id.not_in(taken)
        record(way.merge_id, self.kind, select(columns.person_id).where(*mine))
        _send(self.table, columns.person_id, self.kind, way, here=way.from_id, to=way.into_id)

    def put_back(self, way: Way) -> None:
        """Move back the rows of those recorded."""
        columns, there = self.table.c, self.table.alias()
        taken = select(there.c.person_id).where(there.c.idea_id == way.from_id)
        free = columns.person_id.not_in(taken)
        _send(self.table, columns.person_id, self.kind, way, free, here=way.into_id, to=way.from_id)


class Comments:
    """Comments with the reports about them and the search. "The author" of one idea is not the author of the other."""

    moved, as_author = "comment", "comment_by_author"

    def move(self, way: Way) -> None:
        """Record and move, and count anew what can be read."""
        own = Comment.idea_id == way.from_id, Comment.by_idea_author.is_(True)
        record(way.merge_id, self.as_author, select(Comment.id).where(*own))
        Rows(table_of(Comment), self.moved).move(way)
        search_index.comments_follow(recorded(way.merge_id, self.moved), way.from_id, way.into_id)
        self._follow(way, way.into_id, by_idea_author=False)

    def put_back(self, way: Way) -> None:
        """Move back what was recorded, and count anew."""
        Rows(table_of(Comment), self.moved).put_back(way)
        search_index.comments_follow(recorded(way.merge_id, self.moved), way.into_id, way.from_id)
        self._follow(way, way.from_id, by_idea_author=True)

    def _follow(self, way: Way, idea_id: int, *, by_idea_author: bool) -> None:
        """What goes with the comments: whose they are, reports about them, and how many can be read."""
        mine = Comment.idea_id == idea_id, Comment.id.in_(recorded(way.merge_id, self.as_author))
        _run(update(Comment).where(*mine).values(by_idea_author=by_idea_author))
        reported = Report.comment_id.in_(recorded(way.merge_id, self.moved))
        _run(update(Report).where(reported).values(idea_id=idea_id))
        read = Comment.idea_id == Idea.id, Comment.withdrawn_at.is_(None), Comment.hidden_at.is_(None)
        count = select(func.count()).select_from(Comment).where(*read).scalar_subquery()
        _run(update(Idea).where(Idea.id.in_((way.from_id, way.into_id))).values(comment_count=count))


# Every table that moves, but votes. What people only did once for an idea is OncePerPerson, everything else Rows.
MOVERS: tuple[Mover, ...] = (
    Comments(),
    OncePerPerson(table_of(Follow), "follow"),
    # What has been folded away of looks is nobody's any more, and stays with the idea that was looked at.
    OncePerPerson(table_of(Look), "look"),
    Rows(table_of(Occurrence), "occurrence"),
)


@contextmanager
def whole_sets() -> Iterator[None]:
    """Let PostgreSQL join what is moved as a whole, row by row never.

    Nobody has counted yet what has just been recorded: taken for a few rows, each of five thousand votes would be
    looked up among all the others, ten seconds in which nobody can vote on either idea.
    """
    if not is_postgres():
        yield
        return
    db.session.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    db.session.execute(text("SET LOCAL enable_nestloop = on"))


def record(merge_id: int, kind: str, rows: Select) -> None:
    """Write down the rows (a query of their ids, and perhaps of what they are copies of) that a merge moves."""
    parts = rows.subquery()
    columns = ["merge_id", "kind", "row_id", *(["origin_id"] if len(parts.c) > 1 else [])]
    noted = select(literal(merge_id), literal(kind), *parts.c)
    db.session.execute(insert(MOVES).from_select(columns, noted))


def recorded(merge_id: int, kind: str) -> Select[int]:
    """The ids that were written down."""
    return select(MOVES.c.row_id).where(MOVES.c.merge_id == merge_id, MOVES.c.kind == kind)


def _send(
    table: Table, key: ColumnElement[Any], kind: str, way: Way, *still: ColumnElement[bool], here: int, to: int
) -> None:
    moved = table.c.idea_id == here, key.in_(recorded(way.merge_id, kind))
    _run(update(table).where(*moved, *still).values(idea_id=to))


def _run(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
