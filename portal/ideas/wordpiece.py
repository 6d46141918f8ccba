"""Texts as the model of meanings reads them: in pieces of words, by number. Pure but for its list of pieces.

The greedy longest-match cutting of J. Devlin and others, "BERT", 2019, section 3, with the pieces of its uncased
English model (`wordpieces.txt`, Apache 2.0): one a line, the number of a piece is that of its line.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

UNKNOWN, BEGIN, END = 100, 101, 102
PIECES_MAX = 128  # what the model was trained on; begin and end included
WORD_CHARS_MAX = 100
PIECES = Path(__file__).with_name("wordpieces.txt")
CHINESE = re.compile("([\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff])")


def numbers_of(text: str) -> list[int]:
    """The numbers of the pieces of a text, between begin and end."""
    found = [BEGIN]
    for word in _words(text):
        found += _cut(word)
        if len(found) >= PIECES_MAX - 1:
            break
    return [*found[: PIECES_MAX - 1], END]


@lru_cache(1)
def _pieces() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(PIECES.read_text(encoding="utf-8").splitlines())}


def _words(text: str) -> Iterator[str]:
    kept = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or not _control(letter))
    plain = unicodedata.normalize("NFD", CHINESE.sub(r" \1 ", kept).lower())
    for word in "".join(letter for letter in plain if unicodedata.category(letter) != "Mn").split():
        yield from filter(None, _split(word))


def _split(word: str) -> Iterator[str]:
    """At every sign of punctuation, which is a word of its own."""
    held = ""
    for letter in word:
        if _punctuation(letter):
            yield held
            yield letter
            held = ""
        else:
            held += letter
    yield held


def _cut(word: str) -> list[int]:
    if len(word) > WORD_CHARS_MAX:
        return [UNKNOWN]
    pieces, found, start = _pieces(), [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            number = pieces.get(("##" if start else "") + word[start:end])
            if number is not None:
                break
        else:
            return [UNKNOWN]
        found.append(number)
        start = end
    return found


def _control(letter: str) -> bool:
    return letter in "\0\ufffd" or unicodedata.category(letter).startswith("C")


def _punctuation(letter: str) -> bool:
    return (letter.isascii() and not letter.isalnum()) or unicodedata.category(letter).startswith("P")
