"""When a debrief may be written, what an answer may hold, and what can be taken back. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.frontline.words import Attendance, DebriefQuestion, InsightKind, SeatState
from portal.ideas.words import SAY_CHARS_MAX, SAY_CHARS_MIN

WORDS_MIN, WORDS_MAX = SAY_CHARS_MIN, SAY_CHARS_MAX  # so that an answer can become an idea as it stands
PLACES_MAX = 9
UNDO_MINUTES = 10
UNDO = timedelta(minutes=UNDO_MINUTES)
SEVERAL = frozenset({DebriefQuestion.SURPRISED, DebriefQuestion.MADE_THEM, DebriefQuestion.WILL_DO})
BECOMES = SEVERAL  # what one expected is kept for comparison; the other answers can become something


class DebriefRefusal(Refusal):
    """Why a debrief, or an answer in it, is not taken. The value is the stable code."""

    NO_SEAT = "no_seat", Refused, "Only whoever has a seat in this shift writes its debrief."
    NOT_STARTED = "not_started", Conflict, "The shift has not started. You can write it down from its first minute."
    NOT_THERE = "not_there", Conflict, "You were marked as not there. Ask the site to correct it, then write it down."
    TOO_SHORT = "words_too_short", Invalid, "Write at least a few words.", "words"
    TOO_LONG = "words_too_long", Invalid, f"Please keep it to {WORDS_MAX} characters.", "words"
    ONE_ANSWER = "one_answer", Invalid, f"This question has one answer; the others have up to {PLACES_MAX}.", "place"
    HAS_BECOME = (
        "has_become", Conflict,
        "This answer has become something already. Take that back first, or write another one.",
    )  # fmt: skip
    KEPT_FOR_YOU = "kept_for_you", Invalid, "What you expected stays in the debrief. Choose another answer.", "question"
    NOTHING_WRITTEN = "nothing_written", Conflict, "Nothing is written down yet. One sentence is enough."
    NO_STOP = "no_stop", Invalid, "Choose the stop signal that you answer.", "stop"
    NO_DATE = "no_date", Invalid, "Say by when.", "due_on"
    CANNOT_PROMISE = "cannot_promise", Conflict, "Your role cannot be given promises. Make it an idea or a note."
    TAKEN_BACK = "taken_back", Conflict, "This was taken back already."
    ANSWER_STANDS = "answer_stands", Conflict, "Your answer to the stop signal is public and stands."
    PROMISE_STANDS = (
        "promise_stands", Conflict,
        f"A promise can be taken back for {UNDO_MINUTES} minutes. Now it stands: name another date, with the reason.",
    )  # fmt: skip
    NOT_ASKED = "not_asked", Refused, "You are not asked whether you want to be named here."


class HidingRefusal(Refusal):
    """Why moderation decides nothing about an insight, beside what it says of ideas and comments."""

    NOT_A_NOTE = (
        "not_a_note", Conflict, "This became an idea, a promise or an answer. What it became is decided about there.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A seat as the rules see it."""

    state: SeatState
    attendance: Attendance
    starts_at: datetime


def writing_refusal(seat: SeatFacts, *, now: datetime) -> DebriefRefusal | None:
    """Why this seat gives no debrief, or None: who has it, from the moment the shift has started."""
    if seat.state is not SeatState.BOOKED:
        return DebriefRefusal.NO_SEAT
    if now < seat.starts_at:
        return DebriefRefusal.NOT_STARTED
    missed = seat.attendance in (Attendance.NO_SHOW, Attendance.EXCUSED)
    return DebriefRefusal.NOT_THERE if missed else None


def answer_refusal(question: DebriefQuestion, place: int, words: str) -> DebriefRefusal | None:
    """Why these words are no answer, or None."""
    if not 1 <= place <= (PLACES_MAX if question in SEVERAL else 1):
        return DebriefRefusal.ONE_ANSWER
    length = len(words.strip())
    if length < WORDS_MIN:
        return DebriefRefusal.TOO_SHORT
    return DebriefRefusal.TOO_LONG if length > WORDS_MAX else None


def finish_refusal(answers: Collection[object]) -> DebriefRefusal | None:
    """Why the debrief cannot be finished, or None."""
    return None if answers else DebriefRefusal.NOTHING_WRITTEN


def undo_refusal(kind: InsightKind, made_at: datetime, *, withdrawn: bool, now: datetime) -> DebriefRefusal | None:
    """Why what a surprise became cannot be taken back, or None. An idea is asked itself whether it still can be."""
    if withdrawn:
        return DebriefRefusal.TAKEN_BACK
    if kind is InsightKind.STOP_ANSWER:
        return DebriefRefusal.ANSWER_STANDS
    over = kind is InsightKind.PROMISE and now >= made_at + UNDO
    return DebriefRefusal.PROMISE_STANDS if over else None


def becoming_refusal(
    question: DebriefQuestion, kind: InsightKind, words: str, *, stop: int | None, due_on: date | None
) -> DebriefRefusal | None:
    """Why an answer cannot become this, or None. What it becomes has rules of its own."""
    if question not in BECOMES:
        return DebriefRefusal.KEPT_FOR_YOU
    if kind is InsightKind.STOP_ANSWER and stop is None:
        return DebriefRefusal.NO_STOP
    if kind is InsightKind.PROMISE and due_on is None:
        return DebriefRefusal.NO_DATE
    return answer_refusal(question, 1, words)


def credit_refusal(*, own: bool, withdrawn: bool) -> DebriefRefusal | None:
    """Why somebody cannot say whether they want to be named, or None. own: they hosted the shift."""
    if not own:
        return DebriefRefusal.NOT_ASKED
    return DebriefRefusal.TAKEN_BACK if withdrawn else None
