"""Whether what must not get worse got worse. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from portal.impact.estimate_parts import Estimate
from portal.impact.estimate_words import Decision, Direction


class RailWord(StrEnum):
    """What may be said of a guard-rail."""

    WORSENED = "worsened"
    NOT_PROVEN = "not_proven"
    HARMLESS = "harmless"

    @property
    def words(self) -> str:
        """As people read it."""
        return {"worsened": "got worse", "not_proven": "not proven harmless", "harmless": "no harm seen"}[self.value]


def rail_word(
    decision: Decision, ci_low: float | None, ci_high: float | None, direction: Direction, harm_limit: float | None
) -> RailWord:
    """The word for a guard-rail: "no visible change" is harmless only where its interval excludes the harm limit.

    harm_limit: in the metric's unit, how much worse would be harm; None: nobody said, so nothing is proven.
    """
    if decision is Decision.WORSENED:
        return RailWord.WORSENED
    if decision is Decision.IMPROVED:
        return RailWord.HARMLESS
    if decision is Decision.TOO_EARLY or ci_low is None or ci_high is None or harm_limit is None:
        return RailWord.NOT_PROVEN
    worst = -ci_low if direction is Direction.UP else ci_high
    return RailWord.HARMLESS if worst < abs(harm_limit) else RailWord.NOT_PROVEN


def word_for(found: Estimate, harm_limit: float | None) -> RailWord:
    """The same from an estimate."""
    return rail_word(found.decision, found.ci_low, found.ci_high, found.direction, harm_limit)


def worst_of(words: Sequence[RailWord]) -> RailWord:
    """The word that decides; harmless where there is no guard-rail."""
    order = list(RailWord)
    return min(words, key=order.index, default=RailWord.HARMLESS)
