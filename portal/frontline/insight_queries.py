"""Reading what executives learned at the frontline: everybody does once the debrief is finished.

What answered a stop signal is read by those alone who may know of the signal, and what became an idea by those who
may read the idea. The buddy's name is read only where they said yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, PromisedDate
from portal.commitments.rules import CommitmentState, Course, NamedDate, Standing, day_in, standing
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.errors import Missing
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.insight_words import STAGES, Became, became, words_of
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import Credit, InsightKind
from portal.ideas.models import Idea
from portal.ideas.queries import MODERATES, visible_to
from portal.ideas.words import Stage
from portal.keys import KEY_MAX
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.swarm.models import Vote
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_queries import may_be_read_by
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

PAGE = 20
OFFERED_MOST = 100  # executives and queues in the filters
BY, BUDDY = aliased(Person, name="writer"), aliased(Person, name="host")


@dataclass(frozen=True)
class Wanted:
    """What a list of insights is narrowed to. text: every word of it is in the insight, its promise or its idea."""

    text: str = ""
    site_id: int | None = None
    queue: str | None = None
    kind: InsightKind | None = None
    by_id: int | None = None
    became: Became | None = None


@dataclass(frozen=True)
class InsightLine:
    """An insight as everybody reads it. buddy: only where they want to be named. stop: number of the signal."""

    number: int
    slot: int
    kind: InsightKind
    words: str
    by_id: int
    by: str
    site_id: int
    site: str
    queue: str
    shift_at: datetime
    zone: str
    made_at: datetime
    idea: int | None
    title: str | None
    stage: Stage | None
    promise: int | None
    sentence: str | None
    due_on: date | None
    stop: int | None
    buddy: str | None
    mine: bool
    hosted: bool  # whoever looks hosted the shift
    credit: Credit
    hidden: bool

    @property
    def became(self) -> Became:
        """Where what came of it stands."""
        return became(self.stage)


@dataclass(frozen=True)
class PromisedThen:
    """What somebody promised after an earlier shift. number: of the promise."""

    number: int
    words: str
    due_on: date
    standing: Standing


def insight_for(viewer: Viewer, number: int) -> Insight:
    """The insight with this number, as far as the viewer may read it; raises Missing otherwise."""
    query = _joined(select(Insight)).where(Insight.id == number, readable(viewer))
    within = 0 < number <= KEY_MAX
    found = db.session.scalar(query.execution_options(populate_existing=True)) if within else None
    if found is None:
        raise Missing("insight")
    return found


def line_of(viewer: Viewer, number: int) -> InsightLine:
    """The same as a line; raises Missing."""
    query = _lines(viewer).where(Insight.id == number)
    row = db.session.execute(query).one_or_none() if 0 < number <= KEY_MAX else None
    if row is None:
        raise Missing("insight")
    return _line(row, viewer)


def insights_page(
    viewer: Viewer, wanted: Wanted, *, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[InsightLine], str | None]:
    """Insights that the viewer may read, the newest first; one statement. Raises Invalid `bad_cursor`."""
    query = _lines(viewer).where(*_narrowed(wanted), Debrief.finished_at.is_not(None))
    if after := decode_cursor(cursor, Wide, int):
        moment = from_micros(after[0])
        query = query.where(or_(Insight.made_at < moment, and_(Insight.made_at == moment, Insight.id < after[1])))
    query = query.order_by(Insight.made_at.desc(), Insight.id.desc()).limit(limit + 1)
    rows, following = cut(db.session.execute(query).all(), limit, lambda row: (to_micros(row.made_at), row.id))
    return [_line(row, viewer) for row in rows], following


def of_debrief(viewer: Viewer, debrief_id: int) -> list[InsightLine]:
    """What the answers of one debrief became, in order."""
    query = _lines(viewer).where(Insight.debrief_id == debrief_id).order_by(Insight.id)
    return [_line(row, viewer) for row in db.session.execute(query)]


def credits_page(
    viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[InsightLine], str | None]:
    """What came of shifts that the viewer hosted, the newest first: they say whether they want to be named."""
    query = _lines(viewer).where(Insight.buddy_id == viewer.id, Debrief.finished_at.is_not(None))
    if after := decode_cursor(cursor, int):
        query = query.where(Insight.id < after[0])
    rows = db.session.execute(query.order_by(Insight.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return [_line(row, viewer) for row in page], following


def is_asked(viewer: Viewer) -> bool:
    """True for whoever hosted a shift of which something came."""
    mine = Insight.buddy_id == viewer.id, Insight.withdrawn_at.is_(None), Debrief.finished_at.is_not(None)
    query = select(Insight.id).join(Debrief, Debrief.id == Insight.debrief_id).where(*mine).limit(1)
    return db.session.scalar(query) is not None


def writers() -> Sequence[Row[int, str]]:
    """(id, name) of everybody whose insights can be read, by name."""
    finished = select(Debrief.person_id).where(Debrief.finished_at.is_not(None))
    query = select(Person.id, Person.name).where(Person.id.in_(finished))
    return db.session.execute(query.order_by(Person.name, Person.id).limit(OFFERED_MOST)).all()


def queues() -> Sequence[str]:
    """The queues from which insights can be read."""
    query = select(Slot.queue).join(SignUp, SignUp.slot_id == Slot.id).join(Debrief, Debrief.sign_up_id == SignUp.id)
    finished = query.where(Debrief.finished_at.is_not(None)).distinct()
    return db.session.scalars(finished.order_by(Slot.queue).limit(OFFERED_MOST)).all()


def promised_last_time(person_id: int, *, before: datetime) -> list[PromisedThen]:
    """What somebody promised in their last debrief before a moment that held a promise, by its day."""
    theirs = Insight.by_id == person_id, Insight.commitment_id.is_not(None), Insight.withdrawn_at.is_(None)
    last = select(Insight.debrief_id).where(*theirs, Insight.made_at < before)
    last = last.order_by(Insight.made_at.desc(), Insight.id.desc()).limit(1)
    query = select(Commitment).join(Insight, Insight.commitment_id == Commitment.id)
    query = query.where(*theirs, Insight.debrief_id == last.scalar_subquery())
    found = db.session.scalars(query.where(Commitment.state != CommitmentState.HANDED_BACK)).all()
    zone = organisation_zone()
    today, dates = day_in(zone, before), _dates([one.id for one in found], zone)
    then = [
        PromisedThen(one.id, one.sentence, one.due_on, standing(Course(one.state, dates[one.id], one.live_from), today))
        for one in found
    ]
    return sorted(then, key=lambda one: (one.due_on, one.number))


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Insight` joined with `Debrief` and (outer) `Idea`."""
    signal = select(StopStep.id).join(Vote, Vote.id == StopStep.vote_id).where(StopStep.id == Insight.stop_step_id)
    known = signal.where(may_be_read_by(viewer)).correlate(Insight, Idea).exists()
    return and_(
        Insight.withdrawn_at.is_(None),
        # What answered a stop signal is public from that moment.
        or_(Debrief.finished_at.is_not(None), Insight.by_id == viewer.id, Insight.stop_step_id.is_not(None)),
        or_(Insight.idea_id.is_(None), visible_to(viewer)),
        or_(Insight.stop_step_id.is_(None), Insight.by_id == viewer.id, known),
        or_(Insight.hidden_at.is_(None), Insight.by_id == viewer.id, moderated_by(viewer)),
    )


def moderated_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Debrief` for shifts at sites for which the viewer moderates."""
    paths = viewer.scope(*MODERATES)
    if f"/{viewer.organisation_id}/" in paths:
        return true()
    below = or_(false(), *(Place.path.startswith(path, autoescape=True) for path in paths))
    there = select(SignUp.id).join(Slot, Slot.id == SignUp.slot_id).join(Place, Place.id == Slot.site_id).where(below)
    return Debrief.sign_up_id.in_(there)


def _dates(numbers: list[int], zone: str) -> dict[int, list[NamedDate]]:
    found: dict[int, list[NamedDate]] = {number: [] for number in numbers}
    named = select(PromisedDate.commitment_id, PromisedDate.due_on, PromisedDate.set_at)
    for row in db.session.execute(named.where(PromisedDate.commitment_id.in_(numbers)).order_by(PromisedDate.id)):
        found[row.commitment_id].append(NamedDate(row.due_on, day_in(zone, row.set_at)))
    return found


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    pairs = (
        (wanted.site_id, Slot.site_id), (wanted.queue, Slot.queue), (wanted.kind, Insight.kind),
        (wanted.by_id, Insight.by_id),
    )  # fmt: skip
    found: list[ColumnElement[bool]] = [column == value for value, column in pairs if value is not None]
    if wanted.became is not None:
        stages = STAGES[wanted.became]
        found.append(Idea.stage.in_(stages) if stages else Insight.idea_id.is_(None))
    texts = Insight.words, Commitment.sentence, Idea.title
    found += [or_(*(text.icontains(word, autoescape=True) for text in texts)) for word in words_of(wanted.text)]
    return found


def _joined(query: Select) -> Select:
    return query.join(Debrief, Debrief.id == Insight.debrief_id).outerjoin(Idea, Idea.id == Insight.idea_id)


def _lines(viewer: Viewer) -> Select:
    columns = (
        Insight.id, SignUp.slot_id, Insight.kind, Insight.words, Insight.by_id, BY.name.label("by"), Slot.site_id,
        Place.name.label("site"), Slot.queue, Slot.starts_at, Slot.zone, Insight.made_at, Insight.idea_id, Idea.title,
        Idea.stage, Insight.commitment_id, Commitment.sentence, Commitment.due_on, StopStep.vote_id,
        BUDDY.name.label("buddy"), Insight.buddy_id, Insight.credit,
        Insight.hidden_at,
    )  # fmt: skip
    query = (
        _joined(select(*columns).select_from(Insight))
        .join(SignUp, SignUp.id == Debrief.sign_up_id)
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Place, Place.id == Slot.site_id)
        .join(BY, BY.id == Insight.by_id)
        .outerjoin(Commitment, Commitment.id == Insight.commitment_id)
        .outerjoin(StopStep, StopStep.id == Insight.stop_step_id)
        # Only a name that its bearer wants to be read is ever read.
        .outerjoin(BUDDY, and_(BUDDY.id == Insight.buddy_id, Insight.credit == Credit.ACCEPTED))
    )
    return query.where(readable(viewer))


def _line(row: Row, viewer: Viewer) -> InsightLine:
    return InsightLine(
        number=row.id, slot=row.slot_id, kind=row.kind, words=row.words, by_id=row.by_id, by=row.by,
        site_id=row.site_id, site=row.site, queue=row.queue, shift_at=row.starts_at, zone=row.zone,
        made_at=row.made_at, idea=row.idea_id, title=row.title, stage=row.stage, promise=row.commitment_id,
        sentence=row.sentence, due_on=row.due_on, stop=row.vote_id, buddy=row.buddy, mine=row.by_id == viewer.id,
        hosted=row.buddy_id == viewer.id, credit=row.credit,
        hidden=row.hidden_at is not None,
    )  # fmt: skip
