"""Verbs about people: placing them in the tree, granting roles, ending sign-ins, deactivating."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.people import codes
from portal.people.calendar_models import Delegation
from portal.people.models import ApiToken, AuditEntry, Grant, Origin, Person, Place, SignIn
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


def create_person(name: str, place: Place, *, now: datetime, by_id: int | None, **facts: Any) -> Person:
    """Add somebody by hand, as `add_person` does, with an audit entry.

    Raises Conflict `known_already` where the e-mail address or staff number belongs to somebody.
    """
    try:
        # A savepoint: on PostgreSQL a refused INSERT would otherwise end the whole transaction.
        with db.session.begin_nested():
            person = add_person(name, place, origin=Origin.CREATED, now=now, **facts)
    except IntegrityError as error:
        sentence = "Somebody with this e-mail address or staff number is here already."
        raise Conflict("known_already", sentence, {"email": sentence}) from error
    audit("person.created", f"person:{person.id}", {"place": place.id}, actor_id=by_id, now=now)
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
        held.delegation_id = None  # what was held on somebody's behalf is now their own
        return held
    given = Grant(person_id=person.id, role=role, place_id=place.id, granted_at=now, granted_by_id=by_id)
    db.session.add(given)
    audit("role.granted", f"person:{person.id}", {"role": role, "place": place.id}, actor_id=by_id, now=now)
    db.session.flush()
    return given


def revoke(held: Grant, *, by_id: int | None, now: datetime) -> bool:
    """Take a role back; the person signs in again with what is left. False if it was taken back before.

    Raises Conflict `last_administrator` where nobody could administer the installation afterwards.
    """
    if held.role is Role.ADMINISTRATOR:
        keep_one_administrator({held.person_id}, grant_id=held.id)
    standing = update(Grant).where(Grant.id == held.id, Grant.revoked_at.is_(None))
    taken = db.session.execute(standing.values(revoked_at=now, revoked_by_id=by_id)).rowcount  # type: ignore[attr-defined]
    if not taken:
        return False
    end_delegated(held.person_id, by_id=by_id, now=now, place_id=held.place_id)
    person = db.session.get_one(Person, held.person_id)
    _out_everywhere(person, because="roles_changed", now=now)
    facts = {"role": held.role, "place": held.place_id}
    audit("role.revoked", f"person:{person.id}", facts, actor_id=by_id, now=now)
    db.session.flush()
    return True


def set_password(person: Person, password_hash: str, *, now: datetime) -> None:
    """Replace the password: every sign-in and every code made before is over."""
    person.password_hash = password_hash
    codes.cancel_open([person.id], now=now)
    _out_everywhere(person, because="password_changed", now=now)
    audit("password.set", f"person:{person.id}", {}, actor_id=person.id, now=now)
    db.session.flush()


def deactivate(person: Person, *, by_id: int | None, now: datetime) -> None:
    """Somebody has left: they and every browser of theirs are out with the next request.

    Raises Conflict `last_administrator` where nobody could administer the installation afterwards.
    """
    if not person.active:
        return
    keep_one_administrator({person.id})
    person.deactivated_at = now
    end_delegated(person.id, by_id=by_id, now=now)
    codes.cancel_open([person.id], now=now)
    end_keys([person.id], now=now)
    _out_everywhere(person, because="deactivated", now=now)
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


def end_delegated(person_id: int, *, by_id: int | None, now: datetime, place_id: int | None = None) -> None:
    """Nobody answers on behalf of somebody who no longer may: what others held for them (at one place) ends."""
    behalf = select(Delegation.id).where(Delegation.person_id == person_id)
    held = [Grant.delegation_id.in_(behalf), Grant.revoked_at.is_(None)]
    if place_id is not None:
        held.append(Grant.place_id == place_id)
    ended = update(Grant).where(*held).values(revoked_at=now, revoked_by_id=by_id)
    db.session.execute(ended.execution_options(synchronize_session=False))


def end_keys(person_ids: Sequence[int], *, now: datetime) -> None:
    """Revoke every key of people who leave: should they come back, their old keys do not."""
    standing = ApiToken.person_id.in_(person_ids), ApiToken.revoked_at.is_(None)
    db.session.execute(update(ApiToken).where(*standing).values(revoked_at=now))


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


def keep_one_administrator(leaving: set[int], *, grant_id: int | None = None) -> None:
    """Raise Conflict `last_administrator` if nobody but `leaving` administers (with `grant_id`: but by that grant)."""
    lock_tree()
    standing = (Grant.role == Role.ADMINISTRATOR, Grant.revoked_at.is_(None), Person.deactivated_at.is_(None))
    rows = db.session.execute(
        select(Grant.id, Grant.person_id).join(Person, Person.id == Grant.person_id).where(*standing)
    ).all()
    going = {row.id for row in rows if (row.id == grant_id if grant_id else row.person_id in leaving)}
    if going and len(going) == len(rows):
        raise Conflict("last_administrator", "This would leave nobody to run Sayso. Name another administrator first.")


def lock_tree() -> None:
    """Wait for other changes of the tree and of who runs it; on SQLite the writer is alone anyway.

    Held until the transaction ends: "is there another administrator" and "is this a cycle" look at many rows.
    """
    db.session.execute(select(Place.id).where(Place.kind == PlaceKind.ORGANISATION).with_for_update())


def _out_everywhere(person: Person, *, because: str, now: datetime) -> None:
    # Added up in the database, so that two changes at once raise it twice.
    raised = update(Person).where(Person.id == person.id).values(auth_epoch=Person.auth_epoch + 1)
    db.session.flush()
    db.session.execute(raised.execution_options(synchronize_session=False))
    db.session.refresh(person, ["auth_epoch"])
    end_sign_ins(person.id, because=because, now=now)
