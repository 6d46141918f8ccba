"""What becomes of a stop signal: open, answered, then lifted or kept by whoever gave it. Pure."""

from enum import StrEnum

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.swarm.rules import StopReason

WORDS_MIN = 3
WORDS_MAX = 1000
STOPS_SHOWN_FROM = 3  # objectors, before anybody's words are shown
HARD = tuple(reason for reason in StopReason if reason.needs_sentence)  # harm and law: told at once


class StopStepKind(StrEnum):
    """A step in the life of a stop signal."""

    ANSWERED = "answered"
    LIFTED = "lifted"
    KEPT = "kept"


class StopState(StrEnum):
    """Where a stop signal stands."""

    OPEN = "open"
    ANSWERED = "answered"
    LIFTED = "lifted"
    KEPT = "kept"

    @property
    def words(self) -> str:
        """As people read it."""
        return _STATES[self]


class StopRefusal(Refusal):
    """Why a step is not taken. The value is the stable code."""

    OWN_STOP = "own_stop", Refused, "This stop signal is yours. Somebody else has to answer it."
    OUT_OF_REACH = "out_of_reach", Refused, "Your role does not reach the place where this idea was said."
    ALREADY_ANSWERED = "already_answered", Conflict, "This stop signal has been answered. Whoever gave it decides next."
    NOT_ANSWERED = (
        "not_answered", Conflict,
        "Nobody has answered your stop signal yet. You can take it back like any vote.",
    )  # fmt: skip
    ALREADY_KEPT = "already_kept", Conflict, "You have kept this stop signal already."
    TAKEN_BACK = "taken_back", Conflict, "This stop signal does not stand any more."
    WORDS_TOO_SHORT = "words_too_short", Invalid, "Write at least a few words.", "words"
    WORDS_TOO_LONG = "words_too_long", Invalid, f"Please keep it to {WORDS_MAX:,} characters.", "words"


def state_of(last: StopStepKind | None, *, standing: bool = True) -> StopState:
    """Where a stop signal stands. last: its newest step. standing: its vote still counts."""
    if not standing:
        return StopState.LIFTED
    return StopState(last.value) if last else StopState.OPEN


def answer_refusal(state: StopState, words: str, *, own: bool, reaches: bool = True) -> StopRefusal | None:
    """Why this answer is not taken, or None. A signal that was kept may be answered again.

    own: the viewer gave it. reaches: their role is held where the idea was said, or above.
    """
    if own or not reaches:
        return StopRefusal.OWN_STOP if own else StopRefusal.OUT_OF_REACH
    if len(words.strip()) < WORDS_MIN:
        return StopRefusal.WORDS_TOO_SHORT
    if len(words.strip()) > WORDS_MAX:
        return StopRefusal.WORDS_TOO_LONG
    if state is StopState.LIFTED:
        return StopRefusal.TAKEN_BACK
    return StopRefusal.ALREADY_ANSWERED if state is StopState.ANSWERED else None


def giver_refusal(state: StopState, wanted: StopStepKind) -> StopRefusal | None:
    """Why whoever gave the signal cannot lift or keep it, or None. What was kept can still be lifted."""
    if state is StopState.LIFTED:
        return StopRefusal.TAKEN_BACK
    if state is StopState.OPEN:
        return StopRefusal.NOT_ANSWERED
    kept = state is StopState.KEPT and wanted is StopStepKind.KEPT
    return StopRefusal.ALREADY_KEPT if kept else None


_STATES = {
    StopState.OPEN: "Not answered yet",
    StopState.ANSWERED: "Answered",
    StopState.LIFTED: "Lifted",
    StopState.KEPT: "Answered, and kept",
}
