"""The moves of triage as tables: from where to where, for how long they can be taken back, and why not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.errors import Conflict, Gone, Invalid, Refusal, Refused
from portal.ideas.words import Stage
from portal.people.working_time import WorkingCalendar
from portal.triage.rules import DECLINE_CHARS_MAX

UNDO = timedelta(minutes=10)  # so long an answer is heard by nobody and can be taken back
QUESTION_CHARS_MIN, QUESTION_CHARS_MAX = 10, 600
ANSWER_CHARS_MIN, ANSWER_CHARS_MAX = 3, DECLINE_CHARS_MAX
REPLY_DAYS_MAX, REPLY_DAYS = 5, 3  # working days that a question may stop the clock, and those offered
ASSESSMENT_CHARS_MAX = 300
ACCEPTED = "I have read it and accept it."  # of a stop signal that speaks of harm or law; published


class Move(StrEnum):
    """What an executive can do with what waits."""

    COMMIT = "commit"
    ASK = "ask"
    MERGE = "merge"
    DECLINE = "decline"


class DecisionState(StrEnum):
    """Where an answer stands."""

    STANDING = "standing"
    SUPERSEDED = "superseded"  # by the next one
    UNDONE = "undone"


# What each move makes of the idea; taking it back leads from there to where it was.
FROM: Mapping[Move, frozenset[Stage]] = {
    Move.COMMIT: frozenset({Stage.PROMOTED}),
    Move.ASK: frozenset({Stage.PROMOTED}),
    Move.MERGE: frozenset({Stage.PROMOTED}),
    Move.DECLINE: frozenset({Stage.PROMOTED}),
}
TO: Mapping[Move, Stage] = {
    Move.COMMIT: Stage.PROMISED,
    Move.ASK: Stage.PROMOTED,
    Move.MERGE: Stage.MERGED,
    Move.DECLINE: Stage.DECLINED,
}
DECISION_TO: Mapping[DecisionState, frozenset[DecisionState]] = {
    DecisionState.STANDING: frozenset({DecisionState.SUPERSEDED, DecisionState.UNDONE}),
    DecisionState.SUPERSEDED: frozenset(),
    DecisionState.UNDONE: frozenset(),
}


class Opinion(StrEnum):
    """A quick assessment by one of several executives, before anybody decides."""

    GO = "go"
    NO = "no"
    NOT_SURE = "not_sure"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"go": "Do it", "no": "Don’t", "not_sure": "Not sure"}[self.value]


class UndoRefusal(Refusal):
    """Why an answer is not taken back. The value is the stable code."""

    NOT_YOURS = "not_your_decision", Refused, "Only whoever decided can take it back."
    TOO_LATE = "undo_over", Gone, "The ten minutes are over, and everybody who took part is being told."
    OWNER_ACCEPTED = "owner_accepted", Conflict, "The owner has taken the promise on. Talk to them; it stands."
    ALREADY_UNDONE = "already_undone", Conflict, "This has been taken back already."
    REPLACED = "replaced", Conflict, "This does not stand any more: something else has happened since."
    ANSWERED = "question_answered", Conflict, "The question has been answered. The answer is on the brief."


class QuestionRefusal(Refusal):
    """Why a question is not asked or not answered. The value is the stable code."""

    ASKED_ONCE = "asked_once", Conflict, "Something was asked about this idea already. The clock stops only once."
    NO_AUTHOR = (
        "no_author", Invalid,
        "Nobody is stored as the author of this idea, so nobody can be asked. Ask somebody who knows it.", "expert",
    )  # fmt: skip
    UNKNOWN_EXPERT = "unknown_expert", Invalid, "Choose somebody who works here and may read this idea.", "expert"
    IS_YOURSELF = "asks_yourself", Invalid, "That is you. Ask somebody else, or decide.", "expert"
    TOO_SHORT = "question_too_short", Invalid, "Ask in at least a few words.", "question"
    TOO_LONG = "question_too_long", Invalid, f"Keep the question to {QUESTION_CHARS_MAX} characters.", "question"
    BAD_DAYS = "reply_too_late", Invalid, f"Ask for a reply within {REPLY_DAYS_MAX} working days.", "days"
    NOT_ASKED = "not_asked", Refused, "This question was put to somebody else."
    ANSWERED = "already_answered", Conflict, "This question has been answered."
    UNDONE = "question_undone", Conflict, "This question was taken back before it reached you."
    ANSWER_TOO_SHORT = "answer_too_short", Invalid, "Write at least a few words.", "words"
    ANSWER_TOO_LONG = "answer_too_long", Invalid, f"Keep the answer to {ANSWER_CHARS_MAX:,} characters.", "words"


class GuardRefusal(Refusal):
    """Why a promise has to wait."""

    OPEN_STOPS = (
        "open_stops", Conflict,
        "Somebody says this could do harm or break a law, and nobody has answered. Answer it, or accept it in public.",
        "accepted",
    )  # fmt: skip


class AssessmentRefusal(Refusal):
    """Why an assessment is not kept."""

    TOO_LONG = "assessment_too_long", Invalid, f"Keep it to {ASSESSMENT_CHARS_MAX} characters.", "words"


@dataclass(frozen=True, slots=True)
class Made:
    """An answer as the rules of taking it back see it. accepted: its owner has taken the promise on."""

    by_id: int
    at: datetime
    state: DecisionState
    accepted: bool = False


def undo_refusal(made: Made, by_id: int, now: datetime) -> UndoRefusal | None:
    """Why this person cannot take it back now, or None."""
    if made.by_id != by_id:
        return UndoRefusal.NOT_YOURS
    if made.state is DecisionState.UNDONE:
        return UndoRefusal.ALREADY_UNDONE
    if made.accepted:
        return UndoRefusal.OWNER_ACCEPTED
    if DecisionState.UNDONE not in DECISION_TO[made.state]:
        return UndoRefusal.REPLACED
    return UndoRefusal.TOO_LATE if now >= made.at + UNDO else None


def question_refusal(words: str, days: int) -> QuestionRefusal | None:
    """Why this is no question yet, or None."""
    length = len(words.strip())
    if length < QUESTION_CHARS_MIN:
        return QuestionRefusal.TOO_SHORT
    if length > QUESTION_CHARS_MAX:
        return QuestionRefusal.TOO_LONG
    return None if 1 <= days <= REPLY_DAYS_MAX else QuestionRefusal.BAD_DAYS


def answer_refusal(words: str, *, answered: bool, undone: bool) -> QuestionRefusal | None:
    """Why this answer is not taken, or None. After its day a question can still be answered."""
    if undone:
        return QuestionRefusal.UNDONE
    if answered:
        return QuestionRefusal.ANSWERED
    length = len(words.strip())
    if length < ANSWER_CHARS_MIN:
        return QuestionRefusal.ANSWER_TOO_SHORT
    return QuestionRefusal.ANSWER_TOO_LONG if length > ANSWER_CHARS_MAX else None


def guard_refusal(open_stops: frozenset[int], accepted: frozenset[int]) -> GuardRefusal | None:
    """Why a promise waits for an answer to what is said to be harmful or unlawful; only what was read is accepted."""
    return None if open_stops <= accepted else GuardRefusal.OPEN_STOPS


def reply_by(now: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """The end of the last of so many working days after today where the idea was said."""
    day = calendar.working_day_after(calendar.day_of(now), days)
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(calendar.zone)).astimezone(now.tzinfo)
