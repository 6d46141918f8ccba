"""*Ask again*: who may, and what brings a declined idea back to the executives. Pure.

Enough new voices do, a new fact that somebody who answers for the place has looked at, and the day on which we said
that we would look again.

A new voice is somebody who had not said *me too* before the answer. With 60 % more of them than there were supporters,
from at least two teams, the idea waits for an answer again.
"""

import math
from enum import StrEnum

from portal.errors import Conflict, Invalid, Refusal, Refused

SHARE_PERCENT = 60
VOICES_MIN = 3  # however few had backed it: one or two people do not reopen an answer
TEAMS_MIN = 2  # as for the swarm line


FACT_CHARS_MIN, FACT_CHARS_MAX = 20, 1_000


class Because(StrEnum):
    """Why a declined idea is with the executives again."""

    VOICES = "voices"
    FACT = "fact"
    DATE = "date"  # it was declined with a day on which it is looked at again


class AskRefusal(Refusal):
    """Why somebody cannot ask again. The value is the stable code."""

    NOT_DECLINED = "not_declined", Conflict, "This idea is not declined, so there is nothing to ask again."
    HIDDEN = "hidden", Conflict, "This idea is hidden from the board, so nothing is noted on it for now."
    OWN_IDEA = "own_idea", Refused, "This idea is yours. It takes colleagues who had not backed it to ask again."
    ALREADY_COUNTED = (
        "already_counted", Conflict,
        "Your me too counts already. It takes colleagues who had not said so by then.",
    )  # fmt: skip
    ALREADY_ASKED = "already_asked", Conflict, "You have asked again already."
    FACT_TOO_SHORT = (
        "fact_too_short", Invalid, f"Say in at least {FACT_CHARS_MIN} characters what has changed.", "words",
    )  # fmt: skip
    FACT_TOO_LONG = "fact_too_long", Invalid, f"Keep it to {FACT_CHARS_MAX:,} characters.", "words"
    NOT_ASKED = "not_asked", Conflict, "You have not asked again, so there is nothing to take back."


def ask_refusal(*, declined: bool, hidden: bool, own: bool, backed: bool) -> AskRefusal | None:
    """Why this person's voice is no new one here, or None. backed: they had said me too before the answer."""
    if not declined:
        return AskRefusal.NOT_DECLINED
    if hidden:
        return AskRefusal.HIDDEN
    if own:
        return AskRefusal.OWN_IDEA
    return AskRefusal.ALREADY_COUNTED if backed else None


def fact_refusal(words: str, *, declined: bool) -> AskRefusal | None:
    """Why this is no new fact about a declined idea, or None."""
    if not declined:
        return AskRefusal.NOT_DECLINED
    length = len(words.strip())
    if length < FACT_CHARS_MIN:
        return AskRefusal.FACT_TOO_SHORT
    return AskRefusal.FACT_TOO_LONG if length > FACT_CHARS_MAX else None


def voices_needed(supporters: int) -> int:
    """How many new voices it takes. supporters: people who had backed it when the answer was given."""
    return max(VOICES_MIN, math.ceil(supporters * SHARE_PERCENT / 100))


def returns(voices: int, teams: int, supporters: int) -> bool:
    """Whether it goes back to the executives. teams: different ones among the new voices."""
    return voices >= voices_needed(supporters) and teams >= TEAMS_MIN


def progress(voices: int, teams: int, supporters: int) -> str:
    """ "4 of 12 new voices have asked again. With 12, from at least 2 teams, it goes back to the executives."."""
    needed = voices_needed(supporters)
    has = "has" if voices == 1 and needed == 1 else "have"
    still = " They all come from one team so far." if voices >= needed and teams < TEAMS_MIN else ""
    return (
        f"{voices} of {needed} new voices {has} asked again.{still} With {needed}, from at least {TEAMS_MIN} teams, "
        "it goes back to the executives."
    )
