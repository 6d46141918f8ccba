"""What goes with an answer over the interface: asking back, taking back, notes, keys."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm.models import Via, Vote
from portal.swarm.rules import StopReason, VoteKind
from tests.api.calling import Caller
from tests.commitments.factories import SENTENCE, make_promoted
from tests.factories import Cast
from tests.triage.test_service import make_executive

NOW = clock.now()
NO = {"reason": "law_or_safety", "sentence": "Reading fees aloud is a legal duty, and we cannot drop it."}
ASK = {"question": "How often does it happen?", "days": 2}


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    """An idea that waits."""
    with app.app_context(), writing():
        return make_promoted(cast, promoted_at=NOW - timedelta(days=3)).id


def stage(app: Flask, number: int) -> Stage:
    with app.app_context():
        return db.session.get_one(Idea, number).stage


def refusal(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]  # type: ignore[attr-defined]


def test_an_answer_is_taken_back_by_whoever_gave_it(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context(), writing():
        make_executive(cast, "mia", "Harbour")
    vic = Caller(app, cast.vic)
    made = vic.post(f"/ideas/{number}/declines", NO).json["number"]  # type: ignore[index]

    assert refusal(Caller(app, cast.mia).post(f"/decisions/{made}/undo", {})) == (403, "not_your_decision")
    assert Caller(app, cast.asha).post(f"/decisions/{made}/undo", {}).status_code == 403
    assert vic.post(f"/decisions/{made}/undo", {}).json == {"idea": number}
    assert stage(app, number) is Stage.PROMOTED
    assert refusal(vic.post(f"/decisions/{made}/undo", {})) == (409, "already_undone")
    assert vic.post("/decisions/999999/undo", {}).status_code == 404


def test_a_question_goes_to_the_author_and_comes_back(app: Flask, cast: Cast, number: int) -> None:
    vic, asha = Caller(app, cast.vic), Caller(app, cast.asha)

    asked = vic.post(f"/ideas/{number}/questions", ASK).json
    assert asked is not None and (asked["expert"], asked["mine"], asked["by"]) == (None, False, "Vic")
    assert vic.get(f"/triage/{number}").json["question"] == asked["number"]  # type: ignore[index]
    assert [one["number"] for one in asha.get("/questions").json["items"]] == [asked["number"]]  # type: ignore[index]
    assert asha.get(f"/questions/{asked['number']}").json["mine"] is True  # type: ignore[index]
    assert Caller(app, cast.bo).get(f"/questions/{asked['number']}").status_code == 404
    answers = f"/questions/{asked['number']}/answers"
    assert refusal(vic.post(answers, {"words": "Twice a day."})) == (403, "not_asked")
    assert asha.post(answers, {"words": "Twice a day."}).json["answer"] == "Twice a day."  # type: ignore[index]
    assert refusal(asha.post(answers, {"words": "Twice a day."})) == (409, "already_answered")
    assert refusal(vic.post(f"/questions/{asked['number']}/undo", {})) == (409, "question_answered")
    assert refusal(vic.post(f"/ideas/{number}/questions", ASK)) == (409, "asked_once")


def test_a_question_is_taken_back(app: Flask, cast: Cast, number: int) -> None:
    vic = Caller(app, cast.vic)
    asked = vic.post(f"/ideas/{number}/questions", ASK | {"expert": cast.olu}).json["number"]  # type: ignore[index]

    assert vic.post(f"/questions/{asked}/undo", {}).json == {"idea": number}
    assert Caller(app, cast.olu).get(f"/questions/{asked}").status_code == 404
    assert vic.get(f"/questions/{asked}").json["taken_back"] is True  # type: ignore[index]


def test_a_merge_is_taken_back(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context(), writing():
        into = make_promoted(cast, promoted_at=NOW - timedelta(days=2)).id
    vic = Caller(app, cast.vic)

    made = vic.post(f"/triage/{number}/merge", {"into": into}).json
    assert made is not None and (made["idea"], made["into"]) == (number, into)
    assert vic.post(f"/merges/{made['number']}/undo", {}).json == {"idea": number}
    assert stage(app, number) is Stage.PROMOTED
    assert refusal(vic.post(f"/merges/{made['number']}/undo", {})) == (409, "already_undone")


def test_notes_of_others_open_with_ones_own(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context(), writing():
        make_executive(cast, "mia", "Harbour")
    vic, mia = Caller(app, cast.vic), Caller(app, cast.mia)
    mia.put(f"/ideas/{number}/assessment", {"opinion": "no", "words": "Legal first."})

    address = f"/ideas/{number}/assessments"
    assert vic.get(address).json == {"idea": number, "own": None, "others": []}
    assert vic.put(f"/ideas/{number}/assessment", {"opinion": "go"}).status_code == 204
    assert [one["words"] for one in vic.get(address).json["others"]] == ["Legal first."]  # type: ignore[index]
    assert Caller(app, cast.olu).get(address).status_code == 403


def test_what_is_said_to_be_unlawful_is_accepted_by_its_number(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context(), writing():
        db.session.add(Vote(idea_id=number, person_id=cast.bo, team_id=cast.places["Leeds/Billing"], kind=VoteKind.STOP,
                            site_id=cast.places["Leeds"], reason=StopReason.UNLAWFUL, sentence="A law forbids it.",
                            via=Via.FEED, at=NOW))  # fmt: skip
    vic = Caller(app, cast.vic)
    promise = {"owner": cast.olu, "promise": SENTENCE, "due_on": (NOW + timedelta(days=30)).date().isoformat()}

    assert refusal(vic.post(f"/ideas/{number}/commitments", promise)) == (409, "open_stops")
    stops = vic.get(f"/triage/{number}").json["hard_stops"]  # type: ignore[index]
    accepted = promise | {"accepted_stops": [one["number"] for one in stops]}
    assert vic.post(f"/ideas/{number}/commitments", accepted).status_code == 201
    with app.app_context():
        assert db.session.scalars(select(Idea.stage).where(Idea.id == number)).one() is Stage.PROMISED


def test_keys_are_ones_own(app: Flask, cast: Cast) -> None:
    vic = Caller(app, cast.vic)

    assert vic.get("/triage/keys").json["keys"]["commit"] == "c"  # type: ignore[index]
    assert refusal(vic.put("/triage/keys", {"keys": [{"action": "commit", "key": "j"}]})) == (422, "key_twice")
    assert vic.put("/triage/keys", {"on": False, "keys": [{"action": "commit", "key": "x"}]}).json["on"] is False  # type: ignore[index]
    assert vic.get("/triage/keys").json["keys"]["commit"] == "x"  # type: ignore[index]
    assert Caller(app, cast.bo).get("/triage/keys").status_code == 403
