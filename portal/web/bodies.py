"""What a request carries is judged before anything parses it: size, kind, encoding, depth."""

import json
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from portal.errors import Malformed

JSON_DEPTH_MAX = 32
JSON_BYTES_MAX = 256 * 1024
JSON_ROWS_BYTES_MAX = 2 * 1024 * 1024
FORM_BYTES_MAX = 256 * 1024
FORM_FIELDS_MAX = 1000
UPLOAD_BYTES_MAX = 8 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"
KINDS = (FORM, "multipart/form-data")
NUL = "\x00"
NUL_WRITTEN = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # not after a backslash that is itself written
CONTAINERS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class StrictJson(DefaultJSONProvider):
    """JSON as it was agreed on: UTF-8, no name twice, no NaN, no half characters. Refuses with ValueError."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a JSON text."""
        text = s.decode("utf-8") if isinstance(s, bytes) else s
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse_constant, **kwargs)
        if "\\u" in text:
            _refuse_half_characters(value)
        return value


def judge(app: Flask, request: Request) -> None:
    """Raise what a body earns: Malformed, or the HTTP error 413 or 415. Good bodies stay readable."""
    if any(NUL in value for values in request.args.lists() for value in (values[0], *values[1])):
        raise Malformed("bad_request", "There is a NUL character in the address.")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    _judge_kind(request)
    request.max_content_length = _bytes_allowed(app, request)
    if (request.content_length or 0) > request.max_content_length:
        raise RequestEntityTooLarge
    if request.is_json:
        refuse_deep_json(request.get_data(cache=True))
        _judge_json(request)
    elif request.mimetype == FORM:
        _judge_form(request.get_data(cache=True))


def _judge_json(request: Request) -> None:
    try:
        request.get_json()
    except BadRequest as error:
        raise Malformed("bad_request", f"This JSON cannot be read: {_reason(error)}.") from error


def _reason(error: BadRequest) -> str:
    # Werkzeug hides the reason from everybody but developers; whoever writes a program is one.
    hidden = error.__cause__.description if isinstance(error.__cause__, BadRequest) else None
    reason = (hidden or "").removeprefix("Failed to decode JSON object: ")
    if "codec can't decode" in reason or "BOM" in reason:
        return "it is not UTF-8 without a byte order mark"
    return "it holds a number with too many digits" if "int_max_str" in reason else reason or "it is broken"


def refuse_deep_json(body: bytes) -> None:
    """Raise Malformed for JSON nested deeper than 32, by one pass over the bytes.

    Parsing first would answer 100,000 nested arrays with a RecursionError, which is a 500.
    """
    depth = 0
    for part in CONTAINERS.finditer(body):
        sign = part[0]
        if sign in (b"[", b"{"):
            depth += 1
            if depth > JSON_DEPTH_MAX:
                raise Malformed("bad_request", f"JSON may be nested {JSON_DEPTH_MAX} deep at most.")
        elif sign in (b"]", b"}"):
            depth -= 1


def _judge_kind(request: Request) -> None:
    if request.content_encoding:
        raise UnsupportedMediaType("Compressed bodies are not accepted.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType("Only UTF-8 is accepted.")
    if request.content_length and not request.is_json and request.mimetype not in KINDS:
        raise UnsupportedMediaType("Send JSON (Content-Type: application/json), or to a page a form.")


def _bytes_allowed(app: Flask, request: Request) -> int:
    view = app.view_functions.get(request.endpoint or "")
    if request.is_json:
        return JSON_ROWS_BYTES_MAX if getattr(view, "takes_many_rows", False) else JSON_BYTES_MAX
    if getattr(view, "takes_files", False):
        return UPLOAD_BYTES_MAX
    return FORM_BYTES_MAX


def _judge_form(body: bytes) -> None:
    if body.count(b"&") >= FORM_FIELDS_MAX:
        raise RequestEntityTooLarge
    plain = unquote_to_bytes(body)
    if b"\x00" in plain:
        raise Malformed("bad_request", "There is a NUL character in the form.")
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("bad_request", "The form is not UTF-8.") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _refuse_half_characters(value: Any) -> None:
    written = json.dumps(value, ensure_ascii=False)
    if NUL_WRITTEN.search(written):
        raise ValueError("a NUL character")
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("half a character") from None
