"""Reading broadcasts, always through the viewer: one, the list with what came of it, one's own, those of a debrief."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import aliased

from portal.commitments import standings, wording
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, Course, day_in, standing
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.errors import Missing
from portal.frontline import broadcast_rules as rules
from portal.frontline.broadcast_hearers import asks, meant_for
from portal.frontline.broadcast_models import Acknowledgement, Broadcast
from portal.frontline.broadcast_rules import BroadcastState
from portal.frontline.broadcasts import state_of
from portal.frontline.debrief_models import Debrief, DebriefAnswer
from portal.frontline.words import Acknowledged, DebriefQuestion, LinkedAction
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Stage
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

PAGE, OWN_MAX = 20, 20
RUNS = (Role.EXECUTIVE, Role.PROGRAMME)  # read what is told below their node
CAME = {
    Stage.OPEN: "Colleagues are weighing in.",
    Stage.PROMOTED: "It waits for an answer from the executives.",
    Stage.PROMISED: "It was promised.",
    Stage.DELIVERED: "It is done, and waits for a second look.",
    Stage.DONE: "It is done.",
    Stage.DECLINED: "It was declined, with a reason.",
    Stage.MERGED: "It joined another idea.",
}


@dataclass(frozen=True)
class BroadcastView:
    """A broadcast for one viewer. at: when it was told, confirmed or changed last, as far as it has got.

    idea, promise: numbers of what its action leads to, None where the viewer may not read that; came: what came of it
    so far, or empty. asked: the viewer was told and may answer; said, said_words: what they answered.
    """

    number: int
    title: str
    words: str
    by_id: int
    by: str
    mine: bool
    place: str
    place_id: int
    kind: PlaceKind
    action: LinkedAction
    idea: int | None
    idea_title: str
    idea_open: bool
    promise: int | None
    promise_sentence: str
    came: str
    state: BroadcastState
    at: datetime
    changed_at: datetime
    sends_at: datetime | None
    told_at: datetime | None
    hearers: int
    debrief: int | None
    asked: bool
    said: Acknowledged | None
    said_words: str
    runs: bool

    @property
    def reading(self) -> str:
        """How long it takes to read, in words."""
        return rules.reading_words(self.words)


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Broadcast` joined with `Place` for what the viewer may read.

    One's own, whatever its state; what is told to people where one works; for executives and programme, what is told
    below their node. Nobody else reads any before it is told.
    """
    below = (Place.path.startswith(path, autoescape=True) for path in viewer.scope(*RUNS))
    return or_(Broadcast.by_id == viewer.id, and_(Broadcast.telling_at.is_not(None), or_(meant_for(viewer), *below)))


def broadcast_for(viewer: Viewer, number: int) -> Broadcast:
    """The broadcast with this number, as far as the viewer may read it; raises Missing otherwise."""
    query = select(Broadcast).join(Place, Place.id == Broadcast.place_id).where(Broadcast.id == _held(number))
    found = db.session.scalar(query.where(readable(viewer)).execution_options(populate_existing=True))
    if found is None:
        raise Missing("broadcast")
    return found


def broadcast_shown(viewer: Viewer, number: int, *, now: datetime) -> BroadcastView:
    """One broadcast with what came of it; raises Missing."""
    rows = db.session.execute(_views(viewer).where(Broadcast.id == _held(number))).all()
    if not rows:
        raise Missing("broadcast")
    return _shown(viewer, rows, now)[0]


def broadcasts_page(
    viewer: Viewer, *, now: datetime, waiting: bool | None = None, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[BroadcastView], str | None]:
    """What was told, the newest first, with what came of it; with `waiting` only what the viewer has (not) answered."""
    query = _views(viewer).where(Broadcast.telling_at.is_not(None))
    if waiting is not None:
        open_ = and_(asks(viewer), Acknowledgement.id.is_(None))
        query = query.where(open_ if waiting else ~open_)
    if after := decode_cursor(cursor, Wide, int):
        at = from_micros(after[0])
        earlier = Broadcast.confirmed_at < at, and_(Broadcast.confirmed_at == at, Broadcast.id < after[1])
        query = query.where(or_(*earlier))
    rows = db.session.execute(query.order_by(Broadcast.confirmed_at.desc(), Broadcast.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (to_micros(row.Broadcast.confirmed_at), row.Broadcast.id))
    return _shown(viewer, page, now), following


def own_unsent(viewer: Viewer, *, now: datetime) -> list[BroadcastView]:
    """The viewer's drafts and what nobody has heard yet, the newest first; no more than `OWN_MAX`."""
    mine = Broadcast.by_id == viewer.id, Broadcast.telling_at.is_(None), Broadcast.taken_back_at.is_(None)
    query = _views(viewer).where(*mine).order_by(Broadcast.id.desc()).limit(OWN_MAX)
    return _shown(viewer, db.session.execute(query).all(), now)


def own_broadcast(viewer: Viewer, number: int) -> Broadcast:
    """A broadcast of the viewer's own; raises Missing for anybody else's."""
    found = broadcast_for(viewer, number)
    if found.by_id != viewer.id:
        raise Missing("broadcast")
    return found


def own_draft(viewer: Viewer, number: int) -> Broadcast:
    """A draft of the viewer's own; raises Missing, and Conflict where it has been confirmed."""
    found = own_broadcast(viewer, number)
    if refusal := rules.change_refusal(mine=True, state=state_of(found)):
        raise refusal.as_error()
    return found


def told_in(viewer: Viewer, week: str) -> bool:
    """True if the viewer has confirmed one in this week already."""
    mine = Broadcast.by_id == viewer.id, Broadcast.week == week, Broadcast.taken_back_at.is_(None)
    return db.session.scalar(select(Broadcast.id).where(*mine)) is not None


def surprises_of(viewer: Viewer, debrief_id: int) -> str:
    """What surprised the viewer on a shift, as they wrote it down; empty for a debrief that is not theirs."""
    query = select(DebriefAnswer.words).join(Debrief, Debrief.id == DebriefAnswer.debrief_id)
    mine = Debrief.id == _held(debrief_id), Debrief.person_id == viewer.id
    asked = query.where(*mine, DebriefAnswer.question == DebriefQuestion.SURPRISED).order_by(DebriefAnswer.place)
    return "\n\n".join(db.session.scalars(asked))


def broadcasts_of_debrief(debrief_id: int) -> list[Broadcast]:
    """What was told everybody after a shift, the oldest first; drafts and what was taken back are left out."""
    told = Broadcast.debrief_id == debrief_id, Broadcast.confirmed_at.is_not(None), Broadcast.taken_back_at.is_(None)
    return list(db.session.scalars(select(Broadcast).where(*told).order_by(Broadcast.confirmed_at, Broadcast.id)))


def _held(number: int) -> int:
    return number if 0 < number < 2**31 else 0


def _views(viewer: Viewer) -> Select:
    owner = aliased(Person)
    mine = and_(Acknowledgement.broadcast_id == Broadcast.id, Acknowledgement.person_id == viewer.id)
    standing_one = and_(Broadcast.commitment_id.is_(None), Commitment.idea_id == Idea.id,
                        Commitment.state != CommitmentState.HANDED_BACK)  # fmt: skip
    promise = and_(Idea.id.is_not(None), or_(Commitment.id == Broadcast.commitment_id, standing_one))
    return (
        select(
            Broadcast, Place.name.label("place"), Place.kind, Place.path, Person.name.label("by"),
            Idea.id.label("idea"), Idea.title.label("idea_title"), Idea.stage,
            Commitment.id.label("id"), Commitment.state, Commitment.live_from, Commitment.sentence, Commitment.due_on,
            owner.name.label("owner"), Acknowledgement.kind.label("said"), Acknowledgement.words.label("said_words"),
            asks(viewer).label("asked"),
        )
        .join(Place, Place.id == Broadcast.place_id)
        .join(Person, Person.id == Broadcast.by_id)
        .outerjoin(Idea, and_(Idea.id == Broadcast.idea_id, visible_to(viewer)))
        .outerjoin(Commitment, promise)
        .outerjoin(owner, owner.id == Commitment.owner_id)
        .outerjoin(Acknowledgement, mine)
        .where(readable(viewer))
    )  # fmt: skip


def _shown(viewer: Viewer, rows: Sequence[Row], now: datetime) -> list[BroadcastView]:
    promised = [row for row in rows if row.id is not None]
    zone = organisation_zone() if promised else "UTC"
    courses = standings.courses_of(promised, zone) if promised else {}
    today = day_in(zone, now)
    return [_view(viewer, row, courses.get(row.id), today) for row in rows]


def _view(viewer: Viewer, row: Row, course: Course | None, today: date) -> BroadcastView:
    told: Broadcast = row.Broadcast
    linked = told.action is LinkedAction.PROMISE and row.id is not None
    return BroadcastView(
        number=told.id, title=told.title, words=told.words, by_id=told.by_id, by=row.by, mine=told.by_id == viewer.id,
        place=row.place, place_id=told.place_id, kind=row.kind, action=told.action, idea=row.idea,
        idea_title=row.idea_title or "", idea_open=row.stage in (Stage.OPEN, Stage.PROMOTED, Stage.PROMISED),
        promise=row.id if linked else None, promise_sentence=row.sentence or "" if linked else "",
        came=_came(row, course, today), state=state_of(told),
        at=told.telling_at or told.confirmed_at or told.changed_at, changed_at=told.changed_at,
        sends_at=told.sends_at, told_at=told.told_at, hearers=told.hearers, debrief=told.debrief_id,
        asked=bool(row.asked), said=row.said, said_words=row.said_words or "",
        runs=viewer.holds(Role.PROGRAMME, at=row.path),
    )  # fmt: skip


def _came(row: Row, course: Course | None, today: date) -> str:
    """What came of what it leads to, as far as the viewer may read that."""
    if row.idea is None:
        return ""
    if course is None or row.id is None:
        return CAME.get(row.stage, "")
    look = wording.look(course.state, standing(course, today)).label
    return f"{look}: “{row.sentence}” {row.owner}, by {wording.day(row.due_on, today)}."
