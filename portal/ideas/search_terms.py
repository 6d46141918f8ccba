"""Texts as the index knows them: words without accents, reduced to what their forms share. Pure.

One way of cutting texts for both databases, so that a word is found, marked and counted alike: the databases keep
lists of words, and never see what somebody typed. Nothing typed can be an operator of theirs.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from portal.ideas.search_stem import stem

TERMS_MAX = 12  # of what is searched for; more would only cost
WORD_CHARS_MAX = 40
READ_CHARS_MAX = 10_000
SNIPPET_CHARS = 220
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
MARKDOWN = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)|[*`>#~|]+|_{2,}|^[-+]\s", re.MULTILINE)
BLANKS = re.compile(r"\s+")
# Letters that have no accent to take off.
LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"})
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being but by can cannot cant
    could did do does doing dont done each even every few for from get gets got had has have having he her here
    hers him his how i if in into is isnt it its just let like make many may me might more most must my need
    never no nor not now of on one only or other our out over own please re same say says she should so some
    someone still such take than that the their them then there these they this those though thing things
    through to too until up us use very want was way we well were what when where which while who why will with
    without would yes yet you your
    """.split()  # noqa: SIM905 - a list of words is read more easily without quotation marks
)


class Terms(NamedTuple):
    """What is searched for. stems: without doubles; words: as they were typed, one for each stem; cut: more came."""

    stems: tuple[str, ...]
    words: tuple[str, ...]
    cut: bool = False


class Part(NamedTuple):
    """A piece of a snippet, and whether it is a word that was searched for."""

    text: str
    marked: bool


def terms(text: str, most: int = TERMS_MAX) -> Terms:
    """The first `most` different words of what somebody is looking for; words that are in every text are left out."""
    found: dict[str, str] = {}
    for word, _, _ in _words(text[:READ_CHARS_MAX]):
        found.setdefault(stem(word), word)
        if len(found) > most:
            break
    kept = list(found.items())[:most]
    cut = len(found) > most or len(text) > READ_CHARS_MAX
    return Terms(tuple(one for one, _ in kept), tuple(word for _, word in kept), cut)


def stems_of(*texts: str) -> str:
    """The words of texts as the index keeps them: stems with blanks between them, in their order."""
    return " ".join(stem(word) for text in texts for word, _, _ in _words(text[:READ_CHARS_MAX]))


def words_of(*texts: str) -> set[str]:
    """The different words of texts, without accents, in the forms in which they stand there."""
    return {word for text in texts for word, _, _ in _words(text[:READ_CHARS_MAX])}


def plain(text: str) -> str:
    """A Markdown text as it reads: without its signs, on one line."""
    return BLANKS.sub(" ", MARKDOWN.sub(lambda found: found[1] or "", text)).strip()


def marked(text: str, wanted: Set[str]) -> list[Part]:
    """The text in pieces, with those marked whose stem is wanted."""
    parts, behind = [], 0
    for word, start, end in _words(text):
        if stem(word) in wanted:
            parts += [Part(text[behind:start], False), Part(text[start:end], True)]
            behind = end
    return [part for part in (*parts, Part(text[behind:], False)) if part.text]


def snippet(text: str, wanted: Set[str], most: int = SNIPPET_CHARS) -> list[Part]:
    """About `most` characters of a text around the first wanted word, with the wanted ones marked."""
    text = BLANKS.sub(" ", text).strip()
    if len(text) <= most:
        return marked(text, wanted)
    first = next((start for word, start, _ in _words(text) if stem(word) in wanted), 0)
    start = 0 if first < most * 2 // 3 else text.rfind(" ", 0, first - most // 4) + 1
    end = text.rfind(" ", start, start + most)
    shown = text[start : end if end > start else start + most]
    dots = "… " if start else "", " …" if start + len(shown) < len(text) else ""
    return marked(f"{dots[0]}{shown}{dots[1]}", wanted)


def fold(word: str) -> str:
    """A word in small letters without accents. Other scripts are spelled in letters that every database cuts alike."""
    letters = unicodedata.normalize("NFKD", word.casefold().translate(LETTERS))
    kept = "".join(letter for letter in letters if letter.isalnum())
    if not kept.isascii():
        kept = "u" + kept.encode("utf-8", "replace").hex()
    return kept[:WORD_CHARS_MAX]


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    for found in TOKEN.finditer(text):
        raw = found[0]
        owned = re.split("['’]", raw)
        word = fold("".join(owned[:-1]) if len(owned) > 1 and owned[-1] in ("s", "S") else "".join(owned))
        if word and word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            yield word, found.start(), found.end()


def any_of(stems: Iterable[str], *, postgres: bool, begun: bool = False) -> str:
    """The databases' way of asking for one of these stems; begun: or for one that begins so."""
    return _asked(stems, " | " if postgres else " OR ", postgres, begun)


def all_of(stems: Iterable[str], *, postgres: bool, begun: bool = False) -> str:
    """The databases' way of asking for all of these stems; begun: or for such as begin so."""
    return _asked(stems, " & " if postgres else " AND ", postgres, begun)


def two_of(stems: Iterable[str], *, postgres: bool) -> str:
    """The databases' way of asking for two of these stems; for the one, where there is one."""
    few = list(stems)
    if len(few) < 2:
        return all_of(few, postgres=postgres)
    pairs = [
        all_of(pair, postgres=postgres) for n, one in enumerate(few) for pair in ((one, other) for other in few[:n])
    ]
    return (" | " if postgres else " OR ").join(f"({pair})" for pair in pairs)


def _asked(stems: Iterable[str], between: str, postgres: bool, begun: bool) -> str:
    quote, star = ("'", ":*") if postgres else ('"', "*")
    return between.join(f"{quote}{one}{quote}{star if begun else ''}" for one in stems)
