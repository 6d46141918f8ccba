"""Reading seats: one's own, and what the rules need to know about a slot and a person."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline.briefing_queries import is_briefed
from portal.frontline.models import SignUp, Slot
from portal.frontline.signup_policy import TAKERS
from portal.frontline.signup_rules import SeatFacts, SlotFacts, Span
from portal.frontline.slot_queries import managed_by, seen_by
from portal.frontline.words import SeatState
from portal.keys import KEY_MAX
from portal.people.directory import below
from portal.people.models import Place
from portal.people.viewer import Viewer

HELD = (SeatState.BOOKED, SeatState.WAITING)


def seat_of(viewer: Viewer, slot_number: int, *, states: Sequence[SeatState] = (SeatState.BOOKED,)) -> SignUp:
    """The viewer's own seat in a slot, as the database has it now. Raises Missing where they have none.

    states: which rows count; all of `SeatState` also finds one that was given up or cancelled.
    """
    found = own_row(slot_number, viewer.id) if 0 < slot_number <= KEY_MAX else None
    if found is None or found.state not in states:
        raise Missing("seat")
    return found


def own_row(slot_id: int, person_id: int) -> SignUp | None:
    """Somebody's row for a slot, whatever its state."""
    query = select(SignUp).where(SignUp.slot_id == slot_id, SignUp.person_id == person_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The slots at sites that the viewer may see, and those in which they have or had a seat."""
    seat = aliased(SignUp)
    mine = exists().where(seat.slot_id == Slot.id, seat.person_id == viewer.id)
    return or_(Slot.site_id.in_(select(Place.id).where(seen_by(viewer))), mine)


def takeable_by(viewer: Viewer) -> ColumnElement[bool]:
    """The slots at places where the viewer holds a role that may take a seat."""
    return Slot.site_id.in_(select(Place.id).where(below(viewer.scope(*TAKERS), Place.path)))


def at_site_of(viewer: Viewer) -> ColumnElement[bool]:
    """The slots at sites that the viewer looks after."""
    return Slot.site_id.in_(select(Place.id).where(managed_by(viewer)))


def booked_spans(person_id: int, *, after: datetime, but: int | None = None) -> list[Span]:
    """When somebody has seats that end after a moment. but: the slot that is left out."""
    query = select(SignUp.starts_at, SignUp.ends_at).where(
        SignUp.person_id == person_id, SignUp.state == SeatState.BOOKED, SignUp.ends_at > after,
        SignUp.slot_id != (but or 0),
    )  # fmt: skip
    return [Span(row.starts_at, row.ends_at) for row in db.session.execute(query)]


def is_briefed_for(person_id: int, slot: Slot) -> bool:
    """True where the slot asks for no briefing, or somebody's counts on its day."""
    return not slot.briefing_needed or is_briefed(person_id, day_of(slot))


def facts_of(slot: Any) -> SlotFacts:
    """A slot, or a row with its columns, as the rules see it."""
    return SlotFacts(Span(slot.starts_at, slot.ends_at), slot.seats, slot.taken, slot.opens_at,
                     slot.cancelled_at is not None, slot.briefing_needed)  # fmt: skip


def seat_facts(seat: Any) -> SeatFacts | None:
    """A row of a person as the rules see it; None for none."""
    if seat is None:
        return None
    return SeatFacts(seat.state, seat.starts_at, seat.changed_at, seat.decline_by, seat.attendance)


def day_of(slot: Any) -> date:
    """The day of a slot by the clock on the wall there."""
    return slot.starts_at.astimezone(ZoneInfo(slot.zone)).date()
