"""The pages about the interface: every operation, by tag, with fields, example and answers."""

import json
import re

import pytest
from flask import Flask

from portal.home import api_reading
from portal.people.scopes import Scope
from portal.web.api_document import document, operations


def tags(app: Flask) -> list[str]:
    return list(api_reading.read(document(app)))  # type: ignore[arg-type]


def test_every_operation_is_on_the_first_page_and_on_that_of_its_tag(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/api/docs").text

    for method, path, operation in operations(app):  # type: ignore[arg-type]
        tag, name = operation["tags"][0], operation["operationId"]
        assert f'href="/api/docs/{tag}#{name}"' in first
        page = client.get(f"/api/docs/{tag}").text
        assert f'id="{name}"' in page and f"<code>{path}</code>" in page and method in page


def test_every_operation_names_the_scope_and_the_action_that_are_asked(app: Flask) -> None:
    for _, _, operation in operations(app):  # type: ignore[arg-type]
        assert operation["x-scope"] in set(Scope)
        assert operation["x-action"] in app.extensions["sayso_policy"]


def test_examples_fit_the_document(app: Flask) -> None:
    from jsonschema_rs import validator_for

    spec = document(app)  # type: ignore[arg-type]
    for tag in api_reading.read(spec).values():
        for one in tag.operations:
            if one.example:
                body = spec["paths"][one.path][one.method.lower()]["requestBody"]["content"]["application/json"]
                schema = {**body["schema"], "components": spec["components"]}
                assert validator_for(schema).is_valid(json.loads(one.example)), one.name


def test_fields_are_named_down_to_the_last(app: Flask) -> None:
    (sent,) = (one.sent for one in api_reading.read(document(app))["imports"].operations if one.sent)  # type: ignore[arg-type]
    found = {one.path: one for one in sent}

    assert (found["rows"].needed, found["rows"].limits) == (True, "1 to 2,000 entries")
    assert (found["rows[].name"].kind, found["rows[].name"].limits) == ("text", "1 to 120 characters")
    assert found["rows[].role"].kind.startswith("one of frontline, team_leader")
    assert found["leaving"].kind == "whole number, or null"


def test_a_search_works_without_a_script(app: Flask) -> None:
    page = app.test_client().get("/api/docs?q=wallet+month").text

    assert "see_statement" in page and "list_people" not in page
    assert "Nothing here is called that." in app.test_client().get("/api/docs?q=zebra").text


def test_a_tag_that_is_none_is_404(app: Flask) -> None:
    assert app.test_client().get("/api/docs/zebra").status_code == 404


def test_pages_are_light_have_each_id_once_and_load_nothing_from_elsewhere(app: Flask) -> None:
    import gzip

    for address in ["/api/docs", *(f"/api/docs/{tag}" for tag in tags(app))]:
        page = app.test_client().get(address)
        ids = re.findall(r'\sid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids)), address
        assert len(gzip.compress(page.data)) < 24 * 1024, address
        assert re.findall(r"""(?:src|href)=["']https?://""", page.text) == [], address


@pytest.mark.parametrize("q", ["<script>", '"><b>', "é" * 300])
def test_what_is_searched_for_is_shown_as_text(app: Flask, q: str) -> None:
    page = app.test_client().get("/api/docs", query_string={"q": q})

    assert page.status_code == 200
    assert q not in page.text
