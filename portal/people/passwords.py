"""Hashing passwords with Argon2id, never more than two at once."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Unavailable
from portal.people.password_rules import PASSWORD_BYTES_MAX

AT_ONCE_MAX = 2  # each takes 19 MiB and a core for some 40 ms: a flood of sign-ins must not take the machine
WAIT_SECONDS_MAX = 10
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_places = threading.BoundedSemaphore(AT_ONCE_MAX)


def hash_password(password: str) -> str:
    """The Argon2id hash (19 MiB, 2 passes, 1 lane) of exactly what was typed. Raises Unavailable (`busy`)."""
    with _one_place():
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """True if `password` is the one behind `stored`.

    Without a stored hash the work is done on a hash of nobody's password, so that an unknown account takes as long
    as a known one. Raises Unavailable (`busy`).
    """
    if len(password.encode()) > PASSWORD_BYTES_MAX:
        return False
    with _one_place():
        try:
            _hasher.verify(stored or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _one_place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS_MAX):
        raise Unavailable("busy", "Very many people are signing in at the moment. Try again in a few seconds.")
    try:
        yield
    finally:
        _places.release()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
