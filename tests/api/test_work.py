"""Work on promises and the duties of leavers over the interface: the same verbs as on the pages."""

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.commitments.models import Commitment
from portal.db import db, writing
from tests.api.calling import Caller, error
from tests.commitments.factories import make_promise
from tests.commitments.test_work import strong
from tests.factories import Cast

WORDS = {"words": "May we buy forty headsets without a tender?"}


def promise(app: Flask, cast: Cast) -> int:
    now = clock.now()
    with app.app_context(), writing():
        return make_promise(cast, now=now, due_on=now.date() + timedelta(days=60)).id


def test_the_work_on_a_promise_over_the_interface(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    with app.app_context(), writing():
        strong(cast, db.session.get_one(Commitment, number).idea_id, cast.bo)
    olu, vic, bo, cy = (Caller(app, one) for one in (cast.olu, cast.vic, cast.bo, cast.cy))
    at = f"/commitments/{number}"

    made = [olu.post(f"{at}/steps", {"words": f"Line {n}"}).status_code for n in range(2)]
    first, second = (one["number"] for one in olu.get(at).json["steps"])  # type: ignore[index]
    made += [
        olu.post(f"{at}/steps/{first}/ticks", {"done": True}).status_code,
        olu.post(f"{at}/steps/orders", {"steps": [second, first]}).status_code,
        olu.post(f"{at}/needs", WORDS).status_code, olu.post(f"{at}/help", WORDS).status_code,
        bo.post(f"{at}/nudges").status_code,
    ]  # fmt: skip
    asked, others = bo.get(at).json, cy.get(at).json
    assert asked is not None and others is not None
    made += [vic.post(f"{at}/decisions", WORDS).status_code, bo.post(f"{at}/help/answers", {"joins": True}).status_code]
    shown = cy.get(at).json

    assert made == [201] * 9
    assert (asked["asked_to_help"], others["asked_to_help"], others["helpers"]) == (True, False, [])
    assert (others["decision_needed"]["words"], others["nudges"]) == (WORDS["words"], 1)
    assert shown is not None
    assert [(one["words"], one["done_at"] is not None) for one in shown["steps"]] == [
        ("Line 1", False),
        ("Line 0", True),
    ]
    assert (shown["decision_needed"], len(shown["helpers"])) == (None, 1)
    assert olu.post(f"{at}/steps/{first}/removals").status_code == 201
    assert olu.post(f"{at}/help/ends").status_code == 201


def test_work_on_a_promise_is_refused_by_name(app: Flask, cast: Cast) -> None:
    at = f"/commitments/{promise(app, cast)}"
    olu, vic, bo = (Caller(app, one) for one in (cast.olu, cast.vic, cast.bo))
    bo.post(f"{at}/nudges")

    assert error(bo.post(f"{at}/nudges")) == (409, "already_nudged")
    assert error(olu.post(f"{at}/nudges")) == (409, "own_promise")
    assert error(vic.post(f"{at}/steps", {"words": "Mine"})) == (403, "not_the_owner")
    assert error(vic.post(f"{at}/decisions", WORDS)) == (409, "nothing_asked")
    assert error(bo.post(f"{at}/decisions", WORDS)) == (403, "not_allowed")
    assert error(bo.post(f"{at}/help/answers", {"joins": True})) == (409, "not_calling")
    assert error(olu.post(f"{at}/steps/orders", {"steps": [1]})) == (409, "steps_changed")
    assert olu.post(f"{at}/steps/999/ticks", {"done": True}).status_code == 404
    assert Caller(app, cast.bo, "promises:read").post(f"{at}/nudges").status_code == 403


def test_promises_are_narrowed_by_owner_and_site(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    bo = Caller(app, cast.bo)

    def found(query: str) -> list[int]:
        return [one["number"] for one in bo.all(f"/commitments?{query}")]

    assert found(f"owner={cast.olu}") == found(f"site={cast.places['Leeds']}") == [number]
    assert found(f"owner={cast.vic}") == found(f"site={cast.places['Durban']}") == []


def test_the_duties_of_a_leaver_are_listed_and_handed_over(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    tess, at = Caller(app, cast.tess), f"/people/{cast.olu}/duties"

    assert [(one["kind"], one["number"]) for one in tess.all(at)] == [("promise", number)]
    assert error(tess.post(f"{at}/handovers", {"to": cast.asha})) == (422, "unknown_successor")
    assert tess.post(f"{at}/handovers", {"to": cast.lea}).json == {"count": 1}
    assert error(tess.post(f"{at}/handovers", {"to": cast.lea})) == (409, "nothing_owed")
    assert Caller(app, cast.bo).get(at).status_code == 403
    assert Caller(app, cast.mia).get("/people/999999/duties").status_code == 404
