"""The ledger for other programs, and on the command line."""

import csv
import io
import re
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from portal.db import WRITER, db, writing
from portal.ledger import service as ledger
from portal.ledger.export import FORMATS, account_name, neutral_cell, neutral_memo
from portal.ledger.postings import AccountKind
from portal.ledger.verify import head
from tests.ledger.purses import USUAL, balance, move, open_purses

EVIL = '=cmd|" \\ ; \u2028 @{x}'
BEANCOUNT = re.compile(
    r'option "title" "[^"]*"'
    r"|\d{4}-\d\d-\d\d open (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+ POINTS"
    r'|\d{4}-\d\d-\d\d \* "[^"\\]*"'
    r'|  [a-z]+: (\d+|"[^"\\]*")'
    r"|  (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+  -?\d+ POINTS"
    r"|"
)
HLEDGER = re.compile(
    r"commodity POINTS|  format 1000\. POINTS"
    r"|\d{4}-\d\d-\d\d \* \(\d+\) [^;|]*  ; kind:[a-z]+, reason:[a-z_0-9]+"
    r"|    (Assets|Equity|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+  -?\d+ POINTS"
    r"|"
)


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
        moves = re.findall(r"^ +((?:Assets|Equity|Expenses)\S*)  (-?\d+) POINTS$", block, re.MULTILINE)
        assert sum(int(points) for _, points in moves) == 0
        for account, points in moves:
            sums[account] += int(points)
    posted, held = balance(ledger.account(AccountKind.PERSON, "person:1"))
    assert sums["Assets:Person:1"] + sums["Assets:Person:1:Held"] == posted
    assert sums["Assets:Person:1:Held"] == held == 7
    assert sums["Expenses:Redeemed"] == 35


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
