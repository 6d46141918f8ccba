"""The pages of the catalogue, of orders and of thanks, as somebody without JavaScript uses them."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from portal import clock
from portal.commitments.models import CommitmentState, Delivery, DeliveryVerdict
from portal.db import db, writing
from portal.ideas.words import Names
from portal.people.models import AuditEntry
from portal.rewards.shop_models import Reward
from tests.commitments.factories import make_promise
from tests.factories import Cast, send, signed_in
from tests.ideas.making import said
from tests.rewards.shopping import fill_wallet, make_reward, wallet_of


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def stocked(app: Flask, cast: Cast, points: int = 100) -> None:
    with app.app_context(), writing():
        fill_wallet(cast.asha, points, now=clock.now())
        make_reward(name="Leave early", price=60, stock=2)
        make_reward(name="Course", price=900, kind="growth")
        make_reward(name="For Brightline", price=5, employer_id=cast.places["Brightline"])


def order(client: FlaskClient, number: int, **over: str):  # type: ignore[no-untyped-def]
    page = client.get(f"/rewards/{number}").text
    sent = {"key": hidden(page, "key"), "price": hidden(page, "price"), "note": "Friday"} | over
    return send(client, f"/rewards/{number}/orders", **sent)


def test_the_catalogue_shows_what_is_meant_for_the_viewer_and_is_narrowed_by_its_address(
    app: Flask, cast: Cast
) -> None:
    stocked(app, cast)
    asha = signed_in(app, cast.asha)

    every, near, team = (asha.get(f"/rewards{query}").text for query in ("", "?affordable=1", "?kind=team"))

    assert "Leave early" in every and "Course" in every and "For Brightline" not in every
    assert "You need 800 more points." in every
    assert "Leave early" in near and "Course" not in near
    assert "Nothing of this kind" in team
    assert "For Brightline" in signed_in(app, cast.sam).get("/rewards").text
    assert asha.get("/rewards?kind=gold").status_code == 422
    assert asha.get("/rewards/3").status_code == 404


def test_an_order_is_checked_confirmed_followed_and_cancelled(app: Flask, cast: Cast) -> None:
    stocked(app, cast)
    asha = signed_in(app, cast.asha)

    check = asha.get("/rewards/1").text
    made = order(asha, 1)
    mine = asha.get(made.location).text

    assert "60 points" in check and "40 points" in check and "Somebody approves it by" in check
    assert made.status_code == 303
    assert "Ordered" in mine and "Friday" in mine and "It waits for approval." in mine
    assert "Leave early" in asha.get("/orders").text
    assert signed_in(app, cast.bo).get(made.location).status_code == 404
    assert send(asha, f"{made.location}/cancellation").status_code == 303
    assert "60 points are back in the wallet." in asha.get(made.location).text


def test_a_price_that_changed_is_refused_with_both_and_what_was_typed_stays(app: Flask, cast: Cast) -> None:
    stocked(app, cast)
    asha = signed_in(app, cast.asha)
    page = asha.get("/rewards/1").text
    with app.app_context(), writing():
        db.session.get_one(Reward, 1).price = 80

    refused = send(
        asha, "/rewards/1/orders", key=hidden(page, "key"), price=hidden(page, "price"), note="Friday please"
    )

    assert refused.status_code == 409
    assert "it was 60 points when you looked, it is 80 now" in refused.text
    assert "Friday please" in refused.text
    assert hidden(refused.text, "price") == "80"
    with app.app_context():
        assert wallet_of(cast.asha) == (100, 0)
        kept = db.session.query(AuditEntry.detail).filter(AuditEntry.outcome == "refused").one()
        assert "price_changed" in kept[0]


def test_too_few_points_say_where_more_could_come_from(app: Flask, cast: Cast) -> None:
    stocked(app, cast, points=840)

    page = signed_in(app, cast.asha).get("/rewards/2").text

    assert "You need 60 more points." in page and "passes the swarm line" in page and "Confirm" not in page


def test_an_approver_decides_on_pages_and_never_about_their_own(app: Flask, cast: Cast) -> None:
    stocked(app, cast)
    with app.app_context(), writing():
        fill_wallet(cast.mia, 100, now=clock.now())
    asha, mia = signed_in(app, cast.asha), signed_in(app, cast.mia)
    theirs, own = order(asha, 1).location, order(mia, 1).location

    queue = mia.get("/orders/queue").text
    without_reason = send(mia, f"{theirs}/refusal", reason="")
    answers = [
        send(mia, f"{theirs}/approval").status_code,
        send(mia, f"{theirs}/delivery", words="By hand.").status_code,
    ]

    assert theirs in queue and own not in queue
    assert without_reason.status_code == 422 and "Say why" in without_reason.text
    assert answers == [303, 303]
    assert (send(mia, f"{own}/approval").status_code, send(mia, f"{theirs}/approval").status_code) == (403, 409)
    assert send(asha, f"{own}/approval").status_code == 403
    assert "By hand." in asha.get(theirs).text


def test_the_catalogue_is_looked_after(app: Flask, cast: Cast) -> None:
    mia = signed_in(app, cast.mia)
    sent = {
        "kind": "money",
        "name": "Voucher",
        "price": "200",
        "money_cents": "10.50",
        "what_next": "By mail",
        "days": "7",
    }

    without_amount = send(mia, "/rewards/manage", **(sent | {"money_cents": ""}))
    bad = [send(mia, "/rewards/manage", **(sent | {"price": text})).status_code
           for text in ("-5", "0", "1.5", "1e3", "NaN", "9223372036854775808", "٥", "")]  # fmt: skip
    added = send(mia, "/rewards/manage", **sent)
    page = mia.get("/rewards/manage/1").text
    changed = send(mia, "/rewards/manage/1", **(sent | {"price": "250", "stock": "3", "stock_seen": ""}))
    stale = send(mia, "/rewards/manage/1", **(sent | {"stock": "9", "stock_seen": ""}))

    assert (without_amount.status_code, set(bad), added.status_code) == (422, {422}, 303)
    assert 'value="10.50"' in page
    assert (changed.status_code, stale.status_code) == (303, 409)
    with app.app_context():
        reward = db.session.get_one(Reward, 1)
        assert (reward.price, reward.price_version, reward.stock, reward.money_cents) == (250, 2, 3, 1050)
    assert send(mia, "/rewards/manage/1/retirement").status_code == 303
    assert send(mia, "/rewards/manage/1/retirement").status_code == 409
    assert signed_in(app, cast.asha).get("/rewards/1").status_code == 404
    assert send(mia, "/rewards/manage/1/return").status_code == 303
    assert signed_in(app, cast.asha).get("/rewards/manage").status_code == 403


def test_thanks_are_said_by_looking_for_a_name_and_hidden_authors_by_their_idea(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha, now=clock.now(), names=Names.HIDDEN)
        nameless = said(cast.asha, now=clock.now(), names=Names.NONE)
        shown = said(cast.asha, now=clock.now(), names=Names.SHOWN)
    bo = signed_in(app, cast.bo)

    found = bo.get("/thanks?who=ash").text
    page = bo.get(f"/thanks?person={cast.asha}").text
    made = send(bo, "/thanks", key=hidden(page, "key"), person=cast.asha, words="Took my call.", points="0")
    own = send(bo, "/thanks", key="k", person=cast.bo, words="Me.", points="0")
    privately = [
        send(bo, f"/ideas/{one}/thanks", key=f"k{one}", words="That needed saying.") for one in (number, nameless)
    ]

    assert f"/thanks?person={cast.asha}" in found
    assert (made.status_code, own.status_code) == (303, 403)
    assert [one.status_code for one in privately] == [303, 303]
    assert "Asha" not in bo.get(f"/ideas/{number}/thanks").text
    assert bo.get(f"/thanks?idea={number}").location == f"/ideas/{number}/thanks"
    assert bo.get(f"/ideas/{shown}/thanks").status_code == 404
    feed = signed_in(app, cast.cy).get("/thanks").text
    assert "Took my call." in feed and "That needed saying." not in feed
    assert "That needed saying." in signed_in(app, cast.asha).get("/thanks/mine").text
    assert "too" not in re.findall(r'<p class="small muted">.*?</p>', feed)[0]
    assert send(bo, "/thanks/1/reports", words="x").status_code == 422


def test_kept_promises_stand_among_the_thanks_and_their_owner_is_asked_whom_to_thank(app: Flask, cast: Cast) -> None:
    now = clock.now()
    with app.app_context(), writing():
        promise = make_promise(cast, now=now, due_on=now.date() + timedelta(days=8))
        delivery = Delivery(commitment_id=promise.id, by_id=cast.olu, at=now, live_from=now.date(), evidence="See.")
        db.session.add(delivery)
        db.session.flush()
        db.session.add(DeliveryVerdict(delivery_id=delivery.id, by_id=cast.vic, at=now, confirmed=True))
        promise.state, promise.live_from, promise.kept_late = CommitmentState.CONFIRMED, now.date(), False
        number = promise.id

    assert "kept a promise, 8 days early" in signed_in(app, cast.bo).get("/thanks").text
    assert "You kept a promise" in signed_in(app, cast.olu).get(f"/thanks?promise={number}").text
    assert f"/thanks?promise={number}" in signed_in(app, cast.olu).get(f"/commitments/{number}").text
    assert f"/thanks?promise={number}" not in signed_in(app, cast.bo).get(f"/commitments/{number}").text
    assert signed_in(app, cast.bo).get(f"/thanks?promise={number}").status_code == 404
