"""When a slot is, by the clock on the wall where it is, and what may be published. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.errors import Conflict, Gone, Invalid, Refusal
from portal.frontline.words import Busy, Channel

MINUTES = range(15, 721)
SEATS = range(1, 51)
QUEUE_CHARS_MAX, LANGUAGE_CHARS_MAX, NOTE_CHARS_MAX = 80, 40, 300
REASON_CHARS = range(1, 401)
AHEAD_DAYS_MAX = 400
OLDEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


class Length(StrEnum):
    """How long a shift is, in three words."""

    HALF_HOUR = "half_hour"
    HOUR = "hour"
    DAY = "day"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"half_hour": "30 min", "hour": "1 hour", "day": "A day"}[self.value]


class SlotRefusal(Refusal):
    """Why a slot is not published, changed or cancelled. The value is the stable code."""

    UNKNOWN_SITE = "unknown_site", Invalid, "Choose a site that you look after.", "site"
    QUEUE = "queue_length", Invalid, f"Name the queue in 1 to {QUEUE_CHARS_MAX} characters.", "queue"
    LANGUAGE = "language_length", Invalid, f"Name the language in 1 to {LANGUAGE_CHARS_MAX} characters.", "language"
    NOTE = "note_length", Invalid, f"Keep the note to {NOTE_CHARS_MAX} characters.", "note"
    LENGTH = "bad_minutes", Invalid, "A shift lasts from 15 minutes to 12 hours.", "minutes"
    SEATS = "bad_seats", Invalid, "There are 1 to 50 seats.", "seats"
    NO_SUCH_TIME = (
        "no_such_time", Invalid,
        "The clocks go forward then, so that time of day does not come. Choose another one.", "starts",
    )  # fmt: skip
    PAST = "slot_in_the_past", Invalid, "Choose a time that is still to come.", "day"
    TOO_FAR = "slot_too_far", Invalid, f"Choose a day within the next {AHEAD_DAYS_MAX} days.", "day"
    OPENS_LATE = "opens_after_the_start", Invalid, "Sign-up opens before the shift starts.", "opens"
    UNKNOWN_BUDDY = "unknown_buddy", Invalid, "Choose somebody who works at that site.", "buddy"
    BUDDY_SAID_NO = (
        "buddy_said_no", Conflict,
        "They have said no to this shift. Nobody is asked twice: ask somebody else.", "buddy",
    )  # fmt: skip
    REASON = "reason_length", Invalid, "Say why, in at most 400 characters. Whoever signed up reads it.", "reason"
    OVER = "slot_over", Conflict, "This shift has begun or is over, so it stays as it was."
    CANCELLED = "slot_cancelled", Gone, "This shift was cancelled. Publish another one instead."
    BELOW_BOOKED = (
        "capacity_below_booked", Conflict,
        "More people have a seat than that. Say that the last ones wait, or keep the seats.", "seats",
    )  # fmt: skip


@dataclass(frozen=True)
class Where:
    """Where a slot stands in the tree, for the policy."""

    path: str


@dataclass(frozen=True, kw_only=True)
class Window:
    """What a shift says about itself, on whichever days. starts: on the wall there."""

    starts: time
    minutes: int
    queue: str
    language: str
    channel: Channel = Channel.CALLS
    busy: Busy = Busy.USUAL
    seats: int = 1
    buddy_id: int | None = None
    briefing_needed: bool = True
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OneDay(Window):
    """A window on one day there. later: where that night shows the time twice, the second time. opens_at: when sign-up
    begins, None at once.
    """

    day: date
    opens_at: datetime | None = None
    later: bool = False


@dataclass(frozen=True, kw_only=True)
class NewSlot(OneDay):
    """A window as it was sent."""

    site_id: int


@dataclass(frozen=True, kw_only=True)
class SlotChanges(OneDay):
    """The slot as it is to be, whole; the site stays. to_waiting: where more have a seat than there are to be, the
    last ones wait.
    """

    to_waiting: bool = False


def utc_of(day: date, wall_time: time, zone: str, *, later: bool = False) -> datetime:
    """The moment (UTC) at which the clock on the wall of a zone shows a time.

    RFC 5545, 3.3.5: a time that comes twice is the first of the two (`later`: the second), and one that the clocks
    skip is counted on from before they went forward.
    """
    wall = datetime.combine(day, wall_time.replace(tzinfo=None, fold=0), ZoneInfo(zone))
    first = wall.astimezone(UTC)
    return wall.replace(fold=1).astimezone(UTC) if later and first < wall.replace(fold=1).astimezone(UTC) else first


def comes(day: date, wall_time: time, zone: str) -> bool:
    """False for a time of day that the clocks of a zone skip."""
    return utc_of(day, wall_time, zone).astimezone(ZoneInfo(zone)).time() == wall_time.replace(fold=0)


def comes_twice(day: date, wall_time: time, zone: str) -> bool:
    """True where the clocks go back and show this time once more."""
    return utc_of(day, wall_time, zone) != utc_of(day, wall_time, zone, later=True)


def times_of(slot: OneDay, zone: str) -> tuple[datetime, datetime]:
    """From when until when (UTC). The minutes are those that pass, whatever the clocks do meanwhile."""
    starts_at = utc_of(slot.day, slot.starts, zone, later=slot.later)
    return starts_at, starts_at + timedelta(minutes=slot.minutes)


def length_of(minutes: int) -> Length:
    """In which of the three lengths a shift is counted."""
    if minutes <= 45:
        return Length.HALF_HOUR
    return Length.HOUR if minutes < 240 else Length.DAY


def slot_refusal(slot: OneDay, zone: str, *, now: datetime) -> SlotRefusal | None:
    """Why it cannot be published or changed like this, or None."""
    if refused := words_refusal(slot):
        return refused
    if refused := _day_refusal(slot.day, now):
        return refused
    if not comes(slot.day, slot.starts, zone):
        return SlotRefusal.NO_SUCH_TIME
    starts_at, _ = times_of(slot, zone)
    if starts_at <= now:
        return SlotRefusal.PAST
    if starts_at > now + timedelta(days=AHEAD_DAYS_MAX):
        return SlotRefusal.TOO_FAR
    return SlotRefusal.OPENS_LATE if slot.opens_at is not None and slot.opens_at >= starts_at else None


def opens_of(day: date | None, zone: str) -> datetime | None:
    """When sign-up opens that opens with a day there; None where it is open at once."""
    if day is None or day.year < OLDEST.year:
        return None
    return utc_of(min(day, LATEST), time(0), zone)


def reason_refusal(reason: str) -> SlotRefusal | None:
    """Why this is no reason, or None."""
    return None if len(reason.strip()) in REASON_CHARS else SlotRefusal.REASON


def tidied(slot: NewSlot) -> NewSlot:
    """Without blanks at the ends."""
    return replace(slot, queue=slot.queue.strip(), language=slot.language.strip(), note=slot.note.strip())


def _day_refusal(day: date, now: datetime) -> SlotRefusal | None:
    """Before anything is counted with it: the calendar has days that no zone has a moment for."""
    ahead = (day - now.date()).days
    if ahead < -1:
        return SlotRefusal.PAST
    return SlotRefusal.TOO_FAR if ahead > AHEAD_DAYS_MAX + 1 else None


def words_refusal(slot: Window) -> SlotRefusal | None:
    """Why what a window says about itself cannot stay like this, whenever it is, or None."""
    if not 1 <= len(slot.queue.strip()) <= QUEUE_CHARS_MAX:
        return SlotRefusal.QUEUE
    if not 1 <= len(slot.language.strip()) <= LANGUAGE_CHARS_MAX:
        return SlotRefusal.LANGUAGE
    if len(slot.note.strip()) > NOTE_CHARS_MAX:
        return SlotRefusal.NOTE
    if slot.minutes not in MINUTES:
        return SlotRefusal.LENGTH
    return None if slot.seats in SEATS else SlotRefusal.SEATS
