"""Opaque cursors for keyset paging."""

import base64
import binascii
import json
from typing import Any

from portal.errors import Invalid


def encode_cursor(*values: Any) -> str:
    """A cursor that stands behind a row with these sort values. Opaque: nobody outside may rely on its form."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(text: str | None, *kinds: type) -> list[Any] | None:
    """The sort values in a cursor, or None without one; raises Invalid (`bad_cursor`) for anything we did not make."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        values = None
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or not all(_is_a(kind, value) for kind, value in zip(kinds, values, strict=True)):
        raise Invalid("bad_cursor", "This page of the list does not exist. Start again at the top.")
    return values


def _is_a(kind: type, value: Any) -> bool:
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) >= 2**63):
        return False  # no key is larger, and drivers answer one with errors of their own
    return isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
