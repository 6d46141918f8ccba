"""Reading promises, always through the viewer. One function for each screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.commitments import sorting, standings
from portal.commitments.models import (
    Commitment,
    Update,
)
from portal.commitments.rules import CommitmentState, Course, Standing
from portal.commitments.scope import organisation_zone
from portal.commitments.sorting import SORTED, Sort
from portal.commitments.work_models import Nudge
from portal.commitments.work_rules import week_of
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Names
from portal.keys import KEY_MAX
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore
from portal.web.paging import COUNTED_TO, bad_cursor, decode_cursor, encode_cursor

__all__ = ["organisation_zone"]

GROUP_SHOWN = 20  # promises of each group on the board
PAGE_SHOWN = 50  # promises of one state, a page
BY_DATE = Sort()
ORDER = (Standing.OVERDUE, Standing.DUE_SOON, Standing.OPEN, Standing.KEPT, Standing.LATE_KEPT)


@dataclass(frozen=True)
class Line:
    """A promise in a list. waiting: people who hit what it is about. department: where its owner works, below the
    organisation itself. accept_by: until when an owner to whom it is offered says whether it is theirs."""

    id: int
    sentence: str
    idea_number: int
    owner_id: int
    owner: str
    owner_left: bool
    department: str | None
    sponsor: str
    state: CommitmentState
    standing: Standing
    course: Course
    waiting: int
    nudges: int
    updated_at: datetime | None
    accept_by: datetime | None
    nudged: bool = False  # by whoever looks, this week

    @property
    def due_on(self) -> date:
        """The date that counts now."""
        return self.course.due_on


@dataclass(frozen=True)
class Board:
    """Every promise that the viewer may read, by standing.

    counts: no further than one more than `COUNTED_TO`. more: the cursors of groups that go on. lately: of the last
    hundred that were done how many were on time; None while there are no more than that.
    """

    counts: Mapping[Standing, int]
    shown: Mapping[Standing, Sequence[Line]]
    more: Mapping[Standing, str]
    lately: int | None = None
    reopened: int = 0  # back after they were done; those that were kept count as kept all the same


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Commitment` joined with `Idea`: what the viewer may read, and what they were given."""
    theirs = and_(Commitment.owner_id == viewer.id, Commitment.state != CommitmentState.HANDED_BACK)
    return or_(visible_to(viewer), theirs)


def commitment_for(viewer: Viewer, number: int) -> Commitment:
    """The promise, as far as the viewer may read it; raises Missing otherwise."""
    if number > KEY_MAX:
        raise Missing("promise")
    query = select(Commitment).join(Idea, Idea.id == Commitment.idea_id).where(Commitment.id == number)
    found = db.session.scalar(query.where(readable(viewer)).execution_options(populate_existing=True))
    if found is None:
        raise Missing("promise")
    return found


def board(
    viewer: Viewer, *, today: date, zone: str, only: Standing | None, mine: bool, after: str | None = None,
    owner_id: int | None = None, site_id: int | None = None, sort: Sort = BY_DATE,
) -> Board:  # fmt: skip
    """Every promise the viewer may read (or own), grouped: twenty of each group, or a page of the one asked for.

    owner_id, site_id: only of that owner, only about what was said at that site. sort: of what is unfinished.
    after: the cursor of the next page of that one. Raises Invalid `bad_cursor`.
    """
    condition = _narrowed(viewer, viewer.id if mine else owner_id, site_id)
    counts, reopened = standings.counts(ORDER, today, condition)
    size, names = (PAGE_SHOWN, (only,)) if only else (GROUP_SHOWN, ORDER)
    rows = _firsts(names, today, condition, sort=sort, size=size, after=after if only else None)
    shown = [row.id for some in rows.values() for row in some[:size]]
    lines = lines_of(shown, zone, today, viewer_id=viewer.id)
    return Board(
        counts=counts,
        shown={name: [lines[row.id] for row in some[:size]] for name, some in rows.items()},
        more={name: _cursor(name, sort, some[size - 1]) for name, some in rows.items() if len(some) > size},
        lately=standings.lately_on_time(today, condition)
        if counts[Standing.KEPT] + counts[Standing.LATE_KEPT] > COUNTED_TO else None,
        reopened=reopened,
    )  # fmt: skip


def byline(row: Any) -> str:
    """Who said it: a name where it is shown, else the label that was frozen with the idea."""
    return row.author if row.names is Names.SHOWN and row.author else row.origin_label


def _narrowed(viewer: Viewer, owner_id: int | None, site_id: int | None) -> list[ColumnElement[bool]]:
    condition = [readable(viewer)]
    if owner_id is not None:
        condition.append(Commitment.owner_id == owner_id)
    if site_id is not None:
        condition.append(Idea.site_id == site_id)
    return condition


def _firsts(
    names: Sequence[Standing], today: date, condition: Sequence[ColumnElement[bool]], *, sort: Sort, size: int,
    after: str | None,
) -> dict[Standing, list[Row]]:  # fmt: skip
    """One row more than `size` of each: by date in one statement, and in another order in a second one."""
    found: dict[Standing, list[Row]] = {name: [] for name in names}
    by_date = [name for name in names if sort.usual or name not in SORTED]
    other = [name for name in names if name not in by_date]
    behind = _behind(decode_cursor(after, str, int)) if by_date else None
    firsts = [standings.first_of(name, today, condition, limit=size + 1, after=behind) for name in by_date]
    # Two numbers of words: a cursor of one order is none of another.
    at = decode_cursor(after, str, str, int) if other else None
    if at and at[0] != sort.word:
        raise bad_cursor()
    ahead = (at[1], at[2]) if at else None
    ranked = [sorting.first_in(sort, name, today, condition, limit=size + 1, after=ahead) for name in other]
    for parts in (firsts, ranked):
        for row in db.session.execute(union_all(*(select(one.subquery()) for one in parts))) if parts else ():
            found[Standing(row.standing)].append(row)
    return {
        name: _in_order(name, some) if name in by_date else sorted(some, key=lambda row: row.rank)
        for name, some in found.items()
    }


def _cursor(name: Standing, sort: Sort, row: Row) -> str:
    """Behind this row, in the order in which it was read."""
    if sort.usual or name not in SORTED:
        return encode_cursor(row.day.isoformat(), row.id)
    return encode_cursor(sort.word, *sorting.cursor_of(sort, row))


def _behind(after: list[Any] | None) -> tuple[date, int] | None:
    if not after:
        return None
    try:
        return date.fromisoformat(after[0]), after[1]
    except ValueError:
        raise bad_cursor() from None


def _in_order(name: Standing, rows: Sequence[Row]) -> list[Row]:
    """As they came, said again: what a union hands on has no order that is promised."""
    return sorted(rows, key=lambda row: (row.day, row.id), reverse=name in standings.KEPT)


def lines_of(ids: Sequence[int], zone: str, today: date, *, viewer_id: int) -> dict[int, Line]:
    """The promises by number, as a list shows them. Two statements; whoever asks knows that they may be read."""
    this_week = Nudge.commitment_id == Commitment.id, Nudge.person_id == viewer_id, Nudge.week == week_of(today)
    owner, sponsor = aliased(Person), aliased(Person)
    newest = select(func.max(Update.at)).where(Update.commitment_id == Commitment.id).scalar_subquery()
    below_the_top = and_(Place.id == owner.place_id, Place.kind != PlaceKind.ORGANISATION)
    columns = (Commitment.id, Commitment.sentence, Commitment.idea_id, Commitment.state, Commitment.kept_late,
               Commitment.nudges, Commitment.accept_by, Commitment.owner_id, owner.deactivated_at.label("owner_left"),
               Place.name.label("department"), owner.name.label("owner"), sponsor.name.label("sponsor"),
               IdeaScore.n_support, newest.label("updated_at"), exists().where(*this_week).label("nudged"),
               standings.newest_live().label("live_from"))  # fmt: skip
    query = (
        select(*columns)
        .join(owner, owner.id == Commitment.owner_id)
        .join(sponsor, sponsor.id == Commitment.sponsor_id)
        .outerjoin(Place, below_the_top)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Commitment.idea_id)
        .where(Commitment.id.in_(ids))
    )
    rows = db.session.execute(query).all()
    courses = standings.courses_of(rows, zone)
    return {
        row.id: Line(
            id=row.id, sentence=row.sentence, idea_number=row.idea_id, owner=row.owner, sponsor=row.sponsor,
            owner_id=row.owner_id, owner_left=row.owner_left is not None, department=row.department,
            nudges=row.nudges, nudged=row.nudged, accept_by=row.accept_by,
            state=row.state, standing=standings.standing_of(row, courses[row.id], today), course=courses[row.id],
            waiting=row.n_support or 0, updated_at=row.updated_at,
        )
        for row in rows
    }  # fmt: skip
