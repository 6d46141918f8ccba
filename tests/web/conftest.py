"""A few plain pages to try the web glue on, so that its tests do not move with the product's pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from wtforms import StringField

from portal.errors import Conflict, Gone, Invalid, Missing, Refused, TooMany, Unavailable
from portal.people.access import requires
from portal.web.forms import StrictForm, no_controls, one_line, tidy
from portal.web.limits import limiter, takes_files
from tests.databases import MovableApp

REFUSALS = {
    "missing": Missing("idea"),
    "refused": Refused("not_yours", "That is not yours."),
    "conflict": Conflict("taken", "Somebody was faster."),
    "gone": Gone("used", "This code has been used."),
    "invalid": Invalid("too_long", "That is too long.", {"title": "At most 80 characters."}),
    "too_many": TooMany("Slowly.", retry_after_seconds=90),
    "unavailable": Unavailable("busy", "Try again."),
    "full": Unavailable("storage_full", "The database is full."),
}


class Greeting(StrictForm):
    """A form with one line and one text."""

    name = StringField(filters=[tidy], validators=[one_line])
    words = StringField(filters=[tidy], validators=[no_controls])


def add_trial_pages(app: Flask) -> None:
    """Pages below /trial that echo, refuse and fail."""

    def echo() -> ResponseReturnValue:
        if request.is_json:
            return jsonify(request.get_json())
        return jsonify(request.form.to_dict())

    def greet() -> ResponseReturnValue:
        form = Greeting()
        if not form.validate():
            return jsonify(form.errors), 422
        return jsonify({"name": form.name.data, "words": form.words.data})

    def refuse(kind: str) -> ResponseReturnValue:
        raise REFUSALS[kind]

    def fail() -> ResponseReturnValue:
        raise ZeroDivisionError("the secret inside")

    def often() -> ResponseReturnValue:
        return "again"

    for rule, view in {
        "/trial/echo": echo,
        "/trial/greeting": greet,
        "/trial/refusal/<kind>": refuse,
        "/trial/failure": fail,
        "/trial/often": limiter.limit("3 per minute")(often),
        "/trial/file": takes_files(lambda: jsonify({"bytes": len(request.files["file"].read())})),
    }.items():
        app.add_url_rule(rule, f"trial_{rule.split('/')[2]}", requires("public")(view), methods=["GET", "POST"])


@pytest.fixture(scope="session")
def trial_app(movable_app: Callable[..., MovableApp]) -> MovableApp:
    """One application with the trial pages for all tests here."""
    return movable_app(add_trial_pages)


@pytest.fixture
def app(database_url: str, tmp_path: Path, trial_app: MovableApp) -> Iterator[Flask]:
    """The application with the trial pages on a fresh database."""
    with trial_app.lent(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()
