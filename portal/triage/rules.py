"""What an answer must contain. Pure."""

from enum import StrEnum

DECLINE_CHARS_MIN = 40
SENTENCE_CHARS_MAX = 400
PROMISE_DAYS_MAX = 365


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
