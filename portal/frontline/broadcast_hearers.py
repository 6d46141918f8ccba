"""Who hears a broadcast: everybody who works at its place and below, but for who left and who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true

from portal.db import db
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.broadcast_rules import TOLD_TO
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer

PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class Reach:
    """How many people, at how many sites."""

    people: int
    sites: int


def works_at(kind: PlaceKind, place_id: int) -> ColumnElement[bool]:
    """The condition on `Person` for everybody who works at a place or below it."""
    if kind is PlaceKind.ORGANISATION:
        return true()
    return (Person.employer_id if kind is PlaceKind.PARTNER else Person.site_id) == place_id


def hearers(told: Broadcast, kind: PlaceKind) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `Person` for everybody who hears it: whoever was there when it was told, and still is."""
    here = Person.deactivated_at.is_(None), Person.id != told.by_id, works_at(kind, told.place_id)
    return here if told.telling_at is None else (*here, Person.created_at <= told.telling_at)


def reach(place_id: int, kind: PlaceKind, *, by_id: int) -> Reach:
    """How many would hear something told now. by_id: who knows it already."""
    here = Person.deactivated_at.is_(None), Person.id != by_id, works_at(kind, place_id)
    row = db.session.execute(select(func.count(), func.count(Person.site_id.distinct())).where(*here)).one()
    return Reach(row[0], row[1])


def people_behind(told: Broadcast, kind: PlaceKind, after: int, *, most: int = PEOPLE_AT_ONCE) -> Sequence[int]:
    """The next people by id who hear it."""
    query = select(Person.id).where(*hearers(told, kind), Person.id > after)
    return db.session.scalars(query.order_by(Person.id).limit(most)).all()


def asks(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Broadcast` for what the viewer was told, and may answer."""
    came = select(Person.created_at).where(Person.id == viewer.id).scalar_subquery()
    return and_(meant_for(viewer), Broadcast.by_id != viewer.id, Broadcast.telling_at >= came)


def meant_for(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Broadcast` for what is told to people where the viewer works."""
    above = [int(number) for number in viewer.path.strip("/").split("/")]
    return Broadcast.place_id.in_(above)


def places_below(paths: Sequence[str]) -> list[Place]:
    """The places below these nodes that a broadcast can go to, the widest first."""
    found = db.session.scalars(select(Place).where(Place.kind.in_(TOLD_TO)).order_by(Place.name, Place.id)).all()
    mine = [place for place in found if any(place.path.startswith(path) for path in paths)]
    return sorted(mine, key=lambda place: list(PlaceKind).index(place.kind))
