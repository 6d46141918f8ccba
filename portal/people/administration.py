"""Verbs of administrators: roles, leaving, one-time codes. Each demands the right on the place it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.people import codes, directory, service, tokens
from portal.people.addresses import is_full_address, is_staff_number
from portal.people.code_rules import LASTS, as_printed
from portal.people.codes import Seal
from portal.people.models import Grant, Origin, Person, Place
from portal.people.policy import MAY, demand
from portal.people.roles import CodePurpose, Role
from portal.people.viewer import Viewer

SHEET_PEOPLE_MAX = 1000
FIRST_CODE_DAYS = LASTS[CodePurpose.FIRST_SIGN_IN].days


@dataclass(frozen=True)
class Slip:
    """One person's part of a printed sheet."""

    name: str
    login: str
    where: str
    code: str


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be added by hand, and the roles they hold where they stand."""

    name: str
    place_id: int
    roles: tuple[Role, ...] = (Role.FRONTLINE,)
    email: str | None = None
    staff_number: str | None = None
    job_title: str = ""


def add_person(viewer: Viewer, newcomer: Newcomer, *, now: datetime) -> Person:
    """Add somebody below the viewer's place. They get in with a code (`code_for`).

    Raises Invalid (`unknown_place`, `no_login`, `bad_email`, `bad_staff_number`), Conflict `known_already`.
    """
    place = directory.place_named(viewer, newcomer.place_id, Role.ADMINISTRATOR)
    demand(MAY, "people.add", viewer, place)
    refuse_logins(newcomer.email, newcomer.staff_number)
    person = service.create_person(
        newcomer.name, place, email=newcomer.email, staff_number=newcomer.staff_number, job_title=newcomer.job_title,
        by_id=viewer.id, now=now,
    )  # fmt: skip
    for role in dict.fromkeys(newcomer.roles):
        service.grant(person, role, place, by_id=viewer.id, now=now)
    return person


def refuse_logins(email: str | None, staff_number: str | None) -> None:
    """Raise Invalid unless there is something to sign in with, and it looks like what it should be."""
    if not email and not staff_number:
        sentence = "Give an e-mail address or a staff number: people sign in with it."
        raise Invalid("no_login", sentence, {"email": sentence})
    if email and not is_full_address(email):
        sentence = "Write the whole address, like name@company.example."
        raise Invalid("bad_email", sentence, {"email": sentence})
    if staff_number and not is_staff_number(staff_number):
        sentence = "A staff number is one word without an @."
        raise Invalid("bad_staff_number", sentence, {"staff_number": sentence})


def give_role(viewer: Viewer, person_id: int, role: Role, place_id: int, *, now: datetime) -> Grant:
    """Grant a role on a place below the viewer's. Raises Refused `needs_another_administrator`, Conflict, Invalid."""
    person = directory.person_for(viewer, person_id, Role.ADMINISTRATOR)
    place = directory.place_named(viewer, place_id, Role.ADMINISTRATOR)
    demand(MAY, "people.grant", viewer, place)
    _refuse_oneself(viewer, person)
    if not person.active:
        raise Conflict("has_left", f"{person.name} has left and cannot be given a role.")
    return service.grant(person, role, place, by_id=viewer.id, now=now)


def take_role(viewer: Viewer, person_id: int, grant_id: int, *, now: datetime) -> None:
    """Revoke a role that is held below the viewer's place; taking it twice is once.

    Raises Refused `needs_another_administrator` for oneself, Conflict `last_administrator`.
    """
    person = directory.person_for(viewer, person_id, Role.ADMINISTRATOR)
    held = db.session.scalar(select(Grant).where(Grant.id == grant_id, Grant.person_id == person.id))
    if held is None:
        raise Missing("role")
    demand(MAY, "people.grant", viewer, db.session.get_one(Place, held.place_id))
    # Also the last of all may not: the sentence about a successor helps more than the one about oneself.
    if held.role is Role.ADMINISTRATOR:
        service.keep_one_administrator({person.id}, grant_id=held.id)
    _refuse_oneself(viewer, person)
    service.revoke(held, by_id=viewer.id, now=now)


def let_go(viewer: Viewer, person_id: int, *, now: datetime) -> None:
    """Deactivate somebody. Raises Conflict `last_administrator`, Refused `needs_another_administrator`."""
    person = directory.person_for(viewer, person_id, Role.ADMINISTRATOR)
    demand(MAY, "people.deactivate", viewer, db.session.get_one(Place, person.place_id))
    service.keep_one_administrator({person.id})
    _refuse_oneself(viewer, person)
    service.deactivate(person, by_id=viewer.id, now=now)


def end_sign_ins(viewer: Viewer, person_id: int, *, now: datetime) -> int:
    """Sign somebody out everywhere; returns from how many browsers."""
    person = directory.person_for(viewer, person_id, Role.ADMINISTRATOR)
    demand(MAY, "people.deactivate", viewer, db.session.get_one(Place, person.place_id))
    ended = service.end_sign_ins(person.id, because="ended_by_administrator", now=now)
    service.audit("sign_ins.ended", f"person:{person.id}", {"count": ended}, actor_id=viewer.id, now=now)
    return ended


def revoke_key(viewer: Viewer, person_id: int, token_id: int, *, now: datetime) -> None:
    """End somebody's key to the interface with its next request. Raises Missing."""
    person = directory.person_for(viewer, person_id, Role.ADMINISTRATOR)
    demand(MAY, "keys.revoke_any", viewer, db.session.get_one(Place, person.place_id))
    tokens.revoke(person.id, token_id, by_id=viewer.id, now=now)


def code_for(viewer: Viewer, person_id: int, *, seal: Seal, now: datetime) -> tuple[Slip, CodePurpose]:
    """A code for one person to be handed over: the first one, or after a forgotten password.

    Raises Refused `beyond_your_places` where the person holds a role that the viewer could not give, and Conflict
    `has_left`.
    """
    person = directory.person_for(viewer, person_id, Role.ADMINISTRATOR)
    place = db.session.get_one(Place, person.place_id)
    demand(MAY, "people.codes", viewer, place)
    _refuse_codes(viewer, person)
    purpose = CodePurpose.RESET if person.password_hash else CodePurpose.FIRST_SIGN_IN
    code = codes.issue(purpose, person_id=person.id, seal=seal, now=now) or ""
    facts = {"purpose": purpose}
    service.audit("code.printed", f"person:{person.id}", facts, actor_id=viewer.id, now=now)
    return Slip(person.name, _login(person), place.name, as_printed(code)), purpose


def codes_for_place(viewer: Viewer, place_id: int, *, seal: Seal, now: datetime) -> list[Slip]:
    """First codes for everybody at a place who has no password. Earlier sheets for them stop working.

    Raises Conflict `sheet_too_long` above 1,000 people, and `nobody_waits`.
    """
    place = directory.place_for(viewer, place_id, Role.ADMINISTRATOR)
    demand(MAY, "people.codes", viewer, place)
    people = directory.without_password(viewer, place)
    if not people:
        raise Conflict("nobody_waits", f"Everybody at {place.name} has a password already.")
    if len(people) > SHEET_PEOPLE_MAX:
        raise Conflict("sheet_too_long", f"That is {len(people)} people. Choose a site or a team below {place.name}.")
    made = codes.issue_many(CodePurpose.FIRST_SIGN_IN, [person.id for person in people], seal=seal, now=now)
    facts = {"count": len(people)}
    service.audit("codes.printed", f"place:{place.id}", facts, actor_id=viewer.id, now=now)
    return [Slip(row.name, _login(row), _where(row), as_printed(made[row.id])) for row in people]


def beyond(viewer: Viewer, grants: Sequence[Any]) -> bool:
    """True if one of the grants (with `path`) lies outside of what the viewer administers."""
    return any(not viewer.holds(Role.ADMINISTRATOR, at=held.path) for held in grants)


def _refuse_oneself(viewer: Viewer, person: Person) -> None:
    if person.id == viewer.id:
        raise Refused("needs_another_administrator", "Nobody changes their own rights. Ask another administrator.")


def _refuse_codes(viewer: Viewer, person: Person) -> None:
    if not person.active:
        raise Conflict("has_left", f"{person.name} has left.")
    if person.origin in (Origin.DEMO, Origin.CONVERSATION):
        raise Conflict("not_a_colleague", f"{person.name} is part of a demonstration and does not sign in.")
    if beyond(viewer, directory.standing_grants(person.id)):
        sentence = f"{person.name} holds a role outside of your places. An administrator above you can make the code."
        raise Refused("beyond_your_places", sentence)


def _login(person: Any) -> str:
    return person.staff_number or person.email


def _where(row: Any) -> str:
    return row.place if row.site in (None, row.place) else f"{row.place}, {row.site}"
