"""The document: valid, complete, and true."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from portal import policies
from portal.web.api import PREFIX, Sent, Shown
from portal.web.api_document import operations
from tests.api.calling import Caller
from tests.factories import Cast

# What the pages do and the interface leaves to them, each for a reason.
PAGES_ONLY = {
    "public": "signing in, help and health have no key",
    "looks.note": "programs do not look: it is told by the page that was on a screen",
    "keys.make": "a key that makes keys could never be ended; `flask token create` and the page do it",
}


def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json  # type: ignore[return-value]


@pytest.mark.slow
def test_the_document_is_openapi(app: Flask) -> None:
    found = list(OpenAPIV31SpecValidator(document(app)).iter_errors())

    assert found == []


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """(method, path as the document writes it) → endpoint of every rule of the interface."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX):
            path = re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule)
            found |= {(method, path): rule.endpoint for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def test_what_carries_the_mark_of_its_version_says_so(app: Flask, cast: Cast) -> None:
    tess, told, seen = Caller(app, cast.tess), set(), set()
    for method, path, operation in operations(app):  # type: ignore[arg-type]
        answer = tess.get(path.removeprefix(PREFIX)) if method == "GET" and "{" not in path else None
        if answer is not None and answer.status_code == 200:
            told |= {path} if "304" in operation["responses"] else set()
            seen |= {path} if "ETag" in answer.headers else set()
            known = tess.get(path.removeprefix(PREFIX), headers={"If-None-Match": answer.headers.get("ETag", '"x"')})
            assert (known.status_code == 304) == (path in seen)

    assert told == seen
    assert len(seen) > 5


def test_no_two_operations_share_an_address(app: Flask) -> None:
    every = [
        (method, re.sub(r"<[^>]+>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]

    assert [at for at in set(every) if every.count(at) > 1] == []


def test_every_route_is_in_the_document_and_the_other_way_round(app: Flask) -> None:
    documented = {(method, path) for method, path, _ in operations(app)}  # type: ignore[arg-type]

    assert documented == set(routes(app))


def test_every_action_of_the_pages_has_an_operation(app: Flask) -> None:
    offered = {app.view_functions[endpoint].policy_action for endpoint in routes(app).values()}  # type: ignore[attr-defined]

    assert set(policies.assembled()) - offered - PAGES_ONLY.keys() == set()
    assert offered & PAGES_ONLY.keys() == set()


def test_no_two_shapes_share_a_name(app: Flask) -> None:
    """The document knows a shape, and a set of words, by its name: of two with one name it would show the same."""
    known: dict[str, dict[str, Any]] = {}
    ours = (shape for shape in [*_below(Sent), *_below(Shown)] if shape.__module__.startswith("portal."))

    twice = set()
    for one in ours:
        schema = one.model_json_schema()
        for name, shape in {one.__name__: schema, **schema.pop("$defs", {})}.items():
            twice |= {name} if known.setdefault(name, shape) != shape else set()

    assert twice == set()


def _below(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for shape in base.__subclasses__():
        yield shape
        yield from _below(shape)


def test_a_whole_number_may_be_written_with_a_point(app: Flask) -> None:
    """To JSON 127.0 is the whole number 127, and the document cannot say otherwise. Points are stricter: no 1e3."""
    ours = [shape for shape in _below(Sent) if shape.__module__.startswith("portal.")]
    numbers = [(one, name) for one in ours for name, field in one.model_fields.items() if _whole(field.annotation)]

    assert len(numbers) > 5
    assert [
        (one.__name__, name) for one, name in numbers if not re.search("whole|_points", _told(one.model_fields[name]))
    ] == []


def _told(field: FieldInfo) -> str:
    return f"{field.annotation!r} {field.metadata!r}"


def _whole(annotation: Any) -> bool:
    return annotation is int or any(_whole(part) for part in get_args(annotation))


def test_names_of_operations_are_unique_and_every_one_says_what_it_does(app: Flask) -> None:
    names = [operation["operationId"] for _, _, operation in operations(app)]  # type: ignore[arg-type]

    assert len(names) == len(set(names))
    assert all(len(operation["summary"]) > 10 for _, _, operation in operations(app))  # type: ignore[arg-type]


def test_names_of_what_belongs_together_can_stand_in_an_address(app: Flask) -> None:
    names = {name for _, _, operation in operations(app) for name in operation["tags"]}  # type: ignore[arg-type]

    assert len(names) > 50
    assert [name for name in sorted(names) if not re.fullmatch("[a-z]+([-_][a-z]+)*", name)] == []


@pytest.mark.parametrize("path", ["/api/docs", "/api/openapi.json"])
def test_nothing_is_loaded_from_elsewhere(app: Flask, path: str) -> None:
    text = app.test_client().get(path).text

    assert re.findall(r"""(?:src|href)=["']https?://""", text) == []
