"""Whose turn it is to speak for a place, when, and what a representative may do. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.errors import Conflict, Invalid, Refusal, Refused

WEEKS_MIN, WEEKS_MAX = 1, 26
AHEAD = timedelta(days=365)  # a rotation begins within a year
DRAWN_BEFORE = timedelta(days=14)  # whoever is next is named so long before their turn
HANDING_UNTIL = timedelta(days=14)  # words can be left to the next one so long after the last day
WORDS_MIN, CARRY_MAX, VOICE_MAX, GIVE_MAX, HANDING_MAX = 3, 600, 600, 300, 2_000


class RepresentativeRefusal(Refusal):
    """Why something about representatives is not done. The value is the stable code."""

    ROTATION_RUNS = "rotation_runs", Conflict, "People speak for this place in turn already."
    ROTATION_ENDED = "rotation_ended", Conflict, "Nobody speaks for this place in turn any more."
    NOBODY_THERE = "nobody_there", Conflict, "Nobody works there who could speak for it."
    WEEKS = "bad_weeks", Invalid, f"A turn lasts {WEEKS_MIN} to {WEEKS_MAX} weeks.", "weeks"
    STARTS = "bad_start", Invalid, "Let it begin today or within a year.", "starts_on"
    NOT_OF_THIS_PLACE = "not_of_this_place", Refused, "Only people of this place can do that."
    NOT_YOUR_TURN = "not_your_turn", Refused, "This turn is somebody else’s."
    NOT_NOW = "not_now", Conflict, "This is not your turn yet, or it is over."
    TURN_OVER = "turn_over", Conflict, "This turn is over, or the next one has it already."
    ALREADY_OUT = "already_opted_out", Conflict, "You are left out already."
    NOT_OUT = "not_opted_out", Conflict, "You are in the rotation."
    ALREADY_GIVEN = "already_given", Conflict, "You have given this to carry already."
    NOT_GIVEN = "not_given", Conflict, "You have not given this to carry, or it is carried already."
    IDEA_NOT_OPEN = "idea_not_open", Conflict, "Only what is still open can be carried to the executives."
    OWN_IDEA = "own_idea", Refused, "This idea is yours. Give it to the next one to carry."
    ALREADY_CARRIED = "already_carried", Conflict, "One idea a turn, and this turn’s has been carried."
    NOT_WAITING = "not_waiting", Conflict, "This has been answered, or does not wait for an answer."
    NO_VOICE = "no_voice", Conflict, "You have added nothing to this, or have taken it back."
    WORDS_MISSING = "words_missing", Invalid, "Say it in a few words.", "words"
    WORDS_TOO_LONG = "words_too_long", Invalid, "Please keep it shorter.", "words"


@dataclass(frozen=True, slots=True)
class Period:
    """The days of one turn, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who could speak for a place. since: when they came to the portal."""

    id: int
    since: datetime


def period_of(starts_on: date, weeks: int, day: date) -> Period:
    """The turn of a rotation in which a day lies; the first one for every day before it begins."""
    length = timedelta(weeks=weeks)
    first = starts_on + max(0, (day - starts_on) // length) * length
    return Period(first, first + length - timedelta(days=1))


def after(period: Period, weeks: int) -> Period:
    """The turn that follows."""
    first = period.last + timedelta(days=1)
    return Period(first, first + timedelta(weeks=weeks) - timedelta(days=1))


def next_in_turn(
    members: Iterable[Member], last_turns: Mapping[int, date], *, lot: int, without: Collection[int] = ()
) -> int | None:
    """Who speaks next: whoever has not had a turn yet, else the one whose last turn is the longest ago.

    So nobody has a second turn before everybody who did not opt out had one. Of several who had none, whoever has
    been here longer comes first, so that newcomers push nobody back; of several who came together, the lot decides.
    It hangs on the rotation and on nothing that a person is called. last_turns: person → the first day of the last
    turn that they had. without: who has opted out, passed this one on, or is away. None where nobody is left.
    """
    found = [one for one in members if one.id not in without]
    best = min(found, key=lambda one: (last_turns.get(one.id, date.min), one.since, lot_of(lot, one.id)), default=None)
    return best.id if best else None


def lot_of(lot: int, person_id: int) -> str:
    """The place of a person in an order that is the rotation's own. lot: its number."""
    return hashlib.sha256(f"{lot}:{person_id}".encode()).hexdigest()


def start_refusal(weeks: int, starts_on: date, *, today: date) -> RepresentativeRefusal | None:
    """Why a rotation cannot begin like that, or None."""
    if not WEEKS_MIN <= weeks <= WEEKS_MAX:
        return RepresentativeRefusal.WEEKS
    return None if today <= starts_on <= today + AHEAD else RepresentativeRefusal.STARTS


def words_refusal(words: str, *, most: int, least: int = WORDS_MIN) -> RepresentativeRefusal | None:
    """Why these words cannot be taken, or None. least: 0 where none are needed."""
    length = len(words.strip())
    if length < least:
        return RepresentativeRefusal.WORDS_MISSING
    return RepresentativeRefusal.WORDS_TOO_LONG if length > most else None


def carry_refusal(
    *, mine: bool, now: bool, already: bool, open_: bool, own: bool, words: str
) -> RepresentativeRefusal | None:
    """Why a representative cannot carry an idea, or None.

    mine, now: the turn is theirs, and it is today. already: this turn's idea has been carried. open_: the idea still
    takes votes and is not hidden. own: they have said it.
    """
    if not mine:
        return RepresentativeRefusal.NOT_YOUR_TURN
    if not now:
        return RepresentativeRefusal.NOT_NOW
    if already:
        return RepresentativeRefusal.ALREADY_CARRIED
    if own:
        return RepresentativeRefusal.OWN_IDEA
    if not open_:
        return RepresentativeRefusal.IDEA_NOT_OPEN
    return words_refusal(words, most=CARRY_MAX)
