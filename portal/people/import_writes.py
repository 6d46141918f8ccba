"""The statements behind an import: few and large, so that tens of thousands of rows take seconds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from portal.db import db, table_of
from portal.people import codes, service
from portal.people.models import Grant, Origin, Person, Place, SignIn
from portal.people.people_changes import Change, PlaceKey, Plan
from portal.people.people_csv import key
from portal.people.roles import PlaceKind, Role

CHUNK = 500  # ids in one statement
KINDS = (PlaceKind.PARTNER, PlaceKind.SITE, PlaceKind.TEAM)


def write(made: Plan, *, by_id: int | None, now: datetime) -> None:
    """Make places, let people leave, change the known, add the new, then managers and roles."""
    places = _make_places(made)
    _set_zones(made, places)
    _let_go([person.id for person in made.leaving], now=now)
    _change(made.changed, places, now=now)
    ids = _add(made.new, places, now=now)
    everybody = made.changed + made.new
    _set_managers(everybody, ids)
    _revoke([grant_id for change in everybody for grant_id in change.revoke], by_id=by_id, now=now)
    _grant(everybody, places, ids, by_id=by_id, now=now)
    less = [change.person.id for change in made.changed if change.moved or change.back or change.revoke]
    _sign_out(less, because="moved", now=now)
    # What was read into Python before no longer holds.
    db.session.expire_all()


def _make_places(made: Plan) -> dict[PlaceKey, Place]:
    """Every place by its key, the new ones included."""
    nodes = {place.id: place for place in db.session.scalars(select(Place))}
    top = next(place for place in nodes.values() if place.kind is PlaceKind.ORGANISATION)
    places = {_key_of(place, nodes): place for place in nodes.values()}
    for place_key, name in made.places.items():
        parent = places[place_key[:-1]] if len(place_key) > 1 else top
        places[place_key] = service.add_place(KINDS[len(place_key) - 1], name, parent)
    return places


def _key_of(place: Place, nodes: dict[int, Place]) -> PlaceKey:
    names = [key(nodes[int(part)].name) for part in place.path.strip("/").split("/")]
    second = nodes[int(place.path.strip("/").split("/")[1])] if len(names) > 1 else None
    return tuple(names[1:] if second is not None and second.kind is PlaceKind.PARTNER else names)


def _set_zones(made: Plan, places: dict[PlaceKey, Place]) -> None:
    for site, zone in made.zones.items():
        db.session.execute(update(Place).where(Place.site_id == places[site].id).values(timezone=zone))


def _let_go(ids: Sequence[int], *, now: datetime) -> None:
    for some in _chunks(ids):
        db.session.execute(update(Person).where(Person.id.in_(some)).values(deactivated_at=now), **_BULK)
        codes.cancel_open(some, now=now)
        service.end_keys(some, now=now)
    _sign_out(ids, because="deactivated", now=now)


def _change(changes: Sequence[Change], places: dict[PlaceKey, Place], *, now: datetime) -> None:
    passed_on = [change.person.id for change in changes if "email" in change.values and change.person.email]
    for some in _chunks(passed_on):
        # Two people may swap addresses: each is free before the other takes it.
        free = update(Person).where(Person.id.in_(some), Person.staff_number.is_not(None))
        db.session.execute(free.values(email=None), **_BULK)
    texts = ("name", "email", "staff_number", "job_title")
    rows = [
        {"key": change.person.id, **{name: change.values.get(name) or getattr(change.person, name) for name in texts},
         **service.position(places[change.place])}
        for change in changes if change.values or change.moved
    ]  # fmt: skip
    _update_many(rows)
    # Somebody who comes back chooses a new password with a new code.
    back = [change.person.id for change in changes if change.back]
    for some in _chunks(back):
        again = {"deactivated_at": None, "password_hash": None}
        db.session.execute(update(Person).where(Person.id.in_(some)).values(**again), **_BULK)


def _add(changes: Sequence[Change], places: dict[PlaceKey, Place], *, now: datetime) -> dict[int, int]:
    """Insert the new people; returns row number → id."""
    if not changes:
        return {}
    rows = [
        {"name": row.name, "email": row.email or None, "staff_number": row.staff_number or None,
         "job_title": row.job_title, "origin": Origin.IMPORTED, "created_at": now,
         **service.position(places[change.place])}
        for change in changes for row in [change.row]
    ]  # fmt: skip
    db.session.connection().execute(insert(table_of(Person)), rows)
    found: dict[str, int] = {}
    made_now = select(Person.id, Person.email, Person.staff_number).where(Person.created_at == now)
    for person_id, email, number in db.session.execute(made_now):
        found |= {login: person_id for login in (email, number) if login}
    return {change.row.row: found[change.row.email or change.row.staff_number] for change in changes}


def _set_managers(changes: Iterable[Change], ids: dict[int, int]) -> None:
    rows = []
    for change in changes:
        manager = change.manager
        if manager is not None:
            manager_id = manager if manager > 0 else ids.get(-manager)
            rows.append({"key": change.person.id or ids[change.row.row], "manager_id": manager_id})
    _update_many(rows)


def _revoke(grant_ids: Sequence[int], *, by_id: int | None, now: datetime) -> None:
    for some in _chunks(grant_ids):
        taken = {"revoked_at": now, "revoked_by_id": by_id}
        db.session.execute(update(Grant).where(Grant.id.in_(some)).values(**taken), **_BULK)


def _grant(
    changes: Iterable[Change], places: dict[PlaceKey, Place], ids: dict[int, int], *, by_id: int | None, now: datetime
) -> None:
    rows = [
        {"person_id": change.person.id or ids[change.row.row], "role": role, "place_id": places[change.place].id,
         "granted_at": now, "granted_by_id": by_id}
        for change in changes for role in change.grant
    ]  # fmt: skip
    rows = [row for row in rows if row["role"] is not Role.EXECUTIVE or not _made_their_own(row)]
    if rows:
        db.session.connection().execute(insert(table_of(Grant)), rows)


def _made_their_own(row: dict[str, Any]) -> bool:
    """True if a right that was held on somebody's behalf is now the person's own: it needs no second row."""
    names = (getattr(Grant, name) == row[name] for name in ("person_id", "role", "place_id"))
    own = update(Grant).where(*names, Grant.revoked_at.is_(None)).values(delegation_id=None)
    return db.session.execute(own, **_BULK).rowcount > 0  # type: ignore[attr-defined]


def _sign_out(ids: Sequence[int], *, because: str, now: datetime) -> None:
    for some in _chunks(ids):
        raised = update(Person).where(Person.id.in_(some)).values(auth_epoch=Person.auth_epoch + 1)
        db.session.execute(raised, **_BULK)
        running = update(SignIn).where(SignIn.person_id.in_(some), SignIn.ended_at.is_(None))
        db.session.execute(running.values(ended_at=now, ended_because=because), **_BULK)


def _update_many(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    table = table_of(Person)
    columns = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in rows[0] if name != "key"}
    statement = update(table).where(table.c.id == bindparam("person")).values(columns)
    values = [{"person" if name == "key" else f"new_{name}": value for name, value in row.items()} for row in rows]
    db.session.connection().execute(statement, values)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


_BULK: dict[str, Any] = {"execution_options": {"synchronize_session": False}}
