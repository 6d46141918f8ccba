"""Orders through the real verbs: points, stock and record move together, or not at all."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Missing, Refused
from portal.ledger.models import Transfer
from portal.ledger.verify import verify
from portal.notices.models import Notice
from portal.people.models import AuditEntry
from portal.rewards import redemption_jobs
from portal.rewards import redemption_service as orders
from portal.rewards.redemption_queries import order_for, order_row, queue
from portal.rewards.shop_models import Redemption, RedemptionStep, Reward
from portal.rewards.words import RedemptionState as State
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.rewards.shopping import fill_wallet, make_approver, make_reward, place_order, wallet_of, who


def code_of(verb: object) -> str:
    """The code of the refusal of a call in its own transaction."""
    with pytest.raises(DomainError) as refusal, writing():
        verb()  # type: ignore[operator]
    return refusal.value.code


def test_an_order_holds_its_points_and_takes_one_from_the_stock(context: Flask, cast: Cast) -> None:
    with writing():
        order = place_order(cast, stock=3)
        number, reward = order.id, order.reward_id

    assert wallet_of(cast.asha) == (100, 10)
    assert db.session.get_one(Reward, reward).stock == 2
    shown = order_for(who(cast.asha), number)
    assert (shown.state, [step.kind for step in shown.steps]) == (State.ORDERED, ["ordered"])


def test_it_is_approved_delivered_and_then_spent(context: Flask, cast: Cast) -> None:
    with writing():
        number = place_order(cast).id
    for verb in (orders.approve, orders.deliver):
        with writing():
            verb(who(cast.mia), order_row(who(cast.mia), number), now=NOON)

    assert wallet_of(cast.asha) == (90, 0)
    assert order_for(who(cast.asha), number).state is State.DELIVERED
    assert db.session.scalar(select(func.count()).where(AuditEntry.subject == f"order:{number}")) == 2
    assert verify().ok


@pytest.mark.parametrize("ending", ["decline", "decline_approved", "cancel", "time_out"])
def test_whatever_else_becomes_of_it_points_and_stock_are_back_at_once(context: Flask, cast: Cast, ending: str) -> None:
    with writing():
        order = place_order(cast, stock=1)
        number, reward = order.id, order.reward_id
    if ending == "decline_approved":
        with writing():
            orders.approve(who(cast.mia), order_row(who(cast.mia), number), now=NOON)

    with writing():
        row = order_row(who(cast.mia), number)
        if ending.startswith("decline"):
            orders.decline(who(cast.mia), row, "The roster is full this month.", now=NOON)
        elif ending == "cancel":
            orders.cancel(who(cast.asha), row, now=NOON)
        else:
            orders.time_out(number, now=NOON + timedelta(days=14))

    assert wallet_of(cast.asha) == (100, 0)
    assert db.session.get_one(Reward, reward, populate_existing=True).stock == 1
    shown = order_for(who(cast.asha), number)
    assert not shown.state.open
    memo = db.session.scalars(select(Transfer.memo).order_by(Transfer.seq.desc())).first()
    assert shown.reason in (memo or "")


def test_a_changed_price_is_refused_with_both(context: Flask, cast: Cast) -> None:
    with writing():
        fill_wallet(cast.asha, 500)
        number = make_reward(price=250).id

    with pytest.raises(Conflict) as refusal, writing():
        orders.redeem(who(cast.asha), number, price=200, key="k", now=NOON)

    assert refusal.value.code == "price_changed"
    assert "200" in refusal.value.message and "250" in refusal.value.message
    assert wallet_of(cast.asha) == (500, 0)


def test_too_few_points_are_refused_with_how_many_are_missing_and_the_stock_stays(context: Flask, cast: Cast) -> None:
    with writing():
        fill_wallet(cast.asha, 40)
        number = make_reward(price=100, stock=2).id

    with pytest.raises(Conflict) as refusal, writing():
        orders.redeem(who(cast.asha), number, price=100, key="k", now=NOON)

    assert (refusal.value.code, refusal.value.message) == ("insufficient_points", "You need 60 more points.")
    assert db.session.get_one(Reward, number).stock == 2
    assert db.session.scalar(select(func.count()).select_from(Redemption)) == 0


def test_what_is_gone_says_when_the_last_one_went(context: Flask, cast: Cast) -> None:
    with writing():
        number = place_order(cast, stock=1, now=NOON - timedelta(hours=2, minutes=48)).reward_id
        fill_wallet(cast.bo, 50)

    with pytest.raises(Conflict) as refusal, writing():
        orders.redeem(who(cast.bo), number, price=10, key="k", now=NOON)

    assert refusal.value.code == "out_of_stock"
    assert refusal.value.message.startswith("Gone: the last one went at 09:12")
    assert wallet_of(cast.bo) == (50, 0)


def test_the_same_key_is_the_same_order_and_another_request_under_it_is_refused(context: Flask, cast: Cast) -> None:
    with writing():
        first = place_order(cast, key="once")
        number, reward = first.id, first.reward_id
    with writing():
        again = orders.redeem(who(cast.asha), reward, price=10, key="once", now=NOON).id

    assert again == number
    assert wallet_of(cast.asha) == (100, 10)
    assert code_of(lambda: orders.redeem(who(cast.asha), reward, price=10, key="once", note="x", now=NOON)) == (
        "idempotency_mismatch"
    )


def test_nobody_decides_about_their_own_order_even_with_the_right(context: Flask, cast: Cast) -> None:
    with writing():
        number = place_order(cast, person=cast.mia).id
    mia = who(cast.mia)

    for verb in (orders.approve, orders.deliver, lambda *a, **k: orders.decline(*a, "Mine.", **k)):
        with pytest.raises(Refused) as refusal, writing():
            verb(mia, order_row(mia, number), now=NOON)  # type: ignore[operator]
        assert refusal.value.code == "self_award"
    assert queue(mia) == ([], None)
    assert wallet_of(cast.mia) == (100, 10)


def test_a_large_order_needs_two_people(context: Flask, cast: Cast) -> None:
    with writing():
        number = place_order(cast, points=1000, price=600).id
        second = make_approver("second", cast.places["Harbour"])
    with writing():
        orders.approve(who(cast.mia), order_row(who(cast.mia), number), now=NOON)

    assert order_for(who(cast.mia), number).state is State.ORDERED
    assert code_of(lambda: orders.approve(who(cast.mia), order_row(who(cast.mia), number), now=NOON)) == "same_approver"
    with writing():
        orders.approve(who(second), order_row(who(second), number), now=NOON)
    assert order_for(who(cast.mia), number).state is State.APPROVED


def test_an_approver_of_a_partner_decides_about_its_people_alone(context: Flask, cast: Cast) -> None:
    with writing():
        ours, theirs = place_order(cast).id, place_order(cast, person=cast.sam).id
        approver = make_approver("brightline", cast.places["Brightline"])

    assert [one.id for one in queue(who(approver))[0]] == [theirs]
    with pytest.raises(Missing):
        order_row(who(approver), ours)
    with pytest.raises(Missing):
        order_for(who(cast.bo), ours)


@pytest.mark.parametrize(
    ("setup", "verb", "code"),
    [
        ([], "deliver", "not_approved_yet"),
        (["approve"], "approve", "already_approved"),
        (["approve"], "cancel", "not_cancellable"),
        (["approve", "deliver"], "deliver", "already_resolved"),
        (["cancel"], "decline", "already_resolved"),
        (["decline"], "cancel", "already_resolved"),
        ([], "cancel_of_another", "not_yours"),
        ([], "decline_without_reason", "reason_needed"),
        ([], "approve_late", "expired"),
        ([], "time_out_early", "not_due"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name_and_changes_nothing(
    context: Flask, cast: Cast, setup: list[str], verb: str, code: str
) -> None:
    with writing():
        number = place_order(cast).id
    asha, mia, late = who(cast.asha), who(cast.mia), NOON + timedelta(days=20)

    def run(name: str) -> None:
        row = order_row(mia, number)
        {
            "approve": lambda: orders.approve(mia, row, now=NOON),
            "deliver": lambda: orders.deliver(mia, row, now=NOON),
            "cancel": lambda: orders.cancel(asha, row, now=NOON),
            "decline": lambda: orders.decline(mia, row, "No more of them.", now=NOON),
            "cancel_of_another": lambda: orders.cancel(mia, row, now=NOON),
            "decline_without_reason": lambda: orders.decline(mia, row, " ", now=NOON),
            "approve_late": lambda: orders.approve(mia, row, now=late),
            "time_out_early": lambda: orders.time_out(number, now=NOON),
        }[name]()  # fmt: skip

    for name in setup:
        with writing():
            run(name)
    before = (wallet_of(cast.asha), order_for(asha, number).state)

    assert code_of(lambda: run(verb)) == code
    assert (wallet_of(cast.asha), order_for(asha, number).state) == before


def test_the_worker_gives_points_back_once_after_two_weeks(context: Flask, cast: Cast) -> None:
    with writing():
        number = place_order(cast).id
    message, late = None, NOON + timedelta(days=15)

    for _ in range(2):
        redemption_jobs.time_out(message, late)  # type: ignore[arg-type]

    assert order_for(who(cast.asha), number).state is State.TIMED_OUT
    assert wallet_of(cast.asha) == (100, 0)
    steps = db.session.scalar(select(func.count()).where(RedemptionStep.redemption_id == number))
    assert steps == 2


def test_whoever_ordered_it_hears_of_each_step_that_others_take(context: Flask, cast: Cast) -> None:
    with writing():
        number = place_order(cast).id
    with writing():
        orders.approve(who(cast.mia), order_row(who(cast.mia), number), now=NOON)
    with writing():
        orders.decline(who(cast.mia), order_row(who(cast.mia), number), "The shop has closed.", now=NOON)

    run_once(context, now=NOON + timedelta(minutes=1))

    told = db.session.execute(select(Notice.title, Notice.words).where(Notice.person_id == cast.asha)).all()
    assert {row.title for row in told} == {
        "Your order is approved: Leave 30 minutes early", "Your order was declined: Leave 30 minutes early",
    }  # fmt: skip
    assert any("The shop has closed. Your 10 points are back." in row.words for row in told)
