"""What may become of an order, as a table: verb, state it starts from, state it leads to. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.rewards.words import RedemptionState, RedemptionStepKind

REASON_CHARS_MIN, REASON_CHARS_MAX = 3, 300
ORDERED, APPROVED = RedemptionState.ORDERED, RedemptionState.APPROVED


class OrderVerb(StrEnum):
    """What can be done about an order."""

    APPROVE = "approve"
    DECLINE = "decline"
    DELIVER = "deliver"
    CANCEL = "cancel"
    TIME_OUT = "time_out"


class Side(StrEnum):
    """Whose verb it is."""

    RECIPIENT = "recipient"
    APPROVER = "approver"
    PORTAL = "portal"


class OrderRefusal(Refusal):
    """Why an order stays as it is."""

    SELF_AWARD = "self_award", Refused, "It is your own order: somebody else decides about it."
    NOT_YOURS = "not_yours", Refused, "Only whoever ordered it can cancel it."
    SAME_APPROVER = "same_approver", Refused, "You have approved it already: a second person is needed."
    ALREADY_RESOLVED = "already_resolved", Conflict, "This order is over: nothing about it can change any more."
    NOT_APPROVED_YET = "not_approved_yet", Conflict, "It is delivered once it has been approved."
    ALREADY_APPROVED = "already_approved", Conflict, "It has been approved already."
    NOT_CANCELLABLE = "not_cancellable", Conflict, "It is approved and being arranged: ask for it to be declined."
    EXPIRED = "expired", Conflict, "Its time is over: the points go back."
    NOT_DUE = "not_due", Conflict, "Its time is not over yet."
    REASON_NEEDED = "reason_needed", Invalid, "Say why: whoever ordered it reads this.", "reason"


@dataclass(frozen=True)
class Move:
    """A verb from the states in which it is possible, to the state it leads to."""

    side: Side
    sources: frozenset[RedemptionState]
    target: RedemptionState
    keeps_points: bool = False  # the hold stands; else it is resolved: taken by a delivery, given back by all others


TABLE: dict[OrderVerb, Move] = {
    OrderVerb.APPROVE: Move(Side.APPROVER, frozenset({ORDERED}), APPROVED, keeps_points=True),
    OrderVerb.DECLINE: Move(Side.APPROVER, frozenset({ORDERED, APPROVED}), RedemptionState.DECLINED),
    OrderVerb.DELIVER: Move(Side.APPROVER, frozenset({APPROVED}), RedemptionState.DELIVERED),
    OrderVerb.CANCEL: Move(Side.RECIPIENT, frozenset({ORDERED}), RedemptionState.CANCELLED),
    OrderVerb.TIME_OUT: Move(Side.PORTAL, frozenset({ORDERED, APPROVED}), RedemptionState.TIMED_OUT),
}
# Verbs that go on while the time is over and the worker has not come by yet: they give the points back as well.
AFTER_TIME = frozenset({OrderVerb.DECLINE, OrderVerb.CANCEL, OrderVerb.TIME_OUT})


@dataclass(frozen=True)
class OrderFacts:
    """An order as the rules see it. approver_ids: who has approved so far."""

    state: RedemptionState
    points: int
    person_id: int
    approver_ids: frozenset[int]
    expires_at: datetime


def order_refusal(
    verb: OrderVerb, facts: OrderFacts, *, actor_id: int | None, now: datetime, reason: str = ""
) -> OrderRefusal | None:
    """Why the verb is refused, or None. actor_id: None for the portal."""
    move = TABLE[verb]
    if move.side is Side.APPROVER and actor_id == facts.person_id:
        return OrderRefusal.SELF_AWARD
    if move.side is Side.RECIPIENT and actor_id != facts.person_id:
        return OrderRefusal.NOT_YOURS
    if facts.state not in move.sources:
        return _wrong_state(verb, facts.state)
    if verb is OrderVerb.TIME_OUT:
        return OrderRefusal.NOT_DUE if now < facts.expires_at else None
    if now >= facts.expires_at and verb not in AFTER_TIME:
        return OrderRefusal.EXPIRED
    if verb is OrderVerb.APPROVE and actor_id in facts.approver_ids:
        return OrderRefusal.SAME_APPROVER
    if verb is OrderVerb.DECLINE and len(reason.strip()) < REASON_CHARS_MIN:
        return OrderRefusal.REASON_NEEDED
    return None


def state_after(verb: OrderVerb, facts: OrderFacts, *, two_from: int) -> RedemptionState:
    """Where a permitted verb leads: the first of two approvals leaves the order where it is.

    two_from: points from which on two people approve.
    """
    if verb is OrderVerb.APPROVE and len(facts.approver_ids) + 1 < approvals_needed(facts.points, two_from=two_from):
        return facts.state
    return TABLE[verb].target


def approvals_needed(points: int, *, two_from: int) -> int:
    """How many people approve an order of so many points: two from `two_from` on."""
    return 2 if points >= two_from else 1


def step_of(verb: OrderVerb, after: RedemptionState) -> RedemptionStepKind:
    """What the record says: the first of two approvals is a step of its own."""
    if verb is OrderVerb.APPROVE and after is ORDERED:
        return RedemptionStepKind.SECONDED
    return RedemptionStepKind(after.value)


def expires_after(after: RedemptionState, *, days: int, wait: timedelta, now: datetime) -> datetime | None:
    """When the order lapses from now on, where that changes: an approved one has its days and the wait once more."""
    return now + timedelta(days=days) + wait if after is APPROVED else None


def _wrong_state(verb: OrderVerb, state: RedemptionState) -> OrderRefusal:
    if not state.open:
        return OrderRefusal.ALREADY_RESOLVED
    if verb is OrderVerb.DELIVER:
        return OrderRefusal.NOT_APPROVED_YET
    if verb is OrderVerb.APPROVE:
        return OrderRefusal.ALREADY_APPROVED
    return OrderRefusal.NOT_CANCELLABLE
