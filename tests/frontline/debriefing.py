"""Shifts that took place, and debriefs of them, for tests."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.db import db, writing
from portal.frontline import debriefs
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.insights import Becoming
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import Attendance, BuddyState, Busy, Channel, DebriefQuestion, InsightKind, SeatState
from tests.factories import NOON, Cast
from tests.ideas.making import viewer

SURPRISED = DebriefQuestion.SURPRISED
WORDS = "Customers read the same number aloud three times in one call."
HOUR = timedelta(hours=1)


def make_shift(
    cast: Cast, person_id: int, *, starts_at: datetime = NOON - HOUR, site: str = "Leeds", buddy: int | None = None,
    state: SeatState = SeatState.BOOKED, **over: Any,
) -> int:  # fmt: skip
    """A slot with somebody's seat in it, committed; its number. buddy: agreed to host it."""
    with writing():
        slot = Slot(
            site_id=cast.places[site], zone="Europe/London", starts_at=starts_at, ends_at=starts_at + HOUR,
            queue=over.pop("queue", "Billing"), language="English", channel=Channel.CALLS, busy=Busy.USUAL, seats=2,
            taken=int(state is SeatState.BOOKED), buddy_id=buddy, briefing_needed=False, published_by_id=cast.mia,
            buddy_state=BuddyState.AGREED if buddy else BuddyState.NONE, published_at=starts_at - 7 * HOUR,
        )  # fmt: skip
        db.session.add(slot)
        db.session.flush()
        attendance = over.pop("attendance", Attendance.SIGNED_UP)
        db.session.add(SignUp(
            slot_id=slot.id, person_id=person_id, state=state, ticket=1, starts_at=slot.starts_at, ends_at=slot.ends_at,
            attendance=attendance, made_at=starts_at - 6 * HOUR, changed_at=starts_at - 6 * HOUR,
        ))  # fmt: skip
        return slot.id


def answered(
    person_id: int, shift: int, words: str = WORDS, *, question: DebriefQuestion = SURPRISED, place: int = 1,
    now: datetime = NOON,
) -> int:  # fmt: skip
    """One answer, committed; the number of its debrief."""
    who = viewer(person_id)
    with writing():
        debrief = debriefs.start(who, shift, now=now)
        debriefs.answer(who, debrief, question, words, place=place, now=now)
        return debrief.id


def turned(
    person_id: int, shift: int, kind: InsightKind, becoming: Becoming | None = None, *,
    question: DebriefQuestion = SURPRISED, place: int = 1, now: datetime = NOON,
) -> int:  # fmt: skip
    """What an answer became, committed; the number of the insight."""
    who = viewer(person_id)
    with writing():
        debrief = debriefs.start(who, shift, now=now)
        answer = debriefs.answer_at(who, debrief, question, place)
        return debriefs.turn_into(who, answer, kind, becoming, now=now).id


def finished(person_id: int, shift: int, *, now: datetime = NOON) -> None:
    """This is all, committed."""
    who = viewer(person_id)
    with writing():
        debriefs.finish(who, debriefs.start(who, shift, now=now), now=now)


def insight(number: int) -> Insight:
    """The row as it stands."""
    return db.session.get_one(Insight, number, populate_existing=True)


def insights_of(shift: int) -> list[Insight]:
    """What came of a shift, in order."""
    query = select(Insight).join(Debrief, Debrief.id == Insight.debrief_id)
    query = query.join(SignUp, SignUp.id == Debrief.sign_up_id).where(SignUp.slot_id == shift)
    return list(db.session.scalars(query.order_by(Insight.id)))
