"""Many at once: real threads, real processes, real connections."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from portal.db import db, is_postgres, writing
from portal.ledger import service as ledger
from portal.ledger.postings import AccountKind
from portal.ledger.verify import head, verify
from tests.ledger.purses import USUAL, balance, move, open_purses, transfers
from tests.ledger.racing import race

ROOT = Path(__file__).resolve().parents[2]
KILLS = 3
ACKNOWLEDGED_BEFORE_KILL = 12


@pytest.mark.slow
def test_sixty_who_redeem_at_once_get_nine_when_there_is_enough_for_nine(app: Flask) -> None:
    with app.app_context(), writing():
        purses = open_purses(95)

    answers = race(
        app, 60, lambda number: ledger.hold(purses.wallet, purses.redeemed, 10, cause=f"redeem:{number}", **USUAL).seq
    )

    assert Counter(answers)["insufficient_points"] == 51
    assert len({answer for answer in answers if isinstance(answer, int)}) == 9
    with app.app_context():
        assert balance(purses.wallet) == (95, 90)
        assert verify().ok


@pytest.mark.slow
def test_forty_clicks_with_one_key_at_once_make_one_transfer(app: Flask) -> None:
    with app.app_context(), writing():
        purses = open_purses(95)

    answers = race(app, 40, lambda _: move(purses.wallet, purses.redeemed, 10, cause="click"))

    assert Counter(answer.replayed for answer in answers) == {True: 39, False: 1}  # type: ignore[attr-defined]
    assert len({answer.seq for answer in answers}) == 1  # type: ignore[attr-defined]
    with app.app_context():
        assert balance(purses.wallet) == (85, 0)
        assert verify().ok


@pytest.mark.slow
def test_twenty_who_resolve_one_hold_at_once_do_it_once(app: Flask) -> None:
    with app.app_context(), writing():
        purses = open_purses(95)
        held = ledger.hold(purses.wallet, purses.redeemed, 50, cause="order", **USUAL).seq
    verbs = (ledger.capture, ledger.void)

    answers = race(app, 20, lambda number: verbs[number % 2](held, cause=f"resolve:{number}", **USUAL).seq)

    assert Counter(answers)["already_resolved"] == 19
    with app.app_context():
        assert verify().ok


@pytest.mark.slow
def test_an_empty_ledger_and_its_accounts_are_begun_once(app: Flask) -> None:
    def give(number: int) -> object:
        # Several transfers in one transaction, over the same accounts in another order.
        people = [ledger.account(AccountKind.PERSON, f"person:{(number + step) % 5}") for step in range(5)]
        issuance = ledger.account(AccountKind.ISSUANCE, "issuance")
        return [move(issuance, person, 1, cause=f"give:{number}:{person}").seq for person in people]

    answers = race(app, 12, give)

    assert all(isinstance(answer, list) for answer in answers), answers
    with app.app_context():
        assert transfers() == 60
        assert head()[0] == 60
        assert verify().ok


@pytest.mark.slow
def test_four_processes_cannot_spend_more_than_there_is(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context(), writing():
        purses = open_purses(70)

    accepted = _in_processes("spend", database_url, tmp_path, times=30)

    assert sum(accepted) == 70
    with app.app_context():
        assert balance(purses.wallet) == (0, 0)
        assert verify().ok


@pytest.mark.slow
def test_reading_a_balance_and_then_writing_it_is_safe_in_our_transactions(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    with app.app_context(), writing():
        purses = open_purses(70)
        postgres = is_postgres()
    if postgres:
        pytest.skip("on PostgreSQL this is what the ledger's relative updates and its constraint are for")

    accepted = _in_processes("naive", database_url, tmp_path, times=30)

    assert sum(accepted) == 70
    with app.app_context():
        assert balance(purses.wallet) == (0, 0)


@pytest.mark.slow
def test_kill_minus_nine_loses_nothing_that_was_acknowledged(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context(), writing():
        open_purses(0)
    acknowledged: list[int] = []

    for kill in range(KILLS):
        process = _start("append", database_url, tmp_path, times=100_000, name=f"run{kill}")
        assert process.stdout is not None
        for _ in range(ACKNOWLEDGED_BEFORE_KILL):
            acknowledged.append(int(process.stdout.readline()))
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in process.communicate(timeout=30)[0].splitlines(keepends=True)
                         if line.endswith("\n")]  # fmt: skip

    with app.app_context():
        stored = set(db.session.execute(db.text("SELECT seq FROM ledger_transfers")).scalars())
        db.session.rollback()
        assert len(acknowledged) >= KILLS * ACKNOWLEDGED_BEFORE_KILL
        assert set(acknowledged) <= stored
        assert len(stored) <= len(acknowledged) + KILLS
        assert verify().ok


def _in_processes(mode: str, url: str, folder: Path, *, times: int) -> list[int]:
    running = [_start(mode, url, folder, times=times, name=f"process{number}") for number in range(4)]
    ended = [(process, *process.communicate(timeout=120)) for process in running]
    assert all(process.returncode == 0 for process, _, _ in ended), [errors for _, _, errors in ended]
    return [int(printed.split()[-1]) for _, printed, _ in ended]


def _start(mode: str, url: str, folder: Path, *, times: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ledger.process", mode, url, str(folder), str(times), name]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
