"""Slots, people who may take a seat, and what stands in the database, for tests about seats."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.db import db, writing
from portal.frontline import seats
from portal.frontline.models import Briefing, SeatStep, SignUp, Slot
from portal.frontline.words import BuddyState, Busy, Channel, SeatState, SeatStepKind
from portal.people import service as people
from portal.people.models import Place
from portal.people.roles import Role
from tests.factories import NOON, Cast, make_person
from tests.ideas.making import viewer

STARTS = NOON + timedelta(days=3)
HOUR = timedelta(hours=1)


def make_slot(
    cast: Cast, *, site: str = "Leeds", starts_at: datetime = STARTS, length: timedelta = HOUR, **over: Any
) -> int:
    """A slot that is published, committed; returns its number. Seats: 1; no briefing needed."""
    values = {
        "site_id": cast.places[site], "zone": "Europe/London", "starts_at": starts_at, "ends_at": starts_at + length,
        "queue": "Billing", "language": "English", "channel": Channel.CALLS, "busy": Busy.QUIET, "seats": 1,
        "buddy_state": BuddyState.NONE, "briefing_needed": False, "published_by_id": cast.mia, "published_at": NOON,
    } | over  # fmt: skip
    with writing():
        slot = Slot(**values)
        db.session.add(slot)
        db.session.flush()
        return slot.id


def executives(cast: Cast, count: int) -> list[int]:
    """People who may take a seat anywhere, committed."""
    with writing():
        top = db.session.get_one(Place, cast.places["Harbour"])
        made = [make_person(f"exec{number}", top) for number in range(count)]
        for person in made:
            people.grant(person, Role.EXECUTIVE, top, by_id=None, now=NOON)
        return [person.id for person in made]


def brief(person_id: int, by_id: int, *, until: date) -> None:
    """Somebody has had the briefing."""
    with writing():
        db.session.add(Briefing(person_id=person_id, done_on=NOON.date(), valid_until=until, noted_by_id=by_id,
                                noted_at=NOON))  # fmt: skip


def book(person_id: int, slot_id: int, *, now: datetime = NOON) -> SeatState:
    """Take a seat and commit; what it became."""
    who = viewer(person_id)
    with writing():
        return seats.book(who, slot_id, now=now).state


def give_up(person_id: int, slot_id: int, *, now: datetime = NOON) -> SeatState:
    """Give a seat up and commit."""
    who = viewer(person_id)
    with writing():
        return seats.give_up(who, slot_id, now=now).state


def standing(slot_id: int) -> dict[int, SeatState]:
    """Person → where they stand with a slot."""
    rows = db.session.execute(select(SignUp.person_id, SignUp.state).where(SignUp.slot_id == slot_id)).all()
    db.session.rollback()
    return {row.person_id: row.state for row in rows}


def holding(slot_id: int, state: SeatState) -> Sequence[int]:
    """The people in a state, in the order of their tickets."""
    rows = db.session.scalars(
        select(SignUp.person_id).where(SignUp.slot_id == slot_id, SignUp.state == state).order_by(SignUp.ticket)
    ).all()
    db.session.rollback()
    return rows


def taken(slot_id: int) -> int:
    """The counter of a slot."""
    found = db.session.scalar(select(Slot.taken).where(Slot.id == slot_id)) or 0
    db.session.rollback()
    return found


def steps(slot_id: int, person_id: int) -> list[SeatStepKind]:
    """What was done about somebody's seat, in order."""
    query = select(SeatStep.kind).join(SignUp, SignUp.id == SeatStep.sign_up_id)
    found = db.session.scalars(
        query.where(SignUp.slot_id == slot_id, SignUp.person_id == person_id).order_by(SeatStep.id)
    ).all()
    db.session.rollback()
    return list(found)


def rows_of(slot_id: int) -> int:
    """How many rows of people a slot has."""
    found = db.session.scalar(select(func.count()).select_from(SignUp).where(SignUp.slot_id == slot_id)) or 0
    db.session.rollback()
    return found
