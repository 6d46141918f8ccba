"""Writing down what a shift taught: answer by answer, what each of them becomes, and that this is all.

Whoever had the seat writes alone, from the moment the shift has started. Answers can be added after it is finished.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from portal.db import db, insert_if_new, upsert
from portal.errors import Missing
from portal.frontline import hosting, insights
from portal.frontline.debrief_models import Debrief, DebriefAnswer, Insight
from portal.frontline.debrief_rules import (
    DebriefRefusal,
    SeatFacts,
    answer_refusal,
    becoming_refusal,
    finish_refusal,
    writing_refusal,
)
from portal.frontline.insight_policy import MAY
from portal.frontline.insights import Becoming
from portal.frontline.models import SignUp
from portal.frontline.words import DebriefQuestion, InsightKind
from portal.ideas import drafts
from portal.keys import KEY_MAX
from portal.people.policy import demand
from portal.people.viewer import Viewer

LEFT_OVER = (DebriefQuestion.SURPRISED, DebriefQuestion.MADE_THEM)  # become notes where nothing else was chosen


def start(viewer: Viewer, slot_number: int, *, now: datetime) -> Debrief:
    """The debrief of the viewer's seat, begun now or earlier; twice is the same as once.

    Raises Missing where the viewer never had a seat in it, and the refusals of `writing_refusal`.
    """
    demand(MAY, "debrief.write", viewer)
    seat = seat_for_writing(viewer, slot_number, now=now)
    values = {"sign_up_id": seat.id, "person_id": viewer.id, "started_at": now}
    insert_if_new(Debrief, values, key=("sign_up_id",))
    return db.session.scalars(select(Debrief).where(Debrief.sign_up_id == seat.id)).one()


def seat_for_writing(viewer: Viewer, slot_number: int, *, now: datetime) -> SignUp:
    """The viewer's seat in this shift, if its debrief can be written now; raises as `start`."""
    mine = SignUp.slot_id == slot_number, SignUp.person_id == viewer.id
    seat = db.session.scalar(select(SignUp).where(*mine)) if 0 < slot_number <= KEY_MAX else None
    if seat is None:
        raise Missing("shift")
    if refused := writing_refusal(SeatFacts(seat.state, seat.attendance, seat.starts_at), now=now):
        raise refused.as_error()
    return seat


def answer(
    viewer: Viewer, debrief: Debrief, question: DebriefQuestion, words: str, *, place: int = 1, now: datetime
) -> DebriefAnswer:
    """Save one answer by itself, in place of what stood there; the draft of it is done with.

    Raises the refusals of `answer_refusal`; Conflict `has_become` once it has become something.
    """
    _demand_own(viewer, debrief)
    if refused := answer_refusal(question, place, words):
        raise refused.as_error()
    here = {"debrief_id": debrief.id, "question": question, "place": place}
    _refuse_if_become(_at(debrief, question, place))
    values = here | {"words": words.strip(), "saved_at": now}
    upsert(DebriefAnswer, values, key=tuple(here), update=("words", "saved_at"))
    drafts.clear(viewer.id, about_answer(_slot_of(debrief), question, place))
    saved = _at(debrief, question, place)
    assert saved is not None
    return saved


def take_out(viewer: Viewer, debrief: Debrief, question: DebriefQuestion, *, place: int = 1) -> None:
    """Take an answer out again; one that is not there is out already. Raises Conflict `has_become`."""
    _demand_own(viewer, debrief)
    drafts.clear(viewer.id, about_answer(_slot_of(debrief), question, place))
    found = _at(debrief, question, place)
    if found is None:
        return
    _refuse_if_become(found)
    # The link of something that was taken back would hold the answer.
    db.session.execute(update(Insight).where(Insight.answer_id == found.id).values(answer_id=None))
    db.session.execute(delete(DebriefAnswer).where(DebriefAnswer.id == found.id))


def turn_into(
    viewer: Viewer, answer: DebriefAnswer, kind: InsightKind, becoming: Becoming | None = None, *, now: datetime
) -> Insight:
    """Let an answer become an idea, an answer to a stop signal, a promise of one's own or a note.

    The answer's words are taken where `becoming` has none. Raises Conflict `has_become`, the refusals of
    `becoming_refusal`, and those of what it becomes (`ideas.service.say`, `stops.answer_stop`, `own_promise`).
    """
    held = select(DebriefAnswer).where(DebriefAnswer.id == answer.id).with_for_update()
    found = db.session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise Missing("answer")
    debrief = db.session.get_one(Debrief, found.debrief_id)
    _demand_own(viewer, debrief)
    _refuse_if_become(found)
    wanted = replace(becoming or Becoming(), words=(becoming.words if becoming else "") or found.words)
    if refused := becoming_refusal(found.question, kind, wanted.words, stop=wanted.stop, due_on=wanted.due_on):
        raise refused.as_error()
    return insights.make(viewer, debrief, found, kind, wanted, now=now)


def finish(viewer: Viewer, debrief: Debrief, *, now: datetime) -> Debrief:
    """This is all: everybody reads what became of it. Surprises for which nothing was chosen become notes.

    Twice is the same as once. Raises Conflict `nothing_written`.
    """
    _demand_own(viewer, debrief)
    answers = select(DebriefAnswer).where(DebriefAnswer.debrief_id == debrief.id).order_by(DebriefAnswer.id)
    found = db.session.scalars(answers.with_for_update()).all()
    if refused := finish_refusal(found):
        raise refused.as_error()
    for one in found:
        if one.question in LEFT_OVER and not _has_become(one):
            insights.make(viewer, debrief, one, InsightKind.NOTE, Becoming(one.words), now=now)
    first = Debrief.id == debrief.id, Debrief.finished_at.is_(None)
    done = db.session.execute(update(Debrief).where(*first).values(finished_at=now))
    db.session.refresh(debrief)
    if done.rowcount == 1:  # type: ignore[attr-defined]
        insights.publish(debrief, now=now)
        # A buddy who noted it themselves was not paid on that word.
        hosting.thank_the_buddy(debrief.sign_up_id, by_id=viewer.id, now=now)
    return debrief


def about_answer(slot_number: int, question: DebriefQuestion, place: int) -> str:
    """What a draft is about that will be an answer."""
    return f"debrief:{slot_number}:{question}:{place}"


def answer_at(viewer: Viewer, debrief: Debrief, question: DebriefQuestion, place: int) -> DebriefAnswer:
    """The viewer's saved answer; raises Missing."""
    found = _at(debrief, question, place) if debrief.person_id == viewer.id else None
    if found is None:
        raise Missing("answer")
    return found


def _demand_own(viewer: Viewer, debrief: Debrief) -> None:
    demand(MAY, "debrief.write", viewer)
    if debrief.person_id != viewer.id:
        raise DebriefRefusal.NO_SEAT.as_error()


def _at(debrief: Debrief, question: DebriefQuestion, place: int) -> DebriefAnswer | None:
    here = DebriefAnswer.debrief_id == debrief.id, DebriefAnswer.question == question, DebriefAnswer.place == place
    query = select(DebriefAnswer).where(*here).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _has_become(answer: DebriefAnswer) -> bool:
    standing = exists().where(Insight.answer_id == answer.id, Insight.withdrawn_at.is_(None))
    return bool(db.session.scalar(select(standing)))


def _refuse_if_become(answer: DebriefAnswer | None) -> None:
    if answer is not None and _has_become(answer):
        raise DebriefRefusal.HAS_BECOME.as_error()


def _slot_of(debrief: Debrief) -> int:
    return db.session.scalars(select(SignUp.slot_id).where(SignUp.id == debrief.sign_up_id)).one()
