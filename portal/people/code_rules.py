"""One-time codes as people read and type them: twelve signs in three groups. Pure."""

import secrets
from datetime import timedelta

from portal.people.roles import CodePurpose

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O or U to be misread
CODE_SIGNS = 12  # 60 bits
GROUP_SIGNS = 4
MISREAD = str.maketrans("ILO", "110")
LASTS = {
    CodePurpose.FIRST_ADMINISTRATOR: timedelta(hours=24),
    CodePurpose.FIRST_SIGN_IN: timedelta(days=14),
    CodePurpose.RESET: timedelta(hours=1),
}

assert len(ALPHABET) == 32 and CODE_SIGNS % GROUP_SIGNS == 0 and set(LASTS) == set(CodePurpose)


def new_code() -> str:
    """A random code, without its hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))


def code_from(digest: bytes) -> str:
    """The code that the first 60 bits of a keyed digest stand for: the same for a message sent twice."""
    number = int.from_bytes(digest[:8], "big") >> 4
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(CODE_SIGNS)))


def as_printed(code: str) -> str:
    """`ABCD-EFGH-JKMN`."""
    return "-".join(code[at : at + GROUP_SIGNS] for at in range(0, CODE_SIGNS, GROUP_SIGNS))


def as_typed(text: str) -> str | None:
    """The code behind what somebody typed, in any case, with or without hyphens and blanks; None if it is none."""
    plain = "".join(sign for sign in text.upper() if sign not in " -–—\t").translate(MISREAD)
    return plain if len(plain) == CODE_SIGNS and set(plain) <= set(ALPHABET) else None


def lasts_in_words(purpose: CodePurpose) -> str:
    """How long a code of this purpose opens its door."""
    hours = int(LASTS[purpose].total_seconds() // 3600)
    return "1 hour" if hours == 1 else f"{hours} hours" if hours < 48 else f"{hours // 24} days"
