"""Reading what waits for an executive's answer, always through the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.commitments.scope import said_within
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Barrier, Kind, Names, Stage
from portal.keys import KEY_MAX
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.swarm.alarm_queries import AlarmLine, alarms_of
from portal.swarm.line import contested
from portal.swarm.models import IdeaScore, Promotion
from portal.swarm.occurrence_cost import Figures, from_text
from portal.swarm.occurrence_queries import hour_columns, hour_of, sums_column
from portal.swarm.occurrence_wording import Hour
from portal.swarm.rules import StopReason
from portal.swarm.stop_queries import stop_teams, unanswered_count
from portal.triage import clock_queries
from portal.triage.again_models import Return
from portal.triage.again_queries import newest_return
from portal.triage.again_rules import Because
from portal.triage.assessments import Noted
from portal.triage.models import Question
from portal.triage.moves_models import Alike
from portal.triage.voices import voices_of
from portal.web.paging import COUNTED_TO, bad_cursor, cut, decode_cursor

QUEUE_SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """A promoted idea in the queue. promoted_at: since when it waits; after *Ask again*, since it came back."""

    number: int
    title: str
    people: int
    promoted_at: datetime
    asked_until: datetime | None = None  # something was asked back, and this is when it must be answered
    owed: Any = None  # what `clock_from` reads: who owes the answer by when
    carried: bool = False  # by a representative, outside the quorum


@dataclass(frozen=True)
class Queue:
    """What waits for this executive, longest first. following: the cursor of what is not shown, or None."""

    entries: Sequence[Waiting]
    following: str | None = None


@dataclass(frozen=True)
class Asked:
    """What was asked back. expert: the name; None: the author, who may be anybody."""

    number: int
    words: str
    expert: str | None
    reply_by: datetime
    answer: str
    answered_at: datetime | None


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
    returned_because: Because | None
    returned_fact: str | None
    unanswered: int
    contested: Sequence[tuple[StopReason, int]]  # the reasons with how many give each; empty where it is not
    alarms: Sequence[AlarmLine]
    hard: Sequence[tuple[int, StopReason, str]]  # (number, reason, words) of harm or law, answered by nobody
    supporting: tuple[str, str] | None  # (words, who): a colleague who builds on it
    alike: Sequence[tuple[int, str, float]]  # (number, title, likeness) of what it could join, the likest first
    question: Asked | None
    own_note: Noted | None
    notes: Sequence[Noted]  # of others, once the viewer has noted their own or it is answered
    author_known: bool  # somebody is stored as its author, so that they can be asked
    site_id: int | None
    owed: Any = None  # what `clock_from` reads: who owes the answer by when
    carried: tuple[str, str] | None = None  # (words, who) of the representative who put it here, outside the quorum
    spoken: Sequence[tuple[str, str]] = ()  # (words, who) of representatives

    @property
    def waits_since(self) -> datetime:
        """From when its time for an answer counts."""
        return self.returned_at or self.promoted_at


def queue(viewer: Viewer, *, after: str | None = None) -> Queue:
    """Promoted ideas that the viewer may answer, the oldest promotion first. Raises Invalid `bad_cursor`."""
    entries, following = waiting_page(viewer, limit=QUEUE_SHOWN, cursor=after)
    if after and not entries:  # answered meanwhile
        entries, following = waiting_page(viewer, limit=QUEUE_SHOWN, cursor=None)
    return Queue(entries, following)


def waiting_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[list[Waiting], str | None]:
    """A page of what waits for this executive, the oldest promotion first. Raises Invalid `bad_cursor`."""
    query = clock_queries.joined(_waiting(viewer)).add_columns(*clock_queries.columns())
    after = decode_cursor(cursor, int)
    if after:
        if not 0 < after[0] <= KEY_MAX:
            raise bad_cursor()
        query = query.where(_later(_promotion_of(after[0]), after[0]))
    rows = db.session.execute(query.limit(limit + 1)).all()
    if after and not rows and db.session.scalar(select(_promotion_of(after[0]))) is None:
        raise bad_cursor()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return [
        Waiting(row.id, row.title, row.n_support or 0, row.returned_at or row.at, row.asked_until, row, row.carried)
        for row in page
    ], following


def next_of(viewer: Viewer, number: int, *, now: datetime) -> int | None:
    """The idea that waits behind this one, else the one that has waited longest.

    Never one about which something was asked, as long as it may still be answered.
    """
    asked = select(Question.id).where(Question.idea_id == Idea.id, Question.undone_at.is_(None),
                                      Question.answered_at.is_(None), Question.reply_by > now)  # fmt: skip
    others = _waiting(viewer).where(Idea.id != number, ~asked.exists())
    behind = db.session.scalars(others.where(_later(_promotion_of(number), number)).limit(1)).first()
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
    found = db.session.scalar(query) if number <= KEY_MAX else None
    if found is None:
        raise Missing("idea")
    return found


def brief_if_any(viewer: Viewer, number: int) -> Brief | None:
    """The brief of an idea that is the viewer's to answer; None where it never passed the line. Raises Missing."""
    answerable(viewer, number)
    try:
        return brief(viewer, number)
    except Missing:
        return None


def brief(viewer: Viewer, number: int) -> Brief:
    """Everything an executive reads before answering; raises Missing where it is not theirs or was never promoted."""
    row = db.session.execute(_brief(viewer).where(Idea.id == number)).one_or_none() if number <= KEY_MAX else None
    if row is None:
        raise Missing("idea")
    name = row.author if row.names is Names.SHOWN and row.author else row.origin_label
    said = voices_of(viewer, row)
    return Brief(
        number=row.id, kind=row.kind, barrier=row.barrier, stage=row.stage, title=row.title, say=row.say, byline=name,
        said_at=row.said_at, promoted_at=row.at, people=row.n_support or 0, teams=row.n_team or 0,
        sites=row.n_site or 0, sites_in_all=row.sites_in_all,
        decided=(row.n_support or 0) + (row.n_pass or 0) + (row.n_stop or 0), open_stops=row.n_stop or 0,
        evidence=row.evidence or 0.0, line=row.line or 0.0, stops=said.stops,
        occurrences=from_text(row.occurrence_facts), hour=hour_of(row), returned_at=row.returned_at,
        returned_voices=row.returned_voices, returned_because=row.returned_because, returned_fact=row.returned_fact,
        unanswered=row.unanswered, alarms=alarms_of(number),
        contested=said.reasons if contested(row.stop_teams, row.s or 0.0, row.d or 0.0) else (),
        hard=said.hard, supporting=said.supporting, alike=said.alike, question=_asked(row), own_note=said.own_note,
        notes=said.notes, author_known=row.author_known, site_id=row.site_id, owed=row, carried=said.carried,
        spoken=said.spoken,
    )  # fmt: skip


def waits_for(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for what waits for this viewer's answer."""
    return and_(_answerable(viewer), Idea.stage == Stage.PROMOTED)


def _waiting(viewer: Viewer) -> Select:
    asked = select(Question.reply_by).where(Question.idea_id == Idea.id, Question.undone_at.is_(None),
                                            Question.answered_at.is_(None)).correlate(Idea)  # fmt: skip
    return (
        select(Idea.id, Idea.title, IdeaScore.n_support, Promotion.at,
               newest_return(Return.at, Idea.id).label("returned_at"), asked.scalar_subquery().label("asked_until"),
               Idea.carried)
        .join(Promotion, Promotion.idea_id == Idea.id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
        .where(waits_for(viewer))
        .order_by(Promotion.at, Idea.id)
    )  # fmt: skip


def _promotion_of(number: int) -> ScalarSelect[datetime]:
    other = aliased(Promotion)
    return select(other.at).where(other.idea_id == number).scalar_subquery()


def _later(at: Any, number: int) -> ColumnElement[bool]:
    """The condition for what was promoted after this idea."""
    return and_(Promotion.at >= at, or_(Promotion.at > at, Idea.id > number))


def _answerable(viewer: Viewer) -> Any:
    return and_(visible_to(viewer), said_within(viewer, viewer.scope(Role.EXECUTIVE)))


def _brief(viewer: Viewer) -> Select:
    author, expert = aliased(Person), aliased(Person)
    sites = select(func.count()).select_from(Place).where(Place.kind == PlaceKind.SITE).scalar_subquery()
    columns = (
        Idea.id, Idea.kind, Idea.barrier, Idea.stage, Idea.title, Idea.say, Idea.names, Idea.origin_label, Idea.said_at,
        author.name.label("author"), Promotion.at, Promotion.line, IdeaScore.n_support, IdeaScore.n_pass,
        IdeaScore.n_stop, IdeaScore.n_team, IdeaScore.n_site, IdeaScore.evidence, sites.label("sites_in_all"),
        sums_column(Idea.id), *hour_columns(), newest_return(Return.at, Idea.id).label("returned_at"),
        newest_return(Return.voices, Idea.id).label("returned_voices"),
        newest_return(Return.because, Idea.id).label("returned_because"),
        newest_return(Return.fact, Idea.id).label("returned_fact"),
        Idea.audience, Idea.employer_id, Idea.site_id, Idea.carried, Idea.author_id.is_not(None).label("author_known"),
        Question.id.label("question_id"), Question.words.label("question"), Question.reply_by, Question.answer,
        Question.answered_at, expert.name.label("expert"), Alike.others,
        IdeaScore.s, IdeaScore.d, unanswered_count().label("unanswered"), stop_teams().label("stop_teams"),
    )  # fmt: skip
    return clock_queries.joined(
        select(*columns, *clock_queries.columns())
        # Only a shown name is ever read.
        .outerjoin(author, and_(author.id == Idea.author_id, Idea.names == Names.SHOWN))
        .join(Promotion, Promotion.idea_id == Idea.id)  # before that its numbers are nobody's to see
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
        .outerjoin(Question, and_(Question.idea_id == Idea.id, Question.undone_at.is_(None)))
        .outerjoin(expert, expert.id == Question.expert_id)
        .outerjoin(Alike, Alike.idea_id == Idea.id)
        .where(_answerable(viewer))
    )


def _asked(row: Row) -> Asked | None:
    if row.question_id is None:
        return None
    return Asked(row.question_id, row.question, row.expert, row.reply_by, row.answer, row.answered_at)
