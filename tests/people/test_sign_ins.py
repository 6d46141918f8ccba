"""One's own sign-ins and password."""

from flask import Flask

from portal.db import db
from portal.people.devices import device_name
from portal.people.models import SignIn
from tests.factories import Cast, send, signed_in
from tests.people.entering import OTHER, PASSWORD, give_password, is_signed_in, sign_in_with


def _id_of_other(app: Flask, person_id: int, own: int) -> int:
    with app.app_context():
        found = db.select(SignIn.id).where(SignIn.person_id == person_id, SignIn.id != own)
        return db.session.scalars(found).first() or 0


def test_the_list_names_every_browser_and_marks_this_one(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    here, there = app.test_client(), app.test_client()
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"
    there.environ_base["HTTP_USER_AGENT"] = agent
    sign_in_with(there, "asha@harbour.example")
    sign_in_with(here, "asha@harbour.example")

    page = here.get("/me/sign-ins").text

    assert "Firefox on Windows" in page
    assert page.count("This one") == 1
    assert page.count("End it") == 1
    assert "127.0.0.0/24" in page


def test_another_browser_can_be_ended_and_not_twice(app: Flask, cast: Cast) -> None:
    here, there = signed_in(app, cast.asha), signed_in(app, cast.asha)
    with app.app_context():
        first, second = db.session.scalars(db.select(SignIn.id).order_by(SignIn.id))

    assert send(here, f"/me/sign-ins/{second}/end").status_code == 303

    assert is_signed_in(here) and not is_signed_in(there)
    assert send(here, f"/me/sign-ins/{second}/end").status_code == 404
    assert first != second


def test_nobody_ends_the_sign_in_of_somebody_else(app: Flask, cast: Cast) -> None:
    asha = signed_in(app, cast.asha)
    with app.app_context():
        hers = db.session.scalars(db.select(SignIn.id)).one()

    assert send(signed_in(app, cast.bo), f"/me/sign-ins/{hers}/end").status_code == 404
    assert is_signed_in(asha)


def test_all_others_end_at_once(app: Flask, cast: Cast) -> None:
    here, *others = [signed_in(app, cast.asha) for _ in range(3)]

    send(here, "/me/sign-ins/end-others")

    assert is_signed_in(here)
    assert not any(is_signed_in(other) for other in others)


def test_a_changed_password_ends_everything_but_this_browser_which_gets_a_new_token(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    here, there, stolen = app.test_client(), app.test_client(), app.test_client()
    sign_in_with(here, "asha@harbour.example")
    sign_in_with(there, "asha@harbour.example")
    with here.session_transaction() as session:
        cookie = dict(session)

    answer = send(here, "/me/password", current_password=PASSWORD, new_password=OTHER, password_again=OTHER)

    assert answer.status_code == 303
    assert is_signed_in(here) and not is_signed_in(there)
    with stolen.session_transaction() as session:
        session.update(cookie)
    assert not is_signed_in(stolen)
    assert sign_in_with(app.test_client(), "asha@harbour.example", PASSWORD).status_code == 422
    assert sign_in_with(app.test_client(), "asha@harbour.example", OTHER).status_code == 303


def test_the_current_password_is_needed_and_guessing_it_is_slowed_down(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = app.test_client()
    sign_in_with(client, "asha@harbour.example")
    wrong = {"current_password": "not this one", "new_password": OTHER, "password_again": OTHER}

    answers = [send(client, "/me/password", **wrong).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]


def test_an_easy_new_password_is_refused_and_does_not_count_as_a_guess(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = app.test_client()
    sign_in_with(client, "asha@harbour.example")

    for _ in range(7):
        easy = "Harbour-Broadband-1"
        answer = send(client, "/me/password", current_password=PASSWORD, new_password=easy, password_again=easy)
        assert answer.status_code == 422
    assert "made of your name, your organisation" in answer.text


def test_two_different_new_passwords_are_refused(app: Flask, cast: Cast) -> None:
    answer = send(signed_in(app, cast.asha), "/me/password", current_password=PASSWORD, new_password=OTHER,
                  password_again=PASSWORD)  # fmt: skip

    assert answer.status_code == 422
    assert "differ" in answer.text


def test_devices_are_named_and_no_more() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
    assert device_name(edge) == "Edge on Windows"
    assert device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1") == (
        "Safari on iPhone"
    )
    assert device_name("") == "A browser"
