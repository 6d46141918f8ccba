"""First replies and local fixes over the interface: given, refused, read to the end, equal to the pages."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import writing
from tests.api.calling import Caller
from tests.commitments.factories import make_idea
from tests.factories import Cast
from tests.triage.test_lane import EVIDENCE, FIX, WORDS, make_leader

NOW = clock.now()
TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("this_day")
DUE = (TODAY + timedelta(days=14)).isoformat()


def open_idea(app: Flask, cast: Cast, **over: Any) -> int:
    with app.app_context(), writing():
        return make_idea(cast, now=NOW, **over).id


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, (answer.json or {}).get("error")


def test_a_reply_is_given_once_and_read_by_everybody(app: Flask, cast: Cast) -> None:
    number = open_idea(app, cast)
    lea, bo, mia = (Caller(app, who) for who in (cast.lea, cast.bo, cast.mia))
    waiting = [one["number"] for one in lea.all("/team/ideas", limit=1)]
    assert number in waiting and all("Asha" not in one["said_by"] for one in lea.all("/team/ideas"))
    assert bo.get(f"/ideas/{number}/replies").json == {"items": [], "next": None}
    address = f"/ideas/{number}/replies"

    assert code(lea.post(address, {"kind": "answered", "reply": "No."})) == (422, "reply_too_short")
    assert code(lea.post(address, {"kind": "fixed_here", "reply": FIX})) == (422, "fix_needs_a_date")
    made = lea.post(address, {"kind": "answered", "reply": WORDS}, key="once")
    assert (
        made.status_code == 201
        and lea.post(address, {"kind": "answered", "reply": WORDS}, key="once").json == made.json
    )
    assert code(mia.post(address, {"kind": "left_to_swarm"})) == (409, "already_replied")
    assert code(bo.post(address, {"kind": "answered", "reply": WORDS})) == (403, "not_allowed")
    assert bo.get(address).json == {"items": [made.json], "next": None}
    assert made.json is not None and (made.json["by"]["name"], made.json["local_fix"]) == ("Lea", None)
    assert number not in [one["number"] for one in lea.all("/team/ideas")]
    assert code(bo.get("/team/ideas")) == (403, "not_allowed")


def test_a_local_fix_goes_its_way_and_is_taken_over(app: Flask, cast: Cast) -> None:
    number = open_idea(app, cast)
    with app.app_context(), writing():
        make_leader(cast, "sam", "Durban")
    lea, mia, sam = (Caller(app, who) for who in (cast.lea, cast.mia, cast.sam))
    leeds, durban = cast.places["Leeds"], cast.places["Durban"]

    made = lea.post(f"/ideas/{number}/local-fixes", {"site": leeds, "sentence": FIX, "due_on": DUE}).json
    assert made is not None and (made["standing"], made["owner"]["name"], made["site"]["name"]) == (
        "due_soon",
        "Lea",
        "Leeds",
    )
    one = f"/local-fixes/{made['number']}"
    assert lea.get(f"/ideas/{number}/replies").json["items"][0]["local_fix"] == made["number"]  # type: ignore[index]
    elsewhere = {"site": durban, "sentence": FIX, "due_on": DUE}
    assert code(lea.post(f"/ideas/{number}/local-fixes", elsewhere)) == (422, "not_your_site")
    later = {"due_on": (TODAY + timedelta(days=20)).isoformat(), "reason": "The shelf came late."}
    assert code(mia.post(f"{one}/dates", later)) == (403, "not_the_owner")
    assert len(lea.post(f"{one}/dates", later).json["dates"]) == 2  # type: ignore[index]
    assert code(mia.post(f"{one}/confirmations")) == (409, "not_delivered")
    lea.post(f"{one}/deliveries", {"live_from": TODAY.isoformat(), "evidence": EVIDENCE})
    assert mia.post(f"{one}/send-backs", {"reason": "The list is empty."}).json["state"] == "accepted"  # type: ignore[index]
    lea.post(f"{one}/deliveries", {"live_from": TODAY.isoformat(), "evidence": EVIDENCE})
    adoption = {"site": durban, "due_on": DUE}
    assert code(sam.post(f"{one}/adoptions", adoption)) == (409, "not_offered")
    assert mia.post(f"{one}/confirmations").json["standing"] == "kept"  # type: ignore[index]
    assert [fix["number"] for fix in sam.all("/local-fixes?offered=true", limit=1)] == [made["number"]]
    taken = sam.post(f"{one}/adoptions", adoption).json
    assert taken is not None and taken["adopted_from"] == made["number"]

    assert [fix["number"] for fix in lea.all(f"/local-fixes?idea={number}", limit=1)] == [
        taken["number"],
        made["number"],
    ]
    assert [fix["number"] for fix in lea.all(f"/local-fixes?site={durban}")] == [taken["number"]]
    assert lea.get(f"/local-fixes/{taken['number']}").json == taken
    assert code(lea.get("/local-fixes/999")) == (404, "not_found")
    assert code(lea.get("/local-fixes?cursor=x")) == (422, "bad_cursor")
