"""Which passwords are too easy to guess. Pure: length and how common it is, never which kinds of signs it has."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

PASSWORD_CHARS_MIN = 12
PASSWORD_BYTES_MAX = 1024  # looked at before hashing: a hash of megabytes would be an attack on us
CONTEXT_CHARS_MIN = 4  # "Al" or "BT" inside a password says nothing
LETTERS_LEFT_MIN = 6  # a password that has fewer once common words are taken out is those words
COMMON_WORDS_MAX = 2  # three different common words in a row are a passphrase
WALK_SHARE_MAX = 0.7  # of neighbouring pairs that are also neighbours on a keyboard, in the alphabet, or equal
DIFFERENT_SIGNS_MIN = 5
PRODUCT = "sayso"
ROWS = (
    "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "azertyuiop", "qwertzuiop",
    "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol",
)  # fmt: skip
LOOKS_LIKE = str.maketrans("013457@$!8", "oieastasib")

assert len(PRODUCT) >= CONTEXT_CHARS_MIN


class PasswordRefusal(StrEnum):
    """Why a password is not accepted."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    REPETITIVE = "repetitive"
    PATTERN = "pattern"
    CONTEXT = "context"
    COMMON = "common"

    @property
    def sentence(self) -> str:
        """What to do about it."""
        return SENTENCES[self]


SENTENCES = {
    PasswordRefusal.TOO_SHORT: f"Use at least {PASSWORD_CHARS_MIN} characters. Four words that do not belong "
    "together are easy to keep in mind.",
    PasswordRefusal.TOO_LONG: "That is longer than we can take. Keep it under 1,024 bytes.",
    PasswordRefusal.REPETITIVE: "This repeats the same few signs. Choose something less even.",
    PasswordRefusal.PATTERN: "This follows a row of keys or letters, which is tried first. Choose another one.",
    PasswordRefusal.CONTEXT: "This is made of your name, your organisation or Sayso. Choose something only you know.",
    PasswordRefusal.COMMON: "This is on the list of passwords that are tried first. Choose another one.",
}


def password_refusal(password: str, *, context: Iterable[str] = ()) -> PasswordRefusal | None:
    """Why `password` cannot be used, or None.

    context: names, addresses and numbers that everybody around this person knows.
    """
    if len(password.encode("utf-8", "surrogatepass")) > PASSWORD_BYTES_MAX:
        return PasswordRefusal.TOO_LONG
    if len(password) < PASSWORD_CHARS_MIN:
        return PasswordRefusal.TOO_SHORT
    plain = password.casefold()
    if is_repetitive(plain):
        return PasswordRefusal.REPETITIVE
    if follows_a_row(plain):
        return PasswordRefusal.PATTERN
    return _made_of_words(plain, context_words(context))


def is_repetitive(text: str) -> bool:
    """True for one unit said again and again, or for very few different signs."""
    if len(set(text)) < DIFFERENT_SIGNS_MIN:
        return True
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def follows_a_row(text: str) -> bool:
    """True if most neighbouring signs are neighbours on a keyboard or in the alphabet, or the same sign."""
    pairs = list(pairwise(text))
    walked = sum(first == second or (first, second) in _neighbours() for first, second in pairs)
    return walked / len(pairs) > WALK_SHARE_MAX


def context_words(context: Iterable[str]) -> set[str]:
    """The parts of names and addresses that are long enough to matter, with the product's own name."""
    parts = {part for text in context for part in re.split(r"[\W_]+", text.casefold())}
    whole = {re.sub(r"[\W_]+", "", text.casefold()) for text in context}
    return {word for word in parts | whole | {PRODUCT} if len(word) >= CONTEXT_CHARS_MIN}


def _made_of_words(plain: str, context: set[str]) -> PasswordRefusal | None:
    looked_up, words = _common()
    readings = {plain, plain.translate(LOOKS_LIKE)}
    if any(reading in looked_up or _without_ends(reading) in looked_up for reading in readings):
        return PasswordRefusal.COMMON
    for reading in readings:
        left, used = _take_out(reading, sorted(context, key=len, reverse=True))
        left, common = _take_out(left, words)
        if len(common) <= COMMON_WORDS_MAX and (used or common) and sum(map(str.isalpha, left)) < LETTERS_LEFT_MIN:
            return PasswordRefusal.CONTEXT if used else PasswordRefusal.COMMON
    return None


def _without_ends(text: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _take_out(text: str, words: Iterable[str]) -> tuple[str, set[str]]:
    """`text` without the words (the longest first), and those that were in it."""
    found = set()
    for word in words:
        if word in text:
            text = text.replace(word, " ")
            found.add(word)
    return text, found


@lru_cache(maxsize=1)
def _common() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    middle = lines.index("# words")
    whole = frozenset(line for line in lines[:middle] if not line.startswith("# "))
    return whole, tuple(sorted(lines[middle + 1 :], key=len, reverse=True))


@lru_cache(maxsize=1)
def _neighbours() -> frozenset[tuple[str, str]]:
    steps = [(row[at], row[at + 1]) for row in ROWS for at in range(len(row) - 1)]
    return frozenset(steps + [(second, first) for first, second in steps])
