"""Reading promises, always through the viewer. One function for each screen."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.commitments.models import (
    Commitment,
    Delivery,
    DeliverySite,
    PromisedDate,
    Update,
)
from portal.commitments.rules import CommitmentState, Course, NamedDate, PromiseFacts, Standing, day_in, standing
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea, Story
from portal.ideas.queries import visible_to
from portal.ideas.words import Names, StoryKind
from portal.metrics.models import Metric
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore

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
    """Every promise that the viewer may read, by standing: how many, those shown, and where there are more."""

    counts: Mapping[Standing, int]
    shown: Mapping[Standing, Sequence[Line]]
    more: frozenset[Standing]


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


def organisation_zone() -> str:
    """The organisation's time zone, in which promised days begin and end."""
    return db.session.scalar(select(Place.timezone).where(Place.kind == PlaceKind.ORGANISATION)) or "UTC"


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


def board(viewer: Viewer, *, today: date, zone: str, only: Standing | None, mine: bool, page: int = 1) -> Board:
    """Every promise the viewer may read (or own), grouped: twenty of each group, or a page of the one asked for."""
    condition = [readable(viewer), Commitment.state != CommitmentState.HANDED_BACK]
    if mine:
        condition.append(Commitment.owner_id == viewer.id)
    courses = _courses(condition, zone)
    groups: dict[Standing, list[int]] = {name: [] for name in ORDER}
    for number, course in courses.items():
        groups[standing(course, today)].append(number)
    size, start = (PAGE_SHOWN, PAGE_SHOWN * (page - 1)) if only else (GROUP_SHOWN, 0)
    chosen = {
        name: _in_order(name, ids, courses)[start : start + size]
        for name, ids in groups.items()
        if only in (None, name)
    }
    lines = _lines([number for ids in chosen.values() for number in ids], courses, today)
    return Board(
        counts={name: len(ids) for name, ids in groups.items()},
        shown={name: [lines[number] for number in ids] for name, ids in chosen.items()},
        more=frozenset(name for name in chosen if len(groups[name]) > start + size),
    )


def page_of(viewer: Viewer, number: int, *, today: date, zone: str) -> Page:
    """The page of one promise; raises Missing where the viewer may not read it."""
    commitment_for(viewer, number)
    courses = _courses([Commitment.id == number], zone)
    (line,) = _lines([number], courses, today).values()
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


def _courses(condition: Iterable[ColumnElement[bool]], zone: str) -> dict[int, Course]:
    condition = tuple(condition)
    dates: dict[int, list[NamedDate]] = defaultdict(list)
    named = (
        select(PromisedDate.commitment_id, PromisedDate.due_on, PromisedDate.set_at)
        .join(Commitment, Commitment.id == PromisedDate.commitment_id)
        .join(Idea, Idea.id == Commitment.idea_id)
    )
    for row in db.session.execute(named.where(*condition).order_by(PromisedDate.id)):
        dates[row.commitment_id].append(NamedDate(row.due_on, day_in(zone, row.set_at)))
    live_from = (
        select(Delivery.live_from)
        .where(Delivery.commitment_id == Commitment.id)
        .order_by(Delivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(Commitment.id, Commitment.state, live_from.label("live_from")).join(
        Idea, Idea.id == Commitment.idea_id
    )
    return {
        row.id: Course(row.state, dates[row.id], row.live_from) for row in db.session.execute(query.where(*condition))
    }


def _in_order(name: Standing, ids: Sequence[int], courses: Mapping[int, Course]) -> list[int]:
    if name in (Standing.KEPT, Standing.LATE_KEPT):
        return sorted(ids, key=lambda number: (courses[number].live_from or date.min, number), reverse=True)
    return sorted(ids, key=lambda number: (courses[number].due_on, number))


def _lines(ids: Sequence[int], courses: Mapping[int, Course], today: date) -> dict[int, Line]:
    owner, sponsor = aliased(Person), aliased(Person)
    newest = select(func.max(Update.at)).where(Update.commitment_id == Commitment.id).scalar_subquery()
    columns = (Commitment.id, Commitment.sentence, Commitment.idea_id, Commitment.state, owner.name.label("owner"),
               sponsor.name.label("sponsor"), IdeaScore.n_support, newest.label("updated_at"))  # fmt: skip
    query = (
        select(*columns)
        .join(owner, owner.id == Commitment.owner_id)
        .join(sponsor, sponsor.id == Commitment.sponsor_id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Commitment.idea_id)
        .where(Commitment.id.in_(ids))
    )
    return {
        row.id: Line(
            id=row.id, sentence=row.sentence, idea_number=row.idea_id, owner=row.owner, sponsor=row.sponsor,
            state=row.state, standing=standing(courses[row.id], today), course=courses[row.id],
            waiting=row.n_support or 0, updated_at=row.updated_at,
        )
        for row in db.session.execute(query)
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
