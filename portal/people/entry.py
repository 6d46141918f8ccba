"""Getting in: with a password, with a one-time code, and changing the password. The HTTP edge of it."""

from collections.abc import Sequence
from datetime import datetime

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.people import codes, failures, first_start, passwords, queries, service, sessions
from portal.people.attempts import Attempt, account_of
from portal.people.first_start import FirstAdministrator
from portal.people.models import Person
from portal.people.password_rules import password_refusal
from portal.people.roles import CodePurpose
from portal.people.sessions import keyed_hash
from portal.people.viewer import Viewer
from portal.web.transactions import writing

OPENED_BY_CODE = (CodePurpose.FIRST_SIGN_IN, CodePurpose.RESET)


def enter(login: str, password: str, *, now: datetime) -> None:
    """Sign this browser in. Raises Invalid `wrong_sign_in` or TooMany, alike for known and unknown accounts."""
    person_id, stored = _known(login)
    with Attempt(account_of(login, person_id), now=now) as attempt:
        if not passwords.matches(stored, password):
            raise _wrong_sign_in()
        with writing():
            person = db.session.get(Person, person_id)
            # It may have changed while the hash was being computed.
            if person is None or not person.active or person.password_hash != stored:
                raise _wrong_sign_in()
            sessions.start(person, now=now)
            failures.forget(attempt.account)
    sessions.finish_start()


def enter_with_code(login: str, typed_code: str, password: str, *, now: datetime) -> None:
    """Spend a code, set the password and sign in, all or nothing.

    Raises Invalid (`password_refused`, `wrong_code`), Gone `code_over` or TooMany.
    """
    refuse_password(password, [login])
    person_id, _ = _known(login)
    with Attempt(account_of(login, person_id), now=now) as attempt:
        new_hash = passwords.hash_password(password)
        with writing():
            person = db.session.get(Person, person_id) if person_id else None
            if person is None or not person.active:
                raise codes.wrong_code()
            codes.spend(typed_code, *OPENED_BY_CODE, person_id=person.id, seal=keyed_hash, now=now)
            # Only now: the sentence about names would tell a stranger what somebody is called.
            refuse_password(password, context_of(person))
            service.set_password(person, new_hash, now=now)
            sessions.start(person, now=now)
            failures.forget(attempt.account)
    sessions.finish_start()


def change_password(viewer: Viewer, current: str, password: str, *, now: datetime) -> None:
    """Replace the viewer's password and end every other sign-in; this browser gets a new token.

    Raises Invalid (`wrong_password`, `password_refused`) or TooMany.
    """
    person = db.session.get_one(Person, viewer.id)
    stored, context = person.password_hash, context_of(person)
    with Attempt(account_of("", viewer.id), now=now) as attempt:
        if not passwords.matches(stored, current):
            sentence = "That is not your current password."
            raise Invalid("wrong_password", sentence, {"current_password": sentence})
        refuse_password(password, context)
        new_hash = passwords.hash_password(password)
        with writing():
            person = db.session.get_one(Person, viewer.id)
            if person.password_hash != stored:
                raise Conflict("changed_meanwhile", "The password was changed at the same moment. Sign in again.")
            service.set_password(person, new_hash, now=now)
            sessions.start(person, now=now)
            failures.forget(attempt.account)
    sessions.finish_start()


def has_password(viewer: Viewer) -> bool:
    """False for people of a demonstration, who look around without one."""
    return db.session.get_one(Person, viewer.id).password_hash is not None


def demand_password(viewer: Viewer, typed: str, *, now: datetime) -> None:
    """Make sure that it is the viewer who asks; nobody has to type a password they do not have.

    Raises Invalid `wrong_password` or TooMany.
    """
    stored = db.session.get_one(Person, viewer.id).password_hash
    if stored is None:
        return
    with Attempt(account_of("", viewer.id), now=now) as attempt:
        if not passwords.matches(stored, typed):
            sentence = "That is not your current password."
            raise Invalid("wrong_password", sentence, {"current_password": sentence})
        with writing():
            failures.forget(attempt.account)


def enter_as_first(first: FirstAdministrator, typed_code: str, password: str, *, now: datetime) -> None:
    """Make the organisation and its first administrator with the code from the console, and sign in.

    Raises what `first_start.found` raises, Invalid `password_refused` and TooMany.
    """
    refuse_password(password, [first.organisation, first.name, first.email])
    with Attempt(keyed_hash("first-administrator"), now=now) as attempt:
        new_hash = passwords.hash_password(password)
        with writing():
            person = first_start.found(first, typed_code, new_hash, now=now)
            sessions.start(person, now=now)
            failures.forget(attempt.account)
    sessions.finish_start()


def refuse_password(password: str, context: Sequence[str]) -> None:
    """Raise Invalid `password_refused` for a password that is too easy to guess."""
    organisation = queries.organisation()
    known = [*context, organisation.name if organisation else ""]
    if refusal := password_refusal(password, context=known):
        raise Invalid("password_refused", refusal.sentence, {"new_password": refusal.sentence})


def context_of(person: Person) -> list[str]:
    """What everybody around a person knows about them."""
    return [person.name, person.email or "", person.staff_number or ""]


def _known(login: str) -> tuple[int | None, str | None]:
    """(id, password hash) of the active person behind a login; the hash of nobody otherwise."""
    person = queries.person_by_login(login)
    if person is None:
        return None, None
    return person.id, person.password_hash if person.active else None


def _wrong_sign_in() -> Invalid:
    return Invalid("wrong_sign_in", "That account and password do not go together. Check both and try again.")
