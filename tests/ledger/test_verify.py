"""The ledger refuses changes; who changes it all the same is found."""

import json
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from bench.transfers import fill
from portal.db import db, is_postgres, writing
from portal.errors import Invalid
from portal.ledger import service as ledger
from portal.ledger.anchor_rules import Noted
from portal.ledger.models import Transfer
from portal.ledger.verify import head, verify
from tests.factories import NOON
from tests.ledger.purses import USUAL, move, open_purses
from tests.ledger.spoiling import rebuild, run, without_triggers


@pytest.fixture
def filled(context: Flask) -> Flask:
    """A ledger with every kind of entry: 1 start, 2–5 spent, 6 hold, 7 capture, 8 hold, 9 void, 10 reversal of 3."""
    with writing():
        purses = open_purses(100)
        for number in range(4):
            move(purses.wallet, purses.redeemed, 10, cause=f"spend:{number}", now=NOON + timedelta(minutes=number))
        first = ledger.hold(purses.wallet, purses.redeemed, 20, cause="hold:1", **USUAL)
        ledger.capture(first.seq, 15, cause="capture", **USUAL)
        second = ledger.hold(purses.wallet, purses.redeemed, 20, cause="hold:2", **USUAL)
        ledger.void(second.seq, cause="void", **USUAL)
        ledger.reverse(3, cause="back", **USUAL)
    return context


FORGED = (
    "INSERT INTO ledger_transfers (seq, cause, request_hash, kind, debit_id, credit_id, amount, reason_code, memo, "
    "actor_ref, created_at, prev_hash, hash) SELECT {seq}, 'forged', request_hash, kind, debit_id, credit_id, amount, "
    "reason_code, memo, actor_ref, created_at, {prev}, 'forged' FROM ledger_transfers WHERE seq = 2"
)
CHANGES = {
    "update": "UPDATE ledger_transfers SET amount = 99 WHERE seq = 2",
    "delete": "DELETE FROM ledger_transfers WHERE seq = 10",
    "forged in a gap": FORGED.format(seq=50, prev="hash"),
    "forged at the end": FORGED.format(seq=11, prev="'" + "0" * 64 + "'"),
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_l11_the_database_refuses_what_is_not_the_next_link(filled: Flask, statement: str) -> None:
    with pytest.raises(DBAPIError) as refusal:
        run(statement)

    assert "append-only" in str(refusal.value) or "chain is not continued" in str(refusal.value)
    assert verify().ok


def test_l11_the_database_refuses_to_be_emptied(filled: Flask) -> None:
    if not is_postgres():
        pytest.skip("SQLite has no TRUNCATE; its DELETE is refused above")

    with pytest.raises(DBAPIError, match="append-only"):
        run("TRUNCATE ledger_transfers CASCADE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_accounts SET held = -1 WHERE kind = 'person'",
        "UPDATE ledger_accounts SET posted = held - 1 WHERE kind = 'person'",
        "UPDATE ledger_accounts SET floor = -5 WHERE kind = 'person'",
        "UPDATE ledger_accounts SET floor = 5 WHERE kind = 'issuance'",
        "INSERT INTO ledger_head (id, seq, hash) VALUES (2, 0, 'x')",
    ],
)
def test_the_database_holds_balances_to_their_floors(filled: Flask, statement: str) -> None:
    with pytest.raises(DBAPIError):
        run(statement)


def test_a_whole_ledger_holds(filled: Flask) -> None:
    report = verify()

    assert report.ok
    assert (report.checked, report.seq, report.first_broken) == (10, 10, None)
    assert report.anchor == f"10:{head()[1]}"


def test_an_empty_ledger_holds(context: Flask) -> None:
    assert verify().ok


TAMPERED = {
    "amount": ("UPDATE ledger_transfers SET amount = 99 WHERE seq = 4", 4),
    "amount of nothing": ("UPDATE ledger_transfers SET amount = amount + 1 WHERE seq = 6", 6),
    "memo": ("UPDATE ledger_transfers SET memo = 'nothing to see' WHERE seq = 5", 5),
    "time": ("UPDATE ledger_transfers SET created_at = '2020-01-01 00:00:00.000000' WHERE seq = 7", 7),
    "account": ("UPDATE ledger_transfers SET credit_id = (SELECT id FROM ledger_accounts WHERE kind = 'issuance') "
                "WHERE seq = 2", 2),
    "kind": ("UPDATE ledger_transfers SET kind = 'gift' WHERE seq = 3", 3),
    "request": ("UPDATE ledger_transfers SET request_hash = hash WHERE seq = 8", 8),
    "reference": ("UPDATE ledger_transfers SET ref_seq = 4 WHERE seq = 10", 10),
    "own hash": ("UPDATE ledger_transfers SET hash = 'x' WHERE seq = 9", 9),
    "first": ("UPDATE ledger_transfers SET cause = 'other' WHERE seq = 1", 1),
    "removed": ("DELETE FROM ledger_transfers WHERE seq = 5", 6),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "seq"), TAMPERED.values(), ids=TAMPERED)
def test_l12_who_removes_the_trigger_and_changes_an_entry_is_found_at_that_entry(
    filled: Flask, statement: str, seq: int
) -> None:
    without_triggers(statement)

    report = verify()
    answer = filled.test_cli_runner().invoke(args=["ledger", "verify", "--json"])

    assert report.first_broken == seq
    assert answer.exit_code == 2
    assert json.loads(answer.output)["first_broken"] == seq


UNSEEN_BY_ENTRY = {
    "balance": "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'person'",
    "moved balance": "UPDATE ledger_accounts SET posted = posted + (CASE kind WHEN 'person' THEN 1 ELSE -1 END) "
    "WHERE kind IN ('person', 'redeemed')",
    "held": "UPDATE ledger_accounts SET held = 3 WHERE kind = 'redeemed'",
    "head": "UPDATE ledger_head SET seq = 9",
    "no head": "DELETE FROM ledger_head",
    "cut tail": "DELETE FROM ledger_transfers WHERE seq = 10",
}


@pytest.mark.parametrize("statement", UNSEEN_BY_ENTRY.values(), ids=UNSEEN_BY_ENTRY)
def test_a_changed_balance_or_end_is_found(filled: Flask, statement: str) -> None:
    without_triggers(statement)

    assert not verify().ok
    assert not verify(since=9).ok
    assert filled.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 2


def test_a_rebuilt_chain_is_found_by_its_anchor_alone(filled: Flask) -> None:
    noted = Noted(*head())
    early = Noted(3, db.session.scalars(db.select(Transfer.hash).where(Transfer.seq == 3)).one())
    without_triggers("UPDATE ledger_transfers SET memo = 'harmless' WHERE seq = 4")
    rebuild()

    assert verify().ok
    assert verify(noted=[early]).ok
    report = verify(noted=[noted])
    assert [problem.code for problem in report.problems] == ["anchor"]


def test_l13_an_older_state_is_found_by_its_anchor(filled: Flask) -> None:
    report = verify(noted=[Noted(12, "a" * 64)])

    assert [problem.code for problem in report.problems] == ["rolled_back"]


def test_later_entries_alone_can_be_checked(filled: Flask) -> None:
    assert all(verify(since=seq).ok for seq in range(1, 11))
    assert verify(since=8).checked == 2
    with pytest.raises(Invalid):
        verify(since=11)


def test_a_ledger_is_not_verified_inside_a_write(filled: Flask) -> None:
    with pytest.raises(RuntimeError), writing():
        verify()


@pytest.mark.slow
def test_a_hundred_thousand_entries_are_verified_in_five_seconds(context: Flask) -> None:
    # Filling is most of the work. Ours is the same on both databases, so that one of them may have a shorter ledger.
    entries = 20_000 if is_postgres() else 100_000
    fill(entries)
    started = time.process_time()  # our own work: whatever else runs on the machine does not count

    report = verify()

    seconds = time.process_time() - started
    assert report.ok, report.problems[:3]
    assert report.checked == entries
    assert seconds < 5 * entries / 100_000, seconds
