"""Every error becomes a page or JSON here, with a stable code, a plain sentence, and what the person had typed."""

import logging
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from portal.db import db
from portal.errors import (
    Conflict,
    DomainError,
    Gone,
    Invalid,
    Malformed,
    Missing,
    OutOfScope,
    Refused,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from portal.web.api import is_api
from portal.web.transactions import translated

STATUS: dict[type[DomainError], int] = {
    Malformed: 400, Unauthenticated: 401, Refused: 403, Missing: 404, Conflict: 409, Gone: 410, Stale: 412,
    Invalid: 422, TooMany: 429, Unavailable: 503, OutOfScope: 403,
}  # fmt: skip
NEVER_SHOWN_AGAIN = {"csrf_token", "password", "password_again", "code", "current_password", "new_password"}
TITLES = {
    403: "That is not open to you", 404: "There is nothing here for you", 405: "That does not work here",
    409: "Somebody was faster", 410: "That is over", 413: "That is too much at once",
    422: "Something needs another look", 429: "A little slower", 500: "Something broke on our side",
    503: "Not at the moment", 507: "The database is full",
}  # fmt: skip
SENTENCES = {
    400: ("bad_request", "That request could not be understood."),
    404: ("not_found", "There is no such page, or it is not yours to see."),
    405: ("method_not_allowed", "This address does not take that kind of request."),
    413: ("too_large", "That is more than we can take at once: 256 KB of text, 8 MB for a file."),
    415: ("unsupported_media_type", "That kind of content is not accepted here."),
    429: ("too_many_requests", "That was a lot in a short time. Wait a moment, then try again."),
    431: ("headers_too_large", "The request carries too much in its headers."),
    500: ("internal_error", "Something broke on our side. Your words are below; try again in a moment."),
}


def init_problems(app: Flask) -> None:
    """Register one handler for each family of errors."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal; a full disk is 507."""
    return 507 if error.code == "storage_full" else STATUS[type(error)]


def wants_json() -> bool:
    """True for callers that sent or asked for JSON rather than a page."""
    if is_api():
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.is_json or best == "application/json"


def _domain(error: DomainError) -> ResponseReturnValue:
    response = answer(status_of(error), error.code, error.message, error.fields)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, Unavailable):
        response.headers["Retry-After"] = "5"
    elif isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = _ways_in(error.code)
    elif isinstance(error, OutOfScope):
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="Sayso", error="insufficient_scope", scope="{error.scope}"'
        )
    return response


def _ways_in(code: str) -> str:
    # RFC 6750, 3.1: whoever sent no key at all is told of no error.
    return 'Bearer realm="Sayso"' if code == "token_missing" else 'Bearer realm="Sayso", error="invalid_token"'


def _csrf(error: CSRFError) -> ResponseReturnValue:
    message = "This page was open for too long, or you signed in again meanwhile. Your text is below: send it again."
    return answer(403, "form_expired", message)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    code, message = SENTENCES.get(error.code, (f"http_{error.code}", error.description or error.name))
    if error.code == 415 and error.description != type(error).description:
        message = error.description or message  # ours, and says what would be accepted
    response = answer(error.code, code, message)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    if error.code == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def _database(error: DBAPIError) -> ResponseReturnValue:
    better = translated(error)
    return _domain(better) if isinstance(better, DomainError) else _unexpected(error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    logging.getLogger("sayso.web").exception("unexpected error", extra={"request_id": g.get("request_id", "")})
    if current_app.testing and current_app.config.get("SHOW_ERRORS"):
        raise error
    return answer(500, *SENTENCES[500])


def answer(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> Response:
    """The error as JSON or as a page that shows what was typed."""
    _forget_the_read()
    request_id = g.get("request_id", "")
    if wants_json():
        body = {"error": code, "message": message, "fields": fields or {}, "request_id": request_id}
        return make_response(jsonify(body), status)
    facts = {
        "status": status,
        "code": code,
        "title": TITLES.get(status, "That could not be understood"),
        "message": message,
        "fields": fields or {},
        "kept": _kept(status),
        "request_id": request_id,
    }
    try:
        page = render_template("errors/problem.html", **facts)
    except Exception:
        # The page's own head needs the database, which may be what is broken: this one needs nothing at all,
        # so it is not drawn through `render_template`, which would ask for the frame again.
        logging.getLogger("sayso.web").exception("error page could not be drawn")
        _forget_the_read()
        page = current_app.jinja_env.get_template("errors/plain.html").render(**facts)
    return make_response(page, status)


def _forget_the_read() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        # The connection itself is gone; a new one is made when the session is used again.
        db.session.remove()


def _kept(status: int) -> dict[str, Any]:
    if status == 413 or request.method in ("GET", "HEAD"):
        return {}
    try:
        typed = request.form.items(multi=True)
        shown = [(name, value) for name, value in typed if name not in NEVER_SHOWN_AGAIN and value.strip()]
    except HTTPException:
        return {}
    return {name.replace("_", " ").capitalize(): value for name, value in shown}
