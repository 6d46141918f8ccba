"""What somebody is asked to host, and has agreed to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, or_, select, tuple_

from portal.db import db
from portal.errors import Invalid
from portal.frontline.models import SignUp, Slot
from portal.frontline.slot_rules import SlotRefusal
from portal.frontline.words import SeatState
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros


def asked_of(viewer: Viewer, *, now: datetime, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(Slot, site, visitors) that the viewer is to host, the next first, and the next cursor; visitors: how many have a
    seat. Raises Invalid `bad_cursor`."""
    booked = select(func.count()).where(SignUp.slot_id == Slot.id, SignUp.state == SeatState.BOOKED).scalar_subquery()
    query = select(Slot, Place.name.label("site"), booked.label("visitors")).join(Place, Place.id == Slot.site_id)
    query = query.where(Slot.buddy_id == viewer.id, Slot.cancelled_at.is_(None), Slot.ends_at > now)
    if after := decode_cursor(cursor, Wide, int):
        query = query.where(tuple_(Slot.starts_at, Slot.id) > (from_micros(after[0]), after[1]))
    rows = db.session.execute(query.order_by(Slot.starts_at, Slot.id).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (to_micros(row.Slot.starts_at), row.Slot.id))


def host_named(site_id: int, words: str) -> int | None:
    """Who is meant by a name or a staff number at a site; None for no words.

    Raises Invalid `unknown_buddy` for nobody and `several_buddies` for more than one.
    """
    if not (words := words.strip()):
        return None
    named = or_(func.lower(Person.name) == words.lower(), Person.staff_number == words.casefold())
    here = Person.site_id == site_id, Person.deactivated_at.is_(None)
    found = db.session.scalars(select(Person.id).where(named, *here).limit(2)).all()
    if not found:
        raise SlotRefusal.UNKNOWN_BUDDY.as_error()
    if len(found) > 1:
        sentence = "Several people there have this name. Write the staff number."
        raise Invalid("several_buddies", sentence, {"buddy": sentence})
    return found[0]
