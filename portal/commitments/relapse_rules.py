"""*It's back*: when somebody may say so about what is done, and how its owner answers. Pure.

The first report reopens what was promised; later ones add a voice to the same reopening. That the promise was kept,
and when, stays as it is: a relapse is counted for itself. What was paid because it was done is taken back, as far as
it has not been spent, and given back where it was not back after all.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.commitments.rules import CommitmentState
from portal.errors import Conflict, Invalid, Refusal
from portal.ideas.spotting import find

WORDS_CHARS_MAX = 300
DAYS_BACK = 90
REPORTABLE = frozenset({CommitmentState.DELIVERED, CommitmentState.CONFIRMED, CommitmentState.REOPENED})


class Ending(StrEnum):
    """How a reopening ended."""

    FIXED = "fixed"  # delivered again; a second person looks as the first time
    NOT_BACK = "not_back"  # the owner says why, in public

    @property
    def label(self) -> str:
        """As people read it."""
        return {"fixed": "Fixed again", "not_back": "Not back"}[self.value]


class RelapseRefusal(Refusal):
    """Why *It's back* is not taken. The value is the stable code."""

    NOT_DONE = (
        "not_done", Conflict,
        "Nothing is done here yet, so it cannot be back. Note that it happened again instead.",
    )  # fmt: skip
    HIDDEN = "hidden", Conflict, "This idea is hidden from the board, so nothing is noted on it for now."
    ALREADY_SAID = (
        "already_said", Conflict,
        "You have said so already. Its owner has been told and must answer in public.",
    )  # fmt: skip
    DAY_IN_FUTURE = "day_in_future", Invalid, "Choose today or a day before it.", "day"
    DAY_TOO_LONG_AGO = "day_too_long_ago", Invalid, f"Choose a day within the last {DAYS_BACK} days.", "day"
    DAY_BEFORE_LIVE = "day_before_live", Invalid, "The change was not live yet on that day. Choose a later one.", "day"
    WORDS_TOO_LONG = "words_too_long", Invalid, f"Keep it to {WORDS_CHARS_MAX} characters.", "words"
    PERSONAL_DATA = (
        "personal_data", Invalid,
        "This looks like personal data of a customer or colleague. Take it out.", "words",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewReport:
    """Somebody met it again on a day."""

    day: date
    words: str = ""


def place_refusal(state: CommitmentState | None, *, hidden: bool) -> RelapseRefusal | None:
    """Why nothing can be back here, or None. state: of the promise that stands; None without one."""
    if hidden:
        return RelapseRefusal.HIDDEN
    return None if state in REPORTABLE else RelapseRefusal.NOT_DONE


def report_refusal(report: NewReport, *, live_from: date, today: date) -> RelapseRefusal | None:
    """Why this report is not taken, or None. live_from: since when the change is live, by its newest delivery."""
    if report.day > today:
        return RelapseRefusal.DAY_IN_FUTURE
    if report.day < today - timedelta(days=DAYS_BACK):
        return RelapseRefusal.DAY_TOO_LONG_AGO
    if report.day < live_from:
        return RelapseRefusal.DAY_BEFORE_LIVE
    if len(report.words.strip()) > WORDS_CHARS_MAX:
        return RelapseRefusal.WORDS_TOO_LONG
    return RelapseRefusal.PERSONAL_DATA if find(report.words) else None
