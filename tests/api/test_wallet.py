"""The interface to one's own points."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import writing
from portal.rewards import service as rewards
from portal.rewards.rules import Payee, Share
from tests.api.calling import Caller
from tests.factories import NOON, Cast, signed_in
from tests.rewards.giving import kept, open_budget, promoted

APRIL = NOON + timedelta(days=40)


def earn(app: Flask, cast: Cast) -> None:
    """50 points in March, 200 in April; a hidden award waits."""
    with app.app_context(), writing():
        open_budget()
        promoted(248, cast.asha, hidden=False)
        kept(249, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=APRIL)
        promoted(250, cast.asha, hidden=True, now=APRIL)
        rewards.pay_owed(now=APRIL)


def items(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    return answer.json["items"]


def test_the_wallet_says_what_the_page_says(app: Flask, cast: Cast) -> None:
    earn(app, cast)

    wallet = Caller(app, cast.asha).get("/wallet").json
    page = signed_in(app, cast.asha).get("/wallet").text

    assert wallet is not None
    assert (wallet["points"], wallet["month"]) == (250, "2026-04")
    assert "250 <small>points</small>" in page
    (waiting,) = wallet["pending"]
    assert (waiting["points"], waiting["idea"], waiting["hidden"]) == (50, 250, True)
    assert waiting["why"] in page


def test_months_add_up_from_this_one_back_to_the_first(app: Flask, cast: Cast) -> None:
    earn(app, cast)
    caller = Caller(app, cast.asha)

    found = caller.all("/wallet/statements", limit=2)

    assert found == items(caller.get("/wallet/statements?limit=100"))
    assert found[0]["month"] == clock.now().strftime("%Y-%m") and found[-1]["month"] == "2026-03"
    assert found[0]["closing"] == 250 and found[-1]["opening"] == 0
    assert all(later["opening"] == earlier["closing"] for later, earlier in pairwise(found))
    april = next(one for one in found if one["month"] == "2026-04")
    assert april == {"month": "2026-04", "opening": 50, "closing": 250, "came": 200, "went": 0, "entries": 1}


def test_a_statement_has_the_lines_of_the_page(app: Flask, cast: Cast) -> None:
    earn(app, cast)

    statement = Caller(app, cast.asha).get("/wallet/statements/2026-04").json
    page = signed_in(app, cast.asha).get("/wallet/statement?month=2026-04").text

    assert statement is not None
    (line,) = statement["lines"]
    assert (statement["opening"], statement["closing"]) == (50, 250)
    assert (line["change"], line["balance"], line["idea"]) == (200, 250, 249)
    assert line["why"] in page


def test_an_empty_wallet_is_empty(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.bo)

    assert caller.get("/wallet").json["points"] == 0  # type: ignore[index]
    (month,) = items(caller.get("/wallet/statements"))
    assert (month["opening"], month["closing"], month["entries"]) == (0, 0, 0)
    assert caller.get("/wallet/statements/2026-03").json["lines"] == []  # type: ignore[index]


@pytest.mark.parametrize("month", ["2026-13", "26-03", "2026-3", "x", "1999-01", "2026-03-01"])
def test_what_is_no_month_is_not_there(app: Flask, cast: Cast, month: str) -> None:
    assert Caller(app, cast.asha).get(f"/wallet/statements/{month}").status_code == 404


@pytest.mark.parametrize("cursor", ["WyJ4Il0", "WzFd", "WyIyMDk5LTAxIl0", "x"])
def test_a_cursor_of_nobodys_making_is_refused(app: Flask, cast: Cast, cursor: str) -> None:
    answer = Caller(app, cast.asha).get(f"/wallet/statements?cursor={cursor}")

    assert answer.status_code == 422


def test_a_key_without_the_scope_sees_no_points(app: Flask, cast: Cast) -> None:
    answer = Caller(app, cast.asha, "self:read").get("/wallet")

    assert (answer.status_code, answer.json["error"]) == (403, "scope")  # type: ignore[index]
