"""Shifts that are over, as rows: what became of them is what the tests are about."""

from datetime import datetime, timedelta
from typing import Any

from portal.db import db
from portal.frontline.debrief_models import Debrief, DebriefAnswer
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import Attendance, BuddyState, Busy, Channel, DebriefQuestion, SeatState
from tests.factories import Cast


def make_slot(cast: Cast, *, at: datetime, buddy: int | None = None, seats: int = 4, **over: Any) -> Slot:
    """A window of an hour in Leeds whose buddy, if there is one, has agreed."""
    values: dict[str, Any] = {
        "site_id": cast.places["Leeds"], "zone": "Europe/London", "starts_at": at, "ends_at": at + timedelta(hours=1),
        "queue": "Billing", "language": "English", "channel": Channel.CALLS, "busy": Busy.USUAL, "seats": seats,
        "buddy_id": buddy, "buddy_state": BuddyState.AGREED if buddy else BuddyState.NONE, "briefing_needed": False,
        "published_by_id": cast.mia, "published_at": at - timedelta(days=9),
    } | over  # fmt: skip
    slot = Slot(**values)
    db.session.add(slot)
    db.session.flush()
    return slot


def sit(slot: Slot, person_id: int, attendance: Attendance = Attendance.COMPLETED, ticket: int = 1) -> SignUp:
    """Somebody had a seat in it."""
    seat = SignUp(slot_id=slot.id, person_id=person_id, state=SeatState.BOOKED, ticket=ticket, starts_at=slot.starts_at,
                  ends_at=slot.ends_at, attendance=attendance, made_at=slot.published_at,
                  changed_at=slot.ends_at)  # fmt: skip
    db.session.add(seat)
    db.session.flush()
    return seat


def write_down(seat: SignUp, *surprises: str, finished: bool = True) -> Debrief:
    """What surprised them, an hour later."""
    at = seat.ends_at + timedelta(hours=1)
    debrief = Debrief(sign_up_id=seat.id, person_id=seat.person_id, started_at=at, finished_at=at if finished else None)
    db.session.add(debrief)
    db.session.flush()
    for place, words in enumerate(surprises, 1):
        db.session.add(DebriefAnswer(debrief_id=debrief.id, question=DebriefQuestion.SURPRISED, place=place,
                                     words=words, saved_at=at))  # fmt: skip
    db.session.flush()
    return debrief
