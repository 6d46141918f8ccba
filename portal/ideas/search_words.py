"""Words that were mistyped: one letter too many, too few, another or in another's place. Pure.

Two words that are one such step apart share what is left of them without one letter (or one is what is left of the
other), so a list of words under their parts finds them by equality, in any database. After W. Garbe, "1000x faster
spelling correction", 2012.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from portal.ideas.search_stem import stem
from portal.ideas.search_terms import words_of

LETTERS_MIN, LETTERS_MAX = 4, 24
LONG = 8  # letters, from which on two steps are forgiven


def without_one(word: str) -> set[str]:
    """All that is left of a word without one of its letters."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def parts_of(texts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """(part, word) for every word of texts that can be corrected to: not numbers, not very short or long ones."""
    words = {word for pair in texts for word in words_of(*pair)}
    fit = (word for word in words if LETTERS_MIN <= len(word) <= LETTERS_MAX and word.isalpha())
    return {(part, word) for word in fit for part in (word, *without_one(word))}


def parts_asked(word: str) -> set[str]:
    """Under which parts the words stand that a mistyped one may mean."""
    once = without_one(word)
    twice = {part for shorter in once for part in without_one(shorter)} if len(word) >= LONG else set()
    return {word, *once, *twice}


def counted(texts: Iterable[str]) -> Counter[str]:
    """Stem → in how many of the texts (stems with blanks between them) it stands."""
    return Counter(one for text in texts for one in set(text.split()))


def best(word: str, candidates: Collection[str], docs: Mapping[str, int]) -> str | None:
    """The candidate that was meant: the fewest steps away, then the same first letter, then the one in most texts.

    docs: stem → texts that hold it. None if none is near enough.
    """
    most = 2 if len(word) >= LONG else 1
    near = [(steps, other[0] != word[0], -docs.get(stem(other), 0), other)
            for other in candidates if other != word and (steps := distance(word, other)) <= most]  # fmt: skip
    return min(near)[3] if near else None


def distance(one: str, other: str) -> int:
    """How many letters to leave out, put in, change or swap with their neighbour to get from one word to the other.

    Optimal string alignment, as in L. Boytsov's survey of approximate dictionary searching, 2011, section 2.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        before, last, row = row, before, [at]
        for place, its in enumerate(other, start=1):
            steps = min(row[-1] + 1, before[place] + 1, before[place - 1] + (letter != its))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == its:
                steps = min(steps, last[place - 2] + 1)
            row.append(steps)
    return row[-1]
