"""What was dealt to a visitor, in a form that travels through the browser and cannot be made up there. Pure.

A sealed page says which ideas stood in which place: with it a page stays as it was while somebody reads it, and what
was on screen can be told by number alone. A mark says that one idea was dealt to one person.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import NamedTuple

HOUR_SECONDS = 3_600
FRESH_HOURS = 24  # for as long what was on screen of a page counts
NUMBERS_MAX = 80
TEXT_MAX = 640
SEAL_BYTES, MARK_BYTES, KEY_BYTES = 9, 9, 7
CHANCE_BITS = 32


class Page(NamedTuple):
    """Ideas in the order in which they stood. key: tells pages apart, and in which hour it was made."""

    key: int
    numbers: tuple[int, ...]

    def is_fresh(self, now: datetime) -> bool:
        """Whether it is at most a day old."""
        age = _hour(now) - (self.key >> CHANCE_BITS)
        return 0 <= age <= FRESH_HOURS


def new_page(numbers: tuple[int, ...], chance: int, *, now: datetime) -> Page:
    """A page of its own. chance: 32 bits that no other page has."""
    return Page(_hour(now) << CHANCE_BITS | chance & (2**CHANCE_BITS - 1), numbers)


class Deals:
    """Seals and marks made with one secret of 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, viewer_id: int, page: Page, *, dealt: bool = True) -> str:
        """The page as text for this viewer alone. dealt: False for a list that anybody gets in the same order."""
        body = page.key.to_bytes(KEY_BYTES, "big") + b"".join(map(_varied, page.numbers))
        return _text(self._sign(_who(viewer_id, dealt), body, SEAL_BYTES) + body)

    def opened(self, viewer_id: int, text: str | None, *, dealt: bool | None = True) -> Page | None:
        """The page of a text that we made for this viewer, else None. dealt: None opens either kind."""
        if not text or len(text) > TEXT_MAX:
            return None
        try:
            whole = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (ValueError, binascii.Error):
            return None
        seal, body = whole[:SEAL_BYTES], whole[SEAL_BYTES:]
        kinds = (True, False) if dealt is None else (dealt,)
        if not any(_same(seal, self._sign(_who(viewer_id, kind), body, SEAL_BYTES)) for kind in kinds):
            return None
        return Page(int.from_bytes(body[:KEY_BYTES], "big"), _numbers(body[KEY_BYTES:]))

    def mark(self, viewer_id: int, number: int) -> str:
        """Says that this idea was dealt to this viewer."""
        return _text(self._sign(b"mark %d" % viewer_id, b"%d" % number, MARK_BYTES))

    def is_mark(self, viewer_id: int, number: int, text: str | None) -> bool:
        """Whether a text is the mark of this idea for this viewer."""
        return bool(text) and _same(str(text).encode(), self.mark(viewer_id, number).encode())

    def _sign(self, who: bytes, body: bytes, size: int) -> bytes:
        return hashlib.blake2b(who + b"\n" + body, digest_size=size, key=self._secret).digest()


def _who(viewer_id: int, dealt: bool) -> bytes:
    return b"%s %d" % (b"dealt" if dealt else b"listed", viewer_id)


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // HOUR_SECONDS


def _same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _varied(number: int) -> bytes:
    """A number in as many groups of seven bits as it needs, the lowest first."""
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes((*parts, number))


def _numbers(body: bytes) -> tuple[int, ...]:
    found, number, shift = [], 0, 0
    for byte in body:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(number)
            number = shift = 0
    return tuple(found)
