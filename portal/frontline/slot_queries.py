"""Reading slots: always through what the viewer may see; and who could sit beside a visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline.models import SignUp, Slot, SlotChange
from portal.frontline.slot_policy import FORECASTS, MANAGES
from portal.frontline.words import Attendance, SeatState
from portal.people import calendars
from portal.people.directory import below
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

LOOKS = tuple(role for role in Role if role is not Role.FRONTLINE)


@dataclass(frozen=True)
class Site:
    """A site that the viewer looks after."""

    id: int
    name: str
    path: str


def slot_for(viewer: Viewer, number: int) -> Slot:
    """The slot, cancelled or not, if the viewer may know of it. Raises Missing."""
    query = select(Slot).join(Place, Place.id == Slot.site_id).where(Slot.id == number, known_to(viewer))
    found = db.session.scalar(query)
    if found is None:
        raise Missing("shift")
    return found


def known_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Slot` with its site: one they may see, host, or signed up for."""
    seat = aliased(SignUp)
    mine = exists().where(seat.slot_id == Slot.id, seat.person_id == viewer.id)
    return or_(seen_by(viewer), Slot.buddy_id == viewer.id, mine)


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on the `Place` of a site whose slots the viewer sees: below a role of theirs, and their own."""
    own = [Place.id == viewer.site_id] if viewer.site_id is not None else []
    return or_(below(viewer.scope(*LOOKS), Place.path), *own)


def locked(slot_id: int) -> Slot:
    """The slot as it is now, kept from everybody else until the transaction ends."""
    query = select(Slot).where(Slot.id == slot_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def sites_looked_after(viewer: Viewer) -> list[Site]:
    """The sites for which the viewer forecasts or which they manage, by name; their own first. One statement."""
    query = select(Place.id, Place.name, Place.path).where(Place.kind == PlaceKind.SITE, managed_by(viewer))
    rows = db.session.execute(query.order_by(Place.name, Place.id)).all()
    return sorted((Site(*row) for row in rows), key=lambda site: site.id != viewer.site_id)


def managed_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on the `Place` of a site that the viewer looks after; as `slot_policy.looks_after` says."""
    return below(viewer.scope(*FORECASTS), Place.path) | Place.path.in_(viewer.scope(*MANAGES))


def has_a_site(viewer: Viewer) -> ColumnElement[bool]:
    """Whether there is a site that the viewer looks after."""
    return exists().where(Place.kind == PlaceKind.SITE, managed_by(viewer))


def manages_a_site(viewer: Viewer) -> bool:
    """True for whoever manages a site, or runs the programme anywhere."""
    if viewer.is_programme:
        return True
    mine = Place.kind == PlaceKind.SITE, Place.path.in_(viewer.scope(*MANAGES))
    return db.session.scalar(select(Place.id).where(*mine).limit(1)) is not None


def managed_page(
    viewer: Viewer, *, now: datetime, limit: int, cursor: str | None, past: bool = False
) -> tuple[Sequence[Row], str | None]:
    """(Slot, site, buddy, publisher) of the sites that the viewer looks after and the next cursor: what is to come,
    the next first, or what is over, the latest first. Raises Invalid `bad_cursor`."""
    query = _with_names().where(managed_by(viewer))
    place = tuple_(Slot.starts_at, Slot.id)
    query = query.where(Slot.ends_at <= now if past else Slot.ends_at > now)
    query = query.order_by(Slot.starts_at.desc(), Slot.id.desc()) if past else query.order_by(Slot.starts_at, Slot.id)
    if after := decode_cursor(cursor, Wide, int):
        here = (from_micros(after[0]), after[1])
        query = query.where(place < here if past else place > here)
    rows = db.session.execute(query.limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (to_micros(row.Slot.starts_at), row.Slot.id))


def slot_with_names(viewer: Viewer, number: int) -> Row:
    """(Slot, site, path, buddy, publisher) of one slot. Raises Missing."""
    found = db.session.execute(_with_names().where(Slot.id == number, known_to(viewer))).one_or_none()
    if found is None:
        raise Missing("shift")
    return found


def changes_of(slot_id: int) -> Sequence[Row]:
    """(SlotChange, by) of everything that was done to a slot, the newest first."""
    query = select(SlotChange, Person.name.label("by")).join(Person, Person.id == SlotChange.by_id)
    return db.session.execute(query.where(SlotChange.slot_id == slot_id).order_by(SlotChange.id.desc())).all()


def is_signed_up(slot_id: int) -> bool:
    """True where somebody has a seat or waits for one."""
    here = SignUp.slot_id == slot_id, SignUp.state.in_((SeatState.BOOKED, SeatState.WAITING))
    return db.session.scalar(select(SignUp.id).where(*here).limit(1)) is not None


def is_under_way(slot_id: int) -> bool:
    """True where it is noted of somebody that they arrived or are excused."""
    noted = SignUp.slot_id == slot_id, SignUp.attendance != Attendance.SIGNED_UP
    return db.session.scalar(select(SignUp.id).where(*noted).limit(1)) is not None


def zone_at(site_id: int) -> str:
    """The time zone of a site; three statements."""
    return calendars.calendar_of(site_id).zone


def path_of(site_id: int) -> str | None:
    """Where a site stands in the tree; None where there is no such site."""
    return db.session.scalar(select(Place.path).where(Place.id == site_id, Place.kind == PlaceKind.SITE))


def _with_names() -> Select:
    buddy, publisher = aliased(Person), aliased(Person)
    query = select(Slot, Place.name.label("site"), Place.path, buddy.name.label("buddy"),
                   publisher.name.label("publisher"))  # fmt: skip
    query = query.join(Place, Place.id == Slot.site_id).join(publisher, publisher.id == Slot.published_by_id)
    return query.outerjoin(buddy, buddy.id == Slot.buddy_id)
