"""The token in the address of a private calendar: `cal_`, 43 random signs, 6 of checksum. Pure.

The prefix lets scanners of leaked secrets find it; a mistyped one is known without asking the database.
"""

import secrets

from portal.people.token_rules import ALPHABET, CHECK_CHARS, RANDOM_CHARS, checksum, fingerprint

PREFIX = "cal_"
CHARS = len(PREFIX) + RANDOM_CHARS + CHECK_CHARS
KEPT_DAYS = 90  # so long a shift stays in the calendar after it was
AHEAD_DAYS = 400
ENTRIES_MAX = 300

__all__ = ["fingerprint", "new_token", "well_formed"]


def new_token() -> str:
    """A fresh one."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARS))
    return PREFIX + body + checksum(body)


def well_formed(token: str) -> bool:
    """True if it may be one of ours."""
    if not token.startswith(PREFIX) or len(token) != CHARS or not token.isascii():
        return False
    body = token[len(PREFIX) : -CHECK_CHARS]
    return secrets.compare_digest(checksum(body), token[-CHECK_CHARS:])
