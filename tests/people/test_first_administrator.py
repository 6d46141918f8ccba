"""The first administrator, and demo mode among real people."""

import re
import threading

import pytest
from flask import Flask

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.people import first_start, queries, service
from portal.people.models import Grant, Origin, Person, Place
from portal.people.roles import PlaceKind
from tests.databases import test_config as config_for
from tests.factories import Cast, make_person, send
from tests.people.entering import PASSWORD, is_signed_in, make_code

ADDRESS = "/setup/first-administrator"
FACTS = {"organisation": "Harbour Broadband", "name": "Tess Okafor", "email": "Tess@Harbour.example",
         "new_password": PASSWORD, "password_again": PASSWORD}  # fmt: skip


def _first_code(app: Flask) -> str:
    with app.app_context(), writing():
        return first_start.first_code(clock.now()) or ""


def test_the_code_makes_the_organisation_and_its_administrator(app: Flask) -> None:
    client, code = app.test_client(), _first_code(app)

    answer = send(client, ADDRESS, code=code, **FACTS)

    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    with app.app_context():
        person = db.session.scalars(db.select(Person)).one()
        top = queries.organisation()
        assert (person.email, person.place_id, person.origin) == ("tess@harbour.example", top.id, Origin.CREATED)
        assert set(db.session.scalars(db.select(Grant.role))) == {"administrator", "programme"}


def test_the_page_is_gone_afterwards_for_reading_and_sending(app: Flask) -> None:
    code = _first_code(app)
    send(app.test_client(), ADDRESS, code=code, **FACTS)

    assert app.test_client().get(ADDRESS).status_code == 404
    assert send(app.test_client(), ADDRESS, code=code, **FACTS).status_code == 404
    with app.app_context(), writing():
        assert first_start.first_code(clock.now()) is None


def test_the_code_stands_in_a_file_for_its_owner_alone_until_it_is_used(app: Flask) -> None:
    code = _first_code(app)
    with app.app_context():
        path = first_start.code_file()
    assert path.read_text().strip() == code
    assert path.stat().st_mode & 0o077 == 0

    send(app.test_client(), ADDRESS, code=code, **FACTS)

    assert not path.exists()


def test_a_stranger_without_the_code_is_slowed_down(app: Flask) -> None:
    code = _first_code(app)
    answers = [send(app.test_client(), ADDRESS, code="0000-0000-0000", **FACTS).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]
    assert send(app.test_client(), ADDRESS, code=code, **FACTS).status_code == 429
    with app.app_context():
        assert queries.organisation() is None


def test_a_fresh_code_cancels_the_one_of_the_earlier_start(app: Flask) -> None:
    first, second = _first_code(app), _first_code(app)

    assert send(app.test_client(), ADDRESS, code=first, **FACTS).status_code == 410
    assert send(app.test_client(), ADDRESS, code=second, **FACTS).status_code == 303


def test_a_code_for_a_person_does_not_serve(app: Flask) -> None:
    with app.app_context(), writing():
        top = service.add_place(PlaceKind.ORGANISATION, "Harbour Broadband")
        person_id = make_person("asha", top).id
    code = make_code(app, person_id)

    assert send(app.test_client(), ADDRESS, code=code, **FACTS).status_code == 422


@pytest.mark.parametrize(("field", "value"), [("organisation", ""), ("name", "Two\nlines"), ("email", "tess@harbour"),
                                              ("new_password", "HarbourBroadband!")])  # fmt: skip
def test_what_is_wrong_is_said_and_the_code_stays_good(app: Flask, field: str, value: str) -> None:
    code = _first_code(app)
    facts = FACTS | {field: value} | ({"password_again": value} if field == "new_password" else {})

    refused = send(app.test_client(), ADDRESS, code=code, **facts)

    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert send(app.test_client(), ADDRESS, code=code, **FACTS).status_code == 303


def test_two_at_once_found_one_organisation(app: Flask) -> None:
    code = _first_code(app)
    start, answers = threading.Barrier(2), []

    def found(email: str) -> None:
        client = app.test_client()
        client.get(ADDRESS)
        start.wait()
        answers.append(send(client, ADDRESS, code=code, **(FACTS | {"email": email})).status_code)

    threads = [threading.Thread(target=found, args=(f"t{n}@harbour.example",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers)[0] == 303 and sorted(answers)[1] in (404, 410)
    with app.app_context():
        assert len(db.session.scalars(db.select(Person)).all()) == 1
        assert len(db.session.scalars(db.select(Place)).all()) == 1


def test_demo_mode_does_not_start_among_real_people(app: Flask, cast: Cast) -> None:
    with app.app_context():
        assert "DEMO=1" in (first_start.demo_refusal() or "")
        with writing():
            for person in db.session.scalars(db.select(Person)):
                person.origin = Origin.DEMO
        assert first_start.demo_refusal() is None


def test_in_a_demo_the_role_is_switched_without_signing_in(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        for person in db.session.scalars(db.select(Person)):
            person.origin = Origin.DEMO
    config = app.config["SAYSO"]
    demo = create_app(config_for(config.database_url, config.instance, demo=True))
    client = demo.test_client()
    assert client.get("/people").status_code == 403

    answer = send(client, "/demo/role", role="administrator", next="/people")

    assert (answer.status_code, answer.location) == (303, "/people")
    assert client.get("/people").status_code == 200
    assert send(client, "/demo/role", role="king").status_code == 422
    assert re.search(r'name="role" value="executive"', client.get("/sign-in").text)
    with demo.app_context():
        db.session.remove()
        db.engine.dispose()


def test_without_demo_mode_there_is_no_switch(app: Flask, cast: Cast) -> None:
    client = app.test_client()

    assert send(client, "/demo/role", role="administrator").status_code == 404
    assert client.get("/people").status_code == 303
