"""Ideas through the interface: the board, one idea, and what may be done with it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.db import db, writing
from portal.home import board
from portal.home.board import Wanted
from portal.ideas.models import Idea, Withdrawal
from portal.ideas.words import Audience, Names
from portal.web.paging import encode_cursor
from tests.api.calling import Caller, error
from tests.commitments.factories import make_promise
from tests.counting import counted
from tests.factories import Cast, signed_in
from tests.ideas.making import SAY, said, viewer
from tests.swarm.voting import vote

NEW = "Let us answer in the language that the customer writes in."


def now_said(app: Flask, person_id: int, say: str = SAY, **over: Any) -> int:
    with app.app_context():
        return said(person_id, say, now=clock.now(), **over)


def test_saying_it_answers_where_it_is(app: Flask, cast: Cast) -> None:
    asha = Caller(app, cast.asha)

    first, again = asha.post("/ideas", {"say": NEW}, key="a"), asha.post("/ideas", {"say": NEW}, key="a")

    number = first.json["number"]
    assert first.headers["Location"] == again.headers["Location"] == first.json["location"]
    assert first.json["location"].endswith(f"/api/v1/ideas/{number}")
    assert first.json["link"].endswith(f"/ideas/{number}")
    assert asha.get(first.json["location"].partition("/api/v1")[2]).json["say"] == NEW


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"say": NEW, "site": 999_999}, 422, "unknown_site"),
        ({"say": NEW, "site": "durban", "audience": "site"}, 409, "site_outside_audience"),
        ({"say": NEW, "site": "durban", "audience": "employer"}, 409, "site_outside_audience"),
        ({"say": "no"}, 422, "invalid"),
        ({"say": NEW, "names": "none"}, 422, "invalid"),
        ({"say": NEW, "author": 3}, 422, "invalid"),
    ],
)
def test_what_cannot_be_said(app: Flask, cast: Cast, sent: dict[str, Any], status: int, code: str) -> None:
    if sent.get("site") == "durban":
        sent = sent | {"site": cast.places["Durban"]}

    assert error(Caller(app, cast.asha).post("/ideas", sent)) == (status, code)


def test_an_idea_about_another_site_is_for_everybody(app: Flask, cast: Cast) -> None:
    asha = Caller(app, cast.asha)

    number = asha.post("/ideas", {"say": NEW, "site": cast.places["Durban"]}).json["number"]

    assert asha.get(f"/ideas/{number}").json["site"] == {"number": cast.places["Durban"], "name": "Durban"}


def test_one_idea_is_shown_whole(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha, names=Names.SHOWN)
    bo = Caller(app, cast.bo)

    seen = bo.get(f"/ideas/{number}").json

    assert (seen["say"], seen["byline"], seen["names"]) == (SAY, "Asha, Billing", "shown")
    assert (seen["stage"], seen["mine"], seen["vote"], seen["counts"]) == ("open", False, None, None)
    assert seen["may"] == {
        "vote": True,
        "comment": True,
        "edit": False,
        "withdraw": False,
        "sort": False,
        "report": True,
    }
    mine = Caller(app, cast.asha).get(f"/ideas/{number}").json
    assert mine["may"] == {
        "vote": False,
        "comment": True,
        "edit": True,
        "withdraw": True,
        "sort": True,
        "report": False,
    }
    assert mine["counts"] == {"support": 0, "stops": 0, "teams": 0, "sites": 0}


def test_an_idea_that_was_promised_names_its_decision_and_its_promise(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        made = make_promise(cast)
        number, commitment = made.idea_id, made.id

    seen = Caller(app, cast.bo).get(f"/ideas/{number}").json

    assert (seen["stage"], seen["commitment"], seen["fill_percent"]) == ("promised", commitment, 100)
    assert seen["decision"] is not None
    assert seen["counts"] == {"support": 12, "stops": 1, "teams": 5, "sites": 3}
    assert seen["may"]["vote"] is False


def test_what_others_may_not_read_is_not_there(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha, audience=Audience.EMPLOYER)
    sam = Caller(app, cast.sam)

    for path in ("", "/story", "/standing", "/stops", "/comments", "/sorting"):
        assert error(sam.get(f"/ideas/{number}{path}")) == (404, "not_found"), path
    for method, path, body in (
        ("PATCH", "", {"say": NEW}), ("PUT", "/follow", None), ("DELETE", "/follow", None),
        ("PUT", "/vote", {"kind": "pass"}), ("DELETE", "/vote", None), ("POST", "/withdrawal", {}),
        ("POST", "/comments", {"body": NEW}), ("POST", "/reports", {"reason": "other"}),
    ):  # fmt: skip
        answer = sam.call(method, f"/ideas/{number}{path}", **({"json": body} if body is not None else {}))
        assert error(answer) == (404, "not_found"), (method, path)
    assert sam.get("/ideas").json["items"] == []


def test_the_same_version_is_not_sent_twice(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    bo = Caller(app, cast.bo)
    mark = bo.get(f"/ideas/{number}").headers["ETag"]

    assert bo.get(f"/ideas/{number}", headers={"If-None-Match": mark}).status_code == 304


def test_words_can_be_changed_until_somebody_votes(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    asha = Caller(app, cast.asha)
    mark = asha.get(f"/ideas/{number}").headers["ETag"]

    changed = asha.patch(f"/ideas/{number}", {"say": NEW}, headers={"If-Match": mark})
    stale = asha.patch(f"/ideas/{number}", {"say": SAY}, headers={"If-Match": mark})
    with app.app_context():
        vote(cast.bo, number, "pass", now=clock.now())
    voted = asha.patch(f"/ideas/{number}", {"say": SAY})

    assert (changed.status_code, changed.json["say"], changed.json["edited_at"] is None) == (200, NEW, False)
    assert changed.headers["ETag"] != mark
    assert error(stale) == (412, "changed_meanwhile")
    assert error(voted) == (409, "edit_after_vote")


def test_words_are_their_authors_and_for_a_quarter_of_an_hour(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    asha = Caller(app, cast.asha)

    other = Caller(app, cast.bo).patch(f"/ideas/{number}", {"say": NEW})
    personal = asha.patch(f"/ideas/{number}", {"say": "Call me on 0161 496 0123 about this."})
    insisted = asha.patch(f"/ideas/{number}", {"say": "Call me on 0161 496 0123 about this.", "insist": True})
    with app.app_context(), writing():
        db.session.execute(update(Idea).values(said_at=clock.now() - timedelta(minutes=16)))
    late = asha.patch(f"/ideas/{number}", {"say": NEW})

    assert error(other) == (403, "not_yours")
    assert error(personal) == (422, "personal_data")
    assert insisted.status_code == 200
    assert error(late) == (410, "edit_over")


def test_sorting_is_corrected_as_a_whole(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    asha, mia = Caller(app, cast.asha), Caller(app, cast.mia)
    read = mia.get(f"/ideas/{number}/sorting")
    wanted = read.json | {"barrier": "hiring", "kind": "idea", "title": "Answer in Welsh", "site": None}

    corrected = asha.put(f"/ideas/{number}/sorting", wanted)
    stale = mia.put(f"/ideas/{number}/sorting", wanted, headers={"If-Match": read.headers["ETag"]})
    narrower = mia.put(f"/ideas/{number}/sorting", wanted | {"audience": "employer"})
    unknown = asha.put(f"/ideas/{number}/sorting", wanted | {"site": 999_999})

    assert (corrected.status_code, corrected.json) == (200, wanted)
    assert corrected.headers["ETag"] == mia.get(f"/ideas/{number}/sorting").headers["ETag"]
    assert error(stale) == (412, "changed_meanwhile")
    assert error(narrower) == (403, "audience_not_yours")
    assert error(unknown) == (422, "unknown_site")
    assert error(Caller(app, cast.bo).get(f"/ideas/{number}/sorting")) == (403, "not_yours")
    assert error(Caller(app, cast.bo).put(f"/ideas/{number}/sorting", wanted)) == (403, "not_yours")


def test_an_idea_is_taken_back_once_and_by_its_author(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    asha, bo = Caller(app, cast.asha), Caller(app, cast.bo)

    other = bo.post(f"/ideas/{number}/withdrawal")
    done = asha.post(f"/ideas/{number}/withdrawal", {"reason": "Said twice."})
    again = asha.post(f"/ideas/{number}/withdrawal")

    assert error(other) == (403, "not_yours")
    assert (done.status_code, done.json) == (200, {"number": number, "stage": "withdrawn"})
    assert error(again) == (409, "idea_withdrawn")
    assert bo.get(f"/ideas/{number}").status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Withdrawal.reason)).all() == ["Said twice."]


def test_following_twice_is_following(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    bo = Caller(app, cast.bo)

    statuses = [bo.call("PUT", f"/ideas/{number}/follow").status_code for _ in range(2)]
    following = bo.get(f"/ideas/{number}").json["following"]
    ended = [bo.delete(f"/ideas/{number}/follow").status_code for _ in range(2)]

    assert (statuses, following, ended) == ([204, 204], True, [204, 204])
    assert bo.get(f"/ideas/{number}").json["following"] is False


def test_the_story_is_told_newest_first_and_page_by_page(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promise(cast).idea_id
    bo = Caller(app, cast.bo)

    whole = bo.get(f"/ideas/{number}/story").json["items"]
    parts = bo.all(f"/ideas/{number}/story", limit=1)

    assert parts == whole and len(whole) >= 2
    assert [step["kind"] for step in whole][:2] == ["accepted", "committed"]
    assert whole[0]["title"] == "Olu took the promise on."
    text = signed_in(app, cast.bo).get(f"/ideas/{number}").get_data(as_text=True)
    assert all(step["title"] in text for step in whole)


# The board


@pytest.fixture
def many(app: Flask, cast: Cast) -> list[int]:
    with app.app_context():
        return [said(cast.asha, f"Rule {n} about parrots must go", now=clock.now()) for n in range(25)]


@pytest.mark.parametrize("view", [*board.VIEWS])
def test_every_view_holds_what_the_board_shows_and_each_idea_once(
    app: Flask, cast: Cast, many: list[int], view: str
) -> None:
    with app.app_context():
        for place, number in enumerate(many[:18]):
            vote(cast.bo, number, "support" if place % 3 else "pass", now=clock.now())
    bo = Caller(app, cast.bo)

    found = [idea["number"] for idea in bo.all(f"/ideas?view={view}", limit=7)]

    with app.app_context():
        page = board.listing(viewer(cast.bo), Wanted(view=view, show=80, limit=100), now=clock.now())
    assert found == [card.number for card in page.cards]
    assert len(found) == {"needs-you": 7, "rising": 18, "newest": 25}.get(view, 0)


def test_filters_are_those_of_the_board(app: Flask, cast: Cast, many: list[int]) -> None:
    mine = now_said(app, cast.bo, "We must ask for the policy number twice", names=Names.HIDDEN)
    bo = Caller(app, cast.bo)

    def numbers(query: str) -> set[int]:
        return {idea["number"] for idea in bo.all(f"/ideas?{query}")}

    barrier = bo.get(f"/ideas/{mine}").json["barrier"]
    assert numbers("mine=true") == {mine}
    assert numbers("q=parrots must") == set(many)
    assert numbers(f"q=%23{mine}") == {mine}
    assert mine in numbers(f"barrier={barrier}")
    assert numbers(f"site={cast.places['Durban']}") == set()


@pytest.mark.parametrize("query", [
    "view=best", "barrier=fate", "site=x", "limit=0", "limit=101", "mine=yes", "after=x", f"q={'x' * 201}",
    "cursor=nonsense", f"cursor={encode_cursor(2**70)}", f"view=needs-you&cursor={encode_cursor(5, -1)}",
    f"view=needs-you&cursor={encode_cursor(2**62, 8)}", f"view=rising&cursor={encode_cursor(1, 2)}",
])  # fmt: skip
def test_what_the_board_does_not_have_is_refused(app: Flask, cast: Cast, query: str) -> None:
    assert Caller(app, cast.asha).get(f"/ideas?{query}").status_code == 422


def test_a_list_takes_as_many_queries_for_three_as_for_thirty(app: Flask, cast: Cast, many: list[int]) -> None:
    bo = Caller(app, cast.bo)

    def asked(limit: int) -> int:
        with counted(app) as statements:
            bo.get(f"/ideas?limit={limit}")
        return len(statements)

    bo.get("/ideas")

    assert asked(3) == asked(25)


def test_where_an_idea_stands_is_said_as_on_its_page(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    bo = Caller(app, cast.bo)
    with app.app_context():
        for person in cast.voters[3:6]:
            vote(person, number, "support", now=clock.now())

    before = bo.get(f"/ideas/{number}/standing").json
    bo.put(f"/ideas/{number}/vote", {"kind": "support"})
    after = bo.get(f"/ideas/{number}/standing").json

    assert before == {"idea": number, "line": "Have you met this?", "detail": "Counts stay hidden until you weigh in.",
                      "counts": None, "strong": None, "place": None, "looks": None, "evidence": None,
                      "needed": None, "notes": []}  # fmt: skip
    assert after["counts"]["support"] == 4 and after["place"] == 1 and after["looks"] == 4
    page = signed_in(app, cast.bo).get(f"/ideas/{number}").get_data(as_text=True)
    assert after["line"] in page and after["detail"] in page


def test_the_tabs_are_counted_as_on_the_board(app: Flask, cast: Cast, many: list[int]) -> None:
    with app.app_context():
        vote(cast.bo, many[0], "pass", now=clock.now())

    views = {one["view"]: one["ideas"] for one in Caller(app, cast.bo).get("/board").json["views"]}

    assert views == {"needs-you": 24, "rising": 1, "executives": 0, "promised": 0, "done": 0, "not-doing": 0,
                     "newest": None}  # fmt: skip
