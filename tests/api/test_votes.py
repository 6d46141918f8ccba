"""Votes through the interface, alone and many at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.swarm import audit
from portal.swarm.models import IdeaScore, Promotion, Via, Vote
from portal.swarm.promoting import link_hash
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from tests.api.calling import Caller, error
from tests.factories import Cast, signed_in
from tests.ideas.making import said
from tests.swarm.voting import vote

WHY = "It could tell a stranger the address."


def test_a_vote_is_given_changed_and_taken_back(app: Flask, cast: Cast, number: int) -> None:
    bo = Caller(app, cast.bo)

    first = bo.put(f"/ideas/{number}/vote", {"kind": "support"})
    changed = bo.put(f"/ideas/{number}/vote", {"kind": "stop", "reason": "unsafe", "sentence": WHY})
    mine = bo.get("/votes").json["items"]
    shown = bo.get(f"/ideas/{number}").json["vote"]
    back = bo.delete(f"/ideas/{number}/vote")

    assert (first.status_code, first.json["kind"], first.json["carried"]) == (200, "support", False)
    assert (changed.json["reason"], changed.json["sentence"]) == ("unsafe", WHY)
    assert mine == [{name: value for name, value in changed.json.items() if name != "carried"}]
    assert shown == {name: mine[0][name] for name in ("kind", "reason", "sentence", "at")}
    assert back.status_code == 204 and bo.get("/votes").json["items"] == []
    with app.app_context():
        assert {row.via for row in db.session.scalars(select(Vote))} == {Via.API}
        assert audit.verify() == []


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("asha", {"kind": "support"}, 403, "own_idea"),
        ("vic", {"kind": "support"}, 403, "not_allowed"),
        ("bo", {"kind": "stop"}, 422, "stop_needs_reason"),
        ("bo", {"kind": "stop", "reason": "unlawful", "sentence": ""}, 422, "stop_needs_sentence"),
        ("bo", {"kind": "stop", "reason": "unlawful", "sentence": "  "}, 422, "invalid"),
        ("bo", {"kind": "stop", "reason": "tried", "sentence": "x" * 601}, 422, "invalid"),
        ("bo", {"kind": "downvote"}, 422, "invalid"),
        ("bo", {"kind": "pass", "weight": 9}, 422, "invalid"),
        ("bo", {}, 422, "invalid"),
    ],
)
def test_votes_that_are_not_taken(
    app: Flask, cast: Cast, number: int, who: str, body: dict[str, Any], status: int, code: str
) -> None:
    assert error(Caller(app, getattr(cast, who)).put(f"/ideas/{number}/vote", body)) == (status, code)


def test_nothing_to_take_back_is_a_conflict(app: Flask, cast: Cast, number: int) -> None:
    assert error(Caller(app, cast.bo).delete(f"/ideas/{number}/vote")) == (409, "no_vote_to_withdraw")


def test_a_key_that_only_reads_gives_no_vote(app: Flask, cast: Cast, number: int) -> None:
    reader = Caller(app, cast.bo, "ideas:read", "ideas:write")

    assert error(reader.put(f"/ideas/{number}/vote", {"kind": "pass"})) == (403, "scope")


def test_more_than_five_strong_votes_are_refused(app: Flask, cast: Cast) -> None:
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(6)]
    bo = Caller(app, cast.bo)

    answers = [bo.put(f"/ideas/{number}/vote", {"kind": "strong"}) for number in numbers]

    assert [answer.status_code for answer in answers] == [200] * 5 + [409]
    assert error(answers[5]) == (409, "too_many_strong")


def test_ones_own_votes_come_newest_first_and_page_by_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(5)]
    bo = Caller(app, cast.bo)
    for number in numbers:
        bo.put(f"/ideas/{number}/vote", {"kind": "pass"})
    bo.put(f"/ideas/{numbers[0]}/vote", {"kind": "support"})

    first = bo.get("/votes?limit=3").json
    second = bo.get(f"/votes?limit=3&cursor={first['next']}").json

    seen = [one["idea"] for one in first["items"] + second["items"]]
    assert seen == [numbers[0], *reversed(numbers[1:])] and second["next"] is None
    assert Caller(app, cast.cy).get("/votes").json == {"items": [], "next": None}
    Caller(app, cast.asha).post(f"/ideas/{numbers[1]}/withdrawal")
    assert numbers[1] not in [one["idea"] for one in bo.get("/votes").json["items"]]


def test_stop_signals_are_shown_as_on_their_page(app: Flask, cast: Cast, number: int) -> None:
    bo, cy = Caller(app, cast.bo), Caller(app, cast.cy)
    with app.app_context():
        for person in cast.voters[8:10]:
            vote(person, number, WantedVote(VoteKind.STOP, StopReason.UNSAFE, WHY), now=clock.now())

    hidden = bo.get(f"/ideas/{number}/stops").json
    bo.put(f"/ideas/{number}/vote", {"kind": "pass"})
    counted = bo.get(f"/ideas/{number}/stops").json
    cy.put(f"/ideas/{number}/vote", {"kind": "stop", "reason": "tried", "sentence": "We did that in spring."})
    told = bo.get(f"/ideas/{number}/stops").json

    assert hidden == {"idea": number, "categories": None, "words": None}
    assert counted == {"idea": number, "categories": [{"reason": "unsafe", "count": 2}], "words": []}
    assert told["categories"] == [{"reason": "unsafe", "count": 2}, {"reason": "tried", "count": 1}]
    assert told["words"][0] == {"reason": "tried", "sentence": "We did that in spring."}
    page = signed_in(app, cast.bo).get(f"/ideas/{number}/stops").get_data(as_text=True)
    assert all(one["sentence"] in page for one in told["words"])
    assert StopReason.UNSAFE.words in page


def carry(app: Flask, cast: Cast, number: int) -> list[bool]:
    callers = [Caller(app, person) for person in cast.voters[:8]]
    return [caller.put(f"/ideas/{number}/vote", {"kind": "strong"}).json["carried"] for caller in callers]


def test_the_vote_that_carries_an_idea_says_so_and_can_be_checked(app: Flask, cast: Cast, number: int) -> None:
    carried = carry(app, cast, number)
    mia = Caller(app, cast.mia)

    listed = mia.get("/promotions").json["items"]
    checked = mia.get(f"/promotions/{listed[0]['number']}").json

    assert carried.count(True) == 1
    assert [one["idea"] for one in listed] == [number]
    assert checked == listed[0] | {"agrees": True}
    with app.app_context():
        values = {name: listed[0][name] for name in listed[0]}
        row = db.session.get_one(Promotion, listed[0]["number"])
        assert link_hash(values["prev_hash"], values | {"idea_id": values["idea"], "at": row.at}) == values["hash"]
    assert Caller(app, cast.bo).get(f"/ideas/{number}").json["answer_due_on"] is not None


def test_a_promotion_whose_votes_were_touched_does_not_agree(app: Flask, cast: Cast, number: int) -> None:
    carry(app, cast, number)
    with app.app_context(), writing():
        db.session.scalars(select(Vote).order_by(Vote.id)).first().kind = VoteKind.PASS  # type: ignore[union-attr]
    mia = Caller(app, cast.mia)

    assert mia.get(f"/promotions/{mia.get('/promotions').json['items'][0]['number']}").json["agrees"] is False


def test_promotions_are_for_those_who_check_them_below_their_node(app: Flask, cast: Cast, number: int) -> None:
    carry(app, cast, number)
    with app.app_context(), writing():
        for who, place in (("lea", "Leeds"), ("kim", "Manila")):
            node = db.session.get_one(Place, cast.places[place])
            people.grant(
                db.session.get_one(Person, getattr(cast, who)), Role.AUDITOR, node, by_id=None, now=clock.now()
            )
    here, elsewhere = Caller(app, cast.lea), Caller(app, cast.kim)
    one = here.get("/promotions").json["items"][0]["number"]

    assert error(Caller(app, cast.bo).get("/promotions")) == (403, "not_allowed")
    assert elsewhere.get("/promotions").json["items"] == []
    assert error(elsewhere.get(f"/promotions/{one}")) == (404, "not_found")
    assert here.get(f"/promotions/{one}").json["agrees"] is True


@pytest.mark.slow
def test_fifty_identical_votes_at_once_are_one_vote(fresh_app: Flask, cast: Cast) -> None:
    with fresh_app.app_context():
        number = said(cast.asha, now=clock.now())
    bo = Caller(fresh_app, cast.bo)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: bo.put(f"/ideas/{number}/vote", {"kind": "support"}), range(50)))

    assert Counter(answer.status_code for answer in answers) == {200: 50}
    assert len({answer.json["at"] for answer in answers}) == 1
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 1
        assert db.session.get_one(IdeaScore, number).n_support == 1
        assert audit.verify() == []


@pytest.mark.slow
def test_two_windows_that_disagree_leave_one_vote_standing(fresh_app: Flask, cast: Cast) -> None:
    with fresh_app.app_context():
        number = said(cast.asha, now=clock.now())
    bo = Caller(fresh_app, cast.bo)
    kinds = [{"kind": "support"}, {"kind": "pass"}, {"kind": "stop", "reason": "tried"}]

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: bo.put(f"/ideas/{number}/vote", kinds[n % 3]), range(24)))

    assert Counter(answer.status_code for answer in answers) == {200: 24}
    assert all(answer.json["kind"] == kinds[n % 3]["kind"] for n, answer in enumerate(answers))
    with fresh_app.app_context():
        standing = db.session.scalars(select(Vote).where(Vote.revoked_at.is_(None))).all()
        assert len(standing) == 1
        assert bo.get("/votes").json["items"][0]["kind"] == standing[0].kind
        assert audit.verify() == []
