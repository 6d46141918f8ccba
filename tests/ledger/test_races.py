"""Many at once: real threads, real processes, real connections."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from portal.db import db, is_postgres, writing
from portal.ledger import service as ledger
from portal.ledger.postings import AccountKind
from portal.ledger.verify import head, verify
from tests.ledger import process
from tests.ledger.purses import USUAL, balance, move, open_purses, transfers
from tests.ledger.racing import race

APPENDS, KILLS = 500, 12


@pytest.mark.slow
def test_l1_sixty_who_redeem_at_once_get_nine_when_there_is_enough_for_nine(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    with app.app_context(), writing():
        purses = open_purses(95)

    answers = process.together(process.hold_ten, database_url, tmp_path, rivals=12, times=5)

    assert Counter(answers)["insufficient_points"] == 51
    assert len({answer for answer in answers if isinstance(answer, int)}) == 9
    with app.app_context():
        assert balance(purses.wallet) == (95, 90)
        assert verify().ok


@pytest.mark.slow
def test_l2_forty_clicks_with_one_key_at_once_make_one_transfer(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context(), writing():
        purses = open_purses(95)

    answers = process.together(process.click, database_url, tmp_path, rivals=8, times=5)

    assert Counter(replayed for replayed, _ in answers) == {True: 39, False: 1}
    assert len({seq for _, seq in answers}) == 1
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
        purses = open_purses(50)

    answers = process.together(process.spend, database_url, tmp_path, rivals=4, times=20)

    assert Counter(answers)["insufficient_points"] == 30
    with app.app_context():
        assert balance(purses.wallet) == (0, 0)
        assert verify().ok


@pytest.mark.slow
def test_reading_a_balance_and_then_writing_it_is_safe_in_our_transactions(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    with app.app_context(), writing():
        purses = open_purses(50)
        postgres = is_postgres()
    if postgres:
        pytest.skip("on PostgreSQL this is what the ledger's relative updates and its constraint are for")

    answers = process.together(process.naive, database_url, tmp_path, rivals=4, times=20)

    assert Counter(answers)["insufficient_points"] == 30
    with app.app_context():
        assert balance(purses.wallet) == (0, 0)


@pytest.mark.slow
def test_twelve_kills_during_five_hundred_appends_lose_nothing_that_was_acknowledged(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    with app.app_context(), writing():
        open_purses(0)
    acknowledged: list[int] = []

    for kill in range(KILLS):
        acknowledged += _appended_until_killed(database_url, tmp_path, f"run{kill}", APPENDS // KILLS)
    rest = APPENDS - len(acknowledged)
    acknowledged += _appended(database_url, tmp_path, rest) if rest > 0 else []

    with app.app_context():
        stored = set(db.session.execute(db.text("SELECT seq FROM ledger_transfers")).scalars())
        db.session.rollback()
        assert len(acknowledged) >= APPENDS
        assert set(acknowledged) <= stored
        assert len(stored) <= len(acknowledged) + KILLS  # at most the one in hand at each kill
        assert verify().ok


def _appended_until_killed(url: str, folder: Path, name: str, about: int) -> list[int]:
    running, line = process.start(process.append, url, folder, name, 100_000)
    told = [line.recv() for _ in range(about - 2)]
    time.sleep(random.uniform(0, 0.01))  # wherever it just is
    running.kill()
    told += _rest(line)
    running.join(process.WAIT_SECONDS)
    assert running.exitcode == -9
    return told


def _appended(url: str, folder: Path, times: int) -> list[int]:
    running, line = process.start(process.append, url, folder, "last", times)
    told = _rest(line)
    running.join(process.WAIT_SECONDS)
    return told


def _rest(line: process.Connection) -> list[int]:
    told = []
    try:
        while True:
            told.append(line.recv())
    except (EOFError, OSError):  # OSError: half a number
        return told
