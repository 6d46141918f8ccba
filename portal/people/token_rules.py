"""The form of a key to the interface: `sayso_`, 43 random signs, 6 signs of checksum. Pure.

The prefix lets scanners of leaked secrets find it; the checksum tells a mistyped key from an unknown one without
asking the database.
"""

import hashlib
import secrets
import zlib
from enum import StrEnum

from portal.errors import Unauthenticated

PREFIX = "sayso_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_CHARS = 43  # 256 bits
CHECK_CHARS = 6
SHOWN_START, SHOWN_END = len(PREFIX) + 4, 4
DAYS_MAX = 365
DAYS_USUAL = 90
NAME_CHARS_MAX = 80
PER_PERSON_MAX = 20


class TokenRefusal(StrEnum):
    """Why a key opens nothing."""

    MISSING = "token_missing"
    MALFORMED = "token_malformed"
    UNKNOWN = "token_unknown"
    EXPIRED = "token_expired"
    REVOKED = "token_revoked"

    def as_error(self) -> Unauthenticated:
        """The refusal as the edge answers it."""
        return Unauthenticated(self.value, SENTENCES[self])


SENTENCES = {
    TokenRefusal.MISSING: "Send a key: Authorization: Bearer sayso_…",
    TokenRefusal.MALFORMED: "That is not a whole key. Copy it again.",
    TokenRefusal.UNKNOWN: "This key is not known here, or its person has left.",
    TokenRefusal.EXPIRED: "This key has expired. Make a new one.",
    TokenRefusal.REVOKED: "This key was revoked. Make a new one.",
}


def new_token() -> str:
    """A fresh key."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARS))
    return PREFIX + body + checksum(body)


def well_formed(token: str) -> bool:
    """True if the checksum fits, so that it may be one of ours."""
    if not token.startswith(PREFIX) or len(token) != len(PREFIX) + RANDOM_CHARS + CHECK_CHARS or not token.isascii():
        return False
    body = token[len(PREFIX) : -CHECK_CHARS]
    return secrets.compare_digest(checksum(body), token[-CHECK_CHARS:])


def fingerprint(token: str) -> str:
    """What is stored of a key: SHA-256 does, because a key has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def checksum(body: str) -> str:
    """CRC-32 of the random part in base 62, six signs."""
    number, signs = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_CHARS):
        number, rest = divmod(number, len(ALPHABET))
        signs = ALPHABET[rest] + signs
    return signs
