"""Stop signals, alarms, the blind sample and the parameters through the interface."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.swarm import alarms, audit, sampling
from portal.swarm.models import Vote
from portal.swarm.parameter_rules import KNOBS
from tests.api.calling import Caller
from tests.factories import Cast
from tests.ideas.making import said
from tests.swarm.test_alarms import pushed
from tests.swarm.voting import vote

HARM = {"kind": "stop", "reason": "unsafe", "sentence": "Somebody could be burnt."}
WHY = "The teams are larger than we thought."


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return said(cast.asha, now=clock.now())


def test_the_whole_life_of_a_stop_signal(app: Flask, cast: Cast, number: int) -> None:
    bo, cy, mia, vic = (Caller(app, person) for person in (cast.bo, cast.cy, cast.mia, cast.vic))
    bo.put(f"/ideas/{number}/vote", HARM)
    [mine] = bo.get("/stops").json["items"]
    stop = mine["number"]
    path = f"/stops/{stop}"

    assert (mine["mine"], mine["state"], mine["sentence"]) == (True, "open", HARM["sentence"])
    assert cy.get(f"/ideas/{number}/stop-signals").json["items"] == []
    assert vic.get("/stops/waiting").json["items"] == []
    assert [one["number"] for one in mia.get("/stops/waiting").json["items"]] == [stop]
    assert error(bo.post(f"{path}/lifting")) == (409, "not_answered")
    assert error(bo.post(f"{path}/answers", {"words": "It is mine."})) == (403, "not_allowed")
    assert error(vic.post(f"{path}/answers", {"words": "What is it?"})) == (404, "not_found")
    assert error(mia.post(f"{path}/answers", {"words": "x"})) == (422, "invalid")

    answered = mia.post(f"{path}/answers", {"words": "There is a guard now."}, key="once")
    replayed = mia.post(f"{path}/answers", {"words": "There is a guard now."}, key="once")
    assert (answered.status_code, answered.json["state"], replayed.json) == (201, "answered", answered.json)
    assert error(mia.post(f"{path}/answers", {"words": "And again."})) == (409, "already_answered")

    kept = bo.post(f"{path}/keeping")
    assert (kept.status_code, kept.json["state"]) == (200, "kept") and kept.json["kept_at"]
    assert error(bo.post(f"{path}/keeping")) == (409, "already_kept")
    assert error(cy.post(f"{path}/lifting")) == (404, "not_found")
    lifted = bo.post(f"{path}/lifting")
    assert lifted.json["state"] == "lifted" and error(bo.post(f"{path}/lifting")) == (409, "taken_back")
    assert bo.put(f"/ideas/{number}/vote", {"kind": "support"}).status_code == 200

    cy.put(f"/ideas/{number}/vote", {"kind": "pass"})
    [seen] = cy.get(f"/ideas/{number}/stop-signals").json["items"]
    assert (seen["mine"], seen["state"], seen["sentence"]) == (False, "lifted", "")
    assert [one["words"] for one in seen["answers"]] == ["There is a guard now."]
    kinds = [step["kind"] for step in cy.get(f"/ideas/{number}/story").json["items"]]
    assert kinds[:3] == ["stop_lifted", "stop_kept", "stop_answered"]
    undecided = Caller(app, cast.di).get(f"/ideas/{number}/story").json["items"]
    assert [step["kind"] for step in undecided] == ["said"]
    with app.app_context():
        assert audit.verify() == []


def test_stop_signals_come_a_page_at_a_time(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for n in range(5):
            vote(cast.bo, said(cast.asha, f"Rule number {n} should go"), "stop")
        ids = list(db.session.scalars(select(Vote.id).order_by(Vote.id.desc())))
    bo, found, cursor = Caller(app, cast.bo), [], ""
    while True:
        page = bo.get(f"/stops?limit=2{cursor}").json
        found += [one["number"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert found == ids


def test_alarms_are_for_programme_and_beside_the_numbers(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        for person in cast.voters[8:16]:
            vote(person, number, "pass")
        pushed(cast.voters[:6], number)
        seen = alarms.look(now=clock.now())
        with writing():
            alarms.note(seen, now=clock.now())

    [alarm] = Caller(app, cast.mia).get("/swarm/alarms").json["items"]

    assert (alarm["idea"], alarm["kind"]) == (number, "link")
    assert Caller(app, cast.bo).get(f"/ideas/{number}/standing").json["notes"] == [alarm["words"]]
    assert Caller(app, cast.voters[20]).get(f"/ideas/{number}/standing").json["notes"] == []
    assert error(Caller(app, cast.vic).get("/swarm/alarms")) == (403, "not_allowed")


def test_the_blind_sample_is_assessed_and_read(app: Flask, cast: Cast, number: int) -> None:
    vic, mia = Caller(app, cast.vic), Caller(app, cast.mia)
    with app.app_context(), writing():
        sampling.draw_sample("2026-03", now=clock.now())
    [item] = vic.get("/triage/sample").json["items"]
    path = f"/triage/sample/{item['number']}/answers"

    answered = vic.post(path, {"answer": "yes"})

    assert (item["idea"], item["promoted"], item["others"]) == (None, None, None)
    assert (answered.status_code, answered.json["idea"], answered.json["promoted"]) == (201, number, False)
    assert error(vic.post(path, {"answer": "no"})) == (409, "already_said")
    assert error(vic.post(path, {"answer": "maybe"})) == (422, "invalid")
    assert error(vic.post("/triage/sample/999/answers", {"answer": "no"})) == (404, "not_found")
    assert error(mia.post(path, {"answer": "no"})) == (403, "not_allowed")
    [result] = mia.get("/swarm/samples").json["items"]
    assert (result["missed"]["hits"], result["missed"]["of"], result["false"]["share"]) == (1, 1, None)
    assert error(vic.get("/swarm/samples")) == (403, "not_allowed")


def test_parameters_are_read_by_all_and_changed_by_programme(app: Flask, cast: Cast) -> None:
    mia, bo = Caller(app, cast.mia), Caller(app, cast.bo)

    before = bo.get("/swarm/parameters").json
    made = mia.post("/swarm/parameters", {"rho": 0.4, "teams_max": 6.0, "reason": WHY})
    after = bo.get("/swarm/parameters").json
    [version] = bo.get("/swarm/parameters/versions").json["items"]

    assert before["version"] == 1 and [one["name"] for one in before["parameters"]] == [knob.name for knob in KNOBS]
    assert (made.status_code, made.json) == (201, after) and after["version"] == 2
    assert (version["by"], version["reason"]) == ("Mia", WHY)
    assert [(one["before"], one["after"]) for one in version["changes"]] == [(5, 6), (0.5, 0.4)]
    assert error(mia.post("/swarm/parameters", {"rho": 0.4, "reason": WHY})) == (409, "nothing_changed")
    assert error(mia.post("/swarm/parameters", {"teams_min": 7, "reason": WHY})) == (422, "more_than_most")
    assert error(mia.post("/swarm/parameters", {"rho": 4, "reason": WHY})) == (422, "invalid")
    assert error(mia.post("/swarm/parameters", {"rho": 0.1, "reason": "so"})) == (422, "invalid")
    assert error(bo.post("/swarm/parameters", {"rho": 0.1, "reason": WHY})) == (403, "not_allowed")


def test_the_document_names_the_limits_of_every_parameter(app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").json

    told = document["components"]["schemas"]["ParametersSent"]["properties"]  # type: ignore[index]
    numbers = {name: limits["anyOf"][0] for name, limits in told.items() if name != "reason"}
    assert {name: (one["minimum"], one["maximum"]) for name, one in numbers.items()} == {
        knob.name: (knob.low, knob.high) for knob in KNOBS
    }
