"""Definitions, the calendar, parts of a metric and taking back, over the interface."""

from typing import Any

import pytest
from flask import Flask

from portal.db import writing
from portal.metrics import service
from portal.metrics.models import Direction
from tests.api.calling import Caller
from tests.factories import Cast

NEW = {"code": "callbacks", "name": "Callbacks kept", "unit": "% of those promised", "direction": "up"}
CHANGED = {name: value for name, value in NEW.items() if name != "code"}
NOTE = {"kind": "campaign", "date_from": "2026-02-03", "words": "Spring offer"}
PUSH = "/metrics/csat/observations"


@pytest.fixture
def mia(app: Flask, cast: Cast) -> Caller:
    """A key of the programme, and a metric to push to."""
    with app.app_context(), writing():
        service.define_metric("csat", "Satisfaction", "score", Direction.UP_IS_GOOD, survey_note="Nobody twice")
    return Caller(app, cast.mia)


def row(day: str, value: float, **over: Any) -> dict[str, Any]:
    return {"day": day, "site": "Leeds", "value": value, "n": 90} | over


def test_a_changed_definition_is_a_version_that_the_calendar_tells(mia: Caller, cast: Cast) -> None:
    worth = {"cents": 420, "currency": "GBP", "basis": "Finance", "owner": cast.vic}
    mia.post("/metrics", NEW | {"worth": worth})

    answer = mia.put("/metrics/callbacks", CHANGED | {"definition": "Within the hour.", "harm_limit": 2})

    assert answer.status_code == 200, answer.text
    assert (answer.json["definition_version"], answer.json["worth"], answer.json["harm_limit"]) == (2, None, 2.0)
    told = mia.all("/metrics/callbacks/definitions", limit=1)
    assert [(one["version"], one["definition"], one["by"]) for one in told] == [
        (2, "Within the hour.", "Mia"), (1, "", "Mia")]  # fmt: skip
    (note,) = mia.all("/calendar-notes")
    assert (note["kind"], note["metric"]) == ("definition", "callbacks")
    stays = mia.delete(f"/calendar-notes/{note['number']}")
    assert (stays.status_code, stays.json["error"]) == (409, "definition_note_stays")


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"definition": "x", "since": "2031-01-01"}, "since_in_future"),
        ({"definition": "x", "since": "2020-01-01"}, "since_too_early"),
        ({"worth": {"cents": 1, "currency": "GBP", "basis": "x", "owner": 1}}, "unknown_value_owner"),
    ],
)
def test_a_change_that_cannot_be_is_refused(mia: Caller, cast: Cast, over: dict[str, Any], code: str) -> None:
    mia.post("/metrics", NEW)
    if "worth" in over:
        over = {"worth": over["worth"] | {"owner": cast.asha}}

    answer = mia.put("/metrics/callbacks", CHANGED | over)

    assert (answer.status_code, answer.json["error"]) == (422, code)


def test_somebody_else_s_change_is_not_overwritten(mia: Caller) -> None:
    mia.post("/metrics", NEW)

    answer = mia.put("/metrics/callbacks", CHANGED, headers={"If-Match": '"other"'})

    assert answer.status_code == 412


def test_a_metric_is_retired_and_brought_back(mia: Caller) -> None:
    assert [mia.put("/metrics/csat/retirement", {}).status_code for _ in range(2)] == [204, 204]
    assert mia.all("/metrics") == []
    assert mia.get("/metrics/csat").json["retired"] is True

    assert mia.delete("/metrics/csat/retirement").status_code == 204

    assert [one["code"] for one in mia.all("/metrics")] == ["csat"]


def test_notes_are_added_listed_in_pages_and_withdrawn(mia: Caller, cast: Cast) -> None:
    made = mia.post("/calendar-notes", NOTE | {"place": cast.places["Leeds"], "metric": "csat"})
    mia.post("/calendar-notes", NOTE | {"date_from": "2026-02-09"})

    assert made.status_code == 201
    assert made.json | {"at": ""} == {
        "number": 1, "kind": "campaign", "date_from": "2026-02-03", "date_to": "2026-02-03", "words": "Spring offer",
        "place": cast.places["Leeds"], "place_name": "Leeds", "metric": "csat", "by": "Mia", "at": ""}  # fmt: skip
    assert [one["number"] for one in mia.all("/calendar-notes", limit=1)] == [2, 1]
    assert mia.delete("/calendar-notes/1").status_code == 204
    assert [one["number"] for one in mia.all("/calendar-notes")] == [2]
    assert mia.delete("/calendar-notes/9").status_code == 404
    assert mia.get("/calendar-notes?cursor=WzAsMV0").status_code == 422


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"date_to": "2026-02-01"}, 422, "ends_before_it_starts"),
        ({"date_to": "2029-02-01"}, 422, "note_covers_too_much"),
        ({"date_from": "1999-02-01"}, 422, "note_out_of_range"),
        ({"place": 999}, 422, "unknown_place"),
        ({"metric": "no_such"}, 422, "unknown_metric"),
    ],
)
def test_a_note_that_cannot_be_is_refused(mia: Caller, over: dict[str, Any], status: int, code: str) -> None:
    answer = mia.post("/calendar-notes", NOTE | over)

    assert (answer.status_code, answer.json["error"]) == (status, code)


def test_one_contact_reason_is_read_apart(mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row("2026-02-02", 4), row("2026-02-02", 3, reason="Refunds")]})
    mia.post("/calendar-notes", NOTE)

    whole, part = mia.get("/metrics/csat").json, mia.get("/metrics/csat?reason=Refunds").json

    assert [week["value"] for week in whole["weeks"]] == [4.0]
    assert [week["value"] for week in part["weeks"]] == [3.0]
    assert [note["words"] for note in whole["notes"]] == ["Spring offer"]
    assert whole["survey_load"] == "Based on 90 sampled answers in the last week; nobody twice."
    assert [one["value"] for one in mia.all(f"{PUSH}?reason=Refunds")] == [3.0]


def test_an_import_is_taken_back_and_the_list_says_so(mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row("2026-02-02", 4)]})

    answer = mia.post("/metric-imports/1/undo")

    assert answer.json == {"number": 2, "restored": 0, "withdrawn": 1, "kept": 0}
    listed = mia.all("/metric-imports")
    assert [(one["undoes"], one["undone_at"] is not None) for one in listed] == [(1, False), (None, True)]
    assert mia.get("/metrics/csat").json["weeks"] == []
    assert [one["counts"] for one in mia.all(PUSH)] == [False, False]
    again = mia.post("/metric-imports/1/undo")
    assert (again.status_code, again.json["error"]) == (409, "import_undone_already")
    of_undo = mia.post("/metric-imports/2/undo")
    assert (of_undo.status_code, of_undo.json["error"]) == (409, "undo_of_an_undo")
    assert mia.post("/metric-imports/9/undo").status_code == 404


def test_others_read_and_change_nothing(app: Flask, mia: Caller, cast: Cast) -> None:
    asha = Caller(app, cast.asha)

    assert asha.get("/calendar-notes").status_code == asha.get("/metrics/csat/definitions").status_code == 200
    assert {
        asha.put("/metrics/csat", CHANGED).status_code, asha.put("/metrics/csat/retirement", {}).status_code,
        asha.delete("/metrics/csat/retirement").status_code, asha.post("/calendar-notes", NOTE).status_code,
        asha.delete("/calendar-notes/1").status_code, asha.post("/metric-imports/1/undo").status_code,
    } == {403}  # fmt: skip
