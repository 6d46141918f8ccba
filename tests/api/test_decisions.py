"""Answering over the interface: the queue, the brief, one answer that stands."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.commitments.owners import owners_below
from portal.db import db, writing
from portal.ideas.words import Audience, Stage
from portal.metrics import service as metrics
from portal.metrics.models import Direction
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.service import grant
from portal.triage import queries
from tests.api.calling import Caller
from tests.commitments.factories import SENTENCE, make_idea, make_promise, make_promoted, viewer
from tests.counting import counted
from tests.factories import NOON, Cast, signed_in

NO = {"reason": "law_or_safety", "sentence": "Reading fees aloud is a legal duty, and we cannot drop it."}


def yes(cast: Cast, **over: Any) -> dict[str, Any]:
    due_on = (clock.now().date() + timedelta(days=30)).isoformat()
    return {"promise": SENTENCE, "owner": cast.olu, "due_on": due_on} | over


def promoted(app: Flask, cast: Cast, many: int = 1, **over: Any) -> list[int]:
    with app.app_context(), writing():
        return [make_promoted(cast, promoted_at=NOON + timedelta(hours=hour), **over).id for hour in range(many)]


def make_executive(app: Flask, cast: Cast, who: str, place: str) -> None:
    with app.app_context(), writing():
        person, node = db.session.get_one(Person, getattr(cast, who)), db.session.get_one(Place, cast.places[place])
        grant(person, Role.EXECUTIVE, node, by_id=None, now=NOON)


def test_the_queue_is_the_pages_queue_in_pages(app: Flask, cast: Cast) -> None:
    numbers = promoted(app, cast, 5)
    vic = Caller(app, cast.vic)

    found = vic.all("/triage", limit=2)

    with app.app_context():
        shown = [waiting.number for waiting in queries.queue(viewer(cast.vic)).entries]
    assert [item["number"] for item in found] == numbers == shown
    late = clock.now() > NOON + timedelta(days=15)
    assert (found[0]["people"], found[0]["answer_due"], found[0]["late"]) == (12, "2026-03-16", late)


def test_ideas_promoted_in_one_moment_are_each_listed_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        numbers = [make_promoted(cast, promoted_at=NOON).id for _ in range(3)]
    vic = Caller(app, cast.vic)

    first = vic.get("/triage?limit=2").json
    second = vic.get(f"/triage?limit=2&cursor={first['next']}").json  # type: ignore[index]

    assert [item["number"] for page in (first, second) for item in page["items"]] == numbers  # type: ignore[index]


def test_the_brief_holds_what_the_page_holds(app: Flask, cast: Cast) -> None:
    (number,) = promoted(app, cast)

    brief = Caller(app, cast.vic).get(f"/triage/{number}").json
    page = signed_in(app, cast.vic).get(f"/triage?idea={number}").text

    assert brief is not None
    assert (brief["people"], brief["decided"], brief["open_stops"], brief["sites_in_all"]) == (12, 16, 1, 4)
    assert (brief["said_by"], brief["answer"], brief["stage"]) == ("a colleague in Leeds", None, "promoted")
    assert brief["title"] in page and brief["say"] in page
    assert f"{round(100 * brief['people'] / brief['decided'])}%" in page


@pytest.mark.parametrize("who", ["asha", "olu", "lea", "mia", "tess"])
def test_only_executives_see_the_queue_and_answer(app: Flask, cast: Cast, who: str) -> None:
    (number,) = promoted(app, cast)
    caller = Caller(app, getattr(cast, who))

    answers = [
        caller.get("/triage"), caller.get(f"/triage/{number}"), caller.get("/owners"),
        caller.post(f"/ideas/{number}/declines", NO), caller.post(f"/ideas/{number}/commitments", yes(cast)),
    ]  # fmt: skip

    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(403, "not_allowed")}  # type: ignore[index]


def test_a_key_to_read_does_not_answer(app: Flask, cast: Cast) -> None:
    (number,) = promoted(app, cast)

    answer = Caller(app, cast.vic, "decisions:read").post(f"/ideas/{number}/declines", NO)

    assert (answer.status_code, answer.json["error"]) == (403, "scope")  # type: ignore[index]


def test_a_partners_executive_sees_the_partners_part_alone(app: Flask, cast: Cast) -> None:
    durban = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
    (theirs,), (other,) = promoted(app, cast, **durban), promoted(app, cast)
    make_executive(app, cast, "sam", "Brightline")
    sam = Caller(app, cast.sam)

    assert [item["number"] for item in sam.get("/triage").json["items"]] == [theirs]  # type: ignore[index]
    assert sam.get(f"/triage/{other}").status_code == 404
    assert sam.post(f"/ideas/{other}/declines", NO).status_code == 404
    # Olu works for the organisation, not for the partner.
    assert sam.get("/owners").json["items"][0]["number"] == cast.sam  # type: ignore[index]
    refused = sam.post(f"/ideas/{theirs}/commitments", yes(cast))
    assert (refused.status_code, refused.json["error"]) == (422, "unknown_owner")  # type: ignore[index]


def test_a_promise_is_made_and_told(app: Flask, cast: Cast) -> None:
    (number,) = promoted(app, cast)
    with app.app_context(), writing():
        metrics.define_metric("transfers", "Transfers", "per 100", Direction.DOWN_IS_GOOD)

    made = Caller(app, cast.vic).post(f"/ideas/{number}/commitments", yes(cast, metric="transfers"))

    assert made.status_code == 201 and made.json is not None
    assert (made.json["kind"], made.json["idea"], made.json["stands"]) == ("commit", number, True)
    assert made.json["by"] == {"number": cast.vic, "name": "Vic"}
    promise = Caller(app, cast.asha).get(f"/commitments/{made.json['commitment']}").json
    assert (promise["sentence"], promise["owner"]["number"]) == (SENTENCE, cast.olu)  # type: ignore[index]
    assert promise["metric"] == {"code": "transfers", "name": "Transfers"}  # type: ignore[index]


def test_a_no_is_told_to_everybody_who_may_read_the_idea(app: Flask, cast: Cast) -> None:
    (number,) = promoted(app, cast)

    again = (clock.now().date() + timedelta(days=300)).isoformat()
    made = Caller(app, cast.vic).post(f"/ideas/{number}/declines", NO | {"look_again_on": again})
    read = Caller(app, cast.kim).get(f"/ideas/{number}/decisions")

    assert made.status_code == 201
    assert read.json == {"items": [made.json], "next": None}
    assert made.json is not None
    assert (made.json["reason"], made.json["look_again_on"]) == ("law_or_safety", again)
    assert made.json["sentence"] in signed_in(app, cast.kim).get(f"/ideas/{number}").text


def test_decisions_about_what_one_may_not_read_do_not_exist(app: Flask, cast: Cast) -> None:
    (number,) = promoted(app, cast, audience=Audience.SITE)

    assert Caller(app, cast.kim).get(f"/ideas/{number}/decisions").status_code == 404
    assert Caller(app, cast.asha).get(f"/ideas/{number}/decisions").json == {"items": [], "next": None}


def test_the_second_executive_is_told_what_the_first_one_answered(app: Flask, cast: Cast) -> None:
    (number,) = promoted(app, cast)
    make_executive(app, cast, "mia", "Harbour")
    Caller(app, cast.vic).post(f"/ideas/{number}/declines", NO)

    second = Caller(app, cast.mia).post(f"/ideas/{number}/commitments", yes(cast))

    assert (second.status_code, second.json["error"]) == (409, "already_decided")  # type: ignore[index]
    message = second.json["message"]  # type: ignore[index]
    assert message.startswith("Vic decided this ") and "declined (Law or safety)" in message
    assert NO["sentence"] in message


def test_what_was_handed_back_can_be_answered_again_and_both_answers_are_listed(app: Flask, cast: Cast) -> None:
    from portal.commitments.rules import CommitmentState

    with app.app_context(), writing():
        number = make_promise(cast, state=CommitmentState.HANDED_BACK).idea_id
    vic = Caller(app, cast.vic)

    before = vic.get(f"/triage/{number}").json
    vic.post(f"/ideas/{number}/declines", NO)
    answers = vic.get(f"/ideas/{number}/decisions?limit=1").json
    older = vic.get(f"/ideas/{number}/decisions?cursor={answers['next']}").json  # type: ignore[index]

    assert before["answer"] is None  # type: ignore[index]
    assert [(one["kind"], one["stands"]) for one in answers["items"] + older["items"]] == [  # type: ignore[index]
        ("decline", True), ("commit", False)]  # fmt: skip


@pytest.mark.parametrize(
    ("over", "code", "field"),
    [
        ({"owner": 999_999}, "unknown_owner", "owner"),
        ({"metric": "nothing_like_it"}, "unknown_metric", "metric"),
        ({"due_on": "2020-01-01"}, "date_not_after_today", "due_on"),
        ({"due_on": "9999-12-31"}, "date_too_far", "due_on"),
        ({"promise": "Too short"}, "invalid", "promise"),
        ({"due_on": "1700006400"}, "invalid", "due_on"),
        ({"span": 30}, "invalid", "span"),
    ],
)
def test_a_promise_that_is_none_is_refused_by_field(
    app: Flask, cast: Cast, over: dict[str, Any], code: str, field: str
) -> None:
    (number,) = promoted(app, cast)

    answer = Caller(app, cast.vic).post(f"/ideas/{number}/commitments", yes(cast, **over))

    assert (answer.status_code, answer.json["error"], list(answer.json["fields"])) == (422, code, [field])  # type: ignore[index]


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"reason": "not_now"}, "look_again_needed"),
        ({"look_again_on": "2020-01-01"}, "look_again_not_after_today"),
        ({"look_again_on": "9999-12-31"}, "look_again_too_far"),
        ({"sentence": "No."}, "invalid"),
        ({"reason": "because"}, "invalid"),
    ],
)
def test_a_no_that_is_none_is_refused(app: Flask, cast: Cast, over: dict[str, Any], code: str) -> None:
    (number,) = promoted(app, cast)

    answer = Caller(app, cast.vic).post(f"/ideas/{number}/declines", NO | over)

    assert (answer.status_code, answer.json["error"]) == (422, code)  # type: ignore[index]


def test_what_the_swarm_has_not_carried_is_not_answered(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_idea(cast, stage=Stage.OPEN).id
    vic = Caller(app, cast.vic)

    answer = vic.post(f"/ideas/{number}/declines", NO)

    assert (answer.status_code, answer.json["error"]) == (409, "not_promoted")  # type: ignore[index]
    assert vic.get(f"/triage/{number}").status_code == 404


def test_owners_are_listed_by_name_to_the_end(app: Flask, cast: Cast) -> None:
    vic = Caller(app, cast.vic)

    first = vic.get("/owners?limit=2").json
    second = vic.get(f"/owners?limit=2&cursor={first['next']}").json  # type: ignore[index]

    with app.app_context():
        offered = [row.id for row in db.session.execute(owners_below(viewer(cast.vic).scope(Role.EXECUTIVE)))]
    assert [one["number"] for page in (first, second) for one in page["items"]] == offered  # type: ignore[index]
    assert second["next"] is None  # type: ignore[index]


@pytest.mark.parametrize("cursor", ["nonsense", "WyJ4Il0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", "Wzk5OTk5OV0"])
def test_a_cursor_that_we_did_not_make_is_refused(app: Flask, cast: Cast, cursor: str) -> None:
    vic = Caller(app, cast.vic)

    answers = [vic.get(f"/{noun}?cursor={cursor}") for noun in ("triage", "owners")]

    assert [(answer.status_code, answer.json["error"]) for answer in answers] == [(422, "bad_cursor")] * 2  # type: ignore[index]


@pytest.mark.parametrize("address", ["/triage?limit=100", "/owners?limit=100"])
def test_a_list_asks_the_same_number_of_questions_at_any_size(app: Flask, cast: Cast, address: str) -> None:
    vic = Caller(app, cast.vic)
    promoted(app, cast, 3)
    vic.get(address)
    with counted(app) as few:
        vic.get(address)
    promoted(app, cast, 20)
    with counted(app) as many:
        vic.get(address)

    assert len(few) == len(many)
