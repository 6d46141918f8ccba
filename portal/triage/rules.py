"""What an answer must contain. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.errors import Conflict, Invalid, Refusal

DECLINE_CHARS_MIN, DECLINE_CHARS_MAX = 40, 1_000
WOULD_CHANGE_CHARS_MAX = 1_000
LOOK_AGAIN_DAYS_MAX = 730


class DeclineReason(StrEnum):
    """Why not. Every no names one and says it in public."""

    LAW_OR_SAFETY = "law_or_safety"
    COSTS_MORE_THAN_IT_SAVES = "costs_more_than_it_saves"
    ALREADY_BEING_DONE = "already_being_done"
    TRAINS_AROUND_THE_PROBLEM = "trains_around_the_problem"
    NOT_NOW = "not_now"  # needs the date on which it is looked at again
    DUPLICATE = "duplicate"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            "law_or_safety": "Law or safety",
            "costs_more_than_it_saves": "Costs more than it saves",
            "already_being_done": "Already being done",
            "trains_around_the_problem": "Trains around the problem",
            "not_now": "Not now",
            "duplicate": "Same as another idea",
        }[self.value]


class DecisionRefusal(Refusal):
    """Why an answer is not taken. The value is the stable code."""

    ALREADY_DECIDED = (
        "already_decided", Conflict,
        "Somebody was faster: this idea is answered. The first answer stands; yours is kept below.",
    )  # fmt: skip
    NOT_PROMOTED = "not_promoted", Conflict, "This idea does not wait for an executive's answer."
    SENTENCE_TOO_SHORT = (
        "sentence_too_short", Invalid,
        "Say why not in at least 40 characters. Everybody who backed it will read this.", "sentence",
    )  # fmt: skip
    SENTENCE_TOO_LONG = "sentence_too_long", Invalid, "Keep the answer to 1,000 characters.", "sentence"
    WOULD_CHANGE_TOO_LONG = "would_change_too_long", Invalid, "Keep this to 1,000 characters.", "would_change"
    LOOK_AGAIN_NEEDED = "look_again_needed", Invalid, "Name the day on which we look at it again.", "look_again_on"
    LOOK_AGAIN_NOT_AFTER_TODAY = "look_again_not_after_today", Invalid, "Choose a date after today.", "look_again_on"
    LOOK_AGAIN_TOO_FAR = "look_again_too_far", Invalid, "Choose a date within two years.", "look_again_on"


@dataclass(frozen=True, slots=True)
class NewDecline:
    """A no: the reason, the public sentence, what would change it, and when it is looked at again."""

    reason: DeclineReason
    sentence: str
    would_change: str = ""
    look_again_on: date | None = None


def stage_refusal(stage: str) -> DecisionRefusal | None:
    """Why an idea at this stage cannot be answered, or None. Only what the swarm has carried waits for an answer."""
    if stage == "promoted":
        return None
    answered = stage in ("promised", "delivered", "done", "declined")
    return DecisionRefusal.ALREADY_DECIDED if answered else DecisionRefusal.NOT_PROMOTED


def decline_refusal(decline: NewDecline, today: date) -> DecisionRefusal | None:
    """Why this is not an answer yet, or None."""
    length = len(decline.sentence.strip())
    if length < DECLINE_CHARS_MIN:
        return DecisionRefusal.SENTENCE_TOO_SHORT
    if length > DECLINE_CHARS_MAX:
        return DecisionRefusal.SENTENCE_TOO_LONG
    if len(decline.would_change.strip()) > WOULD_CHANGE_CHARS_MAX:
        return DecisionRefusal.WOULD_CHANGE_TOO_LONG
    return _look_again_refusal(decline, today)


def _look_again_refusal(decline: NewDecline, today: date) -> DecisionRefusal | None:
    again = decline.look_again_on
    if again is None:
        return DecisionRefusal.LOOK_AGAIN_NEEDED if decline.reason is DeclineReason.NOT_NOW else None
    if again <= today:
        return DecisionRefusal.LOOK_AGAIN_NOT_AFTER_TODAY
    return DecisionRefusal.LOOK_AGAIN_TOO_FAR if again > today + timedelta(days=LOOK_AGAIN_DAYS_MAX) else None
