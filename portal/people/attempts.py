"""Guessing is slowed down: an attempt is counted before the secret is looked at, in a transaction of its own."""

from contextlib import suppress
from datetime import datetime

from portal.errors import DomainError, TooMany
from portal.people import failures
from portal.people.sessions import keyed_hash
from portal.web.network import client_network
from portal.web.transactions import writing

WRONG = {"wrong_sign_in", "wrong_code", "wrong_password"}


class Attempt:
    """One try at a secret. It counts as failed from the start, so that many at once cannot all slip through."""

    def __init__(self, account: str, *, now: datetime) -> None:
        self.account = account
        self._now = now

    def __enter__(self) -> "Attempt":
        network = client_network()
        failures.refuse_if_too_many(self.account, network, now=self._now)
        with writing():
            self._row = failures.note(self.account, network, now=self._now)
        try:
            failures.refuse_if_too_many(self.account, network, now=self._now, mine=1)
        except TooMany:
            self._take_back()
            raise
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        # A full or busy database, or a new password that is refused, is nobody's wrong guess.
        if error is not None and not (isinstance(error, DomainError) and error.code in WRONG):
            with suppress(DomainError):
                self._take_back()

    def _take_back(self) -> None:
        with writing():
            failures.take_back(self._row)


def account_of(login: str, person_id: int | None) -> str:
    """The keyed hash under which failures are counted: one for each person, whichever of their names was typed."""
    return keyed_hash(f"person:{person_id}" if person_id else f"typed:{login.strip().casefold()}")
