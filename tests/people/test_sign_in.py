"""Getting in with a password."""

import re

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.people import failures as failure_rows
from portal.people import passwords, service
from portal.people.models import Person, SignIn
from tests.factories import Cast, send, signed_in
from tests.people.entering import OTHER, PASSWORD, failures, give_password, is_signed_in, sign_in_with

RANDOM = re.compile(r'nonce="[^"]+"|name="csrf_token"[^>]*>')


def test_an_address_and_the_right_password_open_the_door(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = app.test_client()

    answer = sign_in_with(client, " ASHA@Harbour.example ", next="/ideas?view=rising")

    assert (answer.status_code, answer.location) == (303, "/ideas?view=rising")
    assert is_signed_in(client)


def test_a_staff_number_does_as_well(app: Flask, cast: Cast) -> None:
    give_password(app, cast.sam)
    with app.app_context(), writing():
        db.session.get_one(Person, cast.sam).staff_number = "b-2002"
    client = app.test_client()

    assert sign_in_with(client, "B-2002").status_code == 303
    assert is_signed_in(client)


def test_unknown_left_and_wrong_are_answered_alike_and_with_the_same_work(app: Flask, cast: Cast, monkeypatch) -> None:
    give_password(app, cast.asha)
    give_password(app, cast.sam)
    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.sam), by_id=None, now=clock.now())
    looked_at = []
    real = passwords._hasher.verify

    class Counting:
        """The real hasher, with a note of every look."""

        def verify(self, *given: str) -> bool:
            looked_at.append(1)
            return real(*given)

    passwords._nobodys()
    monkeypatch.setattr(passwords, "_hasher", Counting())

    seen = set()
    for login, password in (
        ("nobody@harbour.example", PASSWORD),
        ("asha@harbour.example", OTHER),
        ("sam@harbour.example", PASSWORD),
        ("kim@harbour.example", PASSWORD),  # has no password yet
    ):
        answer = sign_in_with(app.test_client(), login, password)
        seen.add((answer.status_code, RANDOM.sub("", answer.text.replace(login, ""))))

    assert len(looked_at) == 4
    ((status, text),) = seen
    assert status == 422 and "do not go together" in text


def test_the_password_is_compared_exactly(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha, f" {PASSWORD} ")

    assert sign_in_with(app.test_client(), "asha@harbour.example", PASSWORD).status_code == 422
    assert sign_in_with(app.test_client(), "asha@harbour.example", f" {PASSWORD} ").status_code == 303


def test_after_five_failures_an_account_waits_and_nothing_is_hashed(app: Flask, cast: Cast, monkeypatch) -> None:
    give_password(app, cast.asha)
    for _ in range(5):
        assert sign_in_with(app.test_client(), "asha@harbour.example", "wrong").status_code == 422
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("hashed in spite of the limit"))

    refused = sign_in_with(app.test_client(), "ASHA@harbour.example", PASSWORD)

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert "Too many tries" in refused.text
    assert failures(app) == 5  # a refused try does not prolong the wait


def test_an_unknown_account_waits_just_the_same(app: Flask, cast: Cast) -> None:
    answers = [sign_in_with(app.test_client(), "nobody@harbour.example").status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]


def test_one_password_on_many_accounts_is_stopped_for_the_network(app: Flask, cast: Cast) -> None:
    answers = [sign_in_with(app.test_client(), f"guess{n}@harbour.example").status_code for n in range(21)]

    assert answers == [422] * 20 + [429]
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert sign_in_with(elsewhere, "guess99@harbour.example").status_code == 422


def test_the_wait_is_over_after_a_quarter_of_an_hour(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    for _ in range(5):
        sign_in_with(app.test_client(), "asha@harbour.example", "wrong")
    with app.app_context(), writing():
        for row in db.session.scalars(db.select(failure_rows.SignInFailure)):
            row.at -= failure_rows.WINDOW

    assert sign_in_with(app.test_client(), "asha@harbour.example").status_code == 303


def test_a_success_clears_the_account(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    for _ in range(4):
        sign_in_with(app.test_client(), "asha@harbour.example", "wrong")

    assert sign_in_with(app.test_client(), "asha@harbour.example").status_code == 303
    assert failures(app) == 0


def test_the_account_is_not_readable_in_the_failures(app: Flask, cast: Cast) -> None:
    sign_in_with(app.test_client(), "asha@harbour.example")

    with app.app_context():
        row = db.session.scalars(db.select(failure_rows.SignInFailure)).one()
        assert "asha" not in row.account and len(row.account) == 64
        assert row.network == "127.0.0.0/24"


def test_a_new_token_is_made_and_the_old_session_is_dropped(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"

    sign_in_with(client, "asha@harbour.example")

    with client.session_transaction() as session:
        assert "planted" not in session
        first = session["_user_id"]
    sign_in_with(client, "asha@harbour.example")
    with client.session_transaction() as session:
        assert session["_user_id"] != first


def test_a_cookie_is_worth_nothing_after_signing_out(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = app.test_client()
    sign_in_with(client, "asha@harbour.example")
    with client.session_transaction() as session:
        stolen = dict(session)

    answer = send(client, "/session/end")

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    replay = app.test_client()
    with replay.session_transaction() as session:
        session.update(stolen)
    assert replay.get("/me/sign-ins").status_code == 303


def test_somebody_deactivated_is_out_with_the_next_request(app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.asha)
    assert is_signed_in(client)

    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.asha), by_id=cast.tess, now=clock.now())

    assert not is_signed_in(client)


@pytest.mark.parametrize("hostile", ["//evil.example", "/\\evil.example", "\t//evil.example", "/a\r\nSet-Cookie: x=1",
                                     "https://evil.example", "javascript:alert(1)"])  # fmt: skip
def test_afterwards_only_own_pages_follow(app: Flask, cast: Cast, hostile: str) -> None:
    give_password(app, cast.asha)

    assert sign_in_with(app.test_client(), "asha@harbour.example", next=hostile).location == "/"


def test_a_refused_form_keeps_the_account_and_the_way_back_but_not_the_password(app: Flask, cast: Cast) -> None:
    answer = sign_in_with(app.test_client(), "asha@harbour.example", "my wrong secret", next="/ideas/7")

    assert 'value="asha@harbour.example"' in answer.text
    assert 'value="/ideas/7"' in answer.text
    assert "my wrong secret" not in answer.text


@pytest.mark.parametrize("login", ["", "nul\x00inside", "two\nlines", "x" * 255])
def test_a_strange_account_is_refused_before_anything_is_looked_up(app: Flask, cast: Cast, login: str) -> None:
    assert sign_in_with(app.test_client(), login).status_code in (400, 422)
    assert failures(app) == 0


def test_ten_kilobytes_are_no_password_and_cost_no_hashing(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)

    assert sign_in_with(app.test_client(), "asha@harbour.example", "x" * 10_240).status_code == 422


def test_a_field_that_the_form_does_not_have_is_refused(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)

    answer = sign_in_with(app.test_client(), "asha@harbour.example", is_admin="1")

    assert answer.status_code == 422
    assert "is_admin" in answer.text


def test_without_a_token_nobody_signs_in(app: Flask, cast: Cast) -> None:
    answer = app.test_client().post("/sign-in", data={"login": "asha@harbour.example", "password": PASSWORD})

    assert answer.status_code == 403


def test_an_administrator_is_signed_in_for_eight_hours_and_others_for_twelve(app: Flask, cast: Cast) -> None:
    for person in (cast.tess, cast.asha):
        give_password(app, person)
    sign_in_with(app.test_client(), "tess@harbour.example")
    sign_in_with(app.test_client(), "asha@harbour.example")

    with app.app_context():
        hours = {
            row.person_id: round((row.expires_at - row.started_at).total_seconds() / 3600)
            for row in db.session.scalars(db.select(SignIn))
        }
    assert hours == {cast.tess: 8, cast.asha: 12}
