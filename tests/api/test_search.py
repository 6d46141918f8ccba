"""Search and similar ideas by the interface."""

import pytest
from flask import Flask

from portal.home import search_jobs
from portal.ideas.words import Audience
from tests.api.calling import Caller
from tests.factories import Cast, signed_in
from tests.ideas.making import commented, said


@pytest.fixture
def fax(app: Flask, cast: Cast) -> int:
    with app.app_context():
        number = said(cast.asha, "Customers must send a fax before they may cancel.")
        commented(cast.bo, number, "A faxed letter would do")
        search_jobs.learn()
    return number


def test_what_is_found_is_what_the_page_finds(app: Flask, cast: Cast, fax: int) -> None:
    answer = Caller(app, cast.bo).get("/search", query_string={"q": "faxes"})

    items = answer.get_json()["items"]
    assert {(item["kind"], item["idea"]) for item in items} == {("idea", fax), ("comment", fax)}
    assert {"text": "fax", "marked": True} in items[0]["title"] or {"text": "fax", "marked": True} in items[1]["title"]
    page = signed_in(app, cast.bo).get("/search?q=faxes").get_data(as_text=True)
    assert page.count('<h3 class="idea__t">') == len(items)


def test_pages_lead_to_the_end(app: Flask, cast: Cast, fax: int) -> None:
    caller = Caller(app, cast.bo)

    first = caller.get("/search", query_string={"q": "fax", "limit": 1}).get_json()
    second = caller.get("/search", query_string={"q": "fax", "limit": 1, "cursor": first["next"]}).get_json()

    assert second["next"] is None
    assert first["items"] != second["items"]
    assert caller.get("/search", query_string={"q": "fax", "cursor": "x"}).status_code == 422


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": " "}, {"q": "a" * 201}, {"q": "fax", "kind": "dog"},
                                   {"q": "fax", "sort": "votes"}, {"q": "fax", "site": "x"}])  # fmt: skip
def test_what_the_document_does_not_know_is_refused(app: Flask, cast: Cast, query: dict[str, str]) -> None:
    assert Caller(app, cast.bo).get("/search", query_string=query).status_code == 422


def test_similar_ideas_are_at_most_two_and_without_counts(app: Flask, cast: Cast, fax: int) -> None:
    caller = Caller(app, cast.bo)
    answer = caller.get("/ideas/similar", query_string={"q": "A customer must fax us before they cancel"})

    (item,) = answer.get_json()["items"]
    assert item.keys() == {"number", "link", "title", "stage"}
    assert (item["number"], item["stage"]) == (fax, "open")
    assert caller.get("/ideas/similar", query_string={"q": "too short"}).status_code == 422


def test_what_one_may_not_read_is_not_found(app: Flask, cast: Cast) -> None:
    with app.app_context():
        said(cast.asha, "The zebra crossing form is wrong", audience=Audience.SITE)
    words = {"q": "This zebra crossing form is wrong"}

    assert Caller(app, cast.sam).get("/search", query_string=words).get_json()["items"] == []
    assert Caller(app, cast.sam).get("/ideas/similar", query_string=words).get_json()["items"] == []
    assert len(Caller(app, cast.bo).get("/ideas/similar", query_string=words).get_json()["items"]) == 1
