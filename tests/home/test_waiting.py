"""What waits for somebody, on top of the board and of their own page, on pages of its own, and over the interface."""

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.home import facts
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.api.calling import Caller, error
from tests.commitments.flooring import crowd, day, kept, say, wave
from tests.factories import NOON, Cast, send, signed_in
from tests.home.test_speed import BOARD, asked
from tests.ideas.ruling import NEW, OLD, decided, named, rule_said


@pytest.fixture
def told(app: Flask, cast: Cast) -> Cast:
    """A rule is gone since today, and nothing else waits."""
    with app.app_context():
        rule = named(cast.asha, rule_said(cast.asha, now=clock.now()), owner_id=cast.olu, now=clock.now())
        decided(cast.mia, rule, now=clock.now())
    return cast


@pytest.fixture
def check(app: Flask, cast: Cast) -> int:
    """A check that asks Bo and Cy; its number."""
    with app.app_context():
        number = kept(cast, [cast.bo, cast.cy])
        day(app, 14)
        number = wave(number, 14).id
        with writing():
            db.session.execute(
                db.text("UPDATE bulletins SET superseded_at = at")
            )  # of the rule that the promise killed
        db.session.remove()
    return number


def test_a_bulletin_stands_on_top_until_it_is_confirmed(app: Flask, told: Cast) -> None:
    client = signed_in(app, told.bo)
    for address in ("/ideas", "/me", "/bulletins"):
        page = client.get(address).get_data(as_text=True)
        assert OLD in page and NEW in page and "Got it" in page

    answer = send(client, "/bulletins/1/confirmations", next="/ideas")

    assert (answer.status_code, answer.location) == (303, "/ideas")
    assert "Got it" not in client.get("/ideas").get_data(as_text=True)
    assert "You have read it" in client.get("/bulletins").get_data(as_text=True)
    assert send(client, "/bulletins/1/confirmations", next="//elsewhere.example").location == "/bulletins"


def test_a_bulletin_that_was_replaced_is_not_confirmed_from_an_old_page(app: Flask, told: Cast) -> None:
    with app.app_context():
        again = "The first wording left a gap that calls fell into."
        decided(told.mia, 1, "changed", after=1, why_again=again, now=clock.now())

    answer = send(signed_in(app, told.bo), "/bulletins/1/confirmations")

    assert answer.status_code == 409 and "decided again since" in answer.get_data(as_text=True)
    assert send(signed_in(app, told.bo), "/bulletins/1/confirmations", more="x").status_code == 422


def test_shares_are_for_whoever_may_decide(app: Flask, told: Cast) -> None:
    pages = {who: signed_in(app, getattr(told, who)).get("/bulletins/1").get_data(as_text=True)
             for who in ("olu", "vic", "mia", "bo", "lea", "tess")}  # fmt: skip

    assert {who for who, page in pages.items() if "Who has read it" in page} == {"olu", "vic", "mia"}
    assert "Leeds" in pages["olu"] and "Other sites" in pages["olu"] and "Belfast" not in pages["olu"]


def test_a_question_is_answered_with_one_tap_once(app: Flask, cast: Cast, check: int) -> None:
    client = signed_in(app, cast.bo)
    for address in ("/ideas", "/me", "/floor-checks", f"/floor-checks/{check}?answer=no"):
        page = client.get(address).get_data(as_text=True)
        assert "No, I still meet it" in page and f'action="/floor-checks/{check}/answers"' in page

    answer = send(client, f"/floor-checks/{check}/answers", answer="no", next="/me")

    assert (answer.status_code, answer.location) == (303, "/me")
    assert "No, I still meet it" not in client.get("/ideas").get_data(as_text=True)
    again = send(client, f"/floor-checks/{check}/answers", answer="yes")
    assert again.status_code == 409 and "answered this already" in again.get_data(as_text=True)
    assert send(signed_in(app, cast.cy), f"/floor-checks/{check}/answers", answer="maybe").status_code == 422
    assert signed_in(app, cast.sam).get(f"/floor-checks/{check}").status_code == 404
    with app.app_context():
        day(app, 31)
        db.session.remove()
    late = send(signed_in(app, cast.cy), f"/floor-checks/{check}/answers", answer="no")
    assert late.status_code == 410 and "/ideas/" in late.get_data(as_text=True)


def test_nothing_more_is_asked_of_the_database(app: Flask, told: Cast, check: int) -> None:
    with app.app_context(), writing():
        facts.refresh(now=clock.now())

    assert asked(app, told.bo, "/ideas") <= BOARD


def test_the_result_is_on_both_pages(app: Flask, cast: Cast) -> None:
    with app.app_context():
        people = crowd(cast, "Leeds", 12)
        number = kept(cast, people)
        day(app, 14)
        check = wave(number, 14).id
        for n, person in enumerate(people):
            say(person, check, "no" if n < 5 else "partly" if n < 6 else "yes")
        day(app, 15)
        db.session.remove()
    client = signed_in(app, cast.sam)

    for address in (f"/commitments/{number}", "/ideas/2"):
        page = client.get(address).get_data(as_text=True)
        assert "12 of 12 answered: 6 yes, 1 partly, 5 no." in page and "Too many of those" in page, address


def test_bulletins_over_the_interface(app: Flask, told: Cast) -> None:
    bo, olu, lea = Caller(app, told.bo), Caller(app, told.olu), Caller(app, told.lea)

    (one,) = bo.all("/bulletins?waiting=true", limit=1)
    assert (one["old_wording"], one["new_wording"], one["standing"]) == (OLD, NEW, "waits")
    done = bo.post(f"/bulletins/{one['number']}/confirmations")
    assert (done.status_code, done.json["standing"]) == (200, "confirmed")  # type: ignore[index]
    assert bo.all("/bulletins?waiting=true") == [] and len(bo.all("/bulletins?waiting=false")) == 1
    assert bo.get("/bulletins/1").json == done.json
    shares = olu.get("/bulletins/1/shares").json
    leeds, others = ({"site": "Leeds", "told": 11, "confirmed": 1}, {"site": "Other sites", "told": 20, "confirmed": 0})
    assert shares == {"number": 1, "told": 31, "confirmed": 1, "sites": [leeds, others]}
    assert error(lea.get("/bulletins/1/shares")) == (403, "not_allowed")
    assert error(bo.get("/bulletins/99")) == (404, "not_found")


def test_an_owner_of_another_rule_sees_no_shares(app: Flask, told: Cast) -> None:
    with app.app_context(), writing():
        cy, leeds = db.session.get_one(Person, told.cy), db.session.get_one(Place, told.places["Leeds"])
        people.grant(cy, Role.OWNER, leeds, by_id=None, now=NOON)

    assert error(Caller(app, told.cy).get("/bulletins/1/shares")) == (403, "not_rule_judge")


def test_checks_over_the_interface(app: Flask, cast: Cast, check: int) -> None:
    bo, sam = Caller(app, cast.bo), Caller(app, cast.sam)

    (one,) = bo.get("/floor-checks").json["items"]  # type: ignore[index]
    assert (one["number"], one["days"], one["answered"]) == (check, 14, False)
    done = bo.post(f"/floor-checks/{check}/answers", {"answer": "partly"})
    assert done.status_code == 201 and done.json["answered"]  # type: ignore[index]
    assert error(bo.post(f"/floor-checks/{check}/answers", {"answer": "no"})) == (409, "already_answered")
    assert error(sam.post(f"/floor-checks/{check}/answers", {"answer": "no"})) == (404, "not_found")
    assert bo.get(f"/floor-checks/{check}").json == done.json
    (result,) = sam.get(f"/commitments/{one['commitment']}/floor-checks").json["items"]  # type: ignore[index]
    assert (result["days"], result["total"], result["sites"], result["asked"]) == (14, None, [], None)
    assert result["began_on"] == (NOON.date() + timedelta(days=14)).isoformat()
