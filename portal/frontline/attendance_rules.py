"""What became of a booked seat: which step may follow which, and when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.frontline.words import Attendance, SeatState

A = Attendance
# Nobody leaves "completed": the buddy has been thanked for it.
LEGAL: Mapping[Attendance, frozenset[Attendance]] = {
    A.SIGNED_UP: frozenset({A.ARRIVED, A.NO_SHOW, A.EXCUSED}),
    A.ARRIVED: frozenset({A.COMPLETED, A.ABANDONED}),
    A.NO_SHOW: frozenset({A.ARRIVED, A.EXCUSED}),  # came late, or had a reason
    A.EXCUSED: frozenset({A.ARRIVED}),  # came after all
    A.ABANDONED: frozenset({A.COMPLETED}),  # came back
    A.COMPLETED: frozenset(),
}
EARLY = timedelta(minutes=30)  # before the start somebody can arrive
GRACE = timedelta(minutes=15)  # after the start before somebody did not come
NOTED_WITHIN = timedelta(days=30)  # after the end
WORDS_CHARS_MAX = 400


class AttendanceRefusal(Refusal):
    """Why it is not noted. The value is the stable code."""

    NOT_BOOKED = "no_seat", Conflict, "They have no seat in this shift."
    NOT_NEXT = "not_the_next_step", Conflict, "That cannot follow what is noted already."
    NOT_YET = "not_yet", Conflict, "It is too early to note that."
    TOO_LATE = "too_late_to_note", Conflict, "That is more than 30 days ago, so it stays as it was noted."
    NOT_YOURS = "not_yours_to_note", Refused, "The site and whoever hosts note that. You can note that you are here."
    WORDS = "words_length", Invalid, f"Keep it to {WORDS_CHARS_MAX} characters.", "words"


@dataclass(frozen=True)
class SeatFacts:
    """What decides about a step. at_site: whoever marks it looks after the site, or hosts."""

    state: SeatState
    attendance: Attendance
    starts_at: datetime
    ends_at: datetime
    at_site: bool = True
    own: bool = False


def mark_refusal(seat: SeatFacts, to: Attendance, *, now: datetime) -> AttendanceRefusal | None:
    """Why this step cannot be noted, or None."""
    if not seat.at_site and not (seat.own and to is A.ARRIVED):
        return AttendanceRefusal.NOT_YOURS
    if seat.state is not SeatState.BOOKED:
        return AttendanceRefusal.NOT_BOOKED
    if to not in LEGAL[seat.attendance]:
        return AttendanceRefusal.NOT_NEXT
    if now < earliest(to, seat.starts_at):
        return AttendanceRefusal.NOT_YET
    return AttendanceRefusal.TOO_LATE if now > seat.ends_at + NOTED_WITHIN else None


def earliest(to: Attendance, starts_at: datetime) -> datetime:
    """From when on a step can be noted: half an hour before the start who arrived or is excused, a quarter of an hour
    after it who stayed away, and with the start how it ended. Before, one gives the seat up."""
    return starts_at + {A.ARRIVED: -EARLY, A.EXCUSED: -EARLY, A.NO_SHOW: GRACE}.get(to, timedelta())


def offered(seat: SeatFacts, *, now: datetime) -> list[Attendance]:
    """The steps that could be noted now, in the order of the words."""
    return [to for to in Attendance if mark_refusal(seat, to, now=now) is None]
