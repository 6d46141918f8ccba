"""Publishing, hosting, briefing, marking and the floor, as people and programs do it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import clock
from portal.db import db, writing
from portal.frontline import seats
from portal.frontline.models import Pattern, SignUp, Slot
from portal.people.roles import Role
from tests.api.calling import Caller, error
from tests.factories import Cast, send, signed_in
from tests.frontline.publishing import grant, viewer

SOON = clock.now().date() + timedelta(days=3)
WINDOW = {"day": SOON.isoformat(), "starts": "10:00", "minutes": "60", "queue": "Billing", "language": "English",
          "channel": "calls", "busy": "quiet", "seats": "2"}  # fmt: skip
BODY: dict[str, Any] = {"day": SOON.isoformat(), "starts": "10:00", "minutes": 60, "queue": "Billing",
                        "language": "English", "channel": "chat", "seats": 2, "briefing_needed": False}  # fmt: skip


@pytest.fixture
def lea(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.lea)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def publishes(client: FlaskClient, cast: Cast, **over: str) -> int:
    answer = send(client, "/shifts/manage", site=str(cast.places["Leeds"]), **WINDOW | over)
    assert answer.status_code == 303, re.findall(r'class="error".*?</p>', answer.get_data(as_text=True))
    return int(re.search(r"\d+", answer.location)[0])  # type: ignore[index]


def sits_in(app: Flask, person_id: int, slot_id: int) -> int:
    with app.app_context(), writing():
        return seats.book(viewer(person_id), slot_id, now=clock.now()).id


def test_a_shift_is_published_changed_and_cancelled_with_the_reason(app: Flask, cast: Cast, lea: FlaskClient) -> None:
    assert "Nothing is published" in page(lea, "/shifts/manage")
    number = publishes(lea, cast, buddy="asha")
    assert "Asha is asked to host" in page(lea, "/shifts/manage")
    sits_in(app, cast.vic, number)

    form = WINDOW | {"buddy": "Asha"}
    unsaid = send(lea, f"/shifts/{number}/edit", **form | {"starts": "11:00"})
    assert unsaid.status_code == 422 and 'value="11:00"' in unsaid.get_data(as_text=True)
    assert (
        send(lea, f"/shifts/{number}/edit", **form | {"starts": "11:00", "reason": "A calm hour."}).status_code == 303
    )
    shown = page(lea, f"/shifts/{number}/edit")
    assert "11:00 to 12:00" in shown and "moved it from" in shown and "A calm hour." in shown and "Vic" in shown

    assert send(lea, f"/shifts/{number}/cancellation").status_code == 422
    assert send(lea, f"/shifts/{number}/cancellation", reason="Training day.").status_code == 303
    assert "Training day." in page(lea, "/shifts/manage")
    again = send(lea, f"/shifts/{number}/cancellation", reason="Again.")
    assert again.status_code == 410 and "was cancelled" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"day": "2020-01-01"}, "still to come"),
        ({"buddy": "Sam"}, "works at that site"),
        ({"seats": "0"}, "1 to 50 seats"),
        ({"starts": "25:00"}, "Write a time like 10:00."),
        ({"until": "2020-01-01"}, "before the first"),
        ({"opens": (SOON + timedelta(days=1)).isoformat()}, "before the shift starts"),
        ({"unheard_of": "1"}, "no field called"),
    ],
)
def test_what_cannot_be_published_comes_back_with_everything_typed(
    app: Flask, cast: Cast, lea: FlaskClient, over: dict[str, str], words: str
) -> None:
    answer = send(lea, "/shifts/manage", site=str(cast.places["Leeds"]), **WINDOW | {"note": "Second floor"} | over)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True) and "Second floor" in answer.get_data(as_text=True)


def test_a_pattern_is_published_made_again_goes_on_and_ends(app: Flask, cast: Cast, lea: FlaskClient) -> None:
    until = SOON + timedelta(days=13)
    number = publishes(lea, cast, until=until.isoformat(), buddy="Asha")
    assert "2 shifts" in page(lea, f"/shifts/patterns/{number}")

    for step in ("slots", "longer", "end", "end"):
        assert send(lea, f"/shifts/patterns/{number}/{step}").status_code == 303
    assert "6 shifts" in page(lea, f"/shifts/patterns/{number}") and "Ended" in page(lea, f"/shifts/patterns/{number}")
    assert send(lea, f"/shifts/patterns/{number}/slots").status_code == 410

    asha = signed_in(app, cast.asha)
    assert "Yes to all 6" in page(asha, "/shifts/hosting")
    assert send(asha, f"/shifts/patterns/{number}/hosting", answer="decline").status_code == 303
    assert page(asha, "/shifts/hosting").count("I host after all") == 6
    with app.app_context():
        first = db.session.scalars(select(Slot.id).where(Slot.pattern_id == number).order_by(Slot.id)).first()
    assert send(asha, f"/shifts/{first}/hosting", answer="agree").status_code == 303
    assert page(asha, "/shifts/hosting").count("You host") == 1
    assert send(asha, f"/shifts/{first}/hosting", answer="maybe").status_code == 422


def test_a_night_in_which_the_time_comes_twice_is_told_and_can_be_the_second(app: Flask, cast: Cast) -> None:
    mia = signed_in(app, cast.mia)
    years = (clock.now().year, clock.now().year + 1)
    lasts = [date(year, 10, 31) for year in years]
    sundays = [last - timedelta(days=(last.weekday() + 1) % 7) for last in lasts]
    back = next(day for day in sundays if day > clock.now().date() + timedelta(days=1))
    number = publishes(mia, cast, day=back.isoformat(), starts="01:15", minutes="30")

    shown = page(mia, f"/shifts/{number}/edit")
    assert "this is the first" in shown and "01:15 (UTC+1) to 01:45 (UTC+1)" in shown
    form = WINDOW | {"day": back.isoformat(), "starts": "01:15", "minutes": "30", "later": "y"}
    assert send(mia, f"/shifts/{number}/edit", **form).status_code == 303
    assert "01:15 (UTC+0) to 01:45 (UTC+0)" in page(mia, f"/shifts/{number}/edit")
    assert send(mia, f"/shifts/{number}/edit", **form).status_code == 303
    assert "Nothing was different" in page(mia, f"/shifts/{number}/edit")


def test_a_briefing_is_noted_and_taken_back(app: Flask, cast: Cast, lea: FlaskClient) -> None:
    today = clock.now().date()
    assert page(lea, "/shifts/briefings").count("Needs one") == 3
    assert send(lea, "/shifts/briefings", person=str(cast.vic), done_on=today.isoformat()).status_code == 303
    shown = page(lea, "/shifts/briefings")
    assert shown.count("Needs one") == 2 and "noted by Lea" in shown

    late = send(lea, "/shifts/briefings", person=str(cast.vic), done_on="2020-01-01")
    assert late.status_code == 422 and "more than a year ago" in late.get_data(as_text=True)
    assert send(lea, "/shifts/briefings/1/withdrawal").status_code == 303
    assert page(lea, "/shifts/briefings").count("Needs one") == 3
    assert send(signed_in(app, cast.vic), "/shifts/briefings", person=str(cast.olu), done_on="x").status_code == 422


def test_attendance_is_noted_by_the_site_and_the_floor_shows_it(app: Flask, cast: Cast, lea: FlaskClient) -> None:
    number = publishes(lea, cast)
    with app.app_context(), writing():
        db.session.execute(update(Slot).values(briefing_needed=False))
    seat = sits_in(app, cast.vic, number)
    vic, mia = signed_in(app, cast.vic), signed_in(app, cast.mia)
    assert send(lea, f"/shifts/{number}/attendance/{seat}", to="arrived").status_code == 409
    began = clock.now() - timedelta(minutes=20)
    with app.app_context(), writing():
        for table in (Slot, SignUp):
            db.session.execute(update(table).values(starts_at=began, ends_at=began + timedelta(minutes=30)))

    assert "I am here" in page(vic, f"/shifts/{number}/attendance")
    assert send(vic, f"/shifts/{number}/attendance/{seat}", to="arrived").status_code == 303
    assert send(vic, f"/shifts/{number}/attendance/{seat}", to="completed").status_code == 403
    assert send(lea, f"/shifts/{number}/attendance/{seat}", to="completed", words="Two calls.").status_code == 303
    assert "Two calls." in page(vic, f"/shifts/{number}/attendance")
    assert send(lea, f"/shifts/{number}/attendance/999", to="arrived").status_code == 404
    assert "1 of 1 executives" in page(mia, "/shifts/floor") and "0.5 h" in page(mia, "/shifts/floor")
    assert "0 of 1 executives" in page(mia, "/shifts/floor?quarter=2020-q1")
    page(signed_in(app, cast.asha), "/shifts/floor", 403)


def test_who_does_not_look_after_a_site_finds_nothing_to_manage(app: Flask, cast: Cast, lea: FlaskClient) -> None:
    number = publishes(lea, cast)
    vic = signed_in(app, cast.vic)

    assert "You look after no site" in page(vic, "/shifts/manage") and "You look after no site" in page(
        vic, "/shifts/manage/new"
    )
    page(vic, f"/shifts/{number}/edit", 403)
    page(signed_in(app, cast.asha), "/shifts/manage", 403)
    page(lea, "/shifts/patterns/99", 404)
    page(lea, "/shifts/99/edit", 404)
    with app.app_context():
        grant(cast.sam, Role.FORECASTER, cast.places["Durban"])
    page(signed_in(app, cast.sam), f"/shifts/{number}/edit", 404)


def test_programs_publish_change_and_cancel(app: Flask, cast: Cast) -> None:
    lea, vic = Caller(app, cast.lea), Caller(app, cast.vic)
    made = lea.post("/slots", BODY | {"site": cast.places["Leeds"], "buddy": cast.asha})
    assert made.status_code == 201 and made.json is not None
    number, at = made.json["number"], f"/slots/{made.json['number']}"
    assert (made.json["starts"], made.json["length"], made.json["buddy_state"]) == ("10:00", "hour", "asked")
    assert error(vic.post("/slots", BODY | {"site": cast.places["Leeds"]})) == (422, "unknown_site")
    assert error(lea.post("/slots", BODY | {"site": cast.places["Leeds"], "starts": "24:00"}))[0] == 422
    assert error(vic.put(at, BODY)) == (403, "not_allowed")

    sits_in(app, cast.vic, number)
    mark = lea.get(at).headers["ETag"]
    assert error(lea.put(at, BODY | {"seats": 3})) == (422, "reason_length")
    changed = lea.put(at, BODY | {"seats": 3, "reason": "More desks."}, headers={"If-Match": mark})
    assert changed.status_code == 200 and changed.json is not None and changed.json["seats"] == 3
    assert lea.put(at, BODY, headers={"If-Match": mark}).status_code == 412
    assert [one["after"].get("seats") for one in lea.all(f"{at}/changes", limit=1)] == [3]
    assert lea.post(f"{at}/cancellation", {"reason": "Training."}, key="k").status_code == 201
    assert lea.post(f"{at}/cancellation", {"reason": "Training."}, key="k").status_code == 201
    assert error(lea.post(f"{at}/cancellation", {"reason": "Training."})) == (410, "slot_cancelled")
    assert [one["number"] for one in lea.all("/slots")] == [number] and vic.all("/slots") == []


def test_programs_make_patterns_host_brief_mark_and_read_the_floor(app: Flask, cast: Cast) -> None:
    lea, asha, vic, mia = (Caller(app, one) for one in (cast.lea, cast.asha, cast.vic, cast.mia))
    body = {name: value for name, value in BODY.items() if name != "day"} | {
        "site": cast.places["Leeds"], "weekdays": [SOON.weekday()], "first_day": SOON.isoformat(),
        "last_day": (SOON + timedelta(days=8)).isoformat(), "buddy": cast.asha,
    }  # fmt: skip
    made = lea.post("/shift-patterns", body)
    assert made.status_code == 201 and made.json is not None and made.json["slots"] == 2
    at = f"/shift-patterns/{made.json['number']}"
    assert lea.post(f"{at}/slots").json["slots"] == 2 and lea.post(f"{at}/weeks").json["slots"] == 6  # type: ignore[index]
    assert lea.post(f"{at}/end").json["ended_at"] is not None  # type: ignore[index]
    assert error(lea.post(f"{at}/weeks")) == (410, "pattern_ended")
    assert len(lea.all("/shift-patterns")) == 1 and error(vic.get(at)) == (404, "not_found")

    hosting = asha.all("/hosting", limit=4)
    assert len(hosting) == 6
    first, second = hosting[0]["number"], hosting[1]["number"]
    assert asha.put(f"/hosting/patterns/{made.json['number']}", {"answer": "decline"}).status_code == 204
    assert asha.put(f"/hosting/{first}", {"answer": "agree"}).status_code == 204
    assert error(vic.put(f"/hosting/{second}", {"answer": "agree"})) == (404, "not_found")
    assert [one["state"] for one in asha.all("/hosting")] == ["agreed"] + ["declined"] * 5

    noted = mia.post("/shift-briefings", {"person": cast.vic, "done_on": clock.now().date().isoformat()})
    assert noted.status_code == 201 and noted.json is not None and noted.json["noted_by"] == "Mia"
    assert error(mia.post("/shift-briefings", {"person": cast.mia, "done_on": "2026-01-01"})) == (
        403,
        "not_for_oneself",
    )
    assert error(vic.delete(f"/shift-briefings/{noted.json['number']}")) == (403, "not_a_site_manager")
    assert (
        mia.delete(f"/shift-briefings/{noted.json['number']}").status_code == 204 and mia.all("/shift-briefings") == []
    )

    seat = sits_in(app, cast.vic, first)
    assert error(lea.post(f"/slots/{first}/attendance", {"seat": seat, "to": "arrived"})) == (409, "not_yet")
    assert [one["name"] for one in asha.all(f"/slots/{first}/seats")] == ["Vic"] and lea.all(
        f"/slots/{second}/seats"
    ) == []
    with app.app_context(), writing():
        began = clock.now() - timedelta(minutes=40)
        for table, mine in ((Slot, Slot.id == first), (SignUp, SignUp.id == seat)):
            db.session.execute(update(table).where(mine).values(starts_at=began, ends_at=began + timedelta(hours=1)))
    for caller, to in ((vic, "arrived"), (asha, "completed")):
        assert caller.post(f"/slots/{first}/attendance", {"seat": seat, "to": to}).status_code == 201
    assert [step["step"] for step in lea.all(f"/slots/{first}/seats")[0]["steps"]] == ["arrived", "completed"]
    floor = mia.get("/shift-floor").json
    assert floor is not None and (floor["executives"], floor["been"], floor["people"][0]["minutes"]) == (1, 1, 60)
    assert error(mia.get("/shift-floor?year=2026")) == (422, "half_a_quarter")
    assert mia.get("/shift-floor?year=2020&quarter=1").json["been"] == 0  # type: ignore[index]
    with app.app_context():
        assert db.session.get_one(Pattern, made.json["number"]).ended_at is not None
