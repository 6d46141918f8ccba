"""Guesses from the words alone: title, kind and barrier. People correct them afterwards. Pure."""

import re

from portal.ideas.guess_words import WORDS
from portal.ideas.words import TITLE_CHARS_MAX, Barrier, Kind

SENTENCE_CHARS_MIN = 12  # "No." or "Hi all." is no title: take the next sentence too
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")

RULE = re.compile(
    r"\b(?:not allowed|aren't allowed|isn't allowed|never allowed|not permitted|forbidden|prohibited|banned"
    r"|ha(?:ve|s|d) to|must(?:n't)?|can't|cannot|can not|may not|aren't able to|not able to"
    r"|won't let|don't let|doesn't let|no longer let"
    r"|rules?|polic(?:y|ies)|require[sd]?|requirement|mandatory|obliged|supposed to"
    r"|need(?:s|ed)? (?:approval|permission|sign-off|a manager|a supervisor)|only (?:a|the) (?:manager|supervisor)"
    r"|force[sd]? (?:us|me|them|customers?) to|made? to)\b"
)
FIRST_LETTERS = re.compile(r"[a-z' ]*")


def needed_letters(phrase: str) -> tuple[str, ...]:
    """Letters of which a text must hold one if the phrase, a regular expression, is to be found in it."""
    return tuple(_first_letters(part) for part in re.split(r"\|(?![^(]*\))", phrase))


def _first_letters(part: str) -> str:
    letters = FIRST_LETTERS.match(part)[0]  # type: ignore[index]
    return letters[:-1] if part[len(letters) : len(letters) + 1] in tuple("?*{") else letters


# (pattern, letters of which it needs one, weight): looking for letters is fifty times faster than for a pattern.
PATTERNS = {
    barrier: [
        (
            re.compile(rf"\b(?:{'|'.join(phrases)})\b"),
            {found for one in phrases for found in needed_letters(one)},
            weight,
        )
        for weight, phrases in weights.items()
    ]
    for barrier, weights in WORDS.items()
}


def title_of(say: str) -> str:
    """The first sentence, at most 80 characters, cut at a word."""
    sentences = [" ".join(part.split()) for part in SENTENCE_END.split(say.strip()) if part and part.strip()]
    title = sentences[0] if sentences else ""
    if len(title) < SENTENCE_CHARS_MIN and len(sentences) > 1:
        title = f"{title} {sentences[1]}"
    title = title.removesuffix(".") if not title.endswith("..") else title
    return shortened(title, TITLE_CHARS_MAX)


def shortened(text: str, chars: int) -> str:
    """`text`, or its beginning up to a word's end with an ellipsis: never more than `chars` characters."""
    if len(text) <= chars:
        return text
    head = text[:chars]  # one more than fits, so that a word ending at the limit is kept whole
    cut = head.rfind(" ")
    whole = head[:cut] if cut >= chars // 2 else head[: chars - 1]
    return whole.rstrip(" ,;:–-") + "…"


def kind_of(say: str) -> Kind:
    """A stupid rule where somebody is forbidden or made to do something; an idea otherwise."""
    return Kind.STUPID_RULE if RULE.search(_plain(say)) else Kind.IDEA


def barrier_of(say: str) -> Barrier:
    """The barrier whose words weigh most; processes where none does; of equal ones the later in the list."""
    text = _plain(say)
    weights = {
        barrier: sum(
            weight * len(pattern.findall(text))
            for pattern, letters, weight in patterns
            if any(map(text.__contains__, letters))
        )
        for barrier, patterns in PATTERNS.items()
    }
    best = max(reversed(Barrier), key=lambda barrier: weights[barrier])
    return best if weights[best] else Barrier.PROCESSES


def _plain(say: str) -> str:
    return " ".join(say.casefold().replace("’", "'").split())
