"""Every operation that reads, with everything that may stand in its address: a new operation cannot escape."""

import re
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from portal.web.api_document import document
from tests.api.calling import Caller

LOOKED_FOR = "Welsh"
# Differs with each request, or when the process writes down the day on which a key was used.
OWN = re.compile(r'"(?:request_id|last_used_on)":\s*(?:"[^"]*"|null)')


def walk(app: Flask, caller: Caller, number: int) -> dict[str, str]:
    """Address → answer of each GET operation, with `number` wherever a number fits; lists are read to the end."""
    found: dict[str, str] = {}
    for address in addresses(app, number):
        cursor: str | None = None
        while True:
            page = address + (f"{'&' if '?' in address else '?'}cursor={cursor}" if cursor else "")
            answer = caller.get(page)
            assert answer.status_code < 500, page
            found[page] = OWN.sub('"own":""', answer.get_data(as_text=True))
            body = answer.get_json(silent=True)
            cursor = body.get("next") if isinstance(body, dict) and answer.status_code == 200 else None
            if cursor is None:
                break
    return found


def addresses(app: Flask, number: int) -> list[str]:
    """Every address below /api/v1 of an operation that reads, in each form that the document offers."""
    spec = document(app)  # type: ignore[arg-type]
    found = []
    for path, item in sorted(spec["paths"].items()):
        if "get" not in item:
            continue
        parameters = [_resolved(spec, parameter) for parameter in item["get"].get("parameters", [])]
        for one in (part for part in parameters if part["in"] == "path"):
            path = path.replace(f"{{{one['name']}}}", str(_value(spec, one["schema"], number)[0]))
        path = path.removeprefix("/api/v1")
        found += [path + (f"?{urlencode(query)}" if query else "") for query in _queries(spec, parameters, number)]
    return found


def _queries(spec: Any, parameters: list[Any], number: int) -> list[dict[str, Any]]:
    asked = {part["name"]: part for part in parameters if part["in"] == "query" and part["name"] != "cursor"}
    base = {"limit": 100} if asked.pop("limit", None) else {}
    base |= {name: _value(spec, part["schema"], number)[0] for name, part in asked.items() if part.get("required")}
    return [
        base,
        *({**base, name: value} for name, part in asked.items() for value in _value(spec, part["schema"], number)),
    ]


def _value(spec: Any, schema: Any, number: int) -> list[Any]:
    """What fits a schema and could lead to the idea."""
    schema = _resolved(spec, schema)
    if "anyOf" in schema:
        return [value for part in schema["anyOf"] if part.get("type") != "null" for value in _value(spec, part, number)]
    if "enum" in schema:
        return list(schema["enum"])
    if schema.get("format") in ("date", "date-time"):
        return ["2026-01-01" if schema["format"] == "date" else "2026-01-01T00:00:00Z"]
    kinds: dict[str, list[Any]] = {"integer": [number], "number": [number], "boolean": ["true", "false"]}
    return kinds.get(schema.get("type", ""), [LOOKED_FOR])


def _resolved(spec: Any, part: Any) -> Any:
    while "$ref" in part:
        found = spec
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part
