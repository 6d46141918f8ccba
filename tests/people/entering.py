"""What the tests of getting in share: a person with a password, and the forms a browser would send."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock
from portal.db import db, writing
from portal.people import codes, passwords, service
from portal.people.code_rules import as_printed
from portal.people.models import Person, SignInFailure
from portal.people.roles import CodePurpose
from portal.people.sessions import keyed_hash
from tests.factories import send

PASSWORD = "tin umbrella grows quietly"
OTHER = "brass kettle under the ferry"


def give_password(app: Flask, person_id: int, password: str = PASSWORD) -> None:
    """Set a password as if the person had chosen it before."""
    with app.app_context():
        hashed = passwords.hash_password(password)
        with writing():
            service.set_password(db.session.get_one(Person, person_id), hashed, now=clock.now())


def make_code(app: Flask, person_id: int, purpose: CodePurpose = CodePurpose.FIRST_SIGN_IN, **over: Any) -> str:
    """A code as it is printed."""
    with app.app_context(), writing():
        now = over.pop("now", clock.now())
        return as_printed(codes.issue(purpose, person_id=person_id, seal=keyed_hash, now=now, **over) or "")


def sign_in_with(client: FlaskClient, login: str, password: str = PASSWORD, **more: Any) -> TestResponse:
    """Send the sign-in form."""
    return send(client, "/sign-in", login=login, password=password, **more)


def use_code(client: FlaskClient, login: str, code: str, password: str = OTHER) -> TestResponse:
    """Send the form for a code."""
    return send(client, "/code", login=login, code=code, new_password=password, password_again=password)


def is_signed_in(client: FlaskClient) -> bool:
    """True if a page that needs a sign-in opens."""
    return client.get("/me/sign-ins").status_code == 200


def failures(app: Flask) -> int:
    """How many failures are remembered."""
    with app.app_context():
        return db.session.scalar(select(func.count(SignInFailure.id))) or 0
