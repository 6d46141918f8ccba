"""Merging over the interface: as on the pages, with the same refusals."""

import pytest
from flask import Flask

from portal import clock
from portal.db import writing
from portal.ideas.words import Audience, Stage
from tests.api.calling import Caller, error
from tests.factories import Cast
from tests.ideas.making import idea, said
from tests.swarm.merges import merge, standing
from tests.swarm.voting import vote


def two(app: Flask, cast: Cast) -> tuple[int, int]:
    with app.app_context():
        return said(cast.asha, "We need two passwords to look at one bill."), said(cast.kim, "Bills need a password.")


def test_an_idea_joins_another_one_and_is_taken_apart(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        vote(cast.bo, one, "support")
    vic = Caller(app, cast.vic)

    made = vic.post(f"/ideas/{one}/merge", {"into": into, "reason": "The same."}, key="once")
    again = vic.post(f"/ideas/{one}/merge", {"into": into, "reason": "The same."}, key="once")
    read = Caller(app, cast.asha).get(f"/ideas/{one}/merge")

    assert made.status_code == 201 and again.json == made.json == read.json and made.json is not None
    assert (made.json["idea"], made.json["into"], made.json["reason"]) == (one, into, "The same.")
    assert made.json["may_be_undone"] is True and made.json["until"] > made.json["at"]
    whole = Caller(app, cast.bo).get(f"/ideas/{one}").json
    assert whole is not None and (whole["stage"], whole["merged_into"], whole["counts"]) == ("merged", into, None)
    assert Caller(app, cast.bo).get(f"/ideas/{into}").json["counts"]["support"] == 1  # type: ignore[index]
    assert Caller(app, cast.di).get(f"/ideas/{into}").json["counts"] is None  # type: ignore[index]

    undone = vic.delete(f"/ideas/{one}/merge", headers={"If-Match": read.headers["ETag"]})

    assert undone.status_code == 204
    with app.app_context():
        assert idea(one).stage is Stage.OPEN and set(standing(one)) == {cast.bo}
    assert vic.get(f"/ideas/{one}/merge").status_code == 204


def test_what_has_joined_is_listed_in_pages(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        third = said(cast.bo, "A password for each bill.")
        for number in (one, third):
            merge(cast, number, into, now=clock.now())
    asha = Caller(app, cast.asha)

    first = asha.get(f"/ideas/{into}/joined?limit=1").json
    second = asha.get(f"/ideas/{into}/joined?limit=1&cursor={first['next']}").json  # type: ignore[index]

    assert [row["number"] for page in (first, second) for row in page["items"]] == [one, third]  # type: ignore[index]
    assert second["next"] is None  # type: ignore[index]
    assert asha.get(f"/ideas/{one}/joined").json["items"] == []  # type: ignore[index]


def test_its_number_answers_but_takes_nothing(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        merge(cast, one, into, now=clock.now())
    bo = Caller(app, cast.bo)

    refused = [
        bo.put(f"/ideas/{one}/vote", {"kind": "support"}), bo.delete(f"/ideas/{one}/vote"),
        bo.post(f"/ideas/{one}/comments", {"body": "Try the other form.", "kind": "build"}),
        Caller(app, cast.asha).post(f"/ideas/{one}/withdrawal", {}),
    ]  # fmt: skip

    assert [(answer.status_code, answer.json["error"]) for answer in refused] == [(409, "merged")] * 4  # type: ignore[index]
    assert f"number {into}" in refused[0].json["message"]  # type: ignore[index]
    assert one not in [row["number"] for row in bo.get("/ideas").json["items"]]  # type: ignore[index]
    kinds = {step["kind"] for step in bo.get(f"/ideas/{one}/story").json["items"]}  # type: ignore[index]
    assert "merged" in kinds


def test_refusals_have_their_codes(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        near = said(cast.asha, audience=Audience.SITE)
        done = said(cast.cy)
        with writing():
            idea(done).stage = Stage.DONE
    mia = Caller(app, cast.mia)

    def code(number: int, other: int) -> tuple[int, str]:
        answer = mia.post(f"/ideas/{number}/merge", {"into": other})
        return answer.status_code, answer.json["error"]  # type: ignore[index]

    assert code(one, one) == (422, "same_idea")
    assert code(one, 999_999) == (422, "not_visible")
    assert code(near, into) == (409, "wider_audience")
    assert code(one, near) == (409, "narrower_audience")
    assert code(done, one) == (409, "has_commitment")
    assert code(one, done) == (409, "target_done")
    assert mia.post(f"/ideas/{one}/merge", {"into": into}).status_code == 201
    assert code(one, into) == (409, "already_merged")
    assert code(into, one) == (409, "joined_this")
    assert mia.delete(f"/ideas/{one}/merge", headers={"If-Match": '"old"'}).status_code == 412
    assert mia.delete(f"/ideas/{into}/merge").status_code == 404


@pytest.mark.parametrize("who", ["asha", "olu", "lea", "tess"])
def test_only_executives_and_programme_merge(app: Flask, cast: Cast, who: str) -> None:
    one, into = two(app, cast)
    caller = Caller(app, getattr(cast, who))

    answers = [caller.post(f"/ideas/{one}/merge", {"into": into}), caller.delete(f"/ideas/{one}/merge")]

    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(403, "not_allowed")}  # type: ignore[index]
    narrow = Caller(app, cast.mia, "ideas:write").post(f"/ideas/{one}/merge", {"into": into})
    assert (narrow.status_code, narrow.json["error"]) == (403, "scope")  # type: ignore[index]


def test_an_idea_of_others_is_not_there(app: Flask, cast: Cast) -> None:
    with app.app_context():
        near = said(cast.asha, audience=Audience.SITE)
    kim = Caller(app, cast.kim)

    assert kim.get(f"/ideas/{near}/merge").status_code == kim.get(f"/ideas/{near}/joined").status_code == 404


def test_two_are_told_apart_once_and_for_all(app: Flask, cast: Cast) -> None:
    one, other = two(app, cast)
    vic = Caller(app, cast.vic)

    made, again = (
        vic.post(f"/ideas/{number}/not-the-same", {"other": n}) for number, n in ((one, other), (other, one))
    )

    assert (made.status_code, made.json) == (201, {"idea": one, "other": other})
    assert (again.status_code, again.json) == (201, {"idea": other, "other": one})
    assert error(vic.post(f"/ideas/{one}/not-the-same", {"other": one})) == (422, "same_idea")
    assert error(vic.post(f"/ideas/{one}/not-the-same", {"other": 999})) == (422, "not_visible")
    assert vic.post("/ideas/999/not-the-same", {"other": one}).status_code == 404
    assert Caller(app, cast.bo).post(f"/ideas/{one}/not-the-same", {"other": other}).status_code == 403
