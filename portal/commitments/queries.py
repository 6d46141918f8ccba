"""Reading promises, always through the viewer. One function for each screen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.commitments import standings
from portal.commitments.models import (
    Commitment,
    Delivery,
    DeliverySite,
    Update,
)
from portal.commitments.rules import CommitmentState, Course, PromiseFacts, Standing, day_in
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea, Story
from portal.ideas.queries import visible_to
from portal.ideas.words import Names, StoryKind
from portal.metrics.models import Metric
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore
from portal.web.paging import COUNTED_TO, bad_cursor, decode_cursor, encode_cursor

__all__ = ["organisation_zone"]

GROUP_SHOWN = 20  # promises of each group on the board
PAGE_SHOWN = 50  # promises of one state, a page
NUMBER_MAX = 2**31 - 1  # what a key can hold; beyond it the databases answer with errors of their own
ORDER = (Standing.OVERDUE, Standing.DUE_SOON, Standing.OPEN, Standing.KEPT, Standing.LATE_KEPT)
STEPS = (
    StoryKind.COMMITTED,
    StoryKind.ACCEPTED,
    StoryKind.HANDED_BACK,
    StoryKind.DATE_MOVED,
    StoryKind.UPDATED,
    StoryKind.DELIVERED,
    StoryKind.CONFIRMED,
    StoryKind.SENT_BACK,
    StoryKind.BACK,
    StoryKind.NOT_BACK,
    StoryKind.FLOOR_CHECKED,
)


@dataclass(frozen=True)
class Line:
    """A promise in a list. waiting: people who hit what it is about."""

    id: int
    sentence: str
    idea_number: int
    owner: str
    sponsor: str
    state: CommitmentState
    standing: Standing
    course: Course
    waiting: int
    updated_at: datetime | None

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


@dataclass(frozen=True)
class Step:
    """One step in the story of a promise."""

    kind: StoryKind
    at: datetime
    actor: str | None
    words: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Delivered:
    """What the owner said was done."""

    live_from: date
    evidence: str
    sites: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Everything on the page of one promise. path: the node at which the idea was said."""

    line: Line
    owner_id: int
    owner_title: str
    sponsor_id: int
    path: str
    made_at: datetime
    say: str
    title: str
    byline: str
    metric: str | None
    delivered: Delivered | None
    steps: Sequence[Step]

    def facts(self, zone: str) -> PromiseFacts:
        """The promise as the rules see it, to know what may be offered."""
        made_on = day_in(zone, self.made_at)
        return PromiseFacts(self.line.state, self.owner_id, self.sponsor_id, made_on, self.line.due_on)


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Commitment` joined with `Idea`: what the viewer may read, and what they were given."""
    theirs = and_(Commitment.owner_id == viewer.id, Commitment.state != CommitmentState.HANDED_BACK)
    return or_(visible_to(viewer), theirs)


def commitment_for(viewer: Viewer, number: int) -> Commitment:
    """The promise, as far as the viewer may read it; raises Missing otherwise."""
    if number > NUMBER_MAX:
        raise Missing("promise")
    query = select(Commitment).join(Idea, Idea.id == Commitment.idea_id).where(Commitment.id == number)
    found = db.session.scalar(query.where(readable(viewer)).execution_options(populate_existing=True))
    if found is None:
        raise Missing("promise")
    return found


def board(
    viewer: Viewer, *, today: date, zone: str, only: Standing | None, mine: bool, after: str | None = None
) -> Board:
    """Every promise the viewer may read (or own), grouped: twenty of each group, or a page of the one asked for.

    after: the cursor of the next page of that one. Raises Invalid `bad_cursor`.
    """
    condition = [readable(viewer)]
    if mine:
        condition.append(Commitment.owner_id == viewer.id)
    counts = standings.counts(ORDER, today, condition)
    size, names = (PAGE_SHOWN, (only,)) if only else (GROUP_SHOWN, ORDER)
    behind = _behind(decode_cursor(after, str, int)) if only else None
    firsts = [standings.first_of(name, today, condition, limit=size + 1, after=behind) for name in names]
    found: dict[Standing, list[Row]] = {name: [] for name in names}
    for row in db.session.execute(union_all(*(select(one.subquery()) for one in firsts))):
        found[Standing(row.standing)].append(row)
    rows = {name: _in_order(name, some) for name, some in found.items()}
    lines = _lines([row.id for some in rows.values() for row in some[:size]], zone, today)
    return Board(
        counts=counts,
        shown={name: [lines[row.id] for row in some[:size]] for name, some in rows.items()},
        more={name: encode_cursor(some[size - 1].day.isoformat(), some[size - 1].id)
              for name, some in rows.items() if len(some) > size},
        lately=standings.lately_on_time(today, condition)
        if counts[Standing.KEPT] + counts[Standing.LATE_KEPT] > COUNTED_TO else None,
        reopened=standings.reopened(condition),
    )  # fmt: skip


def page_of(viewer: Viewer, number: int, *, today: date, zone: str) -> Page:
    """The page of one promise; raises Missing where the viewer may not read it."""
    commitment_for(viewer, number)
    (line,) = _lines([number], zone, today).values()
    row = _about(number)
    return Page(
        line=line, owner_id=row.owner_id, owner_title=row.job_title, sponsor_id=row.sponsor_id,
        path=row.path or f"/{viewer.organisation_id}/", made_at=row.made_at,
        say=row.say, title=row.title, byline=byline(row), metric=row.metric, delivered=_delivered(number),
        steps=_steps(line.idea_number, number),
    )  # fmt: skip


def byline(row: Any) -> str:
    """Who said it: a name where it is shown, else the label that was frozen with the idea."""
    return row.author if row.names is Names.SHOWN and row.author else row.origin_label


def has_promises(person_id: int) -> bool:
    """True if somebody owns a promise that is not handed back."""
    owned = Commitment.owner_id == person_id, Commitment.state != CommitmentState.HANDED_BACK
    return db.session.scalar(select(Commitment.id).where(*owned).limit(1)) is not None


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


def _lines(ids: Sequence[int], zone: str, today: date) -> dict[int, Line]:
    owner, sponsor = aliased(Person), aliased(Person)
    newest = select(func.max(Update.at)).where(Update.commitment_id == Commitment.id).scalar_subquery()
    columns = (Commitment.id, Commitment.sentence, Commitment.idea_id, Commitment.state, Commitment.kept_late,
               owner.name.label("owner"), sponsor.name.label("sponsor"), IdeaScore.n_support,
               newest.label("updated_at"), standings.newest_live().label("live_from"))  # fmt: skip
    query = (
        select(*columns)
        .join(owner, owner.id == Commitment.owner_id)
        .join(sponsor, sponsor.id == Commitment.sponsor_id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Commitment.idea_id)
        .where(Commitment.id.in_(ids))
    )
    rows = db.session.execute(query).all()
    courses = standings.courses_of(rows, zone)
    return {
        row.id: Line(
            id=row.id, sentence=row.sentence, idea_number=row.idea_id, owner=row.owner, sponsor=row.sponsor,
            state=row.state, standing=standings.standing_of(row, courses[row.id], today), course=courses[row.id],
            waiting=row.n_support or 0, updated_at=row.updated_at,
        )
        for row in rows
    }  # fmt: skip


def _about(number: int) -> Any:
    owner, author = aliased(Person), aliased(Person)
    columns = (
        Commitment.owner_id, Commitment.sponsor_id, Commitment.made_at, owner.job_title, Idea.say, Idea.title,
        Idea.names, Idea.origin_label, Place.path, author.name.label("author"), Metric.name.label("metric"),
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(owner, owner.id == Commitment.owner_id)
        .outerjoin(Place, Place.id == func.coalesce(Idea.site_id, Idea.employer_id))
        # Only a shown name is ever read.
        .outerjoin(author, and_(author.id == Idea.author_id, Idea.names == Names.SHOWN))
        .outerjoin(Metric, Metric.id == Commitment.metric_id)
    )
    return db.session.execute(query.where(Commitment.id == number)).one()


def _delivered(number: int) -> Delivered | None:
    newest = select(func.max(Delivery.id)).where(Delivery.commitment_id == number).scalar_subquery()
    query = (
        select(Delivery.live_from, Delivery.evidence, Place.name)
        .join(DeliverySite, DeliverySite.delivery_id == Delivery.id)
        .join(Place, Place.id == DeliverySite.site_id)
        .where(Delivery.id == newest)
        .order_by(Place.name)
    )
    rows = db.session.execute(query).all()
    return Delivered(rows[0].live_from, rows[0].evidence, tuple(row.name for row in rows)) if rows else None


def _steps(idea_number: int, number: int) -> list[Step]:
    query = (
        select(Story.kind, Story.at, Story.words, Story.facts, Person.name)
        .outerjoin(Person, Person.id == Story.actor_id)
        .where(Story.idea_id == idea_number, Story.kind.in_(STEPS))
        .order_by(Story.id.desc())
    )
    steps = [Step(row.kind, row.at, row.name, row.words, json.loads(row.facts)) for row in db.session.execute(query)]
    return [step for step in steps if step.facts.get("commitment") == number]
