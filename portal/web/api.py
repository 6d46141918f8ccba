"""What every operation of the interface shares: blueprints, the shapes that go in and out, pages, marks of versions.

An operation is a function with annotated arguments (`path`, `query`, `body`); its shapes are pydantic models, from
which `portal.web.api_document` makes the OpenAPI document. What is sent is read strictly: JSON types are not
converted, and a field that is not in the document is refused.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Self, TypeVar

from flask import Response, make_response, request
from flask_openapi3 import Tag
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic import create_model as make_model
from sqlalchemy import Select
from werkzeug.exceptions import UnsupportedMediaType

from portal.db import db
from portal.errors import Malformed, Stale
from portal.keys import KEY_MAX
from portal.web.api_blueprint import Operations
from portal.web.forms import CONTROLS, tidy
from portal.web.seals import opened, sealed

PREFIX = "/api/v1"
LIMIT_MAX, LIMIT_USUAL = 100, 20
CURSOR_CHARS_MAX = 1500  # what a list is sorted by may be a long name in any alphabet
MARKS = re.compile(r'\*|(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*')  # RFC 9110, 13.1.1
IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,200}")
OWN_CODES = {"amount_not_positive_integer"}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def api(name: str, about: str) -> Operations:
    """The operations of one capability, under `/api/v1`. name: the tag in the document; about: one sentence."""
    return Operations(
        f"api_{name}", __name__, url_prefix=PREFIX, abp_tags=[Tag(name=name, description=about)],
        operation_id_callback=lambda *, name, path, method: name,
    )  # fmt: skip


def is_api() -> bool:
    """True while a request of the interface is answered."""
    return request.path.startswith("/api/v1/") or request.path == "/api/v1"


def idempotency_key() -> str | None:
    """The key that came with the request. Raises Malformed `bad_idempotency_key`."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise Malformed("bad_idempotency_key", "An Idempotency-Key has 1 to 200 visible ASCII characters.")
    return key


class Sent(BaseModel):
    """The base of a body. Read by the rules of JSON; unknown fields are refused."""

    model_config = ConfigDict(strict=True, extra="forbid")

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The body of the request; raises ValidationError, or 415 where it is no JSON.

        The parsed object does not do: read strictly, a day or a word of a list would have to be Python's.
        """
        if not request.is_json:
            raise UnsupportedMediaType("Send JSON: Content-Type: application/json.")
        return super().model_validate_json(request.get_data(cache=True), **options)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """As `model_validate`: a text of JSON inside of JSON is a text, not what stands in it."""
        return cls.model_validate(json_data, **options)


class Asked(BaseModel):
    """The base of a query string: everything arrives as text; unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class AskedPath(BaseModel):
    """The base of what stands in an address. What does not fit is a thing that does not exist (404)."""


class Shown(BaseModel):
    """The base of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Shown):
    """Why something was not done."""

    error: str = Field(description="A stable code for programs.", examples=["not_found"])
    message: str = Field(description="A sentence for people.")
    fields: dict[str, str] = Field(description="Field → sentence, where single fields are at fault.")
    request_id: str = Field(description="What the log knows this request by.")


def _digits(value: Any) -> Any:
    # int() would take " 5", "5.0" and "٥" for five.
    if isinstance(value, str) and not (value.isascii() and value.removeprefix("-").isdigit()):
        raise ValueError("Send a whole number.")
    return value


def whole(value: Any) -> Any:
    """For BeforeValidator on every whole number of a body: to JSON, 127.0 is the whole number 127."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: Any) -> Any:
    # Read as JSON or from an address, "1700006400" would be taken for a day of 2023.
    if isinstance(value, str) and DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError("Send a day of the calendar, such as 2026-03-02.")


def _no_controls(text: str) -> str:
    if CONTROLS.search(text):
        raise ValueError("There are invisible control characters in this text.")
    tidied = tidy(text) or ""
    if text and not tidied:
        raise ValueError("There is nothing but blanks in this text.")
    return tidied


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


_HIDDEN = r"\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_IN_WORDS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f" + _HIDDEN
_IN_LINE = r"\u0000-\u001f" + _HIDDEN
# Nothing, or something that is not only blanks, and no control character.
PATTERN_WORDS = rf"^([^{_IN_WORDS}]*[^{_IN_WORDS}\s][^{_IN_WORDS}]*)?$"
PATTERN_LINE = rf"^([^{_IN_LINE}]*[^{_IN_LINE}\s][^{_IN_LINE}]*)?$"
Words = Annotated[str, AfterValidator(_no_controls), Field(json_schema_extra={"pattern": PATTERN_WORDS})]
# A limit stands before the function that wraps it: behind it, the document would not know of it.
Line = Annotated[str, Field(pattern=PATTERN_LINE), AfterValidator(_no_controls)]
Number = Annotated[int, Field(ge=1, le=KEY_MAX), BeforeValidator(whole)]
Moment = Annotated[datetime, PlainSerializer(_utc, return_type=str), Field(json_schema_extra={"format": "date-time"})]
AskedNumber = Annotated[int, Field(ge=1, le=KEY_MAX), BeforeValidator(_digits)]
Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX, description="How many at most."), BeforeValidator(_digits)]
Cursor = Annotated[
    str,
    Field(max_length=CURSOR_CHARS_MAX, pattern=r"^[^\u0000]*$",
          description="`next` of the page before, good for the same filters. Opaque: only we can make one."),
    AfterValidator(opened),
]  # fmt: skip
Day = Annotated[date, BeforeValidator(_day)]


class NumberPath(AskedPath):
    """The number of the thing in the address."""

    number: Number


class PageAsked(Asked):
    """Which part of a list."""

    limit: Limit = LIMIT_USUAL
    cursor: Cursor | None = None


Item = TypeVar("Item", bound=Shown)


def page_of(item: type[Item]) -> type[Shown]:
    """The shape of one page of a list: `items`, and `next` (the cursor of the next page, null at the end)."""
    return make_model(
        f"{item.__name__}Page",
        __base__=Shown,
        items=(list[item], ...),  # type: ignore[valid-type]
        next=(str | None, Field(description="The cursor of the next page; null at the end.")),
    )


def listed(items: Sequence[Shown], next_cursor: str | None) -> Response:
    """One page of a list."""
    rows = ",".join(item.model_dump_json() for item in items)
    following = "null" if next_cursor is None else f'"{sealed(next_cursor)}"'
    return as_json(f'{{"items":[{rows}],"next":{following}}}')


def shown(model: Shown, status: int = 200) -> Response:
    """One thing, with the mark of its version; 304 where the caller has this version, Stale where they want another."""
    body = model.model_dump_json()
    response = as_json(body, status)
    response.set_etag(mark_of(body))
    if request.method in ("GET", "HEAD"):
        if request.if_match and not request.if_match.contains(mark_of(body)):
            raise _changed()
        response.make_conditional(request)
    return response


def as_json(body: str, status: int = 200) -> Response:
    """A JSON text as the answer."""
    return make_response(body, status, {"Content-Type": "application/json"})


def mark_of(body: str) -> str:
    """The mark of one version of a thing, as `ETag` carries it."""
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def demand_unchanged(row: Select[Any], as_shown: Callable[[], Shown]) -> None:
    """Raise Stale (412 `changed_meanwhile`) if the caller sent `If-Match` and has another version than there is.

    Call it first in the write transaction. row: selects the row of the thing. as_shown: reads the thing as the
    caller's GET would show it. Raises Malformed `bad_if_match` for a header that names no version: taken for none, it
    would let a change through unasked.
    """
    if (sent := request.headers.get("If-Match")) is None:
        return
    if not sent.strip():
        raise _changed()  # a list of no versions, of which none is there
    if not MARKS.fullmatch(sent.strip()):
        raise Malformed("bad_if_match", "If-Match is an ETag as it was sent, in its quotation marks, or *.")
    # Of two who have read the same version the second waits here, and then finds another one.
    db.session.execute(row.with_for_update())
    db.session.expire_all()
    if not request.if_match.contains(mark_of(as_shown().model_dump_json())):
        raise _changed()


def _changed() -> Stale:
    return Stale("changed_meanwhile", "It has changed since you read it. Read it again, then decide.")


def refused_shape(error: ValidationError) -> Response:
    """What did not fit the document, field by field: 422; 404 where it is the address."""
    from portal.web.problems import SENTENCES, answer

    if error.title.endswith("Path"):
        return answer(404, *SENTENCES[404])
    fields = {".".join(map(str, part["loc"])) or "body": _sentence(part) for part in error.errors(include_url=False)}
    first = next(iter(fields))
    # A type may name its own code, as that of points does; what pydantic finds by itself is "invalid".
    named = [part["type"] for part in error.errors(include_url=False) if part["type"] in OWN_CODES]
    return answer(422, named[0] if named else "invalid", f"{first}: {fields[first].rstrip('.')}.", fields)


def _sentence(part: Any) -> str:
    return str(part["msg"]).removeprefix("Value error, ")
