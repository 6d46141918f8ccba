"""Comments through the interface."""

from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import writing
from portal.ideas import moderating
from portal.ideas.rules import Action
from portal.ideas.words import Names
from tests.api.calling import Caller, error
from tests.factories import Cast, signed_in
from tests.ideas.making import commented, idea, viewer

BODY = "Try the **other** form.\n\n<script>alert(1)</script>"


def test_a_comment_is_added_once_and_rendered_as_on_the_page(app: Flask, cast: Cast, number: int) -> None:
    bo = Caller(app, cast.bo)

    made = bo.post(f"/ideas/{number}/comments", {"body": BODY, "kind": "workaround", "names": "shown"}, key="c")
    again = bo.post(f"/ideas/{number}/comments", {"body": BODY, "kind": "workaround", "names": "shown"}, key="c")

    assert (made.status_code, again.json) == (201, made.json)
    assert (made.json["kind"], made.json["byline"][:6], made.json["mine"]) == ("workaround", "Voter0", True)
    assert made.json["body"] == BODY
    assert "<strong>other</strong>" in made.json["html"] and "<script" not in made.json["html"]
    listed = Caller(app, cast.cy).get(f"/ideas/{number}/comments").json["items"]
    assert listed == [made.json | {"mine": False}]
    assert made.json["html"].strip() in signed_in(app, cast.cy).get(f"/ideas/{number}").get_data(as_text=True)
    assert bo.get(f"/ideas/{number}").json["comment_count"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"body": "Call me on 0161 496 0123 about this."}, "personal_data"),
        ({"body": "x"}, "invalid"),
        ({"body": "x" * 10_001}, "invalid"),
        ({"body": "Fine words", "kind": "praise"}, "invalid"),
        ({"body": "Fine words", "names": "none"}, "invalid"),
        ({"words": "Fine words"}, "invalid"),
    ],
)
def test_what_cannot_be_added(app: Flask, cast: Cast, number: int, body: dict[str, Any], code: str) -> None:
    assert error(Caller(app, cast.bo).post(f"/ideas/{number}/comments", body)) == (422, code)


def test_nothing_is_added_to_what_is_hidden(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context(), writing():
        text = moderating.text_of(idea(number), None)
        moderating.moderate(viewer(cast.mia), text, Action.HIDE, "It names a customer", now=clock.now())

    assert error(Caller(app, cast.asha).post(f"/ideas/{number}/comments", {"body": "Why?"})) == (409, "idea_hidden")


def test_comments_are_listed_oldest_first_to_the_end(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        moment = clock.now()  # all at the same moment: the number decides
        made = [commented(cast.bo, number, f"Build {n}", now=moment) for n in range(7)]
    cy = Caller(app, cast.cy)

    assert [one["number"] for one in cy.all(f"/ideas/{number}/comments", limit=3)] == made
    assert error(cy.get(f"/ideas/{number}/comments?cursor=x")) == (422, "bad_cursor")


def test_a_comment_is_taken_back_by_its_author_once(app: Flask, cast: Cast, number: int) -> None:
    bo, cy = Caller(app, cast.bo), Caller(app, cast.cy)
    made = bo.post(f"/ideas/{number}/comments", {"body": BODY, "names": "shown"}).json["number"]

    other, done, again = (who.delete(f"/comments/{made}") for who in (cy, bo, bo))

    assert (error(other), done.status_code, error(again)) == ((403, "not_yours"), 204, (409, "comment_withdrawn"))
    left = cy.get(f"/ideas/{number}/comments").json["items"][0]
    assert (left["state"], left["body"], left["html"]) == ("withdrawn", None, None)
    assert "Voter0" not in left["byline"]
    assert error(bo.delete("/comments/999999")) == (404, "not_found")


def test_the_author_of_an_idea_answers_as_the_author(app: Flask, cast: Cast, number: int) -> None:
    asha = Caller(app, cast.asha)

    hidden = asha.post(f"/ideas/{number}/comments", {"body": "Both forms."}).json
    shown = asha.post(f"/ideas/{number}/comments", {"body": "Both forms.", "names": "shown"}).json

    assert hidden["byline"] == "The author"
    assert shown["byline"].startswith("Asha") and shown["names"] == Names.SHOWN
