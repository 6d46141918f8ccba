"""What one was told, on pages and for programs: one's own, read and unread, muted, chosen, and unsubscribed from."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.notices import preferences, service, unsubscribing
from portal.notices.models import Mute, Notice, NoticePace
from portal.notices.moments import Moment, Pace
from tests.api.calling import Caller, error
from tests.factories import Cast, send, signed_in
from tests.ideas.making import idea, said, viewer

CHOSEN = {moment.value: "weekly" for moment in Moment} | {"quiet_begins": "21", "quiet_ends": "6", "by_mail": "y"}


def tell(app: Flask, *people: int, title: str = "Vic said no.", hours: float = 0, **over: Any) -> None:
    now = clock.now() - timedelta(hours=hours)
    about = {"path": "/ideas/1", "moment": Moment.ANSWERED, "event_id": f"{title}{hours}"[:36], "words": "A duty."}
    with app.app_context(), writing():
        service.notify(people, title=title, now=now, **(about | over))


def bell(client: FlaskClient) -> str:
    """The number on the bell of a page, empty for none."""
    found = re.search(r'iconlink__n">([^<]*)<', client.get("/me").text)
    return found[1] if found else ""


def unread(app: Flask, person: int) -> list[str]:
    with app.app_context():
        mine = Notice.person_id == person, Notice.read_at.is_(None)
        return list(db.session.scalars(select(Notice.title).where(*mine).order_by(Notice.id)))


def test_the_bell_counts_what_is_new_and_reading_is_marked_one_by_one_or_all_and_undone(app: Flask, cast: Cast) -> None:
    asha = signed_in(app, cast.asha)
    assert bell(asha) == "" and "Nothing yet." in asha.get("/me/updates").text
    for hour in range(3):
        tell(app, cast.asha, title=f"Step {hour}.", hours=hour)
    tell(app, cast.bo, title="Not yours.")

    page = asha.get("/me/updates").text
    assert bell(asha) == "3" and page.index("Step 0.") < page.index("Step 2.") and "Not yours." not in page
    one, newest = re.findall(r"/me/updates/(\d+)/read", page)[0], max(re.findall(r"/me/updates/(\d+)/read", page))

    assert send(asha, f"/me/updates/{one}/read").status_code == 303 and bell(asha) == "2"
    assert send(asha, f"/me/updates/{one}/unread").status_code == 303 and bell(asha) == "3"
    tell(app, cast.asha, title="It came meanwhile.")
    answer = send(asha, "/me/updates/read", upto=newest)
    assert unread(app, cast.asha) == ["It came meanwhile."]
    undo = re.search(r'name="at" value="(\d+)"', asha.get(answer.location).text)
    assert undo is not None
    send(asha, "/me/updates/unread", at=undo[1])
    assert bell(asha) == "4"
    assert send(asha, "/me/updates/unread", at="x").status_code == 422
    bo = signed_in(app, cast.bo)
    assert send(bo, f"/me/updates/{one}/read").status_code == 404


def test_a_long_list_is_read_in_pages_by_day_and_idea(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
    for hour in range(35):
        tell(app, cast.asha, title=f"Step {hour}.", hours=hour, idea_id=number if hour % 2 else None)
    asha = signed_in(app, cast.asha)

    first = asha.get("/me/updates").text
    after = re.search(r'href="(/me/updates\?after=[^"]+)"', first)
    assert after is not None and "Step 29." in first and "Step 30." not in first and "Number 1<" in first
    second = asha.get(after[1]).text
    assert "Step 30." in second and "Step 34." in second and "Step 29." not in second
    assert asha.get("/me/updates?after=x").status_code == 422


def test_about_an_idea_that_is_hidden_meanwhile_nothing_is_said_but_that_it_was(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha, "The badge printer.")
    tell(app, cast.bo, title="Vic said no to it.", idea_id=number, path=f"/ideas/{number}")
    with app.app_context(), writing():
        idea(number).hidden_at = clock.now()

    bo = signed_in(app, cast.bo)
    page = bo.get("/me/updates").text
    assert "is not shown to you any more" in page and bell(bo) == "1"
    assert not any(words in page for words in ("badge", "Vic said no", "A duty.", f"/ideas/{number}"))
    (item,) = Caller(app, cast.bo).all("/me/updates")
    assert (item["idea"], item["idea_title"], item["path"], item["words"]) == (None, None, "", "")


def test_one_tap_mutes_and_another_ends_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
    tell(app, cast.asha, idea_id=number)
    asha = signed_in(app, cast.asha)

    assert send(asha, f"/ideas/{number}/mute", next="/me/updates").status_code == 303
    assert all("hear of it again" in asha.get(path).text for path in ("/me/updates", f"/ideas/{number}"))
    tell(app, cast.asha, title="Not told.", idea_id=number)
    tell(app, cast.asha, title="It waits for you.", idea_id=number, moment=Moment.DUTY)
    assert unread(app, cast.asha) == ["Vic said no.", "It waits for you."]
    send(asha, f"/ideas/{number}/mute/withdrawal")
    assert ">Mute<" in asha.get(f"/ideas/{number}").text
    assert "/mute" not in signed_in(app, cast.bo).get(f"/ideas/{number}").text
    with app.app_context():
        assert db.session.scalars(select(Mute)).all() == []
    assert send(asha, "/ideas/99999/mute").status_code == 404


def test_preferences_are_kept_and_mails_that_wait_follow_them(app: Flask, cast: Cast) -> None:
    tell(app, cast.asha, hours=2)
    asha = signed_in(app, cast.asha)
    page = asha.get("/me/preferences").text
    assert "You will get about 1 message a week." in page and "asha@harbour.example" in page

    answer = send(asha, "/me/preferences", **CHOSEN)
    assert answer.status_code == 303
    with app.app_context():
        chosen = preferences.wishes_of(cast.asha)
        assert set(chosen.paces.values()) == {Pace.WEEKLY} and (chosen.quiet.begins, chosen.quiet.ends) == (21, 6)
        assert db.session.scalars(select(Notice.mail_at)).one() > clock.now()
    off = {name: value for name, value in CHOSEN.items() if name != "by_mail"}
    assert "no messages by e-mail" in send(asha, "/me/preferences/estimate", **off).text
    send(asha, "/me/preferences", **off)
    with app.app_context():
        assert db.session.scalars(select(Notice.mail_at)).one() is None
    for wrong in ({"duty": "often"}, {"quiet_ends": "25"}, {"unknown": "1"}):
        assert send(asha, "/me/preferences", **(CHOSEN | wrong)).status_code == 422
    assert send(asha, "/me/preferences/estimate", **(CHOSEN | {"duty": "often"})).status_code == 422


def test_a_mail_is_stopped_without_signing_in_and_a_look_stops_nothing(app: Flask, cast: Cast) -> None:
    with app.app_context():
        token = unsubscribing.token_for(cast.asha, [Moment.MOVED, Moment.ANSWERED])
    tell(app, cast.asha)
    stranger = app.test_client()

    def paces() -> dict[Moment, Pace]:
        with app.app_context():
            return {row.moment: row.pace for row in db.session.scalars(select(NoticePace))}

    page = stranger.get(f"/unsubscribe/{token}")
    assert page.status_code == 200 and "Somebody answered me" in page.text and "Asha" not in page.text and paces() == {}
    one_click = stranger.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert paces() == {Moment.MOVED: Pace.NEVER, Moment.ANSWERED: Pace.NEVER}
    with app.app_context():
        assert db.session.scalars(select(Notice.mail_at)).one() is None
    assert "You get them again" in stranger.post(f"/unsubscribe/{token}", data={"again": "1"}).text
    assert paces() == {Moment.MOVED: Pace.WEEKLY, Moment.ANSWERED: Pace.NOW}

    person, moments, sign = token.split(".")
    for wrong in (f"{int(person) + 1}.{moments}.{sign}", f"{person}.duty.{sign}", "x", "1.2.ö", "a" * 300):
        assert stranger.get(f"/unsubscribe/{wrong}").status_code == 404
        assert stranger.post(f"/unsubscribe/{wrong}").status_code == 404


def test_a_leaver_s_address_changes_nothing(app: Flask, cast: Cast) -> None:
    with app.app_context():
        token = unsubscribing.token_for(10**6, [Moment.MOVED])
    assert app.test_client().post(f"/unsubscribe/{token}").status_code == 404


def test_programs_list_read_mute_and_choose(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
    for day in range(5):  # at whatever hour this runs: of one night, two would be one mail in the morning
        tell(app, cast.asha, title=f"Step {day}.", hours=24 * day, idea_id=number, path=f"/ideas/{number}")
    program = Caller(app, cast.asha)

    found = program.all("/me/updates", limit=2)
    assert [one["title"] for one in found] == [f"Step {day}." for day in range(5)]
    assert {one["idea"] for one in found} == {number} and found[0]["moment"] == "answered"
    assert program.put(f"/me/updates/{found[0]['number']}/read", {}).json["read_at"] is not None
    assert len(program.all("/me/updates?unread=true")) == 4
    assert program.delete(f"/me/updates/{found[0]['number']}/read").json["read_at"] is None
    assert program.post("/me/updates/read", {"upto": found[1]["number"]}, key="k").json["count"] == 2
    assert program.post("/me/updates/read").json["count"] == 3 and program.all("/me/updates?unread=true") == []
    assert error(program.put("/me/updates/99999/read", {})) == (404, "not_found")
    assert error(Caller(app, cast.bo).put(f"/me/updates/{found[0]['number']}/read", {})) == (404, "not_found")

    assert program.put(f"/ideas/{number}/mute", {}).json == {"idea": number, "muted": True}
    assert program.delete(f"/ideas/{number}/mute").status_code == 204
    assert error(program.put("/ideas/99999/mute", {})) == (404, "not_found")

    now = program.get("/me/preferences")
    sent = {"by_mail": True, "quiet_begins": 0, "quiet_ends": 0, "paces": now.json["paces"] | {"answered": "never"}}
    assert now.json["messages_a_week"] == 5 and now.json["reachable"] is True
    stale = program.put("/me/preferences", sent, headers={"If-Match": '"other"'})
    assert error(stale) == (412, "changed_meanwhile")
    answer = program.put("/me/preferences", sent, headers={"If-Match": now.headers["ETag"]})
    assert answer.json["paces"]["answered"] == "never" and answer.json["messages_a_week"] == 0
    assert error(Caller(app, cast.asha, "ideas:read").get("/me/updates")) == (403, "scope")


def test_a_person_without_an_address_reads_everything_in_the_portal(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        person = db.session.get_one(preferences.Person, cast.asha)
        person.staff_number, person.email = "77", None
        assert viewer(cast.asha).id == cast.asha
    tell(app, cast.asha)

    asha = signed_in(app, cast.asha)
    assert "You have no e-mail address here" in asha.get("/me/preferences").text and bell(asha) == "1"
