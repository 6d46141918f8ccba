"""What an answer becomes: an idea, an answer to a stop signal, a promise of one's own or a note; and taking it back.

The buddy of the shift is asked whether they want to be named beside it, once everybody can read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.commitments import own_promise
from portal.commitments.models import Commitment
from portal.commitments.rules import NewPromise, day_in
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.errors import Missing
from portal.frontline import insight_search
from portal.frontline.debrief_models import Debrief, DebriefAnswer, Insight
from portal.frontline.debrief_rules import UNDO, DebriefRefusal, credit_refusal, undo_refusal
from portal.frontline.insight_policy import MAY
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import BuddyState, Credit, InsightKind
from portal.ideas import service as ideas
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import NewIdea
from portal.ideas.words import Names, StoryKind
from portal.outbox import service as outbox
from portal.people.models import Person, Place
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm import stops
from portal.swarm.models import Vote
from portal.swarm.stop_models import StopStep

CREDIT_ASKED = "frontline.credit_asked"  # payload: {"debrief": id}; one a debrief, however many insights
WITH_AN_IDEA = (InsightKind.IDEA, InsightKind.PROMISE)


@dataclass(frozen=True)
class Becoming:
    """What somebody makes of an answer. words: as everybody reads them; empty: the answer's own.

    stop: number of the stop signal that is answered. promise, due_on: one's own promise, and until when; without
    `promise` the words are the promise too.
    """

    words: str = ""
    stop: int | None = None
    promise: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class _Made:
    """What stands behind an insight."""

    idea_id: int | None = None
    commitment_id: int | None = None


def make(
    viewer: Viewer, debrief: Debrief, answer: DebriefAnswer, kind: InsightKind, wanted: Becoming, *, now: datetime
) -> Insight:
    """Write the insight and what it becomes. Call it through `debriefs.turn_into`, with the answer held."""
    slot = _slot(debrief)
    made = _MAKERS[kind](viewer, slot, wanted, now)
    buddy_id = _buddy(slot, viewer)
    # What was taken back before lets go of the answer.
    db.session.execute(update(Insight).where(Insight.answer_id == answer.id).values(answer_id=None))
    insight = Insight(
        debrief_id=debrief.id, answer_id=answer.id, by_id=viewer.id, kind=kind, words=wanted.words.strip(),
        idea_id=made.idea_id, commitment_id=made.commitment_id, buddy_id=buddy_id,
        credit=Credit.ASKED if buddy_id else Credit.NOT_ASKED, made_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(insight)
    except IntegrityError as error:  # the lock on the answer makes it rare, the constraint certain
        raise DebriefRefusal.HAS_BECOME.as_error() from error
    if kind is InsightKind.STOP_ANSWER:
        _answer_stop(viewer, insight, wanted, now=now)
    if debrief.finished_at is not None:
        insight_search.index(insight.id)
        _tell(insight, slot, now=now)
        _ask_buddy(debrief, [insight], now=now)
    return insight


def publish(debrief: Debrief, *, now: datetime) -> None:
    """Everybody reads it now: ideas say where they come from, and the buddy is asked."""
    slot = _slot(debrief)
    standing = Insight.debrief_id == debrief.id, Insight.withdrawn_at.is_(None)
    found = db.session.scalars(select(Insight).where(*standing).order_by(Insight.id)).all()
    for insight in found:
        insight_search.index(insight.id)
        _tell(insight, slot, now=now)
    _ask_buddy(debrief, found, now=now)


def withdraw(viewer: Viewer, insight: Insight, *, now: datetime) -> None:
    """Take back what an answer became, and with it the idea or the promise; the answer itself stays.

    Raises Missing for anybody else's, the refusals of `undo_refusal`, and those of taking an idea back.
    """
    demand(MAY, "insight.withdraw", viewer)
    if insight.by_id != viewer.id:
        raise Missing("insight")
    taken_back = insight.withdrawn_at is not None
    if refused := undo_refusal(insight.kind, insight.made_at, withdrawn=taken_back, now=now):
        raise refused.as_error()
    standing = Insight.id == insight.id, Insight.withdrawn_at.is_(None)
    done = db.session.execute(update(Insight).where(*standing).values(withdrawn_at=now, answer_id=None))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DebriefRefusal.TAKEN_BACK.as_error()
    insight_search.index(insight.id)
    if insight.kind is InsightKind.PROMISE:
        own_promise.take_back(viewer, db.session.get_one(Commitment, insight.commitment_id), now=now)
    if insight.kind in WITH_AN_IDEA:
        ideas.withdraw(viewer, db.session.get_one(Idea, insight.idea_id, populate_existing=True), now=now)
    db.session.expire(insight)


def answer_credit(viewer: Viewer, insight: Insight, *, wanted: bool, now: datetime) -> None:
    """The buddy says whether they want to be named beside it; they may change their mind at any time.

    Raises the refusals of `credit_refusal`.
    """
    demand(MAY, "insight.credit", viewer)
    own = insight.buddy_id == viewer.id
    if refused := credit_refusal(own=own, withdrawn=insight.withdrawn_at is not None):
        raise refused.as_error()
    credit = Credit.ACCEPTED if wanted else Credit.DECLINED
    standing = Insight.id == insight.id, Insight.withdrawn_at.is_(None)
    if db.session.execute(update(Insight).where(*standing).values(credit=credit)).rowcount != 1:  # type: ignore[attr-defined]
        raise DebriefRefusal.TAKEN_BACK.as_error()
    db.session.expire(insight)


def _say(viewer: Viewer, slot: Slot, words: str, now: datetime) -> Idea:
    """An idea about the site where it was heard, under the executive's own name."""
    return ideas.say(viewer, NewIdea(words, names=Names.SHOWN, site_id=slot.site_id), now=now)


def _idea(viewer: Viewer, slot: Slot, wanted: Becoming, now: datetime) -> _Made:
    return _Made(_say(viewer, slot, wanted.words, now).id)


def _promise(viewer: Viewer, slot: Slot, wanted: Becoming, now: datetime) -> _Made:
    assert wanted.due_on is not None
    if not own_promise.can_promise(viewer):
        raise DebriefRefusal.CANNOT_PROMISE.as_error()
    idea = _say(viewer, slot, wanted.words, now)
    new = NewPromise(wanted.promise.strip() or wanted.words, wanted.due_on)
    today = day_in(organisation_zone(), now)
    made = own_promise.make(viewer, idea, new, today=today, now=now, told_after=UNDO)
    return _Made(idea.id, made.id)


def _stop(viewer: Viewer, slot: Slot, wanted: Becoming, now: datetime) -> _Made:
    idea_id = db.session.scalar(select(Vote.idea_id).where(Vote.id == wanted.stop))
    if idea_id is None:
        raise Missing("stop signal")
    return _Made(idea_id)  # answered once the insight has its number, so that the story can name it


def _note(viewer: Viewer, slot: Slot, wanted: Becoming, now: datetime) -> _Made:
    return _Made()


_MAKERS = {
    InsightKind.IDEA: _idea, InsightKind.STOP_ANSWER: _stop, InsightKind.PROMISE: _promise, InsightKind.NOTE: _note,
}  # fmt: skip


def _answer_stop(viewer: Viewer, insight: Insight, wanted: Becoming, *, now: datetime) -> None:
    assert wanted.stop is not None
    stops.answer_stop(viewer, wanted.stop, wanted.words, now=now, about={"insight": insight.id})
    newest = select(StopStep.id).where(StopStep.vote_id == wanted.stop).order_by(StopStep.number.desc()).limit(1)
    insight.stop_step_id = db.session.scalars(newest).one()
    db.session.flush()


def _slot(debrief: Debrief) -> Slot:
    query = select(Slot).join(SignUp, SignUp.slot_id == Slot.id).where(SignUp.id == debrief.sign_up_id)
    return db.session.scalars(query).one()


def _buddy(slot: Slot, viewer: Viewer) -> int | None:
    """Whoever agreed to host the shift, if they still work here."""
    if slot.buddy_id is None or slot.buddy_id == viewer.id or slot.buddy_state is not BuddyState.AGREED:
        return None
    working = select(Person.id).where(Person.id == slot.buddy_id, Person.deactivated_at.is_(None))
    return db.session.scalar(working)


def _tell(insight: Insight, slot: Slot, *, now: datetime) -> None:
    """The idea's story says where it comes from. An answer to a stop signal has a step already, for those who know."""
    if insight.kind not in WITH_AN_IDEA or insight.idea_id is None:
        return
    site = db.session.scalar(select(Place.name).where(Place.id == slot.site_id))
    facts = {"insight": insight.id, "site": site, "queue": slot.queue}
    if insight.commitment_id is not None:
        facts["commitment"] = insight.commitment_id
    story.record(insight.idea_id, StoryKind.FROM_A_SHIFT, now=now, actor_id=insight.by_id, facts=facts)
    db.session.flush()


def _ask_buddy(debrief: Debrief, found: Sequence[Insight], *, now: datetime) -> None:
    if any(insight.credit is Credit.ASKED for insight in found):
        key = f"{CREDIT_ASKED}:{debrief.id}:{found[0].id}"
        outbox.emit(CREDIT_ASKED, {"debrief": debrief.id}, now=now, unique_key=key)
