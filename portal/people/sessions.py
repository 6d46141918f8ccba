"""Signed-in browsers: the cookie holds a random token, the database its hash, and every request looks it up.

Ending a row, deactivating a person or raising their `auth_epoch` ends the sign-in with the next request.
"""

import hashlib
import hmac
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, login_user, logout_user

from portal import clock
from portal.people import queries, service
from portal.people.devices import device_name
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.web.network import client_network

IDLE_SECONDS = 8 * 3600
IDLE_SECONDS_ADMINISTRATOR = 30 * 60
TOUCH_SECONDS = 60
LASTS = timedelta(hours=12)
LASTS_ADMINISTRATOR = timedelta(hours=8)
DEMO_ROLE = "demo_role"


def init_sessions(app: Flask, login: LoginManager) -> None:
    """Load the viewer from the cookie; in demo mode from the chosen role, without a sign-in."""
    login.session_protection = "basic"
    login.init_app(app)
    login.user_loader(_viewer_by_token)
    if app.config["SAYSO"].demo:
        login.request_loader(lambda _request: _demo_viewer())

    @app.after_request
    def _touch(response: Response) -> Response:
        # In the cookie, not in the database: a GET never writes.
        if "_user_id" in session and time.time() - session.get("seen", 0) > TOUCH_SECONDS:
            session["seen"] = int(time.time())
        return response


def start(person: Person, *, now: datetime) -> None:
    """Sign this browser in with a new token. Call inside the write transaction."""
    token = secrets.token_urlsafe(32)
    service.record_sign_in(
        person,
        token_hash=hash_token(token),
        expires_at=now + (LASTS_ADMINISTRATOR if queries.is_administrator(person.id) else LASTS),
        device=device_name(request.user_agent.string),
        network=client_network(),
        now=now,
    )
    g.new_token = token


def finish_start() -> None:
    """After the commit: put the token into a fresh cookie (no value of the old one survives)."""
    token = g.pop("new_token")
    session.clear()
    session["seen"] = int(time.time())
    viewer = _viewer_by_token(token)
    if viewer is not None:
        login_user(viewer)


def end() -> None:
    """Forget the sign-in in this browser."""
    logout_user()
    session.clear()


def hash_token(token: str) -> str:
    """SHA-256 of a random token: it has 256 bits, so it needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(text: str) -> str:
    """A hash that only this installation can compute: for what was typed as an account name."""
    return hmac.new(settings().secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def settings() -> Any:
    """The settings of this installation."""
    return current_app.config["SAYSO"]


def _viewer_by_token(token: str) -> Viewer | None:
    viewer = queries.viewer_by_sign_in(hash_token(token), token=token, now=clock.now())
    if viewer is None:
        return None
    idle = IDLE_SECONDS_ADMINISTRATOR if viewer.is_administrator else IDLE_SECONDS
    if time.time() - session.get("seen", 0) > idle:
        return None
    return viewer


def _demo_viewer() -> Viewer | None:
    return queries.demo_viewer(session.get(DEMO_ROLE, "frontline"))
