"""Reading who speaks for whom: rotations, turns, and who could be next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline.representative_models import OptOut, Rotation, Turn
from portal.frontline.representative_rules import Member
from portal.frontline.words import TurnState
from portal.keys import KEY_MAX
from portal.people.models import Grant, Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer

STANDS = Turn.state != TurnState.PASSED


@dataclass(frozen=True)
class TurnLine:
    """A turn with its names. place: as people read it, "Billing, Leeds". number: the turn's."""

    number: int
    rotation: int
    place_id: int
    place: str
    person_id: int
    person: str
    starts_on: date
    ends_on: date
    state: TurnState


def turn_of(place_id: int, on: date) -> Turn | None:
    """The turn that stands at a place on a day, or None."""
    query = select(Turn).join(Rotation, Rotation.id == Turn.rotation_id).where(Rotation.place_id == place_id)
    return db.session.scalar(query.where(STANDS, *_on(on)))


def own_turns(viewer: Viewer, on: date) -> list[TurnLine]:
    """The viewer's turns of a day: somebody can speak for a team and for its site at once. Oldest rotation first."""
    query = turn_lines().where(Turn.person_id == viewer.id, STANDS, *_on(on))
    return [line_of(row) for row in db.session.execute(query.order_by(Rotation.id))]


def turns_of_person(person_id: int, on: date) -> list[TurnLine]:
    """Somebody's turns that are not over on a day, also those to come, the next first."""
    query = turn_lines().where(Turn.person_id == person_id, STANDS, Turn.ends_on >= on)
    return [line_of(row) for row in db.session.execute(query.order_by(Turn.starts_on, Turn.id))]


def rotation_for(viewer: Viewer, number: int) -> Rotation:
    """A rotation by its number; raises Missing. Everybody reads who speaks for whom."""
    found = db.session.get(Rotation, number, populate_existing=True) if 0 < number <= KEY_MAX else None
    if found is None:
        raise Missing("representative")
    return found


def turn_for(viewer: Viewer, number: int) -> Turn:
    """A turn by its number; raises Missing."""
    found = db.session.get(Turn, number, populate_existing=True) if 0 < number <= KEY_MAX else None
    if found is None:
        raise Missing("turn")
    return found


def belongs(viewer: Viewer, place_id: int) -> bool:
    """Whether somebody works in a team at a place or below it."""
    return viewer.is_frontline and f"/{place_id}/" in viewer.path


def members(place: Place) -> list[Member]:
    """Everybody who could speak for a place: who works in a team there, and answers nothing as an executive."""
    answers = exists().where(
        Grant.person_id == Person.id, Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None)
    )  # fmt: skip
    here = works_at(place), Person.team_id.is_not(None), Person.deactivated_at.is_(None)
    rows = db.session.execute(select(Person.id, Person.created_at).where(*here, ~answers))
    return [Member(row.id, row.created_at) for row in rows]


def works_at(place: Any) -> ColumnElement[bool]:
    """The condition on `Person` for who belongs to a place. place: its `id` and `kind`."""
    if place.kind is PlaceKind.ORGANISATION:
        return true()
    column = {PlaceKind.TEAM: Person.team_id, PlaceKind.SITE: Person.site_id, PlaceKind.PARTNER: Person.employer_id}
    return column[place.kind] == place.id


def last_turns(rotation_id: int) -> dict[int, date]:
    """Person → the first day of the last turn that they had or are to have."""
    query = select(Turn.person_id, func.max(Turn.starts_on).label("first")).where(
        Turn.rotation_id == rotation_id, STANDS
    )
    return {row.person_id: row.first for row in db.session.execute(query.group_by(Turn.person_id))}


def opted_out(rotation_id: int) -> set[int]:
    """Who does not want to be drawn."""
    return set(
        db.session.scalars(select(OptOut.person_id).where(OptOut.rotation_id == rotation_id, OptOut.until.is_(None)))
    )


def turn_lines() -> Select:
    """Rows for `line_of`; narrow it to turns."""
    above = aliased(Place)
    return (
        select(
            Turn.id, Turn.rotation_id, Turn.person_id, Turn.starts_on, Turn.ends_on, Turn.state, Turn.handing,
            Rotation.place_id, Place.name.label("place"), Place.kind, above.name.label("above"),
            Person.name.label("person"),
        )
        .join(Rotation, Rotation.id == Turn.rotation_id)
        .join(Place, Place.id == Rotation.place_id)
        .outerjoin(above, above.id == Place.parent_id)
        .join(Person, Person.id == Turn.person_id)
    )  # fmt: skip


def line_of(row: Any) -> TurnLine:
    """A row of `turn_lines`."""
    return TurnLine(
        row.id, row.rotation_id, row.place_id, place_words(row.kind, row.place, row.above), row.person_id, row.person,
        row.starts_on, row.ends_on, row.state,
    )  # fmt: skip


def place_words(kind: PlaceKind, name: str, above: str | None) -> str:
    """A place as people read it: a team with its site."""
    return f"{name}, {above}" if kind is PlaceKind.TEAM and above else name


def place_name(place: Place) -> str:
    """The same for a place at hand; one statement for a team."""
    above = db.session.get(Place, place.parent_id) if place.kind is PlaceKind.TEAM and place.parent_id else None
    return place_words(place.kind, place.name, above.name if above else None)


def _on(day: date) -> Sequence[ColumnElement[bool]]:
    return Turn.starts_on <= day, Turn.ends_on >= day
