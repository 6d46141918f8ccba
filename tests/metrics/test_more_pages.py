"""Pages of definitions, notes, columns of a file, taking back, and parts of a metric."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from portal.db import db, writing
from portal.metrics import service
from portal.metrics.models import Metric
from tests.factories import Cast, send, signed_in
from tests.metrics.test_pages import metric_id, stored, upload, words

NEW: dict[str, Any] = {
    "code": "callbacks", "name": "Callbacks kept", "unit": "% of those promised", "direction": "up", "kind": "rate",
    "cadence": "day", "decimals": "1", "position": "5", "definition": "Called back on the day.", "owner": "",
}  # fmt: skip
VALUED = {"amount": "4.20", "currency": "gbp", "basis": "Finance, 2026"}
QUEUES = """date,site,metric,value,n,reason
2026-02-02,Leeds,csat,4.0,100,
2026-02-02,Leeds,csat,3.0,40,Refunds
2026-02-09,Leeds,csat,4.2,100,
2026-02-09,Leeds,csat,2.0,9,Refunds
2026-02-09,Belfast,csat,3.0,100,
"""


@pytest.fixture
def mia(app: Flask, cast: Cast) -> FlaskClient:
    """The programme lead, with the starter set in place."""
    with app.app_context(), writing():
        service.add_starter_set()
    return signed_in(app, cast.mia)


def id_of(app: Flask, code: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Metric.id).where(Metric.code == code)).one()


def brought_in(client: FlaskClient, text: str | bytes, name: str = "values.csv") -> str:
    address = upload(client, text, name).location
    assert send(client, f"{address}/confirmation").status_code == 303
    return address


def test_a_metric_is_defined_changed_and_shows_its_versions_and_who_agreed(
    app: Flask, mia: FlaskClient, cast: Cast
) -> None:
    made = send(mia, "/metrics", **NEW)
    assert made.status_code == 303

    again = dict(NEW) | {"unit": "% of all", "owner": str(cast.vic), **VALUED}
    del again["code"]
    assert send(mia, made.location, **again).status_code == 303

    page = words(mia.get(made.location))
    assert "GBP 4.20 for each contact and unit (% of all), agreed by Vic" in page
    assert "2 versions" in page and "Callbacks kept" in words(mia.get("/metrics"))
    assert "Finance, 2026" in mia.get(f"{made.location}/edit").get_data(as_text=True)
    assert "unit % of all instead of % of those promised" in words(mia.get("/metrics/notes"))


@pytest.mark.parametrize(
    ("over", "status", "said"),
    [
        ({"code": "Call backs"}, 422, "A code has 2 to 60"),
        ({"code": "csat"}, 409, "There is a metric with the code csat already."),
        ({"name": ""}, 422, "Give the metric a name"),
        ({"harm_limit": "nan"}, 422, "Write a number above nought."),
        (VALUED, 422, "Choose who agreed to the amount."),
        ({"amount": "NaN"}, 422, "Write an amount such as 4.20."),
        ({"basis": "A guess"}, 422, "Write the amount as well"),
    ],
)
def test_a_metric_that_cannot_be_is_refused_with_everything_kept(
    mia: FlaskClient, over: dict[str, str], status: int, said: str
) -> None:
    response = send(mia, "/metrics", **(NEW | over))

    assert response.status_code == status
    assert said in words(response)
    assert "Called back on the day." in response.get_data(as_text=True)


def test_a_change_since_a_day_to_come_is_refused_on_the_form(app: Flask, mia: FlaskClient) -> None:
    body = {name: value for name, value in NEW.items() if name != "code"}

    response = send(mia, f"/metrics/{metric_id(app)}", **body, since="2031-01-01")

    assert response.status_code == 422
    assert "today or earlier" in words(response)


def test_a_metric_is_retired_and_used_again(app: Flask, mia: FlaskClient) -> None:
    metric = id_of(app, "handle_time")

    send(mia, f"/metrics/{metric}/retirement")
    assert "1 retired" in words(mia.get("/metrics"))
    send(mia, f"/metrics/{metric}/return")

    assert "retired" not in words(mia.get("/metrics"))


def test_one_click_adds_what_is_missing_from_the_starter_set_and_offers_it_no_more(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        for metric in service.add_starter_set()[3:]:
            db.session.delete(metric)
    mia = signed_in(app, cast.mia)
    assert "Add the 8 missing from the starter set" in words(mia.get("/metrics"))

    send(mia, "/metrics/starter-set")

    assert "starter set" not in words(mia.get("/metrics"))


def test_a_note_is_added_shown_on_the_chart_and_taken_back(app: Flask, mia: FlaskClient, cast: Cast) -> None:
    brought_in(mia, QUEUES)
    metric = f"/metrics/{metric_id(app)}"
    facts = {"kind": "outage", "words": "Network down", "date_from": "2026-02-03", "place": str(cast.places["Leeds"])}

    assert send(mia, "/metrics/notes", **facts, metric="", date_to="").status_code == 303

    shown = mia.get(metric)
    assert "Outage , 3 February 2026, Leeds: Network down" in words(shown)
    assert 'class="c-band"' in shown.get_data(as_text=True)
    assert "Network down" not in words(mia.get(f"{metric}?site={cast.places['Belfast']}"))
    send(mia, "/metrics/notes/1/withdrawal")
    assert "Network down" not in words(mia.get(metric))


def test_a_note_that_cannot_be_is_refused_and_others_only_read(app: Flask, mia: FlaskClient, cast: Cast) -> None:
    facts = {"kind": "outage", "words": "Network down", "date_from": "2026-02-03", "date_to": "2026-02-01"}

    refused = send(mia, "/metrics/notes", **facts, place="", metric="")

    assert refused.status_code == 422
    assert "The last day comes before the first." in words(refused)
    asha = signed_in(app, cast.asha)
    assert asha.get("/metrics/notes").status_code == 200
    assert send(asha, "/metrics/notes", **facts).status_code == 403


def test_one_site_or_contact_reason_is_shown_without_weeks_of_a_few_answers(
    app: Flask, mia: FlaskClient, cast: Cast
) -> None:
    brought_in(mia, QUEUES)
    metric = f"/metrics/{metric_id(app)}"

    assert "3.60 in the week from 9 February, 2 sites" in words(mia.get(metric))
    assert "Based on 300 sampled answers in the last 2 weeks; nobody is asked" in words(mia.get(metric))
    assert "4.20 in the week from 9 February, 1 site" in words(mia.get(f"{metric}?site={cast.places['Leeds']}"))
    queue = words(mia.get(f"{metric}?reason=Refunds"))
    assert "3.00 in the week from 2 February, 1 site, Refunds" in queue
    assert mia.get(f"{metric}.csv?reason=Refunds").get_data(as_text=True).splitlines()[1:] == ["2026-02-02,3.0,40,1"]
    assert "Nothing was reported for this choice" in words(mia.get(f"{metric}?reason=Other"))
    assert mia.get(f"{metric}?site={cast.places['Durban']}").status_code == 404


def test_columns_under_other_names_are_said_and_one_metric_for_every_row(app: Flask, mia: FlaskClient) -> None:
    address = upload(mia, "Tag,Ort,Wert,Stimmen\n2026-02-02,Leeds,4.1,90\n").location
    asked = mia.get(address)
    assert "Say below which column means what." in words(asked)
    assert "Wert (4.1)" in words(asked)

    missing = send(mia, f"{address}/columns", date="0", site="1", value="2", n="3", metric="", reason="", all_about="")
    twice = send(mia, f"{address}/columns", date="0", site="0", value="2", n="", metric="", reason="", all_about="csat")
    assert (missing.status_code, twice.status_code) == (422, 422)
    assert "Choose a column." in words(missing) and "Already used." in words(twice)
    assert send(mia, f"{address}/confirmation").status_code == 422
    chosen = send(
        mia, f"{address}/columns", date="0", site="1", value="2", n="3", metric="", reason="", all_about="csat"
    )  # fmt: skip

    assert chosen.status_code == 303
    assert "Save 1 row" in words(mia.get(address))
    send(mia, f"{address}/confirmation")
    assert "4.10 in the week from 2 February" in words(mia.get(f"/metrics/{metric_id(app)}"))


def test_a_workbook_comes_in_like_a_file(app: Flask, mia: FlaskClient) -> None:
    book = Workbook()
    for row in (["date", "site", "metric", "value", "n"], ["2026-02-02", "Leeds", "csat", 4.1, 90]):
        book.active.append(row)  # type: ignore[union-attr]
    book.create_sheet("Old")
    out = io.BytesIO()
    book.save(out)

    address = upload(mia, out.getvalue(), "values.xlsx").location

    assert "Only the first sheet was read: Sheet. The workbook has 1 more." in words(mia.get(address))
    send(mia, f"{address}/confirmation")
    assert stored(app) == 1


def test_the_rows_to_mend_come_as_they_stand_with_what_is_wrong(mia: FlaskClient) -> None:
    address = upload(mia, f"{QUEUES}2026-02-16,Leedz,csat,=1+1,5,\n").location

    lines = mia.get(f"{address}/bad-rows.csv").get_data(as_text=True).lstrip("\ufeff").splitlines()

    assert lines[0] == "date,site,metric,value,n,reason,what is wrong"
    assert len(lines) == 2
    assert lines[1].startswith("2026-02-16,Leedz,csat,'=1+1,5,,\"site is no site we know. Did you mean Leeds?")


def test_an_import_is_taken_back_on_its_page(app: Flask, mia: FlaskClient, cast: Cast) -> None:
    address = brought_in(mia, QUEUES)
    assert "Take this import back" in words(mia.get(address))

    assert send(mia, f"{address}/undo").status_code == 303

    page = words(mia.get(address))
    assert "This import was taken back on" in page and "Take this import back" not in page
    assert "Taken back: 0 values as before, 5 gone again." in page
    assert "No values yet" in words(mia.get(f"/metrics/{metric_id(app)}"))
    assert "taken back" in words(mia.get("/metrics"))
    assert send(mia, f"{address}/undo").location == address
    assert send(signed_in(app, cast.asha), f"{address}/undo").status_code == 403


def test_after_a_day_an_import_is_not_offered_to_be_taken_back(
    app: Flask, mia: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.metrics import undo

    address = brought_in(mia, QUEUES)
    monkeypatch.setattr(undo, "UNDO_FOR", timedelta(0))

    assert "Take this import back" not in words(mia.get(address))


def test_values_of_a_count_add_up(app: Flask, mia: FlaskClient) -> None:
    send(mia, "/metrics", **(NEW | {"code": "letters", "name": "Letters", "kind": "count"}))

    brought_in(mia, "date,site,metric,value\n2026-02-02,Leeds,letters,3\n2026-02-03,Leeds,letters,4\n")

    assert "7.0 in the week from 2 February" in words(mia.get(f"/metrics/{id_of(app, 'letters')}"))
