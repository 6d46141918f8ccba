"""Calendars, absences, delegates and clocks over the interface, and their pages."""

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier
from portal.people import service
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.triage import assignment
from portal.triage.assignment_models import Answerer, Assignment
from tests.api.calling import Caller
from tests.factories import Cast, send, signed_in
from tests.ideas.making import said

DAY = timedelta(days=1)
HOURS = {"zone": "Asia/Manila", "weekdays": [0, 1, 2.0], "opens": "08:00", "closes": "00:00"}


def settled(app: Flask, cast: Cast, **over: object) -> int:
    """An idea whose first answerer is named."""
    with app.app_context():
        number = said(cast.asha, now=clock.now(), **over)
        with writing():
            assignment.settle([number], now=clock.now())
        return number


def test_hours_and_days_off_of_a_place(app: Flask, cast: Cast) -> None:
    mia, manila = Caller(app, cast.mia), f"/places/{cast.places['Manila']}"

    assert mia.get(f"{manila}/calendar").json["own"] is False
    kept = mia.put(f"{manila}/calendar", HOURS)
    assert kept.status_code == 200 and (kept.json["weekdays"], kept.json["closes"]) == ([0, 1, 2], "00:00")
    days = [{"day": f"2026-12-{day}", "name": "Off"} for day in (25, 28, 30)]
    assert mia.post(f"{manila}/days-off", {"days": days}).json["days_off"] == 3
    assert [one["day"] for one in mia.all(f"{manila}/days-off", limit=2)] == ["2026-12-25", "2026-12-28", "2026-12-30"]
    assert mia.delete(f"{manila}/days-off/2026-12-28").status_code == 204
    assert mia.delete(f"{manila}/days-off/2026-12-28").status_code == 404
    assert mia.delete(f"{manila}/calendar").status_code == 204
    assert mia.get(f"{manila}/calendar").json["days_off"] == 0

    refused = mia.put(f"{manila}/calendar", HOURS | {"zone": "Mars/Olympus"})
    assert (refused.status_code, refused.json["error"]) == (422, "unknown_zone")
    assert mia.put(f"{manila}/calendar", HOURS | {"closes": "07:00"}).json["error"] == "no_hours"
    assert mia.get(f"/places/{cast.places['Leeds/Billing']}/calendar").status_code == 404
    assert Caller(app, cast.asha).get(f"{manila}/calendar").status_code == 403


def test_absences_and_delegates_of_ones_own(app: Flask, cast: Cast) -> None:
    vic, today = Caller(app, cast.vic), clock.now().date()

    noted = vic.post("/absences", {"first_day": f"{today + 5 * DAY}", "last_day": f"{today + 6 * DAY}",
                                   "cover": cast.olu})  # fmt: skip
    assert noted.status_code == 201 and noted.json["cover"] == "Olu"
    assert [one["running"] for one in vic.all("/delegates")] == [False], "the cover answers on their behalf"
    assert vic.delete(f"/absences/{noted.json['number']}").status_code == 204 and vic.all("/absences") == []
    lent = vic.post("/delegates", {"delegate": cast.olu, "from_day": f"{today}"})
    assert lent.status_code == 201 and lent.json["running"] is True
    assert Caller(app, cast.olu).get("/triage").status_code == 200
    again = vic.post("/delegates", {"delegate": cast.olu, "from_day": f"{today}"})
    assert (again.status_code, again.json["error"]) == (409, "delegated_already")
    assert vic.delete(f"/delegates/{lent.json['number']}").status_code == 204
    assert vic.delete(f"/delegates/{lent.json['number']}").json["error"] == "delegation_over"
    assert Caller(app, cast.olu).get("/triage").status_code == 403
    assert (
        Caller(app, cast.asha).post("/absences", {"first_day": f"{today}", "last_day": f"{today}"}).status_code == 403
    )


def test_what_is_owed_is_read_by_whoever_may_read_the_idea(app: Flask, cast: Cast) -> None:
    number, mine = settled(app, cast), settled(app, cast, audience=Audience.SITE)

    found = Caller(app, cast.bo).get(f"/ideas/{number}/clock").json
    assert (found["what"], found["answerer"], found["overdue"], found["level"]) == ("first_reply", "Lea", False, 0)
    assert Caller(app, cast.sam).get(f"/ideas/{mine}/clock").status_code == 404
    assert [one["idea"] for one in Caller(app, cast.lea).all("/owed", limit=1)] == [number, mine]
    assert Caller(app, cast.bo).all("/owed") == []
    page = signed_in(app, cast.bo).get(f"/ideas/{number}").text
    assert "First reply due" in page and ", from <b>Lea</b>" in page


def test_what_is_late_is_red_for_everybody(app: Flask, cast: Cast) -> None:
    number = settled(app, cast)
    with app.app_context(), writing():
        row = db.session.query(Assignment).filter_by(idea_id=number).one()
        row.due_at, row.due_on = clock.now() - 3 * DAY, (clock.now() - 3 * DAY).date()

    page = signed_in(app, cast.bo).get(f"/ideas/{number}").text

    assert "days late" in page and '<b class="late">Lea</b>' in page
    assert Caller(app, cast.bo).get(f"/ideas/{number}/clock").json["overdue"] is True


def test_the_table_of_who_is_asked_first(app: Flask, cast: Cast) -> None:
    mia = Caller(app, cast.mia)
    line = {"what": "first_reply", "place": cast.places["Leeds"], "barrier": "policies", "person": cast.vic}

    made = mia.post("/answerers", line)
    again = mia.post("/answerers", line | {"person": cast.mia})
    assert made.status_code == again.status_code == 201 and made.json["number"] == again.json["number"]
    assert [one["name"] for one in mia.all("/answerers")] == ["Mia"]
    with app.app_context():
        number = said(cast.asha, now=clock.now())
        with writing():
            db.session.get_one(Idea, number).barrier = Barrier.POLICIES
            assignment.settle([number], now=clock.now())
    assert mia.get(f"/ideas/{number}/clock").json["answerer"] == "Mia"
    wrong = mia.post("/answerers", line | {"person": cast.asha})
    assert (wrong.status_code, wrong.json["error"]) == (422, "cannot_answer")
    assert mia.post("/answerers", line | {"place": 4711}).json["error"] == "unknown_place"
    assert mia.post("/answerers", line | {"place": cast.places["Leeds/Billing"]}).json["error"] == "cannot_answer"
    assert mia.delete(f"/answerers/{made.json['number']}").status_code == 204
    assert mia.delete(f"/answerers/{made.json['number']}").status_code == 404
    assert Caller(app, cast.vic).get("/answerers").status_code == 403


def test_the_pages_of_absence_and_of_who_is_asked_first(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        leeds = db.session.get_one(Place, cast.places["Leeds"])
        service.grant(db.session.get_one(Person, cast.olu), Role.TEAM_LEADER, leeds, by_id=None, now=clock.now())
    vic, mia, today = signed_in(app, cast.vic), signed_in(app, cast.mia), clock.now().date()

    away = {"first_day": f"{today}", "last_day": f"{today + DAY}", "cover": cast.olu}
    assert send(vic, "/me/absence", **away).status_code == 303
    assert "covered by Olu" in vic.get("/me/absence").text
    twice = send(vic, "/me/absence", **away)
    assert twice.status_code == 409 and f'value="{today}"' in twice.text
    assert "You answer for <b>Vic</b>" in signed_in(app, cast.olu).get("/me/absence").text
    assert send(vic, "/me/absence", **away | {"last_day": "soon"}).status_code == 422
    assert send(vic, "/me/absence/1/withdrawal").status_code == 303
    assert send(vic, "/me/delegates", delegate=cast.olu, from_day=f"{today}", until_day="").status_code == 303
    assert send(vic, "/me/delegates", delegate=cast.olu, from_day=f"{today}", until_day="").status_code == 409
    assert send(vic, "/me/delegates", delegate=cast.olu, from_day="", until_day="").status_code == 422
    assert send(signed_in(app, cast.olu), "/me/delegates/2/end").status_code == 303

    page = mia.get("/settings/answerers").text
    assert "First reply: Lea, Olu" in page and "Answer: Vic" in page
    form = {"duty": "answer", "place": cast.places["Leeds"], "barrier": "", "person": cast.vic}
    assert send(mia, "/settings/answerers", **form).status_code == 303
    assert "Answer at Leeds, every barrier: Vic" in mia.get("/settings/answerers").text
    assert send(mia, "/settings/answerers", **form | {"person": cast.lea}).status_code == 422
    assert send(mia, "/settings/answerers", **form | {"duty": "other"}).status_code == 422
    with app.app_context():
        number = db.session.query(Answerer.id).scalar()
    assert send(mia, f"/settings/answerers/{number}/removal").status_code == 303
    assert send(mia, f"/settings/answerers/{number}/removal").status_code == 404
