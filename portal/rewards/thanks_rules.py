"""Thanks between colleagues: how much goes with them, and when they are refused. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from portal.errors import Conflict, Invalid, Refusal, Refused

WORDS_CHARS_MIN, WORDS_CHARS_MAX = 3, 300
EACH_POINTS_MAX = 10
OFFERED = (0, 5, 10)  # points, on the page
NOT_SENT_BACK_FOR = timedelta(days=30)


class ThanksRefusal(Refusal):
    """Why a thanks was not sent, or nothing was decided about it."""

    SELF_AWARD = "self_award", Refused, "This is you: thank somebody else.", "person"
    UNKNOWN = "unknown_colleague", Invalid, "There is no such colleague, or not any more.", "person"
    TOO_SHORT = "too_short", Invalid, "Say in a few words how they helped.", "words"
    TOO_LONG = "too_long", Invalid, f"Keep it to {WORDS_CHARS_MAX} characters.", "words"
    TOO_MANY_POINTS = (
        "too_many_points", Invalid, f"From 0 to {EACH_POINTS_MAX} points go with a thanks.", "points",
    )  # fmt: skip
    SENT_BACK = (
        "sent_back", Conflict,
        "They gave you points less than 30 days ago, so none go back yet. Words always do.", "points",
    )  # fmt: skip
    NO_BUDGET = (
        "budget_exceeded", Conflict, "There is no budget for points at the moment. Send it in words.", "points",
    )  # fmt: skip
    REPORTED = "already_reported", Conflict, "You have asked for a look at this already."
    ALREADY_HIDDEN = "already_hidden", Conflict, "It is hidden already."
    NOT_HIDDEN = "not_hidden", Conflict, "It is not hidden."
    NOT_REPORTED = "not_reported", Conflict, "Nobody waits for a decision about it."
    OWN_THANKS = "own_thanks", Refused, "You gave it or got it: somebody else decides about it."


@dataclass(frozen=True)
class NewThanks:
    """What somebody says to a colleague, with points or none."""

    to_id: int
    words: str
    points: int = 0


def thanks_refusal(wanted: NewThanks, *, from_id: int) -> ThanksRefusal | None:
    """What is wrong with it, before anything is read."""
    if wanted.to_id == from_id:
        return ThanksRefusal.SELF_AWARD
    if refusal := words_refusal(wanted.words):
        return refusal
    if type(wanted.points) is not int or not 0 <= wanted.points <= EACH_POINTS_MAX:
        return ThanksRefusal.TOO_MANY_POINTS
    return None


def words_refusal(words: str) -> ThanksRefusal | None:
    """Too short or too long."""
    if len(words.strip()) < WORDS_CHARS_MIN:
        return ThanksRefusal.TOO_SHORT
    return ThanksRefusal.TOO_LONG if len(words) > WORDS_CHARS_MAX else None


def allowance_spent(left: int) -> Conflict:
    """The refusal of more points than are left of the month, where there are any to give at all. left: points."""
    unit = "point" if left == 1 else "points"
    sentence = f"You have {left} {unit} left to give away this month. Words cost nothing."
    return Conflict("allowance_spent", sentence, {"points": sentence})
