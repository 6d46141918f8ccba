"""Verbs about people: placing them in the tree, granting roles, ending sign-ins, deactivating."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.people.models import AuditEntry, Grant, Origin, Person, Place, SignIn
from portal.people.roles import PARENTS, PlaceKind, Role


def add_place(kind: PlaceKind, name: str, parent: Place | None = None, *, timezone: str | None = None) -> Place:
    """Add a node below `parent`. Raises Invalid (`wrong_parent`) where the tree does not allow it."""
    if (parent.kind if parent else None) not in (PARENTS[kind] or (None,)):
        raise Invalid("wrong_parent", f"A {kind} cannot stand there in the organisation.")
    place = Place(
        kind=kind,
        name=name,
        parent_id=parent.id if parent else None,
        path=f"new:{name}"[:80],
        timezone=timezone,
    )
    db.session.add(place)
    db.session.flush()
    place.path = f"{parent.path if parent else '/'}{place.id}/"
    is_employer = kind in (PlaceKind.ORGANISATION, PlaceKind.PARTNER)
    place.employer_id = place.id if is_employer else parent.employer_id  # type: ignore[union-attr]
    place.site_id = place.id if kind is PlaceKind.SITE else (parent.site_id if parent else None)
    place.timezone = timezone or (parent.timezone if parent else None)
    db.session.flush()
    return place


def add_person(
    name: str,
    place: Place,
    *,
    origin: Origin,
    now: datetime,
    email: str | None = None,
    staff_number: str | None = None,
    job_title: str = "",
    manager: Person | None = None,
) -> Person:
    """Add an active person at a node. E-mail address and staff number are stored casefolded."""
    person = Person(
        name=name, email=email.casefold() if email else None, job_title=job_title,
        staff_number=staff_number.casefold() if staff_number else None, origin=origin, created_at=now,
        manager_id=manager.id if manager else None, **position(place),
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    return person


def position(place: Place) -> dict[str, Any]:
    """The columns of a person that follow from the node they stand at."""
    team_id = place.id if place.kind is PlaceKind.TEAM else None
    return {
        "place_id": place.id,
        "team_id": team_id,
        "site_id": place.site_id,
        "employer_id": place.employer_id,
    }


def grant(person: Person, role: Role, place: Place, *, by_id: int | None, now: datetime) -> Grant:
    """Give a role on a node and below; a role already held there is returned as it is."""
    held = db.session.scalar(
        select(Grant).where(
            Grant.person_id == person.id,
            Grant.role == role,
            Grant.place_id == place.id,
            Grant.revoked_at.is_(None),
        )
    )
    if held is not None:
        return held
    given = Grant(person_id=person.id, role=role, place_id=place.id, granted_at=now, granted_by_id=by_id)
    db.session.add(given)
    audit("role.granted", f"person:{person.id}", {"role": role, "place": place.id}, actor_id=by_id, now=now)
    db.session.flush()
    return given


def deactivate(person: Person, *, by_id: int | None, now: datetime) -> None:
    """Somebody has left: they and every browser of theirs are out with the next request.

    Raises Conflict `last_administrator` where nobody could administer the installation afterwards.
    """
    if not person.active:
        return
    _keep_one_administrator(person)
    person.deactivated_at = now
    person.auth_epoch += 1
    end_sign_ins(person.id, because="deactivated", now=now)
    audit("person.deactivated", f"person:{person.id}", {}, actor_id=by_id, now=now)
    db.session.flush()


def end_sign_ins(
    person_id: int, *, because: str, now: datetime, only: int | None = None, but: int | None = None
) -> int:
    """End the running sign-ins of a person (`only` that one, or all `but` one); returns how many."""
    running = [SignIn.person_id == person_id, SignIn.ended_at.is_(None)]
    if only is not None:
        running.append(SignIn.id == only)
    if but is not None:
        running.append(SignIn.id != but)
    statement = update(SignIn).where(*running).values(ended_at=now, ended_because=because)
    return db.session.execute(statement).rowcount  # type: ignore[attr-defined]


def record_sign_in(
    person: Person, *, token_hash: str, expires_at: datetime, device: str, network: str, now: datetime
) -> SignIn:
    """Note a signed-in browser."""
    row = SignIn(
        person_id=person.id, token_hash=token_hash, auth_epoch=person.auth_epoch, started_at=now,
        expires_at=expires_at, device=device, network=network,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def audit(
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    *,
    actor_id: int | None,
    now: datetime,
    outcome: str = "done",
) -> None:
    """Note what somebody with power did. Never votes, never hidden names, never secrets."""
    text = json.dumps(detail, sort_keys=True, default=str)
    db.session.add(AuditEntry(at=now, actor_id=actor_id, action=action, subject=subject, outcome=outcome, detail=text))


def _keep_one_administrator(person: Person) -> None:
    active = (Grant.role == Role.ADMINISTRATOR, Grant.revoked_at.is_(None), Person.deactivated_at.is_(None))
    administrators = set(
        db.session.scalars(select(Grant.person_id).join(Person, Person.id == Grant.person_id).where(*active))
    )
    if administrators == {person.id}:
        raise Conflict("last_administrator", f"{person.name} is the last administrator. Name another one first.")
