"""Reports and moderation through the interface."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Report
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.api.calling import Caller, error
from tests.factories import Cast, signed_in
from tests.ideas.making import SAY, commented, said

WHY = "It names a customer"


@pytest.fixture
def written(app: Flask, cast: Cast, number: int) -> int:
    with app.app_context():
        return commented(cast.cy, number, "Call Mrs Lee about it", now=clock.now())


def test_a_report_waits_for_those_who_moderate(app: Flask, cast: Cast, number: int, written: int) -> None:
    bo, mia = Caller(app, cast.bo), Caller(app, cast.mia)

    about_idea = bo.post(f"/ideas/{number}/reports", {"reason": "personal_data", "words": "line two"})
    about_comment = bo.post(f"/comments/{written}/reports", {"reason": "other"})

    assert about_idea.json == {"idea": number, "comment": None, "reason": "personal_data"}
    assert (about_comment.status_code, about_comment.json["comment"]) == (201, written)
    waiting = mia.get("/moderation/reports").json["items"]
    assert [(one["idea"], one["comment"], one["text"], one["words"]) for one in waiting] == [
        (number, None, SAY, "line two"), (number, written, "Call Mrs Lee about it", ""),
    ]  # fmt: skip
    assert not {"by", "by_id", "reporter"} & waiting[0].keys()
    first = mia.get("/moderation/reports?limit=1").json
    assert mia.get(f"/moderation/reports?limit=1&cursor={first['next']}").json == {"items": waiting[1:], "next": None}


def test_nobody_reports_twice_or_their_own(app: Flask, cast: Cast, number: int, written: int) -> None:
    bo, body = Caller(app, cast.bo), {"reason": "attack"}
    bo.post(f"/ideas/{number}/reports", body)

    assert error(bo.post(f"/ideas/{number}/reports", body)) == (409, "already_reported")
    assert error(Caller(app, cast.asha).post(f"/ideas/{number}/reports", body)) == (409, "own_text")
    assert error(Caller(app, cast.cy).post(f"/comments/{written}/reports", body)) == (409, "own_text")
    assert error(bo.post("/comments/999999/reports", body)) == (404, "not_found")
    assert error(bo.post(f"/ideas/{number}/reports", {"reason": "dull"})) == (422, "invalid")


def test_an_idea_is_hidden_kept_and_shown_again_in_public(app: Flask, cast: Cast, number: int) -> None:
    mia, bo = Caller(app, cast.mia), Caller(app, cast.bo)
    bo.post(f"/ideas/{number}/reports", {"reason": "other"})

    kept = mia.post(f"/ideas/{number}/moderation", {"action": "keep", "reason": "It is about our work"})
    hidden = mia.post(f"/ideas/{number}/moderation", {"action": "hide", "reason": WHY}, key="h")
    replayed = mia.post(f"/ideas/{number}/moderation", {"action": "hide", "reason": WHY}, key="h")
    again = mia.post(f"/ideas/{number}/moderation", {"action": "hide", "reason": WHY})
    gone, listed = bo.get(f"/ideas/{number}"), mia.get("/moderation/hidden").json["items"]
    restored = mia.post(f"/ideas/{number}/moderation", {"action": "restore", "reason": "The name is gone"})

    assert (kept.status_code, kept.json["action"], hidden.json["action"]) == (201, "kept", "hidden")
    assert replayed.json == hidden.json and replayed.headers["Idempotency-Replayed"] == "true"
    assert error(again) == (409, "already_hidden")
    assert gone.status_code == 404
    assert [(one["idea"], one["comment"], one["text"]) for one in listed] == [(number, None, SAY)]
    assert restored.status_code == 201 and bo.get(f"/ideas/{number}").status_code == 200
    log = bo.get("/moderation").json["items"]
    assert log == [restored.json, hidden.json, kept.json]
    page = signed_in(app, cast.bo).get("/moderation").get_data(as_text=True)
    assert all(entry["reason"] in page and entry["by"] in page for entry in log)


def test_its_author_reads_why_an_idea_is_hidden(app: Flask, cast: Cast, number: int) -> None:
    Caller(app, cast.mia).post(f"/ideas/{number}/moderation", {"action": "hide", "reason": WHY})

    seen = Caller(app, cast.asha).get(f"/ideas/{number}").json

    assert (seen["hidden_because"], seen["may"]["comment"]) == (WHY, False)


def test_a_comment_is_hidden_from_all_but_its_author_and_moderators(
    app: Flask, cast: Cast, number: int, written: int
) -> None:
    mia = Caller(app, cast.mia)

    done = mia.post(f"/comments/{written}/moderation", {"action": "hide", "reason": WHY})

    assert (done.json["about"], done.json["idea"]) == ("comment", number)
    seen = {who: Caller(app, getattr(cast, who)).get(f"/ideas/{number}/comments").json["items"][0]["body"]
            for who in ("bo", "cy", "mia")}  # fmt: skip
    assert seen == {"bo": None, "cy": "Call Mrs Lee about it", "mia": "Call Mrs Lee about it"}
    assert [one["comment"] for one in mia.get("/moderation/hidden").json["items"]] == [written]
    Caller(app, cast.cy).delete(f"/comments/{written}")
    assert error(mia.post(f"/comments/{written}/moderation", {"action": "restore", "reason": WHY})) == (
        409,
        "text_withdrawn",
    )


@pytest.mark.parametrize(("action", "code"), [("restore", "not_hidden"), ("keep", "not_reported"), ("burn", "invalid")])
def test_decisions_that_do_not_fit(app: Flask, cast: Cast, number: int, action: str, code: str) -> None:
    answer = Caller(app, cast.mia).post(f"/ideas/{number}/moderation", {"action": action, "reason": WHY})

    assert error(answer) == (422 if code == "invalid" else 409, code)


def test_moderation_is_for_those_who_hold_it_here(app: Flask, cast: Cast, number: int, written: int) -> None:
    with app.app_context(), writing():
        durban = db.session.get_one(Place, cast.places["Durban"])
        people.grant(db.session.get_one(Person, cast.sam), Role.PROGRAMME, durban, by_id=None, now=clock.now())
    bo, sam = Caller(app, cast.bo), Caller(app, cast.sam)
    body = {"action": "hide", "reason": WHY}
    bo.post(f"/ideas/{number}/reports", {"reason": "other"})

    for path in (f"/ideas/{number}/moderation", f"/comments/{written}/moderation"):
        assert error(bo.post(path, body)) == (403, "not_allowed")
        assert error(sam.post(path, body)) == (403, "not_allowed")
    for path in ("/moderation/reports", "/moderation/hidden"):
        assert error(bo.get(path)) == (403, "not_allowed")
        assert sam.get(path).json["items"] == []
    assert error(Caller(app, cast.mia, "ideas:write").post(f"/ideas/{number}/moderation", body)) == (403, "scope")


def test_long_lists_are_read_to_the_end(app: Flask, cast: Cast) -> None:
    mia, bo = Caller(app, cast.mia), Caller(app, cast.bo)
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(5)]
        comments = [commented(cast.cy, number, "Look here", now=clock.now()) for number in numbers[:2]]
    for number in numbers:
        mia.post(f"/ideas/{number}/moderation", {"action": "hide", "reason": WHY})
    for comment in comments:
        mia.post(f"/comments/{comment}/moderation", {"action": "hide", "reason": WHY})

    hidden = mia.all("/moderation/hidden", limit=2)
    log = bo.all("/moderation", limit=2)

    assert [(one["idea"], one["comment"]) for one in hidden] == [
        *zip(reversed(numbers[:2]), reversed(comments), strict=True), *((number, None) for number in reversed(numbers)),
    ]  # fmt: skip
    assert [entry["number"] for entry in log] == sorted((entry["number"] for entry in log), reverse=True)
    assert len(log) == 7
    with app.app_context():
        assert db.session.scalars(select(Report)).all() == []
