"""Importing people by the interface: what a file would do, and what is wrong with which field of which row."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db
from portal.people.models import AuditEntry, PeopleImport, Person
from tests.api.calling import Caller
from tests.factories import Cast

RUTH = {"name": "Ruth Adeyemi", "site": "Leeds", "staff_number": "1001", "role": "team_leader"}
BEN = {"name": "Ben Ward", "site": "leeds", "team": "BILLING", "staff_number": "1002", "manager": "1001"}
BAD = {"name": "Jo", "site": "Leeds", "email": "jo@harbour"}


@pytest.fixture
def tess(app: Flask, cast: Cast) -> Caller:
    """The administrator's program."""
    return Caller(app, cast.tess)


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Person.id))) or 0


def send(caller: Caller, *rows: dict[str, Any], **over: Any) -> Any:
    return caller.post("/people/imports", {"rows": list(rows), **over})


def test_rows_become_people_by_the_rules_of_a_file(app: Flask, cast: Cast, tess: Caller) -> None:
    answer = send(tess, RUTH, BEN)
    ben = tess.get("/people?q=1002").json["items"][0]  # type: ignore[index]

    assert answer.status_code == 201
    assert (answer.json["saved"], answer.json["added"], answer.json["problems"]) == (True, 2, [])
    assert ben["place"] == {"number": cast.places["Leeds/Billing"], "name": "Billing"}
    assert tess.get(f"/people/{ben['number']}").json["manager"]["name"] == "Ruth Adeyemi"  # type: ignore[index]
    seen = tess.get(f"/people/imports/{answer.json['number']}").json
    assert seen is not None and (seen["saved"], seen["added"], seen["rows"]) == (True, 2, 2)


def test_a_dry_run_says_the_same_and_does_nothing(app: Flask, cast: Cast, tess: Caller) -> None:
    before = people(app)
    dry = send(tess, RUTH, BEN, BAD, dry_run=True)

    assert (dry.status_code, dry.json["saved"], dry.json["number"]) == (200, False, None)
    assert (dry.json["added"], dry.json["rows_with_problems"]) == (2, 1)
    assert people(app) == before
    with app.app_context():
        assert db.session.scalar(select(func.count(PeopleImport.id))) == 0


def test_a_problem_names_row_field_and_code(tess: Caller) -> None:
    rows = [RUTH, BAD, RUTH, BEN | {"manager": "nobody"}, {"name": "=1+1", "site": "Leeds", "staff_number": "1003"},
            {"name": "Kim", "site": "Leeds"}]  # fmt: skip

    problems = send(tess, *rows, dry_run=True).json["problems"]

    assert [(one["index"], one["field"], one["code"]) for one in problems] == [
        (1, "email", "bad_email"), (2, "staff_number", "person_twice"), (3, "manager", "manager_unknown"),
        (4, "name", "formula"), (5, "email", "no_login")]  # fmt: skip


def test_one_bad_row_stops_them_all_unless_the_good_ones_are_wanted(app: Flask, cast: Cast, tess: Caller) -> None:
    before = people(app)
    stopped, done = send(tess, RUTH, BAD), send(tess, RUTH, BAD, only_good=True)

    assert (stopped.status_code, stopped.json["error"]) == (422, "rows_have_problems")
    assert "is not a full address" in stopped.json["fields"]["rows.1.email"]
    assert (done.status_code, done.json["added"], done.json["rows_with_problems"]) == (201, 1, 1)
    assert people(app) == before + 1


def test_the_same_rows_again_change_nothing(app: Flask, cast: Cast, tess: Caller) -> None:
    send(tess, RUTH, BEN)
    before = people(app)

    again = send(tess, RUTH, BEN)

    assert (again.json["unchanged"], again.json["added"], people(app)) == (2, 0, before)


def test_with_one_key_rows_are_imported_once(app: Flask, cast: Cast, tess: Caller) -> None:
    first, again = (tess.post("/people/imports", {"rows": [RUTH]}, key="k") for _ in range(2))

    assert first.json == again.json and again.headers["Idempotency-Replayed"] == "true"
    with app.app_context():
        assert db.session.scalar(select(func.count(PeopleImport.id))) == 1


def test_who_is_missing_leaves_only_when_it_is_confirmed(app: Flask, cast: Cast, tess: Caller) -> None:
    many = [{"name": f"P {n}", "site": "Leeds", "staff_number": f"5{n:03}"} for n in range(20)]
    send(tess, *many)

    dry = send(tess, RUTH, deactivate_missing=True, dry_run=True).json
    asked = send(tess, RUTH, deactivate_missing=True)
    done = send(tess, RUTH, deactivate_missing=True, leaving=20)

    assert (dry["leaving"], dry["needs_leaving"], len(dry["leavers"])) == (20, True, 20)
    assert (asked.status_code, asked.json["error"], list(asked.json["fields"])) == (
        422, "leaving_not_confirmed", ["leaving"])  # fmt: skip
    assert (done.status_code, done.json["leaving"]) == (201, 20)
    assert len(tess.get("/people?state=left&limit=100").json["items"]) == 20  # type: ignore[index]


def test_an_administrator_is_not_made_by_a_row(tess: Caller) -> None:
    answer = send(tess, RUTH | {"role": "administrator"})

    assert (answer.status_code, answer.json["error"]) == (422, "invalid")
    assert list(answer.json["fields"]) == ["rows.0.role"]


@pytest.mark.parametrize("rows", [[], [{}], [{"name": " ", "site": "Leeds"}], [RUTH | {"salary": "1"}], "rows"])
def test_what_is_no_list_of_rows_is_refused(tess: Caller, rows: Any) -> None:
    assert tess.post("/people/imports", {"rows": rows}).status_code == 422


def test_two_thousand_rows_go_into_one_call_and_one_more_does_not(app: Flask, cast: Cast, tess: Caller) -> None:
    rows = [{"name": f"Somebody Called {n}", "site": "Leeds", "team": "Billing", "staff_number": f"n{n}",
             "email": f"somebody.called.{n}@harbour.example", "job_title": "Customer adviser", "role": "frontline",
             "employer": "Harbour Broadband", "manager": "lea@harbour.example", "timezone": "Europe/London",
             "active": True} for n in range(2001)]  # fmt: skip

    assert send(tess, *rows).status_code == 422
    assert send(tess, *rows[:2000]).json["added"] == 2000
    assert tess.post("/people", {"name": "x" * 300_000, "place": 1}).status_code == 413


def test_the_trail_holds_what_an_import_did(app: Flask, cast: Cast, tess: Caller) -> None:
    send(tess, RUTH)

    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "people.imported")).one()
    assert entry.actor_id == cast.tess


def test_an_import_that_is_not_there_is_404(tess: Caller) -> None:
    assert tess.get("/people/imports/77").status_code == 404
