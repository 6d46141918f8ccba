"""Before anybody is here: the first administrator and their code, and when a demonstration must not start."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.errors import Missing
from portal.people import codes, queries, service
from portal.people.code_rules import as_printed
from portal.people.models import Person
from portal.people.roles import CodePurpose, PlaceKind, Role
from portal.people.sessions import keyed_hash, settings


@dataclass(frozen=True)
class FirstAdministrator:
    """What the first page asks for."""

    organisation: str
    name: str
    email: str
    timezone: str = "UTC"


def first_code(now: datetime) -> str | None:
    """A fresh code for the first administrator, as it is printed; None if somebody administers already.

    It also stands in a file that only the system's owner of this installation can read, and the earlier one is
    cancelled. Call inside a write transaction.
    """
    if queries.has_administrator():
        return None
    code = as_printed(codes.issue(CodePurpose.FIRST_ADMINISTRATOR, person_id=None, seal=keyed_hash, now=now) or "")
    path = code_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    # Created closed, not closed afterwards. A code whose transaction fails opens nothing.
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(code + "\n")
    return code


def code_file() -> Path:
    """Where the code for the first administrator stands until it is used."""
    return settings().instance / "first-administrator-code"


def found(first: FirstAdministrator, typed_code: str, password_hash: str, *, now: datetime) -> Person:
    """Spend the code; make the organisation where there is none, and its first administrator.

    Raises Missing once somebody administers, Invalid `wrong_code`, Gone `code_over`, Conflict `known_already`.
    """
    if queries.has_administrator():
        raise Missing
    codes.spend(typed_code, CodePurpose.FIRST_ADMINISTRATOR, person_id=None, seal=keyed_hash, now=now)
    top = queries.organisation()
    if top is None:
        top = service.add_place(PlaceKind.ORGANISATION, first.organisation, timezone=first.timezone)
    person = service.create_person(first.name, top, email=first.email, now=now, by_id=None)
    for role in (Role.ADMINISTRATOR, Role.PROGRAMME):
        service.grant(person, role, top, by_id=person.id, now=now)
    service.set_password(person, password_hash, now=now)
    return person


def demo_refusal() -> str | None:
    """Why demo mode must not start here, or None. In demo mode everybody who can reach the page is let in."""
    if not queries.anybody_real():
        return None
    return (
        "DEMO=1 lets everybody in without signing in, and this database has real people. "
        "Set DEMO=0, or point DATABASE_URL to an empty database."
    )
