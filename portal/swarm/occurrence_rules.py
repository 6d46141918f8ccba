"""When somebody may note that something happened again, and within which limits. Pure.

Occurrences are evidence of what something costs. They never enter a score, and nobody sees who noted one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.errors import Conflict, Gone, Invalid, Refusal
from portal.ideas.spotting import find

DAYS_BACK = 90
MINUTES_MIN, MINUTES_MAX = 1, 480
REASON_CHARS_MAX = 60
CHANGE_MINUTES = 15
A_DAY_MAX = 40  # by one person in 24 hours, over all ideas: more than anybody meets, few enough for a stuck key


class Channel(StrEnum):
    """How the customer came to us."""

    PHONE = "phone"
    CHAT = "chat"
    MAIL = "mail"
    IN_PERSON = "in_person"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"phone": "Phone", "chat": "Chat", "mail": "Mail", "in_person": "In person", "other": "Other"}[self]


class Tried(StrEnum):
    """Whether the customer had tried self-service first."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"yes": "Yes", "no": "No", "unknown": "I do not know"}[self]


class OccurrenceRefusal(Refusal):
    """Why an occurrence is not taken. The value is the stable code."""

    WITHDRAWN = "withdrawn", Conflict, "This idea was taken back, so nothing is noted on it any more."
    MERGED = "merged", Conflict, "This idea has joined another one. Its page says which: note it there."
    HIDDEN = "hidden", Conflict, "This idea is hidden from the board, so nothing is noted on it for now."
    DAY_IN_FUTURE = "day_in_future", Invalid, "Choose today or a day before it.", "day"
    DAY_TOO_LONG_AGO = "day_too_long_ago", Invalid, f"Choose a day within the last {DAYS_BACK} days.", "day"
    MINUTES_OUT_OF_RANGE = (
        "minutes_out_of_range", Invalid,
        f"Write whole minutes, from {MINUTES_MIN} to {MINUTES_MAX}.", "minutes",
    )  # fmt: skip
    REASON_TOO_LONG = "reason_too_long", Invalid, f"Keep the reason to {REASON_CHARS_MAX} characters.", "reason"
    PERSONAL_DATA = (
        "personal_data", Invalid,
        "This looks like personal data. Write only what the contact was about.", "reason",
    )  # fmt: skip
    TOO_MANY_TODAY = (
        "too_many_today", Conflict,
        f"You have noted {A_DAY_MAX} in the last 24 hours, which is as many as we take from one person. Try tomorrow.",
    )  # fmt: skip
    TOO_LATE = "too_late", Gone, f"After {CHANGE_MINUTES} minutes it is counted and stays as it is."
    TAKEN_BACK = "taken_back", Conflict, "You have taken this back already."


@dataclass(frozen=True, slots=True)
class NewOccurrence:
    """What happened on a day. reason: of the contact, a few words. minutes: lost with it."""

    day: date
    reason: str = ""
    channel: Channel | None = None
    tried: Tried = Tried.UNKNOWN
    minutes: int | None = None


def place_refusal(*, withdrawn: bool, merged: bool, hidden: bool) -> OccurrenceRefusal | None:
    """Why nothing can be noted on an idea, or None: what was taken back, is hidden or has joined another takes none."""
    if withdrawn:
        return OccurrenceRefusal.WITHDRAWN
    if merged:
        return OccurrenceRefusal.MERGED
    return OccurrenceRefusal.HIDDEN if hidden else None


def words_refusal(wanted: NewOccurrence, today: date) -> OccurrenceRefusal | None:
    """Why these details cannot be taken, or None. today: in the organisation's zone."""
    if wanted.day > today:
        return OccurrenceRefusal.DAY_IN_FUTURE
    if wanted.day < today - timedelta(days=DAYS_BACK):
        return OccurrenceRefusal.DAY_TOO_LONG_AGO
    if wanted.minutes is not None and not MINUTES_MIN <= wanted.minutes <= MINUTES_MAX:
        return OccurrenceRefusal.MINUTES_OUT_OF_RANGE
    if len(wanted.reason.strip()) > REASON_CHARS_MAX:
        return OccurrenceRefusal.REASON_TOO_LONG
    return OccurrenceRefusal.PERSONAL_DATA if find(wanted.reason) else None


def change_refusal(noted_at: datetime, now: datetime, *, taken_back: bool) -> OccurrenceRefusal | None:
    """Why one's own occurrence can no longer be changed or taken back, or None."""
    if taken_back:
        return OccurrenceRefusal.TAKEN_BACK
    return OccurrenceRefusal.TOO_LATE if now - noted_at > timedelta(minutes=CHANGE_MINUTES) else None
