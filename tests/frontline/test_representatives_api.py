"""Representatives for programs: the same rules as the pages, and nothing that those hide."""

from datetime import date

from flask import Flask

from portal import clock
from portal.db import db
from portal.frontline import representative_queries as queries
from portal.frontline.representative_turns import today_of
from tests.api.calling import Caller
from tests.factories import Cast
from tests.frontline.rotating import colleagues
from tests.ideas.making import said

WORDS = "We say no to this ten times a day."


def _begun(app: Flask, cast: Cast) -> tuple[int, int, int, int]:
    """(rotation, turn, who has it, a colleague)."""
    with app.app_context():
        today = today_of(clock.now())
        db.session.remove()
    body = {"place": cast.places["Leeds/Billing"], "weeks": 2, "starts_on": today.isoformat()}
    made = Caller(app, cast.mia).post("/representatives", body)
    assert made.status_code == 201, made.text
    assert Caller(app, cast.mia).post("/representatives", body).json["error"] == "rotation_runs"  # type: ignore[index]
    with app.app_context():
        turn = queries.turn_of(cast.places["Leeds/Billing"], date.fromisoformat(body["starts_on"]))  # type: ignore[arg-type]
        assert turn is not None
        other = next(one for one in colleagues(cast) if one != turn.person_id)
        return turn.rotation_id, turn.id, turn.person_id, other


def _code(answer) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    return answer.status_code, answer.json["error"]


def test_from_giving_to_the_table_of_the_executives(app: Flask, cast: Cast) -> None:
    rotation, turn, speaker, other = _begun(app, cast)
    with app.app_context():
        number = said(cast.sam)
    giver, joyce, vic, sam = (Caller(app, who) for who in (other, speaker, cast.vic, cast.sam))

    assert giver.post(f"/representatives/{rotation}/queue", {"idea": number, "words": "Please."}).status_code == 204
    assert _code(giver.post(f"/representatives/{rotation}/queue", {"idea": number})) == (409, "already_given")
    assert _code(sam.post(f"/representatives/{rotation}/queue", {"idea": number})) == (403, "not_of_this_place")
    assert _code(giver.get(f"/representatives/{rotation}/queue")) == (403, "not_your_turn")
    given = joyce.get(f"/representatives/{rotation}/queue").json
    assert given["items"] == [{"idea": number, "title": given["items"][0]["title"], "words": ["Please."]}]  # type: ignore[index]
    assert _code(giver.post(f"/turns/{turn}/carried", {"idea": number, "words": WORDS})) == (403, "not_your_turn")
    made = joyce.post(f"/turns/{turn}/carried", {"idea": number, "words": WORDS})
    assert made.status_code == 201 and made.json["stage"] == "promoted", made.text  # type: ignore[index]
    assert _code(giver.delete(f"/representatives/{rotation}/queue/{number}")) == (409, "not_given")
    assert joyce.put(f"/ideas/{number}/voice", {"words": "Every day."}).status_code == 204
    table = joyce.all("/seat")
    assert [(one["number"], one["carried"], one["voice"]) for one in table] == [(number, True, "Every day.")]
    assert "people" not in table[0]
    brief = vic.get(f"/triage/{number}").json
    assert brief["carried"]["words"] == WORDS and brief["voices"][0]["words"] == "Every day."  # type: ignore[index]
    assert vic.all("/triage")[0]["carried"] is True
    assert [one["carried"] for one in Caller(app, cast.mia).all("/promotions")] == [True]
    assert joyce.all(f"/representatives/{rotation}/turns")[0]["carried"]["idea"] == number
    assert joyce.delete(f"/ideas/{number}/voice").status_code == 204
    assert _code(joyce.delete(f"/ideas/{number}/voice")) == (409, "no_voice")
    assert Caller(app, cast.voters[-1]).get(f"/ideas/{number}").json["counts"] is None  # type: ignore[index]


def test_a_turn_is_taken_passed_on_and_left_with_words(app: Flask, cast: Cast) -> None:
    rotation, turn, speaker, other = _begun(app, cast)
    joyce, colleague = Caller(app, speaker), Caller(app, other)
    assert joyce.put(f"/turns/{turn}/taken", {}).status_code == 204
    assert joyce.put(f"/turns/{turn}/handing", {"words": "Ask Olu."}).status_code == 204
    assert _code(colleague.put(f"/turns/{turn}/passed", {})) == (403, "not_your_turn")
    assert colleague.put(f"/representatives/{rotation}/opt-out", {}).status_code == 204
    assert _code(colleague.put(f"/representatives/{rotation}/opt-out", {})) == (409, "already_opted_out")
    assert colleague.delete(f"/representatives/{rotation}/opt-out").status_code == 204
    assert joyce.put(f"/turns/{turn}/passed", {}).status_code == 204
    assert _code(joyce.put(f"/turns/{turn}/passed", {})) == (409, "turn_over")
    assert joyce.get(f"/representatives/{rotation}").json["now"]["person"] != speaker  # type: ignore[index]
    assert [one["number"] for one in joyce.all("/representatives")] == [rotation]
    assert Caller(app, cast.mia).delete(f"/representatives/{rotation}").status_code == 204
    assert _code(Caller(app, cast.mia).delete(f"/representatives/{rotation}")) == (409, "rotation_ended")


def test_a_rotation_begins_only_where_one_looks_after_people(app: Flask, cast: Cast) -> None:
    body = {"weeks": 2, "starts_on": "2026-01-01"}

    assert _code(Caller(app, cast.mia).post("/representatives", body | {"place": 99_999})) == (422, "unknown_place")
    durban = body | {"place": cast.places["Durban"]}
    assert _code(Caller(app, cast.lea).post("/representatives", durban)) == (422, "unknown_place")
    assert _code(Caller(app, cast.asha).post("/representatives", durban)) == (403, "not_allowed")
