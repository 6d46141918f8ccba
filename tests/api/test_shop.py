"""Rewards, orders, payroll and thanks over the interface: the same verbs as on the pages."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.ledger.models import LedgerCheck, Transfer
from portal.rewards.shop_models import Redemption, Reward
from tests.api.calling import Caller, error
from tests.factories import Cast
from tests.rewards.shopping import fill_wallet, make_reward, wallet_of

SENT: dict[str, Any] = {"kind": "time", "name": "Leave early", "price": 60, "what_next": "Ask your planner", "days": 14}
BAD = [-5, 0, 1.5, "5", True, 1e300, 2**63, None, "٥"]


def stocked(app: Flask, cast: Cast, **over: Any) -> int:
    with app.app_context(), writing():
        fill_wallet(cast.asha, 100, now=clock.now())
        return make_reward(**({"price": 60} | over)).id


def test_an_order_from_the_catalogue_to_its_delivery(app: Flask, cast: Cast) -> None:
    number = stocked(app, cast)
    asha, mia, bo = (Caller(app, one) for one in (cast.asha, cast.mia, cast.bo))

    listed = asha.all("/rewards?affordable=true", limit=1)
    made = asha.post(f"/rewards/{number}/orders", {"price": 60, "note": "Friday"}, key="a")
    again = asha.post(f"/rewards/{number}/orders", {"price": 60, "note": "Friday"}, key="a")
    other = asha.post(f"/rewards/{number}/orders", {"price": 60}, key="a")
    order = made.json["number"]  # type: ignore[index]
    queue = mia.all("/orders/queue?state=ordered")
    yes = mia.post(f"/orders/{order}/approvals")
    there = mia.post(f"/orders/{order}/deliveries", {"words": "By hand"}, key="b")

    assert [one["number"] for one in listed] == [number]
    assert (made.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert again.json == made.json
    assert error(other) == (409, "idempotency_mismatch")
    assert [one["number"] for one in queue] == [order]
    assert (yes.json["state"], there.json["state"]) == ("approved", "delivered")  # type: ignore[index]
    assert bo.get(f"/orders/{order}").status_code == 404
    assert [one["state"] for one in asha.all("/orders")] == ["delivered"]


@pytest.mark.parametrize("amount", BAD)
def test_a_bad_amount_is_refused_and_nothing_is_written(app: Flask, cast: Cast, amount: object) -> None:
    number = stocked(app, cast)
    asha = Caller(app, cast.asha)

    answers = [
        asha.post(f"/rewards/{number}/orders", {"price": amount}, key="k").status_code,
        asha.post("/thanks", {"person": cast.bo, "words": "Helped me.", "points": amount or -1}, key="k").status_code,
        Caller(app, cast.mia).post("/catalogue", SENT | {"price": amount}).status_code,
    ]

    assert answers == [422, 422, 422]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Transfer)) == 1
        assert db.session.scalar(select(func.count()).select_from(Redemption)) == 0


def test_what_moves_points_needs_a_key(app: Flask, cast: Cast) -> None:
    number = stocked(app, cast)
    asha, mia = Caller(app, cast.asha), Caller(app, cast.mia)
    order = asha.post(f"/rewards/{number}/orders", {"price": 60}, key="k").json["number"]  # type: ignore[index]

    answers = [
        asha.post(f"/rewards/{number}/orders", {"price": 60}),
        asha.post(f"/orders/{order}/cancellations"),
        mia.post(f"/orders/{order}/refusals", {"reason": "No more."}),
        mia.post(f"/orders/{order}/deliveries", {}),
        asha.post("/thanks", {"person": cast.bo, "words": "Helped me."}),
    ]

    assert {error(one) for one in answers} == {(400, "idempotency_key_needed")}


def test_orders_are_refused_by_name(app: Flask, cast: Cast) -> None:
    number = stocked(app, cast, stock=1)
    asha, mia, bo = (Caller(app, one) for one in (cast.asha, cast.mia, cast.bo))

    changed = asha.post(f"/rewards/{number}/orders", {"price": 50}, key="1")
    poor = bo.post(f"/rewards/{number}/orders", {"price": 60}, key="1")
    order = asha.post(f"/rewards/{number}/orders", {"price": 60}, key="2").json["number"]  # type: ignore[index]
    gone = asha.post(f"/rewards/{number}/orders", {"price": 60}, key="3")
    early = mia.post(f"/orders/{order}/deliveries", {}, key="4")
    back = mia.post(f"/orders/{order}/refusals", {"reason": "Sold out."}, key="5")

    assert error(changed) == (409, "price_changed")
    assert {"50", "60"} <= set(changed.json["message"].split())  # type: ignore[index]
    assert [error(one)[1] for one in (poor, gone, early)] == ["insufficient_points", "out_of_stock", "not_approved_yet"]
    assert back.json["steps"][-1]["words"] == "Sold out."  # type: ignore[index]
    assert error(asha.post(f"/orders/{order}/cancellations", key="6")) == (409, "already_resolved")
    with app.app_context():
        assert wallet_of(cast.asha) == (100, 0)
        assert db.session.get_one(Reward, number).stock == 1


def test_while_the_books_do_not_add_up_nothing_is_ordered(app: Flask, cast: Cast) -> None:
    number = stocked(app, cast)
    with app.app_context(), writing():
        db.session.add(LedgerCheck(at=clock.now(), why="nightly", since_seq=0, head_seq=1, head_hash="x", ok=False))

    assert error(Caller(app, cast.asha).post(f"/rewards/{number}/orders", {"price": 60}, key="k")) == (
        503, "ledger_broken",
    )  # fmt: skip


def test_the_catalogue_is_changed_against_what_was_read(app: Flask, cast: Cast) -> None:
    mia = Caller(app, cast.mia)
    number = mia.post("/catalogue", SENT).json["number"]  # type: ignore[index]
    mark = mia.get(f"/catalogue/{number}").headers["ETag"]

    first = mia.put(f"/catalogue/{number}", SENT | {"price": 70}, headers={"If-Match": mark})
    second = mia.put(f"/catalogue/{number}", SENT | {"price": 80}, headers={"If-Match": mark})
    refusals = [
        error(mia.post("/catalogue", SENT | {"kind": "money"})),
        error(mia.post("/catalogue", SENT | {"money_cents": 5})),
        error(mia.post("/catalogue", SENT | {"employer": 9999})),
        error(mia.put(f"/catalogue/{number}", SENT | {"employer": cast.places["Brightline"]})),
        error(mia.post(f"/catalogue/{number}/returns")),
    ]  # fmt: skip

    assert first.json is not None
    assert (first.json["price"], first.json["price_version"]) == (70, 2)
    assert error(second) == (412, "changed_meanwhile")
    assert refusals == [(422, "money_needs_an_amount"), (422, "no_money_here"), (422, "unknown_employer"),
                        (409, "employer_is_fixed"), (409, "not_retired")]  # fmt: skip
    assert mia.post(f"/catalogue/{number}/retirements").status_code == 201
    assert mia.all("/catalogue")[0]["retired_at"] is not None
    assert Caller(app, cast.asha).get(f"/rewards/{number}").status_code == 404


def test_payroll_over_the_interface(app: Flask, cast: Cast) -> None:
    mia, place = Caller(app, cast.mia), cast.places["Brightline"]

    made = mia.post("/payroll", {"employer": place, "month": "2025-01"})
    again = mia.post("/payroll", {"employer": place, "month": "2025-01"})
    file = mia.post(f"/payroll/{made.json['number']}/files")  # type: ignore[index]

    assert made.json == again.json == mia.all("/payroll")[0]
    assert made.json is not None and file.json is not None
    assert (file.json["sha256"], made.json["lines"]) == (made.json["sha256"], 0)
    assert file.json["csv"].startswith("\ufeffemployer,month,order")
    assert error(mia.post("/payroll", {"employer": place, "month": "2099-01"})) == (409, "month_not_over")
    assert mia.get(f"/payroll/{made.json['number']}").json == made.json
    assert mia.post("/payroll", {"employer": cast.places["Leeds"], "month": "2025-01"}).status_code == 422


def test_thanks_over_the_interface(app: Flask, cast: Cast) -> None:
    asha, bo, mia = (Caller(app, one) for one in (cast.asha, cast.bo, cast.mia))

    found = asha.get("/thanks/colleagues?name=kim").json["items"]  # type: ignore[index]
    made = asha.post("/thanks", {"person": cast.bo, "words": "Took my call."}, key="k")
    assert made.json is not None
    number = made.json["number"]
    echoed = [mia.put(f"/thanks/{number}/echo", None).status_code for _ in range(2)]
    seen, by_mia = bo.get(f"/thanks/{number}").json, mia.get(f"/thanks/{number}").json
    report = mia.post(f"/thanks/{number}/reports", {"words": "Names a customer."})
    hidden = mia.post(f"/thanks/{number}/decisions", {"decision": "hide", "reason": "It names a customer."})

    assert [one["person"] for one in found] == [cast.kim]
    assert echoed == [204, 204]
    assert seen is not None and by_mia is not None
    assert (seen["others"], by_mia["others"], by_mia["echoed"]) == (None, 0, True)
    assert (report.status_code, hidden.status_code) == (201, 201)
    assert [one["reports"] for one in mia.all("/thanks/reports")] == [[]]
    assert asha.all("/thanks") == []
    assert bo.all("/thanks/received") == []
    assert error(asha.post("/thanks", {"person": cast.asha, "words": "Me."}, key="x")) == (403, "self_award")
    assert error(asha.post("/thanks", {"person": cast.bo, "words": "Hi.", "points": 5}, key="y")) == (
        409, "allowance_spent",
    )  # fmt: skip


def test_an_author_is_thanked_the_same_way_whether_a_name_is_kept_or_not(app: Flask, cast: Cast) -> None:
    from portal.ideas.words import Names
    from tests.ideas.making import said

    with app.app_context():
        hidden, none, shown = (
            said(cast.asha, now=clock.now(), names=one) for one in (Names.HIDDEN, Names.NONE, Names.SHOWN)
        )
    bo = Caller(app, cast.bo)

    answers = [bo.post(f"/ideas/{one}/thanks", {"words": "Well said."}) for one in (hidden, none)]

    assert [one.status_code for one in answers] == [201, 201]
    assert [{**one.json, "idea": 0} for one in answers] == [{"idea": 0, "words": "Well said."}] * 2  # type: ignore[dict-item]
    assert bo.post(f"/ideas/{shown}/thanks", {"words": "Well said."}).status_code == 404
    assert [one["idea"] for one in Caller(app, cast.asha).all("/thanks/received")] == [hidden]
    assert bo.all("/thanks") == [] and Caller(app, cast.tess).all("/thanks/reports") == []
