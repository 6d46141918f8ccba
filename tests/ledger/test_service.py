"""Points move as asked, once, and never below what is there."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

from portal.db import db, writing
from portal.errors import Conflict, Invalid, Missing
from portal.ledger import service as ledger
from portal.ledger.models import Transfer
from portal.ledger.postings import AccountKind
from portal.ledger.verify import verify
from tests.factories import NOON
from tests.ledger.purses import USUAL, balance, move, open_purses, transfers
from tests.ledger.test_postings import BAD_AMOUNTS


def test_an_account_is_opened_once(context: Flask) -> None:
    with writing():
        ids = {ledger.account(AccountKind.PERSON, "person:1") for _ in range(3)}
        other = ledger.account(AccountKind.PERSON, "person:2")

    assert len(ids) == 1
    assert other not in ids


@pytest.mark.parametrize("amount", BAD_AMOUNTS, ids=str)
def test_l4_a_bad_amount_writes_nothing(context: Flask, amount: object) -> None:
    with writing():
        purses = open_purses(0)

    for verb in (ledger.post, ledger.hold):
        with pytest.raises(Invalid) as refusal, writing():
            verb(purses.issuance, purses.wallet, amount, cause="bad", **USUAL)  # type: ignore[arg-type]
        assert refusal.value.code == "amount_not_positive_integer"
    assert transfers() == 0


def test_what_is_not_there_cannot_be_moved_and_the_transaction_goes_on(context: Flask) -> None:
    with writing():
        purses = open_purses(10)
        with pytest.raises(Conflict) as refusal:
            move(purses.wallet, purses.redeemed, 11, cause="too-much-post")
        with pytest.raises(Conflict):
            ledger.hold(purses.wallet, purses.redeemed, 11, cause="too-much", **USUAL)
        move(purses.wallet, purses.redeemed, 10, cause="enough")

    assert refusal.value.code == "insufficient_points"
    assert balance(purses.wallet) == (0, 0)
    assert verify().ok


def test_l2_the_same_key_forty_times_moves_points_once(context: Flask) -> None:
    with writing():
        purses = open_purses()
    answers = []
    for minute in range(40):
        with writing():
            later = NOON + timedelta(minutes=minute)
            answers.append(move(purses.wallet, purses.redeemed, 10, cause="click", now=later))

    assert len({answer.seq for answer in answers}) == 1
    assert Counter(answer.replayed for answer in answers) == {True: 39, False: 1}
    assert balance(purses.wallet) == (90, 0)


def test_l3_the_same_key_with_another_body_is_refused(context: Flask) -> None:
    with writing():
        purses = open_purses()
        move(purses.wallet, purses.redeemed, 10, cause="click")

    for over in ({"amount": 11}, {"memo": "other"}, {"reason_code": "other"}):
        with pytest.raises(Conflict) as refusal, writing():
            move(purses.wallet, purses.redeemed, cause="click", **({"amount": 10} | over))
        assert refusal.value.code == "idempotency_mismatch"
    assert balance(purses.wallet) == (90, 0)


def test_held_points_cannot_be_spent_twice_and_a_capture_frees_the_rest(context: Flask) -> None:
    with writing():
        purses = open_purses()
        held = ledger.hold(purses.wallet, purses.redeemed, 80, cause="order", **USUAL)
        with pytest.raises(Conflict):
            move(purses.wallet, purses.redeemed, 21, cause="more")
        ledger.capture(held.seq, 50, cause="deliver", **USUAL)

    assert balance(purses.wallet) == (50, 0)
    assert balance(purses.redeemed) == (50, 0)


def test_l7_a_hold_is_resolved_once(context: Flask) -> None:
    with writing():
        purses = open_purses()
        first, second = (
            ledger.hold(purses.wallet, purses.redeemed, 30, cause=cause, **USUAL).seq for cause in ("a", "b")
        )
        ledger.capture(first, cause="capture-a", **USUAL)
        ledger.void(second, cause="void-b", **USUAL)

    for verb, seq in ((ledger.capture, first), (ledger.void, first), (ledger.capture, second), (ledger.void, second)):
        with pytest.raises(Conflict) as refusal, writing():
            verb(seq, cause=f"again-{verb.__name__}-{seq}", **USUAL)
        assert refusal.value.code == "already_resolved"
    assert balance(purses.wallet) == (70, 0)
    assert verify().ok


def test_l7_more_than_held_cannot_be_captured(context: Flask) -> None:
    with writing():
        purses = open_purses()
        held = ledger.hold(purses.wallet, purses.redeemed, 30, cause="order", **USUAL)

    with pytest.raises(Invalid) as refusal, writing():
        ledger.capture(held.seq, 31, cause="deliver", **USUAL)

    assert refusal.value.code == "more_than_held"


def test_only_holds_are_captured_and_only_what_exists(context: Flask) -> None:
    with writing():
        purses = open_purses()
        posted = move(purses.wallet, purses.redeemed, 5, cause="post")

    with pytest.raises(Invalid) as refusal, writing():
        ledger.capture(posted.seq, cause="capture", **USUAL)
    with pytest.raises(Missing), writing():
        ledger.void(999, cause="void", **USUAL)

    assert refusal.value.code == "not_a_hold"


def test_a_replayed_capture_answers_as_before(context: Flask) -> None:
    with writing():
        purses = open_purses()
        held = ledger.hold(purses.wallet, purses.redeemed, 30, cause="order", **USUAL)
        first = ledger.capture(held.seq, cause="deliver", **USUAL)
        again = ledger.capture(held.seq, cause="deliver", **USUAL)

    assert (again.seq, again.replayed) == (first.seq, True)


def test_l8_a_reversal_is_not_reversed_and_nothing_is_reversed_twice(context: Flask) -> None:
    with writing():
        purses = open_purses()
        spent = move(purses.wallet, purses.redeemed, 40, cause="spend")
        back = ledger.reverse(spent.seq, cause="back", **USUAL)
        held = ledger.hold(purses.wallet, purses.redeemed, 1, cause="hold", **USUAL)

    codes = []
    for seq in (back.seq, spent.seq, held.seq):
        with pytest.raises(Conflict) as refusal, writing():
            ledger.reverse(seq, cause=f"again-{seq}", **USUAL)
        codes.append(refusal.value.code)

    assert codes == ["cannot_be_reversed", "already_resolved", "cannot_be_reversed"]
    assert balance(purses.wallet) == (100, 1)


def test_l8_a_reversal_takes_no_more_than_what_was_not_spent(context: Flask) -> None:
    with writing():
        purses = open_purses(0)
        given = move(purses.issuance, purses.wallet, 50, cause="award")
        move(purses.wallet, purses.redeemed, 30, cause="spend")
        with pytest.raises(Conflict) as refusal:
            ledger.reverse(given.seq, cause="all-back", **USUAL)
        with pytest.raises(Invalid):
            ledger.reverse(given.seq, 51, cause="more-back", **USUAL)
        ledger.reverse(given.seq, 20, cause="rest-back", **USUAL)

    assert refusal.value.code == "insufficient_points"
    assert balance(purses.wallet) == (0, 0)
    assert verify().ok


def test_l16_entries_keep_their_order_when_the_clock_jumps_back(context: Flask) -> None:
    with writing():
        purses = open_purses()
        for hour in (0, -2, 10 * 365 * 24):
            move(purses.wallet, purses.redeemed, 1, cause=f"at{hour}", now=NOON + timedelta(hours=hour))

    assert db.session.scalars(db.select(Transfer.seq).order_by(Transfer.seq)).all() == [1, 2, 3, 4]
    assert verify().ok


def test_l6_a_budget_gives_no_more_than_it_holds(context: Flask) -> None:
    with writing():
        purses = open_purses(0)
        budget = ledger.account(AccountKind.BUDGET, "budget:1")
        move(purses.issuance, budget, 100, cause="issue")
        move(budget, purses.wallet, 60, cause="award:1")
        with pytest.raises(Conflict) as refusal:
            move(budget, purses.wallet, 41, cause="award:2")

    assert refusal.value.code == "insufficient_points"
    assert balance(budget) == (40, 0)


def test_l17_an_expiry_that_runs_twice_expires_once(context: Flask) -> None:
    with writing():
        purses = open_purses(30)
        expired = ledger.account(AccountKind.EXPIRED, "expired")
    answers = []
    for _ in range(2):
        with writing():
            answers.append(move(purses.wallet, expired, 30, cause=f"expire:{purses.wallet}:2027-05-22"))

    assert [answer.replayed for answer in answers] == [False, True]
    assert balance(expired) == (30, 0)
