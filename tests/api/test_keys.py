"""Keys to the interface: what opens, what does not, and what the session cookie is worth there (nothing)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.db import db, writing
from portal.people import service
from portal.people.models import ApiToken, Person
from portal.people.token_rules import new_token, well_formed
from portal.web import later
from tests.api.calling import Caller, error
from tests.factories import NOON, Cast, signed_in


def test_a_key_knows_its_person_and_its_scopes(app: Flask, cast: Cast) -> None:
    answer = Caller(app, cast.asha, "self:read", "ideas:read").get("/self")

    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["number"], answer.json["scopes"]) == (cast.asha, ["self:read", "ideas:read"])


def test_no_key_is_401_with_the_way_to_ask(app: Flask, cast: Cast) -> None:
    answer = app.test_client().get("/api/v1/self")

    assert (answer.status_code, answer.json["error"]) == (401, "token_missing")  # type: ignore[index]
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Sayso"'


def test_the_cookie_of_a_browser_opens_nothing(app: Flask, cast: Cast) -> None:
    answer = signed_in(app, cast.asha).get("/api/v1/self")

    assert answer.status_code == 401


def test_a_mistyped_key_is_told_from_an_unknown_one(app: Flask, cast: Cast) -> None:
    client, token = app.test_client(), new_token()
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")

    unknown = client.get("/api/v1/self", headers={"Authorization": f"Bearer {token}"})
    mistyped = client.get("/api/v1/self", headers={"Authorization": f"Bearer {wrong}"})

    assert well_formed(token) and not well_formed(wrong)
    assert (unknown.status_code, unknown.json["error"]) == (401, "token_unknown")  # type: ignore[index]
    assert (mistyped.status_code, mistyped.json["error"]) == (401, "token_malformed")  # type: ignore[index]


def test_an_expired_and_a_revoked_key_open_nothing(app: Flask, cast: Cast) -> None:
    caller, other = Caller(app, cast.asha), Caller(app, cast.asha)
    with app.app_context(), writing():
        db.session.get_one(ApiToken, caller.number).expires_at = clock.now() - timedelta(seconds=1)

    revoked = caller_revokes(other, other.number)

    assert caller.get("/self").json["error"] == "token_expired"  # type: ignore[index]
    assert revoked == 204
    assert other.get("/self").json["error"] == "token_revoked"  # type: ignore[index]


def caller_revokes(caller: Caller, number: int) -> int:
    return caller.delete(f"/keys/{number}").status_code


def test_a_key_of_somebody_else_does_not_exist(app: Flask, cast: Cast) -> None:
    mine, theirs = Caller(app, cast.asha), Caller(app, cast.bo)

    assert caller_revokes(mine, theirs.number) == 404
    assert theirs.get("/self").status_code == 200


def test_a_missing_scope_is_named(app: Flask, cast: Cast) -> None:
    answer = Caller(app, cast.asha, "ideas:read").get("/self")

    assert (answer.status_code, answer.json["error"]) == (403, "scope")  # type: ignore[index]
    assert "self:read" in answer.json["message"]  # type: ignore[index]


def test_whoever_has_left_has_no_keys_and_gets_none_back(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.asha), by_id=None, now=NOON)
    gone = caller.get("/self")
    with app.app_context(), writing():
        db.session.get_one(Person, cast.asha).deactivated_at = None

    assert gone.json["error"] == "token_unknown"  # type: ignore[index]
    assert caller.get("/self").json["error"] == "token_revoked"  # type: ignore[index]


@pytest.mark.parametrize("name", ["token", "access_token", "api_key"])
def test_a_key_in_the_address_is_refused(app: Flask, cast: Cast, name: str) -> None:
    answer = Caller(app, cast.asha).get(f"/self?{name}=sayso_x")

    assert (answer.status_code, answer.json["error"]) == (400, "token_in_url")  # type: ignore[index]


@pytest.mark.parametrize("name", ["key", "Token", "apikey", "q"])
def test_a_key_in_the_address_is_known_by_any_name(app: Flask, cast: Cast, name: str) -> None:
    caller = Caller(app, cast.asha)

    alone = app.test_client().get(f"/api/v1/ideas?{name}={caller.secret}")

    assert error(alone) == (400, "token_in_url")
    assert error(caller.get(f"/ideas?{name}={caller.secret}")) == (400, "token_in_url")


def test_the_list_shows_keys_without_their_secrets(app: Flask, cast: Cast) -> None:
    callers = [Caller(app, cast.asha) for _ in range(3)]

    first = callers[0].get("/keys?limit=2")
    second = callers[0].get("/keys?limit=2&cursor=" + first.json["next"])  # type: ignore[index]

    numbers = [key["number"] for page in (first, second) for key in page.json["items"]]  # type: ignore[index]
    assert numbers == [caller.number for caller in reversed(callers)]
    assert not any(caller.secret[10:-4] in first.text for caller in callers)


def test_the_day_of_the_last_use_is_written_apart_from_the_request(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    caller.get("/self")
    before = caller.get("/keys").json["items"][0]["last_used_on"]  # type: ignore[index]

    later.flush(app)

    assert before is None
    assert caller.get("/keys").json["items"][0]["last_used_on"] == clock.now().date().isoformat()  # type: ignore[index]


def test_a_day_that_cannot_be_written_is_lost_without_a_fuss(
    app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    Caller(app, cast.asha).get("/self")
    with app.app_context(), writing():
        db.session.execute(text("ALTER TABLE api_tokens RENAME TO elsewhere"))

    later.flush(app)

    assert "last uses of keys were not written down" in caplog.text


def test_an_unknown_address_and_method_answer_in_json(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)

    missing, wrong = caller.get("/nothing"), caller.delete("/self")

    assert (missing.status_code, missing.json["error"]) == (404, "not_found")  # type: ignore[index]
    assert (wrong.status_code, wrong.json["error"]) == (405, "method_not_allowed")  # type: ignore[index]
    assert "GET" in wrong.headers["Allow"]
