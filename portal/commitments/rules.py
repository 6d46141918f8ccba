"""Who may move a promise on, from where to where, and whether it is kept. Pure: facts in, a named refusal or None out.

Dates are calendar days in the organisation's zone; whoever asks passes `today`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.commitments.delivery_rules import NewDelivery as NewDelivery
from portal.commitments.delivery_rules import roll_out_refusal
from portal.commitments.words import PromiseRefusal

SENTENCE_CHARS_MIN, SENTENCE_CHARS_MAX = 10, 400
REASON_CHARS_MIN, REASON_CHARS_MAX = 10, 400
UPDATE_CHARS_MIN, UPDATE_CHARS_MAX = 3, 10_000
EVIDENCE_CHARS_MIN, EVIDENCE_CHARS_MAX = 10, 2_000
PROMISE_DAYS_MAX = 365
LIVE_BEFORE_PROMISE_DAYS_MAX = 365
DUE_SOON_DAYS = 14


class CommitmentState(StrEnum):
    """Where a promise stands. Overdue is computed, never set."""

    OFFERED = "offered"  # the owner has been told first
    ACCEPTED = "accepted"
    HANDED_BACK = "handed_back"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"  # what was done is back: see relapse_rules


class Verb(StrEnum):
    """What can be done with a promise once it is made."""

    ACCEPT = "accept"
    HAND_BACK = "hand_back"
    UPDATE = "update"
    MOVE_DATE = "move_date"
    DELIVER = "deliver"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"
    NOT_BACK = "not_back"  # of what was reopened
    STEPS = "steps"  # any change of the checklist
    NEED_DECISION = "need_decision"
    DECIDE = "decide"  # what was asked for
    CALL_HELP = "call_help"
    NUDGE = "nudge"


class Standing(StrEnum):
    """How a promise looks from outside."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    OPEN = "open"
    KEPT = "kept"
    LATE_KEPT = "late_kept"
    HANDED_BACK = "handed_back"


FROM: Mapping[Verb, frozenset[CommitmentState]] = {
    Verb.ACCEPT: frozenset({CommitmentState.OFFERED}),
    Verb.HAND_BACK: frozenset({CommitmentState.OFFERED}),
    Verb.UPDATE: frozenset({CommitmentState.ACCEPTED, CommitmentState.DELIVERED, CommitmentState.REOPENED}),
    Verb.MOVE_DATE: frozenset({CommitmentState.ACCEPTED}),
    Verb.DELIVER: frozenset({CommitmentState.ACCEPTED, CommitmentState.REOPENED}),
    Verb.CONFIRM: frozenset({CommitmentState.DELIVERED}),
    Verb.SEND_BACK: frozenset({CommitmentState.DELIVERED}),
    Verb.NOT_BACK: frozenset({CommitmentState.REOPENED}),
    Verb.STEPS: frozenset({CommitmentState.ACCEPTED, CommitmentState.REOPENED}),
    Verb.NEED_DECISION: frozenset({CommitmentState.ACCEPTED, CommitmentState.REOPENED}),
    Verb.DECIDE: frozenset(CommitmentState) - {CommitmentState.HANDED_BACK, CommitmentState.CONFIRMED},
    Verb.CALL_HELP: frozenset({CommitmentState.ACCEPTED, CommitmentState.REOPENED}),
    Verb.NUDGE: frozenset({CommitmentState.OFFERED, CommitmentState.ACCEPTED, CommitmentState.REOPENED}),
}
TO: Mapping[Verb, CommitmentState] = {
    Verb.ACCEPT: CommitmentState.ACCEPTED,
    Verb.HAND_BACK: CommitmentState.HANDED_BACK,
    Verb.DELIVER: CommitmentState.DELIVERED,
    Verb.CONFIRM: CommitmentState.CONFIRMED,
    Verb.SEND_BACK: CommitmentState.ACCEPTED,
}  # what is not named leaves the state as it is; not back leads to where it was before it was reopened
OVER = frozenset({CommitmentState.HANDED_BACK, CommitmentState.CONFIRMED})
SECOND_PERSON = frozenset({Verb.CONFIRM, Verb.SEND_BACK, Verb.DECIDE})
# A promise whose owner has left: whoever gets it says first whether it is theirs. What is done stays done.
HANDED_OVER: Mapping[CommitmentState, CommitmentState] = {
    CommitmentState.OFFERED: CommitmentState.OFFERED,
    CommitmentState.ACCEPTED: CommitmentState.OFFERED,
    CommitmentState.DELIVERED: CommitmentState.DELIVERED,
    CommitmentState.REOPENED: CommitmentState.REOPENED,
}


@dataclass(frozen=True, slots=True)
class NewPromise:
    """What an executive promises: a public sentence, a date, and the metric that will show it (None: none fits)."""

    sentence: str
    due_on: date
    metric_id: int | None = None


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A promise as the rules see it. made_on: the day on which it was made. asked: its owner waits for a decision.
    calling: help is asked for."""

    state: CommitmentState
    owner_id: int
    sponsor_id: int
    made_on: date
    due_on: date
    asked: bool = False
    calling: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. answers: executive or programme where the idea was said."""

    id: int
    answers: bool = False


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A date that was promised, and the day on which it was named."""

    due_on: date
    set_on: date


@dataclass(frozen=True, slots=True)
class Course:
    """What decides how a promise looks: its state, every date ever named in order, and since when it is live."""

    state: CommitmentState
    dates: Sequence[NamedDate]
    live_from: date | None = None

    @property
    def due_on(self) -> date:
        """The date that counts now."""
        return self.dates[-1].due_on


def refusal(verb: Verb, promise: PromiseFacts, actor: Actor) -> PromiseRefusal | None:
    """Why this person cannot do this with the promise as it stands, or None. What they wrote is judged separately."""
    if verb in SECOND_PERSON:
        refused = _second_person_refusal(verb, promise, actor)
    elif verb is Verb.NUDGE:
        refused = PromiseRefusal.OWN_PROMISE if actor.id == promise.owner_id else None
    else:
        refused = None if actor.id == promise.owner_id else PromiseRefusal.NOT_THE_OWNER
    return refused or _state_refusal(verb, promise.state) or _open_refusal(verb, promise)


def _second_person_refusal(verb: Verb, promise: PromiseFacts, actor: Actor) -> PromiseRefusal | None:
    if actor.id == promise.owner_id:
        return PromiseRefusal.OWN_QUESTION if verb is Verb.DECIDE else PromiseRefusal.SECOND_PERSON
    return None if actor.answers or actor.id == promise.sponsor_id else PromiseRefusal.NOT_A_CONFIRMER


def _open_refusal(verb: Verb, promise: PromiseFacts) -> PromiseRefusal | None:
    """One decision at a time is waited for, and one call for help stands."""
    if verb is Verb.NEED_DECISION and promise.asked:
        return PromiseRefusal.ALREADY_ASKED
    if verb is Verb.DECIDE and not promise.asked:
        return PromiseRefusal.NOTHING_ASKED
    return PromiseRefusal.ALREADY_CALLING if verb is Verb.CALL_HELP and promise.calling else None


def _state_refusal(verb: Verb, state: CommitmentState) -> PromiseRefusal | None:
    if state in FROM[verb]:
        return None
    if verb is Verb.NOT_BACK:
        return PromiseRefusal.NOT_REOPENED
    if state is CommitmentState.HANDED_BACK:
        return PromiseRefusal.HANDED_BACK
    if state is CommitmentState.CONFIRMED:
        return PromiseRefusal.ALREADY_CONFIRMED
    if verb in (Verb.CONFIRM, Verb.SEND_BACK):
        return PromiseRefusal.NOT_DELIVERED
    if state is CommitmentState.OFFERED:
        return PromiseRefusal.NOT_ACCEPTED
    if verb in (Verb.ACCEPT, Verb.HAND_BACK):
        return PromiseRefusal.ALREADY_ACCEPTED
    return PromiseRefusal.ALREADY_DELIVERED


def promise_refusal(promise: NewPromise, today: date) -> PromiseRefusal | None:
    """Why this cannot be promised, or None."""
    length = len(promise.sentence.strip())
    if length < SENTENCE_CHARS_MIN:
        return PromiseRefusal.SENTENCE_TOO_SHORT
    if length > SENTENCE_CHARS_MAX:
        return PromiseRefusal.SENTENCE_TOO_LONG
    return _day_refusal(promise.due_on, today)


def reason_refusal(reason: str) -> PromiseRefusal | None:
    """Why these words are no reason (for handing back, for a new date, for sending back), or None."""
    length = len(reason.strip())
    if length < REASON_CHARS_MIN:
        return PromiseRefusal.REASON_TOO_SHORT
    return PromiseRefusal.REASON_TOO_LONG if length > REASON_CHARS_MAX else None


def update_refusal(body: str) -> PromiseRefusal | None:
    """Why these words are no update, or None."""
    length = len(body.strip())
    if length < UPDATE_CHARS_MIN:
        return PromiseRefusal.UPDATE_TOO_SHORT
    return PromiseRefusal.UPDATE_TOO_LONG if length > UPDATE_CHARS_MAX else None


def new_date_refusal(promise: PromiseFacts, due_on: date, reason: str, today: date) -> PromiseRefusal | None:
    """Why the promise cannot move to this date, or None."""
    if due_on == promise.due_on:
        return PromiseRefusal.SAME_DATE
    return _day_refusal(due_on, today) or reason_refusal(reason)


def delivery_refusal(promise: PromiseFacts, delivery: NewDelivery, today: date) -> PromiseRefusal | None:
    """Why this does not count as done, or None."""
    if delivery.live_from > today:
        return PromiseRefusal.LIVE_IN_FUTURE
    if delivery.live_from < promise.made_on - timedelta(days=LIVE_BEFORE_PROMISE_DAYS_MAX):
        return PromiseRefusal.LIVE_TOO_EARLY
    if not delivery.site_ids:
        return PromiseRefusal.NO_SITE
    if refused := roll_out_refusal(delivery, today):
        return refused
    length = len(delivery.evidence.strip())
    if length < EVIDENCE_CHARS_MIN:
        return PromiseRefusal.EVIDENCE_TOO_SHORT
    return PromiseRefusal.EVIDENCE_TOO_LONG if length > EVIDENCE_CHARS_MAX else None


def _day_refusal(due_on: date, today: date) -> PromiseRefusal | None:
    if due_on <= today:
        return PromiseRefusal.DATE_NOT_AFTER_TODAY
    return PromiseRefusal.DATE_TOO_FAR if due_on > today + timedelta(days=PROMISE_DAYS_MAX) else None


def standing(course: Course, today: date) -> Standing:
    """How the promise looks on `today`.

    Kept only once a second person has confirmed it. While one looks, it is open: the owner has done their part.
    """
    if course.state is CommitmentState.HANDED_BACK:
        return Standing.HANDED_BACK
    if course.state is CommitmentState.CONFIRMED:
        return Standing.LATE_KEPT if is_late(course) else Standing.KEPT
    if course.state is CommitmentState.DELIVERED:
        return Standing.OPEN
    if today > course.due_on:
        return Standing.OVERDUE
    return Standing.DUE_SOON if today >= course.due_on - timedelta(days=DUE_SOON_DAYS) else Standing.OPEN


def is_late(course: Course) -> bool:
    """True if a date had passed before another was named, or if the change went live after the last one."""
    missed = any(later.set_on > earlier.due_on for earlier, later in zip(course.dates, course.dates[1:], strict=False))
    return missed or (course.live_from is not None and course.live_from > course.due_on)


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of a moment in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
