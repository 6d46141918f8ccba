"""What may become of an order: every verb in every state, by everybody."""

import random
from datetime import timedelta
from itertools import product

import pytest

from portal.rewards.redemption_rules import (
    TABLE,
    OrderFacts,
    OrderRefusal,
    OrderVerb,
    approvals_needed,
    expires_after,
    order_refusal,
    state_after,
    step_of,
)
from portal.rewards.words import RedemptionState as State
from portal.rewards.words import RedemptionStepKind
from tests.factories import NOON

ASHA, APPROVER, OTHER = 1, 2, 3
TWO_FROM, WAIT = 500, timedelta(days=14)
LATER = NOON + timedelta(days=14)


def facts(state: State = State.ORDERED, *, points: int = 100, approvers: frozenset[int] = frozenset()) -> OrderFacts:
    return OrderFacts(state, points, ASHA, approvers, LATER)


POSSIBLE = {
    (OrderVerb.APPROVE, State.ORDERED): State.APPROVED,
    (OrderVerb.DECLINE, State.ORDERED): State.DECLINED,
    (OrderVerb.DECLINE, State.APPROVED): State.DECLINED,
    (OrderVerb.DELIVER, State.APPROVED): State.DELIVERED,
    (OrderVerb.CANCEL, State.ORDERED): State.CANCELLED,
    (OrderVerb.TIME_OUT, State.ORDERED): State.TIMED_OUT,
    (OrderVerb.TIME_OUT, State.APPROVED): State.TIMED_OUT,
}


@pytest.mark.parametrize(("verb", "state"), list(product(OrderVerb, State)))
def test_each_verb_in_each_state(verb: OrderVerb, state: State) -> None:
    actor = {OrderVerb.CANCEL: ASHA, OrderVerb.TIME_OUT: None}.get(verb, APPROVER)
    at = LATER if verb is OrderVerb.TIME_OUT else NOON

    refusal = order_refusal(verb, facts(state), actor_id=actor, now=at, reason="Not this month.")

    if (verb, state) in POSSIBLE:
        assert refusal is None
        assert state_after(verb, facts(state), two_from=TWO_FROM) is POSSIBLE[verb, state]
    else:
        assert refusal in {OrderRefusal.ALREADY_RESOLVED, OrderRefusal.NOT_APPROVED_YET, OrderRefusal.ALREADY_APPROVED,
                           OrderRefusal.NOT_CANCELLABLE}  # fmt: skip


@pytest.mark.parametrize("verb", [OrderVerb.APPROVE, OrderVerb.DECLINE, OrderVerb.DELIVER])
def test_nobody_decides_about_their_own_order(verb: OrderVerb) -> None:
    assert order_refusal(verb, facts(), actor_id=ASHA, now=NOON, reason="Mine.") is OrderRefusal.SELF_AWARD


def test_only_whoever_ordered_it_cancels() -> None:
    assert order_refusal(OrderVerb.CANCEL, facts(), actor_id=APPROVER, now=NOON) is OrderRefusal.NOT_YOURS


def test_a_no_needs_a_reason() -> None:
    assert order_refusal(OrderVerb.DECLINE, facts(), actor_id=APPROVER, now=NOON, reason="  ") is (
        OrderRefusal.REASON_NEEDED
    )


def test_a_large_order_is_approved_by_two_different_people() -> None:
    large = facts(points=TWO_FROM)
    once = facts(points=TWO_FROM, approvers=frozenset({APPROVER}))

    assert approvals_needed(TWO_FROM - 1, two_from=TWO_FROM) == 1
    assert state_after(OrderVerb.APPROVE, large, two_from=TWO_FROM) is State.ORDERED
    assert step_of(OrderVerb.APPROVE, State.ORDERED) is RedemptionStepKind.SECONDED
    assert order_refusal(OrderVerb.APPROVE, once, actor_id=APPROVER, now=NOON) is OrderRefusal.SAME_APPROVER
    assert order_refusal(OrderVerb.APPROVE, once, actor_id=OTHER, now=NOON) is None
    assert state_after(OrderVerb.APPROVE, once, two_from=TWO_FROM) is State.APPROVED


def test_after_its_time_an_order_is_neither_approved_nor_delivered() -> None:
    approved = facts(State.APPROVED)

    assert order_refusal(OrderVerb.APPROVE, facts(), actor_id=APPROVER, now=LATER) is OrderRefusal.EXPIRED
    assert order_refusal(OrderVerb.DELIVER, approved, actor_id=APPROVER, now=LATER) is OrderRefusal.EXPIRED
    assert order_refusal(OrderVerb.CANCEL, facts(), actor_id=ASHA, now=LATER) is None
    assert order_refusal(OrderVerb.TIME_OUT, facts(), actor_id=None, now=NOON) is OrderRefusal.NOT_DUE


def test_an_approved_order_has_its_days_and_two_weeks_more() -> None:
    assert expires_after(State.APPROVED, days=10, wait=WAIT, now=NOON) == NOON + timedelta(days=24)
    assert expires_after(State.ORDERED, days=10, wait=WAIT, now=NOON) is None


def test_any_sequence_refuses_by_name_or_keeps_what_always_holds() -> None:
    for seed in range(300):
        go_through(seed)


def go_through(seed: int) -> None:
    """25 verbs by anybody, at any time."""
    rng = random.Random(seed)
    state, points, approvers, now = State.ORDERED, rng.choice([100, 900]), frozenset[int](), NOON
    held, resolved, expires = True, 0, LATER
    for _ in range(25):
        verb, actor = rng.choice(list(OrderVerb)), rng.choice([None, ASHA, APPROVER, OTHER])
        now += timedelta(hours=rng.choice([1, 60]))
        known = OrderFacts(state, points, ASHA, approvers, expires)
        if (actor is None) != (verb is OrderVerb.TIME_OUT):
            continue
        refusal = order_refusal(verb, known, actor_id=actor, now=now, reason=rng.choice(["", "Not now."]))
        if refusal is not None:
            assert isinstance(refusal, OrderRefusal)
            continue
        after = state_after(verb, known, two_from=TWO_FROM)
        if verb is OrderVerb.APPROVE:
            assert actor is not None
            approvers |= {actor}
        if not TABLE[verb].keeps_points:
            held, resolved = False, resolved + 1
        expires = expires_after(after, days=10, wait=WAIT, now=now) or expires
        state = after

        assert ASHA not in approvers
        assert resolved <= 1
        assert held == state.open
        assert state not in (State.APPROVED, State.DELIVERED) or len(approvers) >= approvals_needed(
            points, two_from=TWO_FROM
        )
