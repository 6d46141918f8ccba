"""The wallet and the ledger in the browser."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.ledger import service as ledger
from portal.ledger.postings import AccountKind
from portal.rewards import service as rewards
from portal.rewards.models import Award
from portal.rewards.months import read_month
from portal.rewards.queries import wallet, wallet_points_query
from portal.rewards.rules import Payee, Share
from tests.counting import counted
from tests.factories import NOON, Cast, signed_in
from tests.ledger.purses import USUAL
from tests.rewards.giving import kept, open_budget, promoted

APRIL = NOON + timedelta(days=40)


def test_an_empty_wallet_says_where_points_come_from(app: Flask, cast: Cast) -> None:
    page = signed_in(app, cast.asha).get("/wallet")

    assert page.status_code == 200
    assert "Points come when an idea you raised, backed or built on gets done." in page.get_data(as_text=True)


def test_the_wallet_shows_points_with_their_reason_and_a_link(app: Flask, cast: Cast) -> None:
    _earn(app, cast)

    page = signed_in(app, cast.asha).get("/wallet").get_data(as_text=True)

    assert "250 <small>points</small>" in page
    assert '<a href="/ideas/249">The promise on number 249 was kept.</a>' in page
    assert (
        "50 points:</b> Your colleagues carried number 250 to the executives – on their way, paid in the next" in page
    )


def test_pending_points_without_a_budget_say_what_they_wait_for(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        promoted(248, cast.asha, hidden=False)

    page = signed_in(app, cast.asha).get("/wallet").get_data(as_text=True)

    assert "number 248 to the executives – waiting until the next budget is opened." in page


def test_nobody_sees_the_wallet_of_another_and_strangers_sign_in_first(app: Flask, cast: Cast) -> None:
    _earn(app, cast)

    other = signed_in(app, cast.bo).get(f"/wallet?person={cast.asha}").get_data(as_text=True)
    stranger = app.test_client().get("/wallet/statement.csv")

    assert "number 249" not in other
    assert stranger.status_code == 303


def test_the_statement_goes_from_month_to_month_with_balances(app: Flask, cast: Cast) -> None:
    _earn(app, cast)
    with app.app_context():
        march = wallet(cast.asha, read_month("2026-03"), zone="Europe/London", now=APRIL)
        april = wallet(cast.asha, read_month("2026-04"), zone="Europe/London", now=APRIL)

    assert [(line.change, line.balance) for line in march.lines] == [(50, 50)]
    assert (march.opening, march.closing, march.before) == (0, 50, False)
    assert [(line.change, line.balance) for line in april.lines] == [(200, 250)]
    assert (april.opening, april.closing, april.before) == (50, 250, True)
    page = signed_in(app, cast.asha).get("/wallet/statement?month=2026-04").get_data(as_text=True)
    assert "/wallet/statement?month=2026-03" in page
    assert "/wallet/statement.csv?month=2026-04" in page


def test_held_captured_and_reversed_points_are_lines_of_their_own(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        promoted(248, cast.asha, hidden=False)
        person = ledger.account(AccountKind.PERSON, f"person:{cast.asha}")
        redeemed = ledger.account(AccountKind.REDEEMED, "redeemed")
        held = ledger.hold(person, redeemed, 30, cause="order", **USUAL)
        ledger.capture(held.seq, 20, cause="deliver", **USUAL)
        ledger.reverse(2, 10, cause="back", **(USUAL | {"memo": "Counted twice"}))

    found = wallet(cast.asha, None, zone="UTC", now=NOON)

    assert [(line.why, line.change, line.balance) for line in found.lines] == [
        ("Counted twice", -10, 20),
        ("Collected", 10, 30),
        ("Set aside", -30, 20),
        ("Your colleagues carried number 248 to the executives.", 50, 50),
    ]
    assert found.points == 20


def test_a_sum_of_a_batch_is_taken_apart_for_its_author_alone(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            open_budget()
            for number, author in enumerate([cast.asha, cast.asha, *cast.voters[:4]], start=300):
                promoted(number, author, hidden=True)
        with writing():
            rewards.pay_hidden_batch(now=NOON + timedelta(days=7))

    page = signed_in(app, cast.asha).get("/wallet").get_data(as_text=True)

    assert "Weekly thanks, 2 times" in page
    assert "50: Your colleagues carried number 300 to the executives. 50: Your colleagues carried number 301" in page
    assert "number 302" not in page


def test_the_csv_holds_the_month_and_no_formula(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        (award,) = promoted(248, cast.asha, hidden=False)
        award.sentence = "=HYPERLINK(1)"

    answer = signed_in(app, cast.asha).get("/wallet/statement.csv?month=2026-03")

    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="points-2026-03.csv"'
    assert rows[0] == ["entry", "date", "why", "in", "out", "balance"]
    assert rows[1][1:] == ["2026-03-02", "'=HYPERLINK(1)", "50", "0", "50"]


@pytest.mark.parametrize("month", ["2026-13", "soon", "2026-03'--"])
@pytest.mark.parametrize("path", ["/wallet/statement", "/wallet/statement.csv"])
def test_a_month_that_is_none_gets_a_sentence(app: Flask, cast: Cast, path: str, month: str) -> None:
    answer = signed_in(app, cast.asha).get(path, query_string={"month": month})

    assert answer.status_code == 422
    assert "A month looks like 2026-03." in answer.get_data(as_text=True)


def test_the_ledger_is_for_auditors_administrators_and_the_programme(app: Flask, cast: Cast) -> None:
    statuses = [
        signed_in(app, somebody).get("/ledger").status_code
        for somebody in (cast.asha, cast.lea, cast.vic, cast.olu, cast.mia, cast.tess)
    ]

    assert statuses == [403, 403, 403, 403, 200, 200]


def test_the_ledger_page_shows_sums_head_and_that_it_holds(app: Flask, cast: Cast) -> None:
    empty = signed_in(app, cast.tess).get("/ledger").get_data(as_text=True)
    _earn(app, cast)

    page = signed_in(app, cast.tess).get("/ledger").get_data(as_text=True)

    assert "Nothing has been entered yet." in empty
    assert "It holds" in page
    assert re.search(r"<dt>Wallets</dt><dd class=\"num\">250", page)
    assert re.search(r"<dt>Points made</dt><dd class=\"num\">−10,000", page)
    assert re.search(r"<code>4:[0-9a-f]{64}</code>", page)


def test_a_changed_balance_is_seen_on_the_ledger_page(app: Flask, cast: Cast) -> None:
    _earn(app, cast)
    with app.app_context(), writing():
        db.session.execute(db.text("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'person'"))

    page = signed_in(app, cast.tess).get("/ledger").get_data(as_text=True)

    assert "Broken" in page
    assert "the transfers say 250 and 0." in page


def test_the_number_in_the_frame_is_one_expression_in_a_query(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        promoted(248, cast.asha, hidden=False)

    row = db.session.execute(select(wallet_points_query(cast.asha), wallet_points_query(cast.bo))).one()

    assert tuple(row) == (50, 0)


def test_the_wallet_takes_three_queries_however_much_is_in_it(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        for number in range(20):
            promoted(number, cast.asha, hidden=number % 2 == 0)

    with counted(context) as seen:
        wallet(cast.asha, None, zone="UTC", now=NOON)

    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 3
    assert db.session.query(Award).count() == 20


def _earn(app: Flask, cast: Cast) -> None:
    """50 shown in March, 200 shown in April, 50 hidden on their way."""
    with app.app_context(), writing():
        open_budget()
        promoted(248, cast.asha, hidden=False)
        kept(249, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=APRIL)
        promoted(250, cast.asha, hidden=True, now=APRIL)
