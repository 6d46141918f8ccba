"""The blind sample: when it is drawn, how, and what it says. Pure."""

import calendar
import math
import random
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.errors import Conflict, Refusal

DRAWN = 10
Z_95 = 1.959963984540054  # the normal distribution's 97.5th percentile


class Answer(StrEnum):
    """Whether an executive would take an idea up."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"

    @property
    def words(self) -> str:
        """What they press."""
        return {"yes": "Yes", "no": "No", "unsure": "Not sure"}[self.value]


class SampleRefusal(Refusal):
    """Why an answer is not taken. The value is the stable code."""

    ALREADY_SAID = (
        "already_said", Conflict,
        "You have said what you think of this one. The first answer counts, because the second would not be blind.",
    )  # fmt: skip


class Share(NamedTuple):
    """A share with its uncertainty. low, high: the 95 % interval; share None where nothing was counted."""

    hits: int
    of: int
    share: float | None
    low: float
    high: float


def is_due(today: date) -> bool:
    """On or after the first working day (Monday to Friday) of the month."""
    first = date(today.year, today.month, 1)
    late = max(0, 7 - first.weekday()) if first.weekday() >= calendar.SATURDAY else 0
    return today.day >= 1 + late


def draw(numbers: Sequence[int], seed: str, *, size: int = DRAWN) -> list[int]:
    """`size` different ones (or all there are): the same for the same seed and numbers."""
    return random.Random(seed).sample(sorted(numbers), min(size, len(numbers)))


def mixed(numbers: Iterable[int], seed: str) -> list[int]:
    """The order in which they are shown: it says nothing about where they come from."""
    order = sorted(numbers)
    random.Random(f"{seed}:order").shuffle(order)
    return order


def majority(answers: Iterable[Answer]) -> Answer:
    """What most of those who were sure say about one idea; UNSURE where they are even or nobody was sure."""
    balance = sum((answer is Answer.YES) - (answer is Answer.NO) for answer in answers)
    return Answer.YES if balance > 0 else Answer.NO if balance < 0 else Answer.UNSURE


def wilson(hits: int, of: int, *, z: float = Z_95) -> Share:
    """A share with Wilson's score interval (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212)."""
    if not of:
        return Share(0, 0, None, 0.0, 1.0)
    share, spread = hits / of, z * z / of
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Share(hits, of, share, low if hits else 0.0, high if hits < of else 1.0)  # exact at the ends
