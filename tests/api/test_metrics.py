"""Metrics over the interface: what is measured, and a nightly job that pushes."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.metrics import queries, service
from portal.metrics.models import Direction, MetricImport, Observation
from portal.metrics.starter import STARTER
from portal.people.models import AuditEntry
from tests.api.calling import Caller
from tests.counting import counted
from tests.factories import Cast, signed_in

MONDAY = date(2026, 2, 2)
NEW = {"code": "callbacks", "name": "Callbacks kept", "unit": "% of those promised", "direction": "up"}
PUSH = "/metrics/transfers/observations"


@pytest.fixture
def mia(app: Flask, cast: Cast) -> Caller:
    """A key of the programme, and a metric to push to."""
    with app.app_context(), writing():
        service.define_metric("transfers", "Transfers", "per 100 contacts", Direction.DOWN_IS_GOOD)
        service.define_metric("noise", "Noise", "per 100 contacts", Direction.DOWN_IS_GOOD)
    return Caller(app, cast.mia)


def row(day: int = 0, **over: Any) -> dict[str, Any]:
    return {"day": (MONDAY + timedelta(days=day)).isoformat(), "site": "Leeds", "value": 14.2, "n": 1240} | over


def sums(answer: Any) -> tuple[int, int, int, int]:
    assert answer.status_code == 200, answer.json
    return tuple(answer.json[name] for name in ("new", "revised", "unchanged", "bad"))  # type: ignore[return-value]


def stored(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        o = Observation
        return [tuple(found) for found in db.session.execute(select(o.value, o.n, o.revision).order_by(o.id))]


def test_the_same_rows_twice_change_nothing_and_leave_no_trace(app: Flask, mia: Caller) -> None:
    rows = {"rows": [row(day) for day in range(5)]}

    first, again = mia.post(PUSH, rows), mia.post(PUSH, rows)

    assert (sums(first), sums(again)) == ((5, 0, 0, 0), (0, 0, 5, 0))
    assert first.json["source"] and again.json["source"] is None  # type: ignore[index]
    with app.app_context():
        pushes = AuditEntry.action == "metrics.pushed"
        assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(pushes)) == 1


def test_another_value_is_a_further_revision(app: Flask, mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row(), row(1)]})

    answer = mia.post(PUSH, {"rows": [row(value=15), row(1), row(2)]})

    assert sums(answer) == (1, 1, 1, 0)
    assert stored(app) == [(14.2, 1240, 1), (14.2, 1240, 1), (15.0, 1240, 2), (14.2, 1240, 1)]


def test_a_nights_pushes_are_one_import_whose_sums_add_up(app: Flask, mia: Caller) -> None:
    for start in range(0, 9, 3):
        mia.post(PUSH, {"rows": [row(day) for day in range(start, start + 3)]})
    mia.post("/metrics/noise/observations", {"rows": [row()]})

    listed = mia.get("/metric-imports").json

    assert [(one["name"], one["new"]) for one in listed["items"]] == [  # type: ignore[index]
        ("Pushed: noise", 1), ("Pushed: transfers", 9)]  # fmt: skip
    with app.app_context():
        record = db.session.scalars(select(MetricImport).order_by(MetricImport.id)).first()
        assert record is not None and json.loads(record.summary)["rows"] == 9


def test_a_push_shows_on_the_page_and_in_the_weeks(app: Flask, cast: Cast, mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row(day) for day in range(7)] + [row(site="Durban", value=20, n=1240)]})

    shown = Caller(app, cast.asha).get("/metrics/transfers").json
    with app.app_context():
        number = queries.id_of_code("transfers")
    page = signed_in(app, cast.asha).get(f"/metrics/{number}.csv").text

    assert shown is not None
    assert (shown["sites"], shown["last_day"], shown["better"]) == (2, "2026-02-08", "down")
    (week,) = shown["weeks"]
    assert (week["week_from"], week["n"], week["sites"]) == ("2026-02-02", 9920, 2)
    assert f"2026-02-02,{week['value']},9920,2" in page
    assert "Pushed: transfers" in signed_in(app, cast.mia).get("/metrics").text


def test_sites_and_teams_are_known_by_number_and_by_name(app: Flask, cast: Cast, mia: Caller) -> None:
    names = ["leeds", cast.places["Belfast"], "Leeds/Billing", "Brightline/Durban", cast.places["Durban/Chat"]]

    answer = mia.post(PUSH, {"rows": [row(site=name) for name in names]})
    listed = mia.get(f"{PUSH}?limit=10").json

    assert sums(answer)[0] == 5
    assert [(one["site"]["name"], one["team"] and one["team"]["name"]) for one in listed["items"]] == [  # type: ignore[index]
        ("Leeds", None), ("Belfast", None), ("Leeds", "Billing"), ("Durban", None), ("Durban", "Chat")]  # fmt: skip


BAD = [
    ({"site": "Leds"}, "site", "unknown_site"),
    ({"site": 2_000_000_000}, "site", "unknown_site"),
    ({"day": "2999-01-01"}, "day", "day_in_future"),
    ({"day": "1999-12-31"}, "day", "day_too_early"),
    ({"reason": "=cmd()"}, "reason", "reason_is_a_formula"),
]


@pytest.mark.parametrize(("over", "field", "code"), BAD)
def test_one_bad_row_and_nothing_is_saved_unless_only_good(
    app: Flask, mia: Caller, over: dict[str, Any], field: str, code: str
) -> None:
    rows = [row(), row(1) | over, row(2)]

    refused = mia.post(PUSH, {"rows": rows})
    before = stored(app)
    taken = mia.post(PUSH, {"rows": rows, "only_good": True})

    assert (refused.status_code, refused.json["error"]) == (422, "rows_have_problems")  # type: ignore[index]
    (name, told), *more = refused.json["fields"].items()  # type: ignore[index]
    assert (name, told.split(":")[0], more, before) == (f"rows.1.{field}", code, [], [])
    assert sums(taken) == (2, 0, 0, 1)
    (problem,) = taken.json["problems"]  # type: ignore[index]
    assert (problem["row"], problem["field"], problem["error"]) == (1, field, code)


def test_a_site_that_could_be_several_is_asked_about(app: Flask, cast: Cast, mia: Caller) -> None:
    from portal.people import service as people
    from portal.people.models import Place
    from portal.people.roles import PlaceKind

    with app.app_context(), writing():
        people.add_place(PlaceKind.SITE, "Leeds", db.session.get_one(Place, cast.places["Farline"]))

    answer = mia.post(PUSH, {"rows": [row()]})

    assert answer.json["fields"]["rows.0.site"].startswith("ambiguous_site: ")  # type: ignore[index]


def test_of_rows_that_say_the_same_none_is_taken(app: Flask, mia: Caller) -> None:
    answer = mia.post(PUSH, {"rows": [row(), row(1), row(site="LEEDS", value=3)], "only_good": True})

    assert sums(answer) == (1, 0, 0, 2)
    assert [(one["row"], one["error"]) for one in answer.json["problems"]] == [  # type: ignore[index]
        (0, "repeated_row"), (2, "repeated_row")]  # fmt: skip


def test_without_a_good_row_there_is_nothing_to_save(app: Flask, mia: Caller) -> None:
    answer = mia.post(PUSH, {"rows": [row(site="Nowhere")], "only_good": True})

    assert (answer.status_code, answer.json["error"]) == (422, "no_good_rows")  # type: ignore[index]


@pytest.mark.parametrize(
    "rows",
    [
        [], [row() | {"day": "Monday"}], [row(value="14")], [row(value=True)], [row(value=1e13)], [row(n=-1)],
        [row(n=1.5)], [row(extra=1)], [row(site=None)], [row(site="")], [row(reason="x" * 81)],
        [row(day % 7) for day in range(2001)],
    ],
)  # fmt: skip
def test_rows_of_another_shape_are_refused_with_the_place_where(app: Flask, mia: Caller, rows: list[Any]) -> None:
    answer = mia.post(PUSH, {"rows": rows})

    assert (answer.status_code, answer.json["error"]) == (422, "invalid")  # type: ignore[index]
    assert all(name.startswith("rows") for name in answer.json["fields"])  # type: ignore[index]


@pytest.mark.parametrize("value", ["1e999", "NaN", "1" + "0" * 400])
def test_a_number_that_is_none_is_refused(app: Flask, mia: Caller, value: str) -> None:
    body = json.dumps({"rows": [row(value=0)]}).replace('"value": 0', f'"value": {value}')

    answer = mia.call("POST", PUSH, data=body, content_type="application/json")

    assert answer.status_code in (400, 422)


def test_two_thousand_long_rows_fit_and_elsewhere_the_limit_stays(app: Flask, mia: Caller) -> None:
    site = "Harbour Broadband/Leeds/Retentions"
    reason = "Contract and billing, retentions, second line"
    rows = [row(day, site=site, reason=f"{reason} {day}") for day in range(-2000, 0)]
    body = json.dumps({"rows": rows})

    answer = mia.call("POST", PUSH, data=body, content_type="application/json")
    elsewhere = mia.call("POST", "/metrics", data=body, content_type="application/json")
    padded = " " * 2 * 1024 * 1024 + body
    too_long = mia.call("POST", PUSH, data=padded, content_type="application/json")

    assert len(body) > 256 * 1024
    assert sums(answer)[0] == 2000
    assert (elsewhere.status_code, too_long.status_code) == (413, 413)


def test_eight_who_push_the_same_at_once_store_it_once(fresh_app: Flask, cast: Cast) -> None:
    with fresh_app.app_context(), writing():
        service.define_metric("transfers", "Transfers", "per 100 contacts", Direction.DOWN_IS_GOOD)
    caller = Caller(fresh_app, cast.mia)
    rows = {"rows": [row(day) for day in range(50)]}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: caller.post(PUSH, rows), range(8)))

    assert sorted(sums(answer)[0] for answer in answers) == [0] * 7 + [50]
    assert len(stored(fresh_app)) == 50


@pytest.mark.parametrize("who", ["asha", "olu", "vic", "lea"])
def test_only_those_who_import_push_and_read_single_values(app: Flask, cast: Cast, mia: Caller, who: str) -> None:
    caller = Caller(app, getattr(cast, who))

    answers = [caller.post(PUSH, {"rows": [row()]}), caller.get(PUSH), caller.get("/metric-imports"),
               caller.post("/metrics", NEW), caller.post("/metrics/starter-set")]  # fmt: skip

    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(403, "not_allowed")}  # type: ignore[index]
    assert caller.get("/metrics/transfers").status_code == 200


def test_a_key_that_reads_does_not_push(app: Flask, cast: Cast, mia: Caller) -> None:
    answer = Caller(app, cast.mia, "metrics:read").post(PUSH, {"rows": [row()]})

    assert (answer.status_code, answer.json["error"]) == (403, "scope")  # type: ignore[index]


@pytest.mark.parametrize("code", ["nothing_like_it", "Transfers", "x", "a-b", "a" * 61])
def test_a_metric_that_does_not_exist_is_404(app: Flask, mia: Caller, code: str) -> None:
    answers = [mia.get(f"/metrics/{code}"), mia.get(f"/metrics/{code}/observations"),
               mia.post(f"/metrics/{code}/observations", {"rows": [row()]})]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404] * 3


def test_every_value_is_listed_to_the_end_and_its_newest_revision_counts(app: Flask, mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row(day) for day in range(5)] + [row(reason="Refunds", value=30)]})
    mia.post(PUSH, {"rows": [row(1, value=9), row(reason="Refunds", value=31)]})

    found = mia.all(PUSH, limit=2)

    assert [(one["day"][-2:], one["value"], one["revision"], one["reason"], one["counts"]) for one in found] == [
        ("02", 14.2, 1, None, True), ("02", 30.0, 1, "Refunds", False), ("03", 14.2, 1, None, False),
        ("04", 14.2, 1, None, True), ("05", 14.2, 1, None, True), ("06", 14.2, 1, None, True),
        ("02", 31.0, 2, "Refunds", True), ("03", 9.0, 2, None, True),
    ]  # fmt: skip


def test_observations_are_filtered_by_site_and_day(app: Flask, cast: Cast, mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row(day, site=site) for day in range(4) for site in ("Leeds", "Leeds/Billing", "Durban")]})

    found = mia.get(f"{PUSH}?site={cast.places['Leeds']}&since=2026-02-03&until=2026-02-04&limit=100").json

    assert found is not None
    assert {(one["site"]["name"], one["day"]) for one in found["items"]} == {
        ("Leeds", "2026-02-03"),
        ("Leeds", "2026-02-04"),
    }
    assert len(found["items"]) == 4
    assert [mia.get(f"{PUSH}?{wrong}").status_code for wrong in ("since=1700006400", "site=x", "until=soon")] == [
        422
    ] * 3


def test_a_metric_of_ones_own_is_defined_once(app: Flask, cast: Cast, mia: Caller) -> None:
    made, again = mia.post("/metrics", NEW), mia.post("/metrics", NEW)

    assert made.status_code == 201
    assert made.json == {"code": "callbacks", "name": "Callbacks kept", "unit": "% of those promised", "better": "up",
                         "decimals": 1, "note": "", "position": 100, "kind": "mean", "cadence": "day",
                         "definition": "", "definition_version": 1, "survey_note": "", "harm_limit": None,
                         "worth": None, "retired": False, "last_day": None, "sites": 0}  # fmt: skip
    assert (again.status_code, again.json["error"]) == (409, "metric_code_taken")  # type: ignore[index]
    assert "Callbacks kept" in signed_in(app, cast.asha).get("/metrics").text


@pytest.mark.parametrize(
    "over", [{"code": "Caps"}, {"name": ""}, {"name": "two\nlines"}, {"decimals": 7}, {"direction": "sideways"}]
)
def test_a_definition_that_is_none_is_refused(app: Flask, mia: Caller, over: dict[str, Any]) -> None:
    answer = mia.post("/metrics", NEW | over)

    assert (answer.status_code, list(answer.json["fields"])) == (422, list(over))  # type: ignore[index]


def test_the_starter_set_is_added_once_and_listed_as_the_page_lists_it(app: Flask, cast: Cast, mia: Caller) -> None:
    first, again = mia.post("/metrics/starter-set"), mia.post("/metrics/starter-set")

    listed = [one["code"] for one in Caller(app, cast.asha).all("/metrics", limit=4)]

    assert len(first.json["added"]) == len(STARTER) - 1 and again.json == {"added": []}  # type: ignore[index]
    with app.app_context():
        assert listed == [one.Metric.code for one in queries.overview()]


def test_lists_ask_the_same_number_of_questions_at_any_size(app: Flask, mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row()]})
    addresses = ("/metrics?limit=100", f"{PUSH}?limit=100")
    few, many = [], []
    for found in (few, many):
        for address in addresses:
            with counted(app) as asked:
                mia.get(address)
            found.append(len(asked))
        mia.post(PUSH, {"rows": [row(day) for day in range(1, 40)]})
        mia.post("/metrics/starter-set")

    assert few == many


def test_a_push_asks_a_dozen_questions_however_many_rows(app: Flask, mia: Caller) -> None:
    mia.post(PUSH, {"rows": [row()]})

    with counted(app) as asked:
        mia.post(PUSH, {"rows": [row(day) for day in range(-500, 0)]})

    assert len(asked) <= 15
