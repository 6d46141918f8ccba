"""Every error is a page or JSON with a stable code, a plain sentence and what was typed."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.db import db
from portal.errors import DomainError
from portal.web.problems import STATUS
from tests.factories import Cast, csrf_token, send, signed_in

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STATUSES = {"missing": 404, "refused": 403, "conflict": 409, "gone": 410, "invalid": 422, "too_many": 429,
            "unavailable": 503, "full": 507}  # fmt: skip
CODES = {"missing": "not_found", "refused": "not_yours", "conflict": "taken", "gone": "used", "invalid": "too_long",
         "too_many": "too_many_requests", "unavailable": "busy", "full": "storage_full"}  # fmt: skip


def test_every_class_of_refusal_has_its_status() -> None:
    assert set(STATUS) == set(DomainError.__subclasses__())


@pytest.mark.parametrize("kind", STATUSES)
def test_a_refusal_is_json_for_machines(client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/trial/refusal/{kind}", headers=JSON)
    body = answer.get_json()

    assert answer.status_code == STATUSES[kind]
    assert body["error"] == CODES[kind]
    assert body["message"].endswith(".")
    assert body["request_id"] == answer.headers["X-Request-Id"] != ""
    assert set(body) == {"error", "message", "fields", "request_id"}


@pytest.mark.parametrize("kind", STATUSES)
def test_a_refusal_is_a_page_for_people(client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/trial/refusal/{kind}", headers=HTML)
    page = answer.get_data(as_text=True)

    assert answer.status_code == STATUSES[kind]
    assert answer.content_type.startswith("text/html")
    assert CODES[kind] in page
    assert answer.headers["X-Request-Id"] in page


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/ideas/../../etc/passwd", 404, "not_found"),
        ("DELETE", "/help/who-can-see-what", 405, "method_not_allowed"),
        ("TRACE", "/help/who-can-see-what", 405, "method_not_allowed"),
        ("BREW", "/help/who-can-see-what", 405, "method_not_allowed"),
        ("PUT", "/me/theme", 405, "method_not_allowed"),
    ],
)
def test_what_the_server_itself_refuses_looks_the_same(
    client: FlaskClient, method: str, address: str, status: int, code: str
) -> None:
    page = client.open(address, method=method, headers=HTML)
    body = client.open(address, method=method, headers=JSON)

    assert (page.status_code, body.status_code) == (status, status)
    assert body.get_json()["error"] == code
    assert page.content_type.startswith("text/html")


def test_405_says_which_methods_are_allowed(client: FlaskClient) -> None:
    allowed = client.get("/me/theme").headers["Allow"]

    assert "POST" in allowed
    assert "GET" not in allowed


def test_415_is_said_in_both_ways(client: FlaskClient) -> None:
    page = client.post("/me/theme", data="x", content_type="text/plain", headers=HTML)
    body = client.post("/me/theme", data="x", content_type="text/plain", headers=JSON)

    assert (page.status_code, body.status_code) == (415, 415)
    assert body.get_json()["error"] == "unsupported_media_type"


def test_a_caller_without_wishes_gets_a_page_and_one_who_sent_json_gets_json(client: FlaskClient) -> None:
    plain = client.get("/nowhere")
    sent = client.post("/nowhere", json={"a": 1}, headers={"X-CSRFToken": csrf_token(client)})

    assert plain.content_type.startswith("text/html")
    assert sent.is_json


def test_a_form_without_its_token_is_403_and_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = client.post("/trial/greeting", data={"name": "Asha", "words": "the router <b>again</b>"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 403
    assert "form_expired" in page
    assert "the router &lt;b&gt;again&lt;/b&gt;" in page


def test_a_refused_form_keeps_what_was_typed_but_never_a_password(client: FlaskClient) -> None:
    answer = send(client, "/trial/refusal/unavailable", words="a long story", password="correct horse battery")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 503
    assert "a long story" in page
    assert "correct horse" not in page


def test_a_fault_of_ours_is_500_and_tells_nothing_of_the_inside(app: Flask, client: FlaskClient) -> None:
    app.config["SHOW_ERRORS"] = False
    page = client.get("/trial/failure", headers=HTML)
    body = client.get("/trial/failure", headers=JSON)

    assert (page.status_code, body.status_code) == (500, 500)
    assert body.get_json()["error"] == "internal_error"
    for answer in (page, body):
        words = answer.get_data(as_text=True)
        assert not any(part in words for part in ("Traceback", "ZeroDivisionError", "the secret inside", ".py"))


@pytest.mark.parametrize("kind", ["too_many", "unavailable", "full"])
def test_who_is_asked_to_wait_is_told_how_long(client: FlaskClient, kind: str) -> None:
    waits = {"too_many": "90", "unavailable": "5", "full": "5"}

    assert client.get(f"/trial/refusal/{kind}").headers["Retry-After"] == waits[kind]


def test_without_a_database_people_get_a_page_that_needs_none(fresh_app: Flask, cast: Cast) -> None:
    client = signed_in(fresh_app, cast.asha)
    break_database(fresh_app)

    answer = client.get("/nowhere", headers=HTML)
    alive = client.get("/healthz")

    assert answer.status_code in (404, 503)
    assert "<h1" in answer.get_data(as_text=True)
    assert alive.status_code == 200


def test_without_a_database_machines_are_told_to_come_back(fresh_app: Flask, cast: Cast) -> None:
    client = signed_in(fresh_app, cast.asha)

    @fresh_app.route("/trial/needs-the-database")
    def needs() -> str:
        db.session.execute(text("SELECT count(*) FROM people"))
        return "fine"

    needs.policy_action = "public"  # type: ignore[attr-defined]
    break_database(fresh_app)

    answer = client.get("/trial/needs-the-database", headers=JSON)

    assert answer.status_code == 503
    assert answer.get_json()["error"] == "database_unavailable"
    assert answer.headers["Retry-After"] == "5"


def test_a_broken_database_is_really_broken(fresh_app: Flask) -> None:
    break_database(fresh_app)

    with fresh_app.app_context(), pytest.raises(OperationalError):
        db.session.execute(text("SELECT 1 FROM people"))


def break_database(app: Flask) -> None:
    """Let every later connection fail as one to a stopped server does."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise app.extensions["sayso_broken"]

    with app.app_context():
        engine = db.engine
        engine.dispose()
        driver = engine.dialect.dbapi
        assert driver is not None
        app.extensions["sayso_broken"] = driver.OperationalError("the server has gone away")
    engine.pool._creator = refuse
    engine.dialect.connect = refuse  # type: ignore[method-assign]


def test_the_page_that_needs_nothing_stands_alone() -> None:
    text_of = (Path(__file__).resolve().parents[2] / "templates/errors/plain.html").read_text(encoding="utf-8")

    assert "{% extends" not in text_of
    assert "csrf" not in text_of
