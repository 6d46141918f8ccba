"""The document of the interface as people read it: by tag, with fields in tables and an example of each body. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.keys import KEY_MAX

USUAL_WORDS = "What you want to say, so that somebody tired understands it at once"
DEPTH_MAX = 4
COMMON = ("400", "401", "403", "429", "500", "503")  # every operation may answer these
EXAMPLES: dict[str, Any] = {
    "name": "Asha Rao", "email": "asha@harbour.example", "staff_number": "1001", "site": "Leeds", "team": "Billing",
    "employer": "Brightline", "timezone": "Europe/London", "currency": "GBP", "job_title": "Adviser",
    "manager": "lea@harbour.example", "url": "https://hooks.example.org/sayso", "zone": "Europe/London",
    "opens": "09:00", "closes": "17:00", "starts": "10:00",
    "say": "We have to ask a supervisor before we may say sorry.", "title": "Let us say sorry", "month": "2026-03",
    "cursor": "WzQyXQ", "code": "repeat_contacts_7d", "unit": "per 100 contacts",
}  # fmt: skip
FORMATS = {"date-time": "2026-03-02T12:00:00Z", "date": "2026-03-02"}
WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false",
         "object": "object", "null": "null"}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field of a body, an answer or an address. path: `rows[].email`."""

    path: str
    kind: str
    needed: bool
    limits: str
    about: str


@dataclass(frozen=True)
class Answer:
    """What may come back. fields: of the body; none for errors, whose form is always the same."""

    status: str
    about: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One thing that a program can do."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    action: str
    asked: tuple[Field, ...]
    sent: tuple[Field, ...]
    example: str
    curl: str
    answers: tuple[Answer, ...]
    refusals: tuple[Answer, ...]


@dataclass(frozen=True)
class Tag:
    """What belongs together. name: as it stands in addresses."""

    name: str
    about: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As a heading."""
        return self.name.replace("_", " ").replace("-", " ").capitalize()


def read(document: Mapping[str, Any]) -> dict[str, Tag]:
    """The document by tag, in its own order."""
    tags = {tag["name"]: Tag(tag["name"], tag.get("description", "")) for tag in document["tags"]}
    reader = _Reader(document)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            tags[operation["tags"][0]].operations.append(reader.operation(method.upper(), path, operation))
    return {name: tag for name, tag in tags.items() if tag.operations}


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self._server = document["servers"][0]["url"]

    def operation(self, method: str, path: str, spec: Mapping[str, Any]) -> Operation:
        """One operation of the document."""
        body = spec.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        example = json.dumps(self._example("", body, 0), indent=2, ensure_ascii=False) if body else ""
        answers = [self._answer(status, answer) for status, answer in spec["responses"].items()]
        return Operation(
            name=spec["operationId"], method=method, path=path, summary=spec["summary"],
            description=spec.get("description", ""), scope=spec["x-scope"], action=spec["x-action"],
            asked=tuple(self._parameter(one) for one in spec["parameters"]),
            sent=tuple(self._fields(body)) if body else (), example=example,
            curl=self._curl(method, path, spec, example),
            answers=tuple(one for one in answers if one.status[0] == "2"),
            refusals=tuple(one for one in answers if one.status[0] != "2" and one.status not in COMMON),
        )  # fmt: skip

    def _parameter(self, spec: Mapping[str, Any]) -> Field:
        where = {"path": "in the address", "header": "header", "query": ""}[spec["in"]]
        schema = spec["schema"]
        schema = self._resolved(schema)  # nobody can send null in an address
        about = ". ".join(part for part in (where.capitalize(), spec.get("description") or self._about(schema)) if part)
        return Field(spec["name"], self._kind(schema), spec.get("required", False), self._limits(schema), about)

    def _answer(self, status: str, spec: Mapping[str, Any]) -> Answer:
        schema = spec.get("content", {}).get("application/json", {}).get("schema")
        fields = tuple(self._fields(schema)) if schema and status[0] == "2" else ()
        return Answer(status, spec["description"], fields)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Behind references, and past the null of what may be left out."""
        while True:
            if "$ref" in schema:
                schema = self._schemas[schema["$ref"].rsplit("/", 1)[-1]]
            elif len(whole := schema.get("allOf", ())) == 1:
                schema = whole[0]
            elif len(kinds := [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]) == 1:
                schema = {**{name: schema[name] for name in ("description", "default") if name in schema}, **kinds[0]}
            else:
                return schema

    def _fields(self, schema: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[Field]:
        schema = self._resolved(schema)
        if schema.get("type") == "array":
            yield from self._fields(schema["items"], f"{before}[]", depth)
            return
        for name, part in schema.get("properties", {}).items():
            path = f"{before}.{name}" if before else name
            needed = name in schema.get("required", ())
            about = part.get("description") or self._about(part)
            yield Field(path, self._kind(part), needed, self._limits(part), about)
            if depth < DEPTH_MAX:
                yield from self._fields(part, path, depth + 1)

    def _about(self, schema: Mapping[str, Any]) -> str:
        resolved = self._resolved(schema)
        # What a named shape says of itself stands with its own fields.
        return "" if "properties" in resolved or "enum" in resolved else resolved.get("description", "")

    def _kind(self, schema: Mapping[str, Any]) -> str:
        may_be_null = any(one.get("type") == "null" for one in schema.get("anyOf", ()))
        resolved = self._resolved(schema)
        if resolved.get("type") == "array":
            words = f"list of {self._kind(resolved['items'])}"
        elif "enum" in resolved:
            words = "one of " + ", ".join(map(str, resolved["enum"]))
        elif resolved.get("format") == "date-time":
            words = "moment"
        else:
            words = WORDS.get(resolved.get("type", ""), "anything")
        return f"{words}, or null" if may_be_null else words

    def _limits(self, schema: Mapping[str, Any]) -> str:
        schema = self._resolved(schema)
        pairs = (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "entries"),
                 ("minimum", "maximum", ""))  # fmt: skip
        words = [_between(schema.get(low), schema.get(high), unit) for low, high, unit in pairs]
        if schema.get("default") not in (None, "", []):
            usual = schema["default"]
            words.append(f"usually {usual if isinstance(usual, str) else json.dumps(usual, ensure_ascii=False)}")
        return ", ".join(part for part in words if part)

    def _example(self, name: str, schema: Mapping[str, Any], depth: int) -> Any:
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return self._example(name, schema["anyOf"][0], depth)  # one of several kinds will do
        if schema.get("default") not in (None, ""):
            return schema["default"]
        for given in (schema.get("examples"), schema.get("enum")):
            if given:
                return given[0]
        kind = schema.get("type")
        if kind == "object":
            return self._example_object(schema, depth)
        if kind == "array":
            items = [self._example(name, schema["items"], depth + 1)] if depth < DEPTH_MAX else []
            return items * max(1, schema.get("minItems", 1))
        if kind == "string":
            return FORMATS.get(schema.get("format", ""), EXAMPLES.get(name, USUAL_WORDS[: schema.get("maxLength")]))
        return {"integer": max(1, int(schema.get("minimum", 1))), "number": 1.5, "boolean": True}.get(str(kind))

    def _example_object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """What has to be sent, and of the rest what people usually would."""
        needed = schema.get("required", ())
        return {
            name: self._example(name, part, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if name in needed or name in EXAMPLES or len(needed) == 0
        }

    def _curl(self, method: str, path: str, spec: Mapping[str, Any], example: str) -> str:
        for one in spec["parameters"]:
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", str(EXAMPLES.get(one["name"], 17)))
        lines = [f"curl {'' if method == 'GET' else f'-X {method} '}{self._server}{path}",
                 '-H "Authorization: Bearer $SAYSO_KEY"']  # fmt: skip
        if method == "POST":
            lines.append('-H "Idempotency-Key: $(uuidgen)"')
        if example:
            lines += ["--json @- <<'EOF'\n" + example + "\nEOF"]
        return " \\\n  ".join(lines)


def _between(low: float | None, high: float | None, unit: str) -> str:
    # The bounds of any number of a thing are not worth a line.
    if (low is None and high is None) or (low, high) == (1, KEY_MAX):
        return ""
    if high is None:
        words = f"at least {low:,.0f}"
    else:
        words = f"{low:,.0f} to {high:,.0f}" if low is not None else f"at most {high:,.0f}"
    return f"{words} {unit}".strip()
