"""Points move as asked, once, and never below what is there."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Invalid, Missing
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
def test_a_bad_amount_writes_nothing(context: Flask, amount: object) -> None:
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


def test_the_same_key_forty_times_moves_points_once(context: Flask) -> None:
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


def test_the_same_key_with_another_body_is_refused(context: Flask) -> None:
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


def test_a_hold_is_resolved_once(context: Flask) -> None:
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


def test_more_than_held_cannot_be_captured(context: Flask) -> None:
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


def test_a_reversal_is_not_reversed_and_nothing_is_reversed_twice(context: Flask) -> None:
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


def test_a_reversal_takes_no_more_than_what_was_not_spent(context: Flask) -> None:
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


def test_entries_keep_their_order_when_the_clock_jumps_back(context: Flask) -> None:
    with writing():
        purses = open_purses()
        for hour in (0, -2, 10 * 365 * 24):
            move(purses.wallet, purses.redeemed, 1, cause=f"at{hour}", now=NOON + timedelta(hours=hour))

    assert db.session.scalars(db.select(Transfer.seq).order_by(Transfer.seq)).all() == [1, 2, 3, 4]
    assert verify().ok


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_ends_where_a_simple_model_ends(context: Flask, seed: int) -> None:
    chance = random.Random(seed)
    with writing():
        accounts = [
            ledger.account(AccountKind.ISSUANCE, "issuance"),
            *(ledger.account(AccountKind.PERSON, f"person:{number}") for number in range(3)),
        ]
        model = Model(accounts)
        for step in range(120):
            model.step(chance, step)

    assert {account: balance(account) for account in accounts} == {
        account: (model.posted[account], model.held[account]) for account in accounts
    }
    assert verify().ok
    assert model.refused > 5 and model.accepted > 20


class Model:
    """Two counters for each account, and a list of what may still be resolved."""

    def __init__(self, accounts: list[int]) -> None:
        self.accounts, self.issuance = accounts, accounts[0]
        self.posted: Counter[int] = Counter(dict.fromkeys(accounts, 0))
        self.held: Counter[int] = Counter(dict.fromkeys(accounts, 0))
        self.open: dict[int, tuple[str, int, int, int]] = {}
        self.accepted = self.refused = 0

    def step(self, chance: random.Random, number: int) -> None:
        """Ask the ledger for something random; it must agree with the model on whether it is possible."""
        verb = chance.choice(["post", "hold", "capture", "void", "reverse"])
        cause = f"step:{number}"
        try:
            if verb in ("post", "hold"):
                source, target = chance.sample(self.accounts, 2)
                self.start(verb, source, target, chance.randint(1, 60), cause)
            elif self.open:
                self.resolve(verb, chance.choice(list(self.open)), chance.random(), cause)
        except DomainError:
            self.refused += 1
        else:
            self.accepted += 1

    def start(self, verb: str, source: int, target: int, amount: int, cause: str) -> None:
        possible = source == self.issuance or self.posted[source] - self.held[source] >= amount
        try:
            moved = getattr(ledger, verb)(source, target, amount, cause=cause, **USUAL)
        except Conflict:
            assert not possible
            raise
        assert possible
        self.open[moved.seq] = (verb, source, target, amount)
        if verb == "post":
            self.move(source, target, amount)
        else:
            self.held[source] += amount

    def resolve(self, verb: str, seq: int, part: float, cause: str) -> None:
        kind, source, target, amount = self.open[seq]
        some = max(1, int(amount * part))
        arguments = () if verb == "void" else (some,)
        moved = getattr(ledger, verb)(seq, *arguments, cause=cause, **USUAL)
        del self.open[seq]
        assert (verb == "reverse") == (kind in ("post", "capture"))
        if verb == "reverse":
            self.move(target, source, some)
            return
        self.held[source] -= amount
        if verb == "capture":
            self.move(source, target, some)
            self.open[moved.seq] = ("capture", source, target, some)

    def move(self, source: int, target: int, amount: int) -> None:
        self.posted[source] -= amount
        self.posted[target] += amount
