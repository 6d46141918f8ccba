"""The OpenAPI document: what the operations say of themselves, and what is true for all of them."""

import re
import threading
from copy import deepcopy
from typing import Any

from flask_openapi3 import Info, OpenAPI

from portal.web.api import Problem
from portal.web.api_blueprint import TAKES_MATCH, gather

VERSION = "1"
ABOUT = """Everything that the pages can do, for programs.

Send a key with each request: `Authorization: Bearer sayso_…` (the page *Keys* or `flask --app wsgi token create`
makes one). A key never does more than its person may, and only what its scopes name. The session cookie of a browser
is ignored here.

Lists answer `{"items": [...], "next": cursor}`: send `cursor=` until it is null. Every POST takes an `Idempotency-Key`:
sent again with the same body within 24 hours it is answered the same, marked `Idempotency-Replayed: true`.
One thing carries an `ETag`: with `If-None-Match` the answer is 304 while it is unchanged.
Moments are RFC 3339 in UTC, points and money whole numbers, ideas are known by the number that people say aloud.
An idea that the key's person has not decided on shows no count, as on the pages."""
REASONS = {
    400: "The request cannot be understood.",
    401: "No key, or one that opens nothing.",
    403: "The key's scopes or its person's roles do not include this, or a rule refuses it.",
    404: "It does not exist, or it is not this person's to see.",
    409: "The state of the thing forbids it, somebody was faster, or the idempotency key came with another body.",
    410: "It was there and is over.",
    412: "It has changed since the version named in If-Match.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "What was sent cannot be accepted as it stands; `fields` says where.",
    429: "Too often in too short a time; see Retry-After.",
    500: "A fault of ours.",
    503: "Not at the moment; see Retry-After.",
    507: "The database is full.",
}
ALWAYS = (400, 401, 403, 422, 429, 500, 503)
WITH_CHANGE = (409, 410, 413, 415, 507)
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "Any text of your own, new for each thing you want done: sent again, it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}  # fmt: skip
MATCH = {
    "name": "If-Match", "in": "header", "required": False,
    "description": "The ETag you read: refused with 412 if it has changed since.",
    "schema": {"type": "string", "pattern": '^(\\*|"[0-9a-f]{32}")$'},
}  # fmt: skip
RETRY = {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
WHO = {"description": "What a key must look like, or the scope that it lacks.", "schema": {"type": "string"}}
REPLAYED = {"description": "`true` where this is the answer of an earlier time.",
            "schema": {"type": "string", "enum": ["true"]}}  # fmt: skip
VERSION_MARK = {"description": "The version, for If-None-Match and If-Match.", "schema": {"type": "string"}}
INFO = Info(title="Sayso", version=VERSION, description=ABOUT)
SECURITY: dict[str, Any] = {"key": {"type": "http", "scheme": "bearer", "description": "`sayso_…`"}}
KEY_NEEDED = "x-idempotency-key-needed"
_one_writes = threading.Lock()
PARAMETER = re.compile(r"<(?:[^<:]+:)?([^>]+)>")


def document(app: OpenAPI) -> dict[str, Any]:
    """The finished document, made once for an application, when it is first asked for."""
    with _one_writes:
        if "sayso_document" not in app.extensions:
            gather(app)
            spec = _finished(deepcopy(app.api_doc), app.config["SAYSO"].base_url)
            _name_rights(spec, app)
            app.extensions["sayso_document"] = spec
    return app.extensions["sayso_document"]


def operations(app: OpenAPI) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of everything in the document."""
    return [
        (method.upper(), path, operation)
        for path, item in sorted(document(app)["paths"].items())
        for method, operation in item.items()
    ]


def _finished(spec: dict[str, Any], base_url: str) -> dict[str, Any]:
    spec["servers"] = [{"url": base_url}]
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            _finish(operation, method, path)
    return spec


def _name_rights(spec: dict[str, Any], app: OpenAPI) -> None:
    """Which scope a key needs, and which action of the policy its person must be allowed, stand with each operation."""
    for rule in app.url_map.iter_rules():
        item = spec["paths"].get(PARAMETER.sub(r"{\1}", rule.rule), {})
        view: Any = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) & {name.upper() for name in item}:
            item[method.lower()]["x-scope"] = str(view.policy_scope)
            item[method.lower()]["x-action"] = view.policy_action


def _finish(operation: dict[str, Any], method: str, path: str) -> None:
    operation["security"] = [{"key": []}]
    if "description" in operation:  # the library joins the lines of a docstring as if they were HTML
        operation["description"] = operation["description"].replace("<br/>", "\n").strip()
    parameters = operation.setdefault("parameters", [])
    changes = method != "get"
    statuses = set(ALWAYS) | (set(WITH_CHANGE) if changes else set())
    statuses |= {404} if "{" in path else set()
    if method == "post":
        parameters.append({**KEY, "required": bool(operation.pop(KEY_NEEDED, False))})
    if operation.pop(TAKES_MATCH, False):
        parameters.append(dict(MATCH))
        statuses.add(412)
    responses = operation["responses"]
    # The library gives every operation a 422 of its own shape.
    responses.pop("422", None)
    for status in sorted(statuses):
        responses.setdefault(str(status), _problem(status))
    _name_headers(responses, method)


def _problem(status: int) -> dict[str, Any]:
    shape = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    made: dict[str, Any] = {"description": REASONS[status], "content": {"application/json": {"schema": shape}}}
    if status in (429, 503):
        made["headers"] = {"Retry-After": RETRY}
    elif status in (401, 403):
        made["headers"] = {"WWW-Authenticate": WHO}
    return made


def _name_headers(responses: dict[str, Any], method: str) -> None:
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        if method == "post":
            response.setdefault("headers", {})["Idempotency-Replayed"] = REPLAYED
        response["description"] = response.get("description") or "Done."
    if method == "get" and not _is_page(responses.get("200", {})):
        responses["200"].setdefault("headers", {})["ETag"] = VERSION_MARK
        responses["304"] = {"description": "If-None-Match names this version: there is no other.",
                            "headers": {"ETag": VERSION_MARK}}  # fmt: skip
        responses["412"] = _problem(412)


def _is_page(response: dict[str, Any]) -> bool:
    kinds = response.get("content", {}).values()
    return any(kind["schema"].get("$ref", "Page").endswith("Page") for kind in kinds)
