"""Points in the body of a request."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Response

from portal.app import csrf
from portal.db import writing
from portal.ledger import jobs
from portal.ledger.amounts import Points
from portal.people.access import requires
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Sent, Shown, api
from tests.api.calling import Caller
from tests.databases import MovableApp
from tests.factories import NOON, Cast
from tests.ledger.purses import move, open_purses, transfers
from tests.ledger.spoiling import run

BAD = ["-5", "0", "1.5", '"5"', "true", "1e3", str(2**63), str(10**30), "null", '"٥"', "1000000001", "[5]"]


class Given(Sent):
    points: Points


class Told(Shown):
    points: int


@pytest.fixture(scope="session")
def app_with_an_operation(movable_app: Callable[..., MovableApp]) -> MovableApp:
    """One application with the operation below for all tests here."""
    return movable_app(add_an_operation)


@pytest.fixture
def app(database_url: str, tmp_path: Path, app_with_an_operation: MovableApp) -> Iterator[Flask]:
    """That application on a fresh database."""
    with app_with_an_operation.lent(database_url, tmp_path) as app:
        yield app


def add_an_operation(app: Flask) -> None:
    """One operation more, which moves as many points as it is told."""
    bp = api("test_of_points", "For this test.")

    @bp.post("/test-of-points", responses={201: Told}, openapi_extensions={"x-idempotency-key-needed": True})
    @requires("wallet.see", scope=Scope.WALLET_READ)
    def give_points(body: Given) -> Response:
        """Move points."""

        def give() -> Told:
            purses = open_purses(0)
            return Told(points=move(purses.issuance, purses.wallet, body.points, cause="given").entry.amount)

        return once(give, status=201, key_needed=True)

    csrf.exempt(bp)
    app.register_api(bp)  # type: ignore[attr-defined]


def test_l4_a_bad_amount_is_refused_by_its_own_code_and_writes_nothing(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)

    for number, amount in enumerate(BAD):
        answer = caller.call("POST", "/test-of-points", data=f'{{"points": {amount}}}'.encode(),
                             headers={"Idempotency-Key": f"k{number}", "Content-Type": "application/json"})  # fmt: skip
        assert (answer.status_code, answer.json["error"]) == (422, "amount_not_positive_integer"), amount  # type: ignore[index]
        assert list(answer.json["fields"]) == ["points"]  # type: ignore[index]
    # What is no JSON at all is refused before anybody looks for a number in it.
    odd = caller.call("POST", "/test-of-points", data=b'{"points": NaN}', content_type="application/json")
    missing = caller.post("/test-of-points", {}, key="missing")

    assert (odd.status_code, missing.json["error"]) == (400, "invalid")  # type: ignore[index]
    with app.app_context():
        assert transfers() == 0


def test_a_key_is_needed_and_its_second_use_is_the_first_answer(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)

    without = caller.post("/test-of-points", {"points": 5})
    first, again = (caller.post("/test-of-points", {"points": 5}, key="k") for _ in range(2))
    other = caller.post("/test-of-points", {"points": 6}, key="k")

    assert without.status_code == 400
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert again.headers["Idempotency-Replayed"] == "true" and again.json == first.json
    assert other.json["error"] == "idempotency_mismatch"  # type: ignore[index]


def test_while_points_stand_still_an_operation_that_moves_them_is_503(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            open_purses(100)
        run("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'person'")
        jobs.at_start(now=NOON)

    answer = Caller(app, cast.asha).post("/test-of-points", {"points": 5}, key="k")

    assert (answer.status_code, answer.json["error"]) == (503, "ledger_broken")  # type: ignore[index]
