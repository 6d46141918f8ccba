"""Whether somebody can have a seat, give it up, or take one over. Pure: every answer is one named state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.errors import Conflict, Gone, Refusal
from portal.frontline.words import Attendance, SeatState

LATE_JOIN = timedelta(minutes=10)  # after the start, or a fifth of a short shift
LATE_JOIN_PART = 5
PASSED_ON_UNTIL = timedelta(hours=1)  # before the start: later nobody is put on without having asked for it now
GIVE_UP_UNTIL = timedelta(hours=24)  # before the start: one tap; later a stand-in, or the site
DECLINE_WITHIN = timedelta(hours=12)  # of being promoted from the waiting list
UNDO_WITHIN = timedelta(minutes=10)


class SignUpState(Refusal):
    """What a slot is to somebody at a moment. The first that applies, in the order of `signup_state`."""

    FREE = ("free", Conflict, "There is a seat for you.")
    YOURS = ("yours", Conflict, "You have this already.")
    FULL = ("full", Conflict, "Every seat is taken, and within an hour of the start none is passed on any more.")
    CLASH = ("clash", Conflict, "You have another shift at that time. Give that one up first, or take another.")
    NOT_YET_OPEN = ("not_yet_open", Conflict, "Sign-up has not begun yet.")
    TOO_LATE = ("too_late", Conflict, "It has begun, and too long ago to join now.")
    BRIEFING_MISSING = (
        "briefing_missing",
        Conflict,
        "You need the data protection briefing first; the site can tell you when the next one is.",
    )
    CANCELLED = ("cancelled", Gone, "This shift was cancelled.")
    OVER = ("over", Conflict, "This shift is over.")  # fmt: skip


class GiveUpRefusal(Refusal):
    """Why a seat cannot be given up, taken back or passed on by the person who has it."""

    NOT_YOURS = ("not_yours", Conflict, "You have no seat here, and you are not on the waiting list.")
    ASK_THE_SITE = (
        "ask_the_site",
        Conflict,
        "It begins within 24 hours. Ask for a stand-in, or ask the site to take you out.",
    )
    BEGUN = ("begun", Conflict, "It has begun. The site notes who came.")
    NOTHING_TO_UNDO = ("nothing_to_undo", Conflict, "There is nothing left to take back here.")  # fmt: skip


class StandInRefusal(Refusal):
    """Why somebody cannot stand in."""

    NOBODY_LOOKS = ("nobody_looks", Conflict, "Nobody looks for a stand-in here any more.")
    YOUR_OWN = ("your_own", Conflict, "This is your own seat. Somebody else can take it.")
    WAITING_FIRST = ("waiting_first", Conflict, "Others wait for this shift. They can take the seat before you.")


@dataclass(frozen=True)
class Span:
    """From a moment until just before another: what ends at 11:00 and what begins at 11:00 do not overlap."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """True where both have a moment in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class SlotFacts:
    """A slot as the rules see it. opens_at None: sign-up began when it was published."""

    span: Span
    seats: int
    taken: int
    opens_at: datetime | None = None
    cancelled: bool = False
    briefing_needed: bool = False

    @property
    def full(self) -> bool:
        """True where no seat is left."""
        return self.taken >= self.seats


@dataclass(frozen=True)
class SeatFacts:
    """Somebody's row for a slot as the rules see it."""

    state: SeatState
    starts_at: datetime
    changed_at: datetime
    decline_by: datetime | None = None
    attendance: Attendance = Attendance.SIGNED_UP


def late_join(span: Span) -> timedelta:
    """How long after the start a free seat can still be taken."""
    return min(LATE_JOIN, (span.ends_at - span.starts_at) / LATE_JOIN_PART)


def signup_state(
    slot: SlotFacts, *, now: datetime, seat: SeatState | None = None, booked: Iterable[Span] = (), briefed: bool = True
) -> SignUpState:
    """What the slot is to somebody.

    seat: where they stand with it. booked: their seats in other slots. briefed: on the day of the shift.
    """
    if slot.cancelled:
        return SignUpState.CANCELLED
    if now >= slot.span.ends_at:
        return SignUpState.OVER
    if seat is SeatState.BOOKED or (seat is SeatState.WAITING and slot.full):
        return SignUpState.YOURS
    return _hindrance(slot, now, booked, briefed) or (SignUpState.FULL if slot.full else SignUpState.FREE)


def signup_refusal(
    slot: SlotFacts, *, now: datetime, seat: SeatState | None = None, booked: Iterable[Span] = (), briefed: bool = True
) -> SignUpState | None:
    """Why somebody gets neither a seat nor a place in the waiting list; None where they get one, or have it."""
    state = signup_state(slot, now=now, seat=seat, booked=booked, briefed=briefed)
    if state is SignUpState.FULL and passes_on(slot.span.starts_at, now=now):
        return None
    return None if state in (SignUpState.FREE, SignUpState.YOURS) else state


def with_one_given_up(slot: SlotFacts) -> SlotFacts:
    """The slot as it is for whoever takes somebody's seat over."""
    return replace(slot, taken=max(0, slot.taken - 1))


def passes_on(starts_at: datetime, *, now: datetime) -> bool:
    """True while a seat that becomes free goes to the first who waits."""
    return now < starts_at - PASSED_ON_UNTIL


def decline_by(starts_at: datetime, *, now: datetime) -> datetime:
    """Until when whoever is promoted now can say no in one tap."""
    return min(now + DECLINE_WITHIN, starts_at)


def give_up_refusal(seat: SeatFacts | None, *, now: datetime) -> GiveUpRefusal | None:
    """Why somebody cannot give up their seat, or leave the waiting list, in one tap."""
    if refusal := held_refusal(seat, now=now):
        return refusal
    assert seat is not None
    free = seat.state is SeatState.WAITING or now <= seat.starts_at - GIVE_UP_UNTIL
    return None if free or _may_decline(seat, now) else GiveUpRefusal.ASK_THE_SITE


def held_refusal(seat: SeatFacts | None, *, now: datetime) -> GiveUpRefusal | None:
    """Why there is nothing to give up, by oneself or through the site."""
    if seat is None or seat.state not in (SeatState.BOOKED, SeatState.WAITING):
        return GiveUpRefusal.NOT_YOURS
    begun = now >= seat.starts_at or seat.attendance is not Attendance.SIGNED_UP
    return GiveUpRefusal.BEGUN if begun else None


def stand_in_refusal(seat: SeatFacts | None, *, now: datetime) -> GiveUpRefusal | None:
    """Why somebody cannot ask for a stand-in: only a seat can be passed on, until it begins."""
    if seat is not None and seat.state is SeatState.WAITING:
        return GiveUpRefusal.NOT_YOURS
    return held_refusal(seat, now=now)


def may_undo(at: datetime, starts_at: datetime, *, now: datetime) -> bool:
    """True while one's last step can be taken back."""
    return now < min(at + UNDO_WITHIN, starts_at)


def _hindrance(slot: SlotFacts, now: datetime, booked: Iterable[Span], briefed: bool) -> SignUpState | None:
    if slot.opens_at is not None and now < slot.opens_at:
        return SignUpState.NOT_YET_OPEN
    if now >= slot.span.starts_at + late_join(slot.span):
        return SignUpState.TOO_LATE
    if slot.briefing_needed and not briefed:
        return SignUpState.BRIEFING_MISSING
    return SignUpState.CLASH if any(slot.span.overlaps(other) for other in booked) else None


def _may_decline(seat: SeatFacts, now: datetime) -> bool:
    return seat.decline_by is not None and now < seat.decline_by
