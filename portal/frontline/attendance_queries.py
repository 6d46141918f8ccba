"""Who has a seat in a slot and what became of it: for the site and whoever hosts; for a visitor, of their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, select

from portal.db import db
from portal.errors import Missing
from portal.frontline.attendance_rules import NOTED_WITHIN
from portal.frontline.models import SeatStep, SignUp, Slot
from portal.frontline.slot_policy import MAY
from portal.frontline.slot_queries import path_of
from portal.frontline.slot_rules import Where
from portal.frontline.words import Attendance, BuddyState, SeatState
from portal.people.models import Person
from portal.people.viewer import Viewer

CLOSED_AFTER = timedelta(hours=1)
CLOSED_AT_ONCE = 500
SEEN = [kind.value for kind in Attendance]


def is_at_site(viewer: Viewer, slot: Slot) -> bool:
    """True for whoever looks after the site of a slot, and for its buddy who agreed."""
    hosts = slot.buddy_id == viewer.id and slot.buddy_state is BuddyState.AGREED
    return hosts or MAY["shift.publish"](viewer, Where(path_of(slot.site_id) or ""))


def seats_of(viewer: Viewer, slot: Slot) -> Sequence[Row]:
    """(SignUp, name, job_title) of everybody with a seat in the order in which they came; a visitor's own alone."""
    query = select(SignUp, Person.name, Person.job_title).join(Person, Person.id == SignUp.person_id)
    query = query.where(SignUp.slot_id == slot.id, SignUp.state == SeatState.BOOKED)
    if not is_at_site(viewer, slot):
        query = query.where(SignUp.person_id == viewer.id)
    return db.session.execute(query.order_by(SignUp.ticket, SignUp.id)).all()


def seat_in(viewer: Viewer, slot: Slot, number: int) -> SignUp:
    """One of `seats_of` by its number, whatever became of the seat. Raises Missing."""
    query = select(SignUp).where(SignUp.id == number, SignUp.slot_id == slot.id)
    if not is_at_site(viewer, slot):
        query = query.where(SignUp.person_id == viewer.id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("seat")
    return found


def steps_of(sign_up_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Sign-up → (SeatStep, by) of what was noted about attendance, in order; by: None for the portal."""
    query = select(SeatStep, Person.name.label("by")).outerjoin(Person, Person.id == SeatStep.by_id)
    query = query.where(SeatStep.sign_up_id.in_(sign_up_ids), SeatStep.kind.in_(SEEN[1:]))
    found: dict[int, list[Row]] = {}
    for row in db.session.execute(query.order_by(SeatStep.id)):
        found.setdefault(row.SeatStep.sign_up_id, []).append(row)
    return found


def left_open(now: datetime) -> Sequence[SignUp]:
    """Seats of people who arrived and of whom nobody noted more, an hour after the end."""
    over = SignUp.ends_at <= now - CLOSED_AFTER, SignUp.ends_at > now - NOTED_WITHIN
    arrived = SignUp.attendance == Attendance.ARRIVED, SignUp.state == SeatState.BOOKED
    return db.session.scalars(select(SignUp).where(*arrived, *over).order_by(SignUp.id).limit(CLOSED_AT_ONCE)).all()
