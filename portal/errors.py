"""The family of refusals. Each carries a stable code (for machines) and a plain sentence (for people).

Pure: knows neither HTTP nor the database. `portal.web.problems` turns a class into a status.
"""

from collections.abc import Mapping
from enum import StrEnum


class DomainError(Exception):
    """Something the caller asked for cannot be done, and why.

    code: stable, snake_case, part of the public interface.
    message: one or two plain sentences a tired person understands.
    fields: field name → sentence, where single fields of a form are at fault.
    """

    def __init__(self, code: str, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = dict(fields or {})


class Missing(DomainError):
    """It does not exist, or the viewer may not know that it exists (404)."""

    def __init__(self, what: str = "page") -> None:
        super().__init__("not_found", f"There is no such {what}, or it is not yours to see.")


class Refused(DomainError):
    """The viewer may see it but may not do this (403)."""


class OutOfScope(DomainError):
    """The key that asks does not hold the scope (403). scope: the one that is missing."""

    def __init__(self, scope: str) -> None:
        super().__init__("scope", f"This key does not hold the scope {scope}.")
        self.scope = scope


class Unauthenticated(DomainError):
    """Nobody is known to be asking: no key, or one that opens nothing (401)."""


class Stale(DomainError):
    """The thing has changed since the caller read it: its mark (`If-Match`) no longer fits (412)."""


class Malformed(DomainError):
    """The request itself is not what the interface takes, whatever it wants (400)."""


class Conflict(DomainError):
    """The state of the thing forbids it, or somebody was faster (409)."""


class Gone(DomainError):
    """It was there and is over: a used code, a closed window (410)."""


class Invalid(DomainError):
    """What was sent cannot be accepted as it stands (422)."""


class Unavailable(DomainError):
    """Not now: the database is full or busy, a service is down (503)."""


class TooMany(DomainError):
    """Too often in too short a time (429).

    retry_after_seconds: when trying again makes sense.
    """

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__("too_many_requests", message)
        self.retry_after_seconds = retry_after_seconds


class Refusal(StrEnum):
    """A no that a rule decides: its stable code, the kind of error it is, and a sentence for the person.

    field: of the form, where one is at fault.
    """

    kind: type[DomainError]
    sentence: str
    field: str

    def __new__(cls, code: str, kind: type[DomainError], sentence: str, field: str = "") -> "Refusal":
        """A member is written as (code, error class, sentence[, field]); its value is the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.kind, member.sentence, member.field = kind, sentence, field
        return member

    def as_error(self) -> DomainError:
        """The error to raise."""
        return self.kind(self.value, self.sentence, {self.field: self.sentence} if self.field else None)
