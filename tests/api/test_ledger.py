"""The interface to the ledger: what the page shows, and nothing about hidden authors."""

from flask import Flask

from portal import worker
from portal.db import writing
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.api.calling import Caller
from tests.factories import NOON, Cast, signed_in
from tests.rewards.giving import open_budget, promoted

NUMBER = 90210


def test_the_sums_and_the_head_are_those_of_the_page(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget(points=1000)
        promoted(248, cast.asha, hidden=False)

    ledger = Caller(app, cast.mia).get("/ledger").json
    page = signed_in(app, cast.mia).get("/ledger").text

    assert ledger is not None
    assert (ledger["holds"], ledger["faults"], ledger["checked"]) == (True, [], 2)
    assert ledger["anchor"] == f"{ledger['newest']}:{ledger['hash']}" and ledger["hash"] in page
    assert {one["kind"]: one["posted"] for one in ledger["sums"]} == {"issuance": -1000, "budget": 950, "person": 50}


def test_transfers_are_paged_to_the_first(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        for number in range(1, 8):
            promoted(number, cast.voters[number], hidden=False)
    caller = Caller(app, cast.mia)

    found = caller.all("/ledger/transfers", limit=3)

    assert [one["number"] for one in found] == list(range(8, 0, -1))
    assert (found[0]["source"], found[0]["target"], found[0]["points"]) == ("Budget 1", "A wallet", 50)


def test_whom_a_batch_paid_and_for_what_is_not_to_be_seen(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        promoted(NUMBER, cast.asha, hidden=True)
        for number, voter in enumerate(cast.voters[:4]):
            promoted(number + 1, voter, hidden=True)
    worker.run_once(app, now=NOON)
    with app.app_context(), writing():
        from portal.db import db

        top = db.session.get_one(Place, cast.places["Harbour"])
        people.grant(db.session.get_one(Person, cast.lea), Role.AUDITOR, top, by_id=None, now=NOON)

    auditor = Caller(app, cast.lea)
    seen = [auditor.get(path).text for path in ("/ledger", "/ledger/transfers?limit=100", "/audit?limit=100")]

    assert "Weekly" in seen[1] or "batch" in seen[1].casefold()
    assert not any(str(NUMBER) in text or f"person:{cast.asha}" in text for text in seen[:2])
    assert not any(str(NUMBER) in text for text in seen)
    assert Caller(app, cast.asha).get("/wallet").json["points"] == 50  # type: ignore[index]


def test_the_ledger_is_not_for_everybody(app: Flask, cast: Cast) -> None:
    for path in ("/ledger", "/ledger/transfers"):
        assert Caller(app, cast.asha).get(path).json["error"] == "not_allowed"  # type: ignore[index]
