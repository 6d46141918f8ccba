"""Limits on what comes in: how large, and how often. Counted per process, in memory."""

import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from flask_limiter import Limiter
from flask_login import current_user
from limits import RateLimitItemPerMinute

from portal.errors import TooMany
from portal.web.bodies import StrictJson, judge
from portal.web.network import client_network

View = TypeVar("View", bound=Callable[..., Any])
INTERFACE = "interface"


def per_viewer() -> str:
    """Count by the signed-in person, else by the network."""
    return f"viewer:{current_user.id}" if current_user.is_authenticated else client_network()


limiter = Limiter(key_func=client_network, strategy="fixed-window", default_limits=[], headers_enabled=True)


def init_limits(app: Flask) -> None:
    """Count requests and judge bodies before anything parses them."""
    limiter.init_app(app)
    app.json = StrictJson(app)

    @app.before_request
    def _body() -> None:
        judge(app, request)


def count(caller: str, *, per_minute: int) -> None:
    """Count a request of a program. Raises TooMany beyond `per_minute`.

    Apart from the limiter's own hooks, which run before it is known whose key it is.
    """
    if not limiter.enabled:
        return
    allowed = RateLimitItemPerMinute(per_minute)
    if not limiter.limiter.hit(allowed, INTERFACE, caller):
        ends = limiter.limiter.get_window_stats(allowed, INTERFACE, caller).reset_time
        wait = max(1, math.ceil(ends - time.time()))
        raise TooMany("That was a lot in one minute. Wait a moment.", retry_after_seconds=wait)


def takes_many_rows(view: View) -> View:
    """Let an operation receive JSON of up to 2 MB."""
    view.takes_many_rows = True  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Let a view receive a file of up to 8 MB."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view
