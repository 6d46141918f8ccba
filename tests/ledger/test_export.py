"""The ledger for other programs, and on the command line."""

import csv
import io
import re
import shutil
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import beancount.core.data
import beancount.loader
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from portal.db import WRITER, db, writing
from portal.ledger import export
from portal.ledger import service as ledger
from portal.ledger.export import FORMATS, account_name, neutral_cell, neutral_memo
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from portal.ledger.verify import head
from tests.factories import NOON
from tests.ledger.purses import USUAL, balance, move, open_purses
from tests.ledger.spoiling import run

EVIL = '=cmd|" \\ ; \u2028 @{x}'
BEANCOUNT = re.compile(
    r'option "title" "[^"]*"'
    r"|\d{4}-\d\d-\d\d open (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+ POINTS"
    r'|\d{4}-\d\d-\d\d \* "[^"\\]*"'
    r'|  [a-z]+: (\d+|"[^"\\]*")'
    r"|  (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+  -?\d+ POINTS"
    r"|\d{4}-\d\d-\d\d balance (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+  -?\d+ POINTS"
    r"|"
)
HLEDGER = re.compile(
    r"commodity POINTS|  format 1000\. POINTS"
    r"|\d{4}-\d\d-\d\d \* \(\d+\) [^;|]*  ; kind:[a-z]+, reason:[a-z_0-9]+"
    r"|\d{4}-\d\d-\d\d \* \(balances\) what the portal says"
    r"|    (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+  -?\d+ POINTS( = -?\d+ POINTS)?"
    r"|"
)


PROGRAM = shutil.which("hledger")


@pytest.fixture
def runner(context: Flask) -> FlaskCliRunner:
    """The command line over a ledger with every kind of entry and a hostile memo."""
    with writing():
        purses = open_purses(100)
        move(purses.wallet, purses.redeemed, 10, cause="evil", memo=EVIL)
        for number, amount in enumerate((20, 15)):
            held = ledger.hold(purses.wallet, purses.redeemed, 20, cause=f"hold:{number}", **USUAL)
            ledger.capture(held.seq, amount, cause=f"capture:{number}", **USUAL)
        held = ledger.hold(purses.wallet, purses.redeemed, 20, cause="hold", **USUAL)
        ledger.void(held.seq, cause="void", **USUAL)
        ledger.hold(purses.wallet, purses.redeemed, 7, cause="open", **USUAL)
        ledger.reverse(2, cause="back", **USUAL)
    return context.test_cli_runner()


@pytest.mark.parametrize(("form", "line"), [("beancount", BEANCOUNT), ("hledger", HLEDGER)])
def test_every_line_is_of_the_format(runner: FlaskCliRunner, form: str, line: re.Pattern[str]) -> None:
    output = runner.invoke(args=["ledger", "export", "--format", form]).output

    assert [text for text in output.split("\n") if not line.fullmatch(text)] == []


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_the_export_balances_and_says_what_the_ledger_says(runner: FlaskCliRunner, form: str) -> None:
    output = runner.invoke(args=["ledger", "export", "--format", form]).output

    sums: Counter[str] = Counter()
    for block in output.split("\n\n"):
        moves = re.findall(r"^ +((?:Assets|Equity|Expenses)\S*)  (-?\d+) POINTS\b", block, re.MULTILINE)
        assert sum(int(points) for _, points in moves) == 0
        for account, points in moves:
            sums[account] += int(points)
    posted, held = balance(ledger.account(AccountKind.PERSON, "person:1"))
    assert sums["Assets:Person:1"] + sums["Assets:Person:1:Held"] == posted
    assert sums["Assets:Person:1:Held"] == held == 7
    assert sums["Expenses:Redeemed"] == 35


def test_beancount_reads_the_books_and_finds_every_balance(runner: FlaskCliRunner) -> None:
    output = runner.invoke(args=["ledger", "export", "--format", "beancount"]).output

    entries, errors, _ = beancount.loader.load_string(output)

    assert errors == []
    sums: Counter[str] = Counter()
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            assert posting.units.currency == "POINTS"
            sums[posting.account] += int(posting.units.number)
    assert sums == Counter(in_the_ledger())
    assert sum(isinstance(entry, beancount.core.data.Balance) for entry in entries) == len(sums)


def test_beancount_finds_a_balance_that_was_changed(runner: FlaskCliRunner) -> None:
    run("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'redeemed'")
    output = runner.invoke(args=["ledger", "export", "--format", "beancount"]).output

    _, errors, _ = beancount.loader.load_string(output)

    assert [type(error).__name__ for error in errors] == ["BalanceError"]


@pytest.mark.skipif(PROGRAM is None, reason="hledger is not installed: Debian has it")
def test_hledger_reads_the_books_and_finds_every_balance(runner: FlaskCliRunner, tmp_path: Path) -> None:
    books = tmp_path / "points.journal"
    books.write_text(runner.invoke(args=["ledger", "export", "--format", "hledger"]).output)

    command = [str(PROGRAM), "-f", str(books), "balance", "--flat", "--empty", "--no-total", "-O", "csv"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env={"LANG": "C.UTF-8"}).stdout

    rows = {row["account"]: int(row["balance"].split()[0]) for row in csv.DictReader(io.StringIO(told))}
    assert rows == in_the_ledger()
    books.write_text(books.read_text().replace("= 35 POINTS", "= 36 POINTS"))
    assert subprocess.run(command, capture_output=True, check=False, env={"LANG": "C.UTF-8"}).returncode == 1


@pytest.mark.parametrize("form", FORMATS)
def test_with_the_wallets_together_nobody_is_told_apart(runner: FlaskCliRunner, form: str) -> None:
    with writing():
        ledger.account(AccountKind.PERSON, "person:2")
        move(ledger.account(AccountKind.ISSUANCE, "issuance"), ledger.account(AccountKind.PERSON, "person:2"), 9,
             cause="second", now=NOON - timedelta(hours=30))  # fmt: skip

    output = "\n".join(export.lines(form, wallets_together=True))

    assert "Person" not in output and "Assets:Wallets" in output
    if form == "beancount":
        entries, errors, _ = beancount.loader.load_string(output)
        assert errors == [] and len(entries) > 10


def test_an_entry_from_before_the_clock_jumped_is_read_too(runner: FlaskCliRunner) -> None:
    with writing():
        earlier, later = NOON - timedelta(days=3), NOON + timedelta(days=3650)
        wallet, spent = (
            ledger.account(AccountKind.PERSON, "person:1"),
            ledger.account(AccountKind.REDEEMED, "redeemed"),
        )
        for moment in (earlier, later):
            move(wallet, spent, 1, cause=str(moment.date()), now=moment)

    _, errors, _ = beancount.loader.load_string("\n".join(export.lines("beancount")))

    assert errors == []


def in_the_ledger() -> dict[str, int]:
    """Every account as books write it, with the points in it that are not held, and those that are."""
    found: dict[str, int] = {}
    for row in db.session.scalars(db.select(Account)).all():
        name = account_name(row.kind, row.owner_ref)
        found[name] = row.posted - row.held
        if row.kind is AccountKind.PERSON:
            found[f"{name}:Held"] = row.held
    return found


def test_every_account_of_beancount_is_opened_once_before_it_is_used(runner: FlaskCliRunner) -> None:
    output = runner.invoke(args=["ledger", "export", "--format", "beancount"]).output

    opened = re.findall(r"^\S+ open (\S+) POINTS$", output, re.MULTILINE)
    used = re.findall(r"^  ([A-Z]\S+)  -?\d+ POINTS$", output, re.MULTILINE)
    assert len(opened) == len(set(opened))
    assert set(used) == set(opened)
    assert all(output.index(f"open {name} ") < output.index(f"  {name}  ") for name in opened)


def test_no_cell_of_the_csv_is_a_formula(runner: FlaskCliRunner) -> None:
    output = runner.invoke(args=["ledger", "export", "--format", "csv"]).output

    rows = list(csv.DictReader(io.StringIO(output)))
    assert len(rows) == head()[0]
    assert all(not cell.lstrip().startswith(("=", "+", "@", "-")) for row in rows for cell in row.values())
    assert rows[1]["memo"].startswith("'=cmd")


def test_words_that_could_break_out_are_made_harmless() -> None:
    assert neutral_cell("=1+1") == "'=1+1"
    assert neutral_cell(" @x") == "' @x"
    assert neutral_cell("1 = 1") == "1 = 1"
    assert set('"\\;|\n').isdisjoint(neutral_memo('a"b\\c;d|e\nf'))
    assert account_name(AccountKind.POOL, "pool:hidden") == "Assets:Pool:Hidden"
    assert account_name(AccountKind.BUDGET, "budget:3") == "Assets:Budget:3"


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_ledger_can_be_exported(context: Flask, form: str) -> None:
    assert context.test_cli_runner().invoke(args=["ledger", "export", "--format", form]).exit_code == 0


def test_the_head_is_an_anchor_for_later(runner: FlaskCliRunner) -> None:
    noted = runner.invoke(args=["ledger", "head"]).output.strip()

    checked = runner.invoke(args=["ledger", "verify", "--anchor", noted])
    forged = runner.invoke(args=["ledger", "verify", "--anchor", noted[:-1] + ("0" if noted[-1] != "0" else "1")])

    assert (checked.exit_code, forged.exit_code) == (0, 2)
    assert noted in checked.output


@pytest.mark.parametrize("arguments", [["--anchor", "nonsense"], ["--since", "999"]])
def test_what_cannot_be_checked_ends_with_one_sentence(runner: FlaskCliRunner, arguments: list[str]) -> None:
    answer = runner.invoke(args=["ledger", "verify", *arguments])

    assert answer.exit_code == 1
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_database_without_tables_ends_with_one_sentence(context: Flask) -> None:
    db.session.connection(execution_options=WRITER)
    db.session.execute(db.text("ALTER TABLE ledger_head RENAME TO gone"))
    db.session.commit()

    answer = context.test_cli_runner().invoke(args=["ledger", "head"])

    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: The ledger cannot be read: ")
