"""Shifts and seats by the interface: the same verbs, the same one named state, the same names."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.db import db, writing
from portal.frontline.models import SignUp
from tests.api.calling import Caller, error
from tests.factories import Cast
from tests.frontline.seating import HOUR, book, executives, make_slot

DAY = timedelta(days=1)


@pytest.fixture
def vic(app: Flask, cast: Cast) -> Caller:
    return Caller(app, cast.vic)


def make(app: Flask, cast: Cast, *, ahead: timedelta = 3 * DAY, **over: object) -> int:
    with app.app_context():
        return make_slot(cast, starts_at=clock.now() + ahead, **over)  # type: ignore[arg-type]


def test_a_seat_is_taken_undone_taken_again_and_given_up(app: Flask, cast: Cast, vic: Caller) -> None:
    slot, other = make(app, cast), make(app, cast, ahead=4 * DAY)

    taken = vic.post(f"/shifts/{slot}/sign-ups")
    assert (taken.status_code, taken.json["state"], taken.json["seat"]["state"]) == (201, "yours", "booked")
    assert vic.post(f"/shifts/{slot}/sign-ups").json["taken"] == 1
    assert vic.post(f"/shifts/{slot}/undos").json["state"] == "free"
    assert vic.post(f"/shifts/{slot}/undos").json["state"] == "yours"
    given = vic.post(f"/shifts/{slot}/give-ups").json
    assert given["shift"]["seat"]["state"] == "given_up"
    assert [one["number"] for one in given["instead"]] == [other]
    assert error(vic.post(f"/shifts/{slot}/give-ups")) == (409, "not_yours")


def test_the_list_has_every_state_and_pages_to_its_end(app: Flask, cast: Cast, vic: Caller) -> None:
    mine = make(app, cast)
    vic.post(f"/shifts/{mine}/sign-ups")
    wanted = {
        mine: "yours", make(app, cast, ahead=3 * DAY + HOUR / 2): "clash", make(app, cast, ahead=5 * DAY): "free",
        make(app, cast, ahead=6 * DAY, taken=1): "full", make(app, cast, ahead=-HOUR / 2): "too_late",
        make(app, cast, ahead=7 * DAY, opens_at=clock.now() + DAY): "not_yet_open",
        make(app, cast, ahead=8 * DAY, briefing_needed=True): "briefing_missing",
    }  # fmt: skip
    cancelled, over = make(app, cast, cancelled_at=clock.now(), cancel_reason="Storm"), make(app, cast, ahead=-2 * HOUR)

    assert {one["number"]: one["state"] for one in vic.all("/shifts", limit=2)} == wanted
    assert len(vic.all("/shifts?length=day")) == len(vic.all("/shifts?channel=chat")) == 0
    assert {one["state"] for one in Caller(app, cast.asha).all("/shifts")} == {None}
    for slot, code, status in ((cancelled, "cancelled", 410), (over, "over", 409)):
        assert vic.get(f"/shifts/{slot}").json["state"] == code
        assert error(vic.post(f"/shifts/{slot}/sign-ups")) == (status, code)
    for slot, code in wanted.items():
        if code not in ("yours", "free", "full"):
            assert error(vic.post(f"/shifts/{slot}/sign-ups")) == (409, code)


def test_who_comes_is_known_at_the_site_a_day_ahead(app: Flask, cast: Cast, vic: Caller) -> None:
    near, far = make(app, cast, ahead=20 * HOUR), make(app, cast)
    for slot in (near, far):
        vic.post(f"/shifts/{slot}/sign-ups")
    asha = Caller(app, cast.asha)

    assert [(one["shift"], one["name"]) for one in asha.all("/shifts/coming")] == [(near, "Vic")]
    assert [one["name"] for one in asha.get(f"/shifts/{near}").json["people"]] == ["Vic"]
    assert asha.get(f"/shifts/{far}").json["people"] is None
    assert error(asha.post(f"/shifts/{near}/sign-ups")) == (403, "not_allowed")
    assert error(Caller(app, cast.sam).get(f"/shifts/{near}")) == (404, "not_found")


def test_a_stand_in_and_the_site(app: Flask, cast: Cast, vic: Caller) -> None:
    slot = make(app, cast, ahead=20 * HOUR)
    with app.app_context():
        (person,) = executives(cast, 1)
        book(cast.vic, slot)
        with writing():
            db.session.execute(update(SignUp).values(made_at=clock.now() - HOUR))
    other, lea = Caller(app, person), Caller(app, cast.lea)

    assert error(vic.post(f"/shifts/{slot}/give-ups")) == (409, "ask_the_site")
    assert error(other.post(f"/shifts/{slot}/stand-ins")) == (409, "nobody_looks")
    assert vic.post(f"/shifts/{slot}/stand-in-requests").json["seat"]["looks_for_stand_in"] is True
    assert vic.post(f"/shifts/{slot}/stand-in-requests/end").json["seat"]["looks_for_stand_in"] is False
    vic.post(f"/shifts/{slot}/stand-in-requests")
    assert error(vic.post(f"/shifts/{slot}/stand-ins")) == (409, "your_own")
    assert other.post(f"/shifts/{slot}/stand-ins").json["state"] == "yours"
    assert vic.get(f"/shifts/{slot}").json["seat"]["state"] == "stood_in"

    assert error(vic.post(f"/shifts/{slot}/removals", {"person": person, "reason": "Ill"})) == (404, "not_found")
    assert lea.post(f"/shifts/{slot}/removals", {"person": person, "reason": "The floor is closed"}).json["taken"] == 0
    assert error(lea.post(f"/shifts/{slot}/removals", {"person": person, "reason": "Again"})) == (409, "not_yours")
