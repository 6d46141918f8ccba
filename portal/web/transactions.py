"""The one write transaction of a request, with the database's own refusals turned into ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from portal import db as database
from portal.errors import Conflict, Unavailable

BUSY = ("database is locked", "lock timeout", "deadlock", "could not serialize", "statement timeout")
FULL = ("database or disk is full", "disk full", "no space left")
READ_ONLY = ("readonly database", "read-only")


@contextmanager
def writing() -> Iterator[None]:
    """Open the writer around one verb; commit when it returns, roll back when it raises.

    Raises Unavailable (`busy`, `storage_full`, `database_unavailable`) or Conflict (`changed_meanwhile`)
    for what the database refuses; nothing is half-written in any case.
    """
    try:
        with database.writing():
            yield
    except IntegrityError as error:
        raise Conflict("changed_meanwhile", "Somebody changed this at the same moment. Look again.") from error
    except DBAPIError as error:
        raise translated(error) from error


def translated(error: DBAPIError) -> Exception:
    """The refusal that a database error means to a person, or the error itself where it is a fault of ours."""
    words = str(error.orig).lower()
    if any(part in words for part in FULL):
        return Unavailable(
            "storage_full", "The database is full, so this could not be saved. Your words are still here."
        )
    if any(part in words for part in BUSY):
        return Unavailable("busy", "Too much is being saved at the moment. Try again in a few seconds.")
    if any(part in words for part in READ_ONLY) or isinstance(error, OperationalError):
        return Unavailable("database_unavailable", "The database cannot be reached at the moment. Try again soon.")
    return error
