"""Reading what waits for an executive's answer, always through the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment
from portal.commitments.owners import owners_below
from portal.commitments.rules import CommitmentState
from portal.commitments.scope import said_within
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Barrier, Kind, Names, Stage
from portal.metrics.models import Metric
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.swarm.alarm_queries import AlarmLine, alarms_of
from portal.swarm.line import contested
from portal.swarm.models import IdeaScore, Promotion, Vote
from portal.swarm.occurrence_cost import Figures, from_text
from portal.swarm.occurrence_queries import hour_columns, hour_of, sums_column
from portal.swarm.occurrence_wording import Hour
from portal.swarm.rules import StopReason, VoteKind
from portal.swarm.stop_queries import stop_reasons, stop_teams, unanswered_count
from portal.triage.again_models import Return
from portal.triage.again_queries import newest_return
from portal.triage.models import Decision, DecisionKind
from portal.triage.rules import DeclineReason
from portal.web.paging import COUNTED_TO, bad_cursor, cut, decode_cursor

QUEUE_SHOWN = 50
NUMBER_MAX = 2**31 - 1  # what a key can hold
OWNERS_SHOWN = 500
STOPS_SHOWN = 3


@dataclass(frozen=True)
class Waiting:
    """A promoted idea in the queue. promoted_at: since when it waits; after *Ask again*, since it came back."""

    number: int
    title: str
    people: int
    promoted_at: datetime


@dataclass(frozen=True)
class Queue:
    """What waits for this executive, longest first; total: counted up to one more than `COUNTED_TO`.

    following: the cursor of what is not shown, or None.
    """

    entries: Sequence[Waiting]
    total: int
    following: str | None = None


@dataclass(frozen=True)
class Brief:
    """What an executive has to know about one idea. people, sites: who hit it. decided: everybody who answered."""

    number: int
    kind: Kind
    barrier: Barrier
    stage: Stage
    title: str
    say: str
    byline: str
    said_at: datetime
    promoted_at: datetime
    people: int
    teams: int
    sites: int
    sites_in_all: int
    decided: int
    open_stops: int
    evidence: float
    line: float
    stops: Sequence[tuple[StopReason, str]]
    occurrences: Figures | None
    hour: Hour | None
    returned_at: datetime | None  # the last time that enough people asked again after a no
    returned_voices: int | None
    unanswered: int
    contested: Sequence[tuple[StopReason, int]]  # the reasons with how many give each; empty where it is not
    alarms: Sequence[AlarmLine]

    @property
    def waits_since(self) -> datetime:
        """From when its time for an answer counts."""
        return self.returned_at or self.promoted_at


@dataclass(frozen=True)
class Standing:
    """The answer that stands for an idea: who gave it, when and what."""

    kind: DecisionKind
    by: str
    at: datetime
    sentence: str
    reason: DeclineReason | None
    commitment_id: int | None


def queue(viewer: Viewer, *, after: str | None = None) -> Queue:
    """Promoted ideas that the viewer may answer, the oldest promotion first. Raises Invalid `bad_cursor`."""
    entries, following = waiting_page(viewer, limit=QUEUE_SHOWN, cursor=after)
    if after and not entries:  # answered meanwhile
        entries, following = waiting_page(viewer, limit=QUEUE_SHOWN, cursor=None)
    total = waiting_count(viewer) if after or following else len(entries)
    return Queue(entries, total, following)


def waiting_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[list[Waiting], str | None]:
    """A page of what waits for this executive, the oldest promotion first. Raises Invalid `bad_cursor`."""
    query = _waiting(viewer)
    if after := decode_cursor(cursor, int):
        at = _promoted_at(after[0])
        if at is None:
            raise bad_cursor()
        query = query.where(_later(at, after[0]))
    page, following = cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.id,))
    return [Waiting(row.id, row.title, row.n_support or 0, row.returned_at or row.at) for row in page], following


def next_of(viewer: Viewer, number: int) -> int | None:
    """The idea that waits behind this one, else the one that has waited longest."""
    others, at = _waiting(viewer).where(Idea.id != number), _promoted_at(number)
    behind = db.session.scalars(others.where(_later(at, number)).limit(1)).first() if at else None
    return behind if behind is not None else db.session.scalars(others.limit(1)).first()


def waiting_count(viewer: Viewer) -> int:
    """How many ideas wait for this viewer's answer; 0 for everybody who is no executive."""
    return db.session.scalar(waiting_query(viewer)) or 0 if viewer.is_executive else 0


def waiting_query(viewer: Viewer) -> Select:
    """The same as a query, for pages that ask for several things at once. Counts no further than is shown."""
    found = select(Idea.id).where(_answerable(viewer), Idea.stage == Stage.PROMOTED).limit(COUNTED_TO + 1)
    return select(func.count()).select_from(found.subquery())


def answerable(viewer: Viewer, number: int) -> Idea:
    """The idea, if answering it is this viewer's business, whatever its stage; raises Missing otherwise."""
    query = select(Idea).where(_answerable(viewer), Idea.id == number).execution_options(populate_existing=True)
    found = db.session.scalar(query) if number <= NUMBER_MAX else None
    if found is None:
        raise Missing("idea")
    return found


def brief(viewer: Viewer, number: int) -> Brief:
    """Everything an executive reads before answering; raises Missing where it is not theirs or was never promoted."""
    row = db.session.execute(_brief(viewer).where(Idea.id == number)).one_or_none() if number <= NUMBER_MAX else None
    if row is None:
        raise Missing("idea")
    name = row.author if row.names is Names.SHOWN and row.author else row.origin_label
    return Brief(
        number=row.id, kind=row.kind, barrier=row.barrier, stage=row.stage, title=row.title, say=row.say, byline=name,
        said_at=row.said_at, promoted_at=row.at, people=row.n_support or 0, teams=row.n_team or 0,
        sites=row.n_site or 0, sites_in_all=row.sites_in_all,
        decided=(row.n_support or 0) + (row.n_pass or 0) + (row.n_stop or 0), open_stops=row.n_stop or 0,
        evidence=row.evidence or 0.0, line=row.line or 0.0, stops=_stops(number),
        occurrences=from_text(row.occurrence_facts), hour=hour_of(row), returned_at=row.returned_at,
        returned_voices=row.returned_voices,
        unanswered=row.unanswered, alarms=alarms_of(number),
        contested=stop_reasons(number) if contested(row.stop_teams, row.s or 0.0, row.d or 0.0) else (),
    )  # fmt: skip


def standing_decision(number: int) -> Standing | None:
    """The answer that stands; None while nobody has answered or after the promise was handed back."""
    handed_back = Commitment.state == CommitmentState.HANDED_BACK
    query = (
        select(Decision, Person.name)
        .join(Person, Person.id == Decision.by_id)
        .outerjoin(Commitment, and_(Commitment.id == Decision.commitment_id, handed_back))
        .where(Decision.idea_id == number, Decision.superseded_at.is_(None), Commitment.id.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    made = row.Decision
    return Standing(made.kind, row.name, made.at, made.sentence, made.reason, made.commitment_id)


def possible_owners(viewer: Viewer) -> Sequence[Row[int, str, str]]:
    """(id, name, job title) of the people whom this executive may give a promise, by name."""
    return db.session.execute(owners_below(viewer.scope(Role.EXECUTIVE)).limit(OWNERS_SHOWN)).all()


def metrics() -> Sequence[Row[int, str]]:
    """(id, name) of the metrics in use, in the order in which they are offered."""
    query = select(Metric.id, Metric.name).where(Metric.retired_at.is_(None)).order_by(Metric.position, Metric.name)
    return db.session.execute(query).all()


def waits_for(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for what waits for this viewer's answer."""
    return and_(_answerable(viewer), Idea.stage == Stage.PROMOTED)


def _waiting(viewer: Viewer) -> Select:
    return (
        select(Idea.id, Idea.title, IdeaScore.n_support, Promotion.at,
               newest_return(Return.at, Idea.id).label("returned_at"))
        .join(Promotion, Promotion.idea_id == Idea.id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
        .where(waits_for(viewer))
        .order_by(Promotion.at, Idea.id)
    )  # fmt: skip


def _promoted_at(number: int) -> datetime | None:
    return db.session.scalar(select(Promotion.at).where(Promotion.idea_id == number)) if number <= NUMBER_MAX else None


def _later(at: datetime, number: int) -> ColumnElement[bool]:
    """The condition for what was promoted after this idea."""
    return and_(Promotion.at >= at, or_(Promotion.at > at, Idea.id > number))


def _answerable(viewer: Viewer) -> Any:
    return and_(visible_to(viewer), said_within(viewer, viewer.scope(Role.EXECUTIVE)))


def _brief(viewer: Viewer) -> Select:
    author = aliased(Person)
    sites = select(func.count()).select_from(Place).where(Place.kind == PlaceKind.SITE).scalar_subquery()
    columns = (
        Idea.id, Idea.kind, Idea.barrier, Idea.stage, Idea.title, Idea.say, Idea.names, Idea.origin_label, Idea.said_at,
        author.name.label("author"), Promotion.at, Promotion.line, IdeaScore.n_support, IdeaScore.n_pass,
        IdeaScore.n_stop, IdeaScore.n_team, IdeaScore.n_site, IdeaScore.evidence, sites.label("sites_in_all"),
        sums_column(Idea.id), *hour_columns(), newest_return(Return.at, Idea.id).label("returned_at"),
        newest_return(Return.voices, Idea.id).label("returned_voices"),
        IdeaScore.s, IdeaScore.d, unanswered_count().label("unanswered"), stop_teams().label("stop_teams"),
    )  # fmt: skip
    return (
        select(*columns)
        # Only a shown name is ever read.
        .outerjoin(author, and_(author.id == Idea.author_id, Idea.names == Names.SHOWN))
        .join(Promotion, Promotion.idea_id == Idea.id)  # before that its numbers are nobody's to see
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
        .where(_answerable(viewer))
    )


def _stops(number: int) -> list[tuple[StopReason, str]]:
    """The newest sentences of those who object; the idea is promoted, so anybody may read them."""
    said = Vote.idea_id == number, Vote.kind == VoteKind.STOP, Vote.revoked_at.is_(None), Vote.sentence != ""
    query = select(Vote.reason, Vote.sentence).where(*said).order_by(Vote.id.desc()).limit(STOPS_SHOWN)
    return [(row.reason, row.sentence) for row in db.session.execute(query)]
