"""What an e-mail address and a staff number look like. Pure."""

import re

EMAIL_CHARS_MAX = 254
STAFF_NUMBER_CHARS_MAX = 40
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.I)
_STAFF_NUMBER = re.compile(r"[^\s@]+")


def is_full_address(text: str) -> bool:
    """True for name@company.example; it is not asked whether mail arrives there."""
    return len(text.casefold()) <= EMAIL_CHARS_MAX and _ADDRESS.fullmatch(text) is not None


def is_staff_number(text: str) -> bool:
    """True for one word without an @, which would make it look like an address at sign-in."""
    # As it is stored: casefolding makes some words longer.
    return len(text.casefold()) <= STAFF_NUMBER_CHARS_MAX and _STAFF_NUMBER.fullmatch(text) is not None
