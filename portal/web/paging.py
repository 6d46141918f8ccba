"""Opaque cursors for keyset paging."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from portal.errors import Invalid
from portal.keys import KEY_MAX

Row = TypeVar("Row")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
COUNTED_TO = 99


class Wide(int):
    """The kind of a whole number that is no key and may be larger: a moment in millionths of a second."""


def capped(count: int) -> str:
    """A count as a list's tab shows it: what is beyond `COUNTED_TO` is never counted, so that it costs the same."""
    return str(count) if count <= COUNTED_TO else f"{COUNTED_TO}+"


def encode_cursor(*values: Any) -> str:
    """A cursor that stands behind a row with these sort values. Opaque: nobody outside may rely on its form."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(text: str | None, *kinds: type) -> list[Any] | None:
    """The sort values in a cursor, or None without one; raises Invalid (`bad_cursor`) for anything we did not make.

    kinds: `int` is a key or a small number, `Wide` a large one.
    """
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        values = None
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or not all(_is_a(kind, value) for kind, value in zip(kinds, values, strict=True)):
        raise bad_cursor()
    return values


def bad_cursor() -> Invalid:
    """The refusal of a cursor that we did not make."""
    return Invalid("bad_cursor", "This page of the list does not exist. Start again at the top.")


def cut(rows: Sequence[Row], limit: int, sort: Callable[[Row], tuple[Any, ...]]) -> tuple[Sequence[Row], str | None]:
    """The first `limit` of rows of which one more was read, and the cursor of the next page (None at the end).

    sort: the values by which a row is sorted, as `encode_cursor` takes them.
    """
    page = rows[:limit]
    return page, encode_cursor(*sort(page[-1])) if len(rows) > limit else None


def to_micros(moment: datetime) -> int:
    """A moment as a cursor carries it: exact, in millionths of a second since 1970."""
    return (moment - BEGINNING) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The moment that a cursor carries. Raises Invalid `bad_cursor`."""
    try:
        return BEGINNING + timedelta(microseconds=micros)
    except OverflowError:
        raise bad_cursor() from None


def _is_a(kind: type, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return kind in (int, float, Wide) and abs(value) <= (KEY_MAX if kind is int else 2**63 - 1)
    return isinstance(value, kind)
