"""Limits on what comes in: size and depth of bodies, and how often. Kept per process, in memory."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from flask_limiter import Limiter
from flask_login import current_user
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from portal.web.network import client_network

JSON_DEPTH_MAX = 32
JSON_BYTES_MAX = 256 * 1024
FORM_BYTES_MAX = 256 * 1024
UPLOAD_BYTES_MAX = 8 * 1024 * 1024

View = TypeVar("View", bound=Callable[..., Any])



def per_viewer() -> str:
    """Count by the signed-in person, else by the network."""
    return f"viewer:{current_user.get_id()}" if current_user.is_authenticated else client_network()


limiter = Limiter(key_func=client_network, strategy="fixed-window", default_limits=[], headers_enabled=True)


def init_limits(app: Flask) -> None:
    """Count requests and look at bodies before anything parses them."""
    limiter.init_app(app)

    @app.before_request
    def _body() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        if request.content_encoding:
            raise UnsupportedMediaType("Compressed bodies are not accepted.")
        request.max_content_length = _bytes_allowed(app)
        if (request.content_length or 0) > request.max_content_length:
            raise RequestEntityTooLarge
        if request.is_json:
            refuse_deep_json(request.get_data(cache=True))


def takes_files(view: View) -> View:
    """Let a view receive a file of up to 8 MB."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def _bytes_allowed(app: Flask) -> int:
    if request.is_json:
        return JSON_BYTES_MAX
    if getattr(app.view_functions.get(request.endpoint or ""), "takes_files", False):
        return UPLOAD_BYTES_MAX
    return FORM_BYTES_MAX


def refuse_deep_json(body: bytes) -> None:
    """Raise BadRequest for JSON nested deeper than 32, by one pass over the bytes.

    Parsing first would answer 100,000 nested arrays with a RecursionError, which is a 500.
    """
    depth, inside_text, escaped = 0, False, False
    for sign in body:
        if inside_text:
            if escaped:
                escaped = False
            elif sign == 0x5C:
                escaped = True
            elif sign == 0x22:
                inside_text = False
        elif sign == 0x22:
            inside_text = True
        elif sign in (0x5B, 0x7B):
            depth += 1
            if depth > JSON_DEPTH_MAX:
                raise BadRequest(f"JSON may be nested {JSON_DEPTH_MAX} deep at most.")
        elif sign in (0x5D, 0x7D):
            depth -= 1
