"""Reading people and places for those who administer them: always through what the viewer administers."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Invalid, Missing
from portal.keys import KEY_MAX
from portal.people.models import Grant, Origin, Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.web.paging import decode_cursor, encode_cursor

T = TypeVar("T")
Page = tuple[Sequence[T], str | None]  # rows and the cursor of the next ones
PAGE_PEOPLE = 50
SEARCH_CHARS_MAX = 200
LOOKS = (Role.ADMINISTRATOR, Role.PROGRAMME)
_STANDS, _SITE, _EMPLOYER = aliased(Place), aliased(Place), aliased(Place)


@dataclass(frozen=True)
class PeopleWanted:
    """What the list is narrowed by."""

    q: str = ""
    place_id: int = 0
    state: str = "active"
    after: str = ""
    manager_id: int = 0
    limit: int = PAGE_PEOPLE


def people_list(viewer: Viewer, wanted: PeopleWanted) -> tuple[list[Row], str | None]:
    """The rows of `_people` that are wanted, by name, and the next cursor.

    Raises Invalid (`bad_cursor`, `unknown_place`).
    """
    query = _people(viewer).where(_state(wanted.state))
    if wanted.place_id:
        top = place_named(viewer, wanted.place_id, *LOOKS)
        query = query.where(_STANDS.path.startswith(top.path, autoescape=True))
    if wanted.manager_id:
        query = query.where(Person.manager_id == wanted.manager_id)
    if wanted.q:
        query = query.where(_found(wanted.q))
    if wanted.after:
        name, person_id = _read_cursor(wanted.after)
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > person_id)))
    rows = list(db.session.execute(query.order_by(Person.name, Person.id).limit(wanted.limit + 1)).all())
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    return rows, _cursor(rows[-1].name, rows[-1].id) if more else None


def person_row(viewer: Viewer, person_id: int) -> Row:
    """The row of `_people` of one person. Raises Missing."""
    row = db.session.execute(_people(viewer).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise Missing("person")
    return row


def _people(viewer: Viewer) -> Select:
    """Everybody the viewer may look at, with place, site and employer by number and name."""
    return (
        select(
            Person.id, Person.name, Person.email, Person.staff_number, Person.job_title, Person.origin,
            Person.place_id, _STANDS.name.label("place"), Person.site_id, _SITE.name.label("site"),
            Person.employer_id, _EMPLOYER.name.label("employer"), Person.manager_id,
            Person.password_hash.is_not(None).label("has_password"), Person.deactivated_at.label("left_at"),
        )
        .join(_STANDS, _STANDS.id == Person.place_id)
        .join(_EMPLOYER, _EMPLOYER.id == Person.employer_id)
        .outerjoin(_SITE, _SITE.id == Person.site_id)
        .where(below(viewer.scope(*LOOKS), _STANDS.path))
    )  # fmt: skip


def person_for(viewer: Viewer, person_id: int, *roles: Role) -> Person:
    """The person, if they stand below a place where the viewer holds one of the roles; Missing otherwise."""
    query = select(Person).join(Place, Place.id == Person.place_id)
    query = query.where(Person.id == person_id, below(viewer.scope(*roles), Place.path))
    person = db.session.scalar(query)
    if person is None:
        raise Missing("person")
    return person


def place_for(viewer: Viewer, place_id: int, *roles: Role) -> Place:
    """The place, if the viewer holds one of the roles there or above; Missing otherwise."""
    place = db.session.scalar(select(Place).where(Place.id == place_id, below(viewer.scope(*roles), Place.path)))
    if place is None:
        raise Missing("place")
    return place


def place_named(viewer: Viewer, place_id: int, *roles: Role) -> Place:
    """The place that a request names among other things: as `place_for`, but Invalid `unknown_place` for none."""
    try:
        return place_for(viewer, place_id, *roles)
    except Missing:
        sentence = "There is no such place, or it is not yours to look after."
        raise Invalid("unknown_place", sentence, {"place": sentence}) from None


def place_choices(viewer: Viewer, *roles: Role) -> list[tuple[int, str]]:
    """(id, "Brightline, Durban, Chat") of every place below the viewer's, in the order of the tree."""
    rows = db.session.execute(
        select(Place.id, Place.path, Place.name).where(below(viewer.scope(*roles), Place.path))
    ).all()
    names = place_names()
    return sorted(((row.id, full_name(row.path, names)) for row in rows), key=lambda pair: pair[1].casefold())


def place_names() -> dict[int, str]:
    """Id → name of every place."""
    return {row.id: row.name for row in db.session.execute(select(Place.id, Place.name))}


def full_name(path: str, names: dict[int, str]) -> str:
    """The names from below the organisation down to a place, with commas."""
    ids = [int(part) for part in path.strip("/").split("/")]
    return ", ".join(names[place_id] for place_id in (ids[1:] or ids))


def places_page(paths: Sequence[str], *, kind: PlaceKind | None, limit: int, cursor: str | None) -> Page[Place]:
    """The places at and below the paths, those above before those below, and the next cursor."""
    query = select(Place).where(below(paths, Place.path)).order_by(Place.id)
    if kind is not None:
        query = query.where(Place.kind == kind)
    if after := decode_cursor(cursor, int):
        query = query.where(Place.id > after[0])
    rows = db.session.scalars(query.limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None


def standing_grants(person_id: int, *, after: int = 0, limit: int | None = None) -> Sequence[Row]:
    """(id, role, place id, path, place, since when) of the roles that a person holds now."""
    query = select(Grant.id, Grant.role, Grant.place_id, Place.path, Place.name.label("place"), Grant.granted_at)
    query = query.join(Place, Place.id == Grant.place_id).where(Grant.person_id == person_id)
    query = query.where(Grant.revoked_at.is_(None), Grant.id > after)
    return db.session.execute(query.order_by(Grant.id).limit(limit)).all()


def name_of(person_id: int | None) -> str | None:
    """The name of a person, or None."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None


def reports_of(person_id: int) -> Sequence[Row]:
    """(id, name) of the active people whose manager somebody is."""
    query = select(Person.id, Person.name).where(Person.manager_id == person_id, Person.deactivated_at.is_(None))
    return db.session.execute(query.order_by(Person.name, Person.id)).all()


def reports_count(person_id: int) -> int:
    """How many active people answer to somebody."""
    theirs = Person.manager_id == person_id, Person.deactivated_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(Person).where(*theirs)) or 0


def without_password(viewer: Viewer, place: Place) -> Sequence[Row]:
    """(id, name, login, site, place) of the people at a place and below who cannot get in yet.

    Left out are people who hold a role outside of what the viewer administers: their code would open more.
    """
    site = aliased(Place)
    elsewhere = aliased(Place)
    beyond = (
        select(Grant.id)
        .join(elsewhere, elsewhere.id == Grant.place_id)
        .where(
            Grant.person_id == Person.id,
            Grant.revoked_at.is_(None),
            ~below(viewer.scope(Role.ADMINISTRATOR), elsewhere.path),
        )
    )
    query = (
        select(Person.id, Person.name, Person.email, Person.staff_number, Place.name.label("place"),
               site.name.label("site"))
        .join(Place, Place.id == Person.place_id)
        .outerjoin(site, site.id == Person.site_id)
        .where(Place.path.startswith(place.path, autoescape=True), _state("waiting"), ~beyond.exists())
        .order_by(site.name, Place.name, Person.name, Person.id)
    )  # fmt: skip
    return db.session.execute(query).all()


def below(paths: Sequence[str], column: Any) -> ColumnElement[bool]:
    """True for places at or below one of the paths; false where there is none."""
    return or_(false(), *(column.startswith(path, autoescape=True) for path in paths))


def _state(state: str) -> ColumnElement[bool]:
    if state == "left":
        return Person.deactivated_at.is_not(None)
    if state == "waiting":
        real = Person.origin.in_((Origin.IMPORTED, Origin.CREATED))
        return and_(Person.deactivated_at.is_(None), Person.password_hash.is_(None), real)
    return Person.deactivated_at.is_(None)


def _found(q: str) -> ColumnElement[bool]:
    part = q[:SEARCH_CHARS_MAX]
    return or_(
        Person.name.icontains(part, autoescape=True),
        Person.email.icontains(part.casefold(), autoescape=True),
        Person.staff_number.icontains(part.casefold(), autoescape=True),
    )


def _cursor(name: str, person_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([name, person_id], ensure_ascii=False).encode()).decode()


def _read_cursor(text: str) -> tuple[str, int]:
    try:
        name, person_id = json.loads(base64.urlsafe_b64decode(text.encode()).decode())
        str(name).encode()  # half a character is nobody's name
    except (ValueError, TypeError):
        raise _bad_cursor() from None
    if not isinstance(name, str) or type(person_id) is not int or "\x00" in name or not 0 < person_id <= KEY_MAX:
        raise _bad_cursor()
    return name, person_id


def _bad_cursor() -> Invalid:
    return Invalid("bad_cursor", "This address of a list is not complete. Start from the first page.")
