"""Shifts in calendars over the interface: the private address, one entry, and the page before a shift."""

import vobject
from flask import Flask

from portal.db import db
from portal.frontline.words import BuddyState
from tests.api.calling import Caller
from tests.factories import Cast, signed_in
from tests.frontline.seating import book, give_up, make_slot
from tests.ideas.making import said


def slot_of_vic(app: Flask, cast: Cast) -> int:
    with app.app_context():
        said(cast.asha, "Billing asks for a fax.")
        number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
        book(cast.vic, number)
        db.session.remove()
    return number


def test_an_address_is_made_once_for_a_key_ended_and_never_kept(app: Flask, cast: Cast) -> None:
    vic, program = Caller(app, cast.vic), app.test_client(use_cookies=False)
    assert vic.get("/me/calendar").json == {"standing": False, "made_at": None, "last_read_on": None}

    made = vic.post("/me/calendar", key="one")
    again = vic.post("/me/calendar", key="one")

    assert made.status_code == again.status_code == 201
    address = made.json["address"]
    assert address.endswith(".ics") and again.json == made.json | {"address": None}
    path = address[address.index("/calendar/") :]
    assert program.get(path).status_code == 200 and vic.get("/me/calendar").json["standing"] is True
    assert vic.delete("/me/calendar").status_code == vic.delete("/me/calendar").status_code == 204
    assert program.get(path).status_code == 404


def test_an_entry_is_the_file_of_the_page_and_cancelled_where_the_seat_is_gone(app: Flask, cast: Cast) -> None:
    number = slot_of_vic(app, cast)
    vic = Caller(app, cast.vic)

    entry = vic.get(f"/shifts/{number}/calendar").json

    event = vobject.readOne(entry["ics"], validate=True).vevent
    page = vobject.readOne(signed_in(app, cast.vic).get(f"/shifts/{number}.ics").text).vevent
    assert entry["uid"] == event.uid.value == page.uid.value and not entry["cancelled"]
    assert entry["sequence"] == int(page.sequence.value) and entry["words"] == page.description.value
    with app.app_context():
        give_up(cast.vic, number)
        db.session.remove()
    after = vic.get(f"/shifts/{number}/calendar").json
    assert after["cancelled"] and after["uid"] == entry["uid"] and after["sequence"] > entry["sequence"]


def test_a_brief_is_the_page_and_nobody_elses(app: Flask, cast: Cast) -> None:
    number = slot_of_vic(app, cast)

    brief = Caller(app, cast.vic).get(f"/shifts/{number}/brief").json

    page = signed_in(app, cast.vic).get(f"/shifts/{number}/brief").text
    assert brief["buddy"] == "Asha" and all(line in page for line in brief["hear"])
    assert [f"/ideas/{idea['number']}" in page for idea in brief["ideas"]] == [True] and brief["promised"] == []
    for other in (cast.mia, cast.tess):
        assert Caller(app, other).get(f"/shifts/{number}/brief").status_code == 404
        assert Caller(app, other).get(f"/shifts/{number}/calendar").status_code == 404
    assert Caller(app, cast.asha).get(f"/shifts/{number}/calendar").json["title"].startswith("A visitor beside you")


def test_a_key_needs_the_scopes_of_shifts(app: Flask, cast: Cast) -> None:
    number = slot_of_vic(app, cast)
    self_only, reads = Caller(app, cast.vic, "self:read", "self:write"), Caller(app, cast.vic, "shifts:read")

    for path in ("/me/calendar", f"/shifts/{number}/calendar", f"/shifts/{number}/brief"):
        assert self_only.get(path).status_code == 403 and reads.get(path).status_code == 200
    assert reads.post("/me/calendar").status_code == reads.delete("/me/calendar").status_code == 403
