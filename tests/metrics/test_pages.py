"""The pages of metrics over HTTP."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.db import db, writing
from portal.metrics import service
from portal.metrics.models import Metric, Observation
from tests.factories import Cast, csrf_token, send, signed_in

HEAD = "date,site,metric,value,n\n"
GOOD = f"{HEAD}2026-02-02,Leeds,csat,4.1,100\n2026-02-09,Leeds,csat,3.9,80\n"
BAD = f"{GOOD}2026-02-16,<b>Leedz,csat,4.1,100\n"


@pytest.fixture
def mia(app: Flask, cast: Cast) -> FlaskClient:
    """The programme lead, with the starter set in place."""
    with app.app_context(), writing():
        service.add_starter_set()
    return signed_in(app, cast.mia)


def upload(client: FlaskClient, text: str | bytes, name: str = "values.csv") -> TestResponse:
    content = text if isinstance(text, bytes) else text.encode()
    return send(client, "/metrics/imports", file=(io.BytesIO(content), name))


def upload_large(client: FlaskClient, content: bytes) -> TestResponse:
    """As `upload`, without the temporary file that the test client makes for a large form and leaves open."""
    token = csrf_token(client).encode()
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token
        + b'\r\n--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content
        + b"\r\n--edge--\r\n"
    )  # fmt: skip
    return client.post("/metrics/imports", data=body, content_type="multipart/form-data; boundary=edge")


def words(response: TestResponse) -> str:
    page = response.get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Observation)) or 0


def metric_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Metric.id).where(Metric.code == "csat")).one()


def test_a_file_is_looked_at_confirmed_and_then_seen_on_the_metric_s_page(app: Flask, mia: FlaskClient) -> None:
    looked = upload(mia, GOOD)
    assert looked.status_code == 303
    address = looked.location
    page = mia.get(address)
    assert "rows read" in words(page) and "Save 2 rows" in words(page)
    assert "<svg" in page.get_data(as_text=True)
    assert stored(app) == 0

    confirmed = send(mia, f"{address}/confirmation")

    assert (confirmed.status_code, confirmed.location) == (303, address)
    assert "2 rows read: 2 new, 0 revised, 0 unchanged" in words(mia.get(address))
    assert stored(app) == 2
    seen = words(mia.get(f"/metrics/{metric_id(app)}"))
    assert "3.90 in the week from 9 February, 1 site" in seen
    assert "Customer satisfaction" in words(mia.get("/metrics"))


def test_bad_rows_are_shown_escaped_and_only_the_good_ones_saved_when_asked_for(app: Flask, mia: FlaskClient) -> None:
    address = upload(mia, BAD).location

    page = mia.get(address)

    assert "1 of 3 rows has problems." in words(page)
    assert "Nothing has been saved." in words(page)
    assert "&lt;b&gt;Leedz" in page.get_data(as_text=True)
    refused = send(mia, f"{address}/confirmation")
    assert refused.status_code == 422
    assert "There is a problem" in words(refused)
    assert stored(app) == 0
    send(mia, f"{address}/confirmation", only_good="y")
    assert "1 left out" in words(mia.get(address))
    assert stored(app) == 2


def test_a_second_click_on_save_changes_nothing_and_shows_the_same_outcome(app: Flask, mia: FlaskClient) -> None:
    address = upload(mia, GOOD).location
    send(mia, f"{address}/confirmation")

    again = send(mia, f"{address}/confirmation")

    assert again.status_code == 303
    assert "2 new" in words(mia.get(again.location))
    assert stored(app) == 2


def test_the_same_file_again_is_told_and_would_change_nothing(mia: FlaskClient) -> None:
    send(mia, f"{upload(mia, GOOD).location}/confirmation")

    page = words(mia.get(upload(mia, GOOD).location))

    assert "Exactly this file was imported on" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04", "This is a workbook"),
        (b"date,site\n\x00,1\n", "Row 2 holds a NUL"),
        (b"date,site,metric\n", "Row 1: the column value is missing"),
        (f'{HEAD}2026-02-02,"Leeds,csat,4.1,100\n'.encode(), "Row 2 cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_form(mia: FlaskClient, content: bytes, said: str) -> None:
    response = upload(mia, content)

    assert response.status_code == 422
    assert said in words(response)
    assert "There is a problem" in words(response)


def test_without_a_file_the_form_says_so(mia: FlaskClient) -> None:
    response = send(mia, "/metrics/imports")

    assert response.status_code == 422
    assert "Choose a CSV or XLSX file." in words(response)


def test_an_unknown_field_is_refused(mia: FlaskClient) -> None:
    assert send(mia, "/metrics/imports", file=(io.BytesIO(b"x"), "x.csv"), sneaky="1").status_code == 422
    assert send(mia, "/metrics/starter-set", sneaky="1").status_code == 422
    address = upload(mia, GOOD).location
    assert send(mia, f"{address}/confirmation", sneaky="1").status_code == 422


def test_a_file_above_eight_megabytes_is_refused(mia: FlaskClient) -> None:
    assert upload_large(mia, b"x" * (8 * 1024 * 1024 + 1)).status_code == 413


def test_two_megabytes_are_taken(mia: FlaskClient) -> None:
    assert upload_large(mia, GOOD.encode() + b"\n" * 2_000_000).status_code == 303


def test_the_problems_come_as_a_file_in_which_nothing_runs(mia: FlaskClient) -> None:
    address = upload(mia, f"{GOOD}2026-02-16,Leeds,csat,=1+1,100\n").location

    text = mia.get(f"{address}/problems.csv").get_data(as_text=True)

    assert "4,value,'=1+1,is a formula," in text


def test_the_file_to_fill_in_can_be_imported_as_it_is(mia: FlaskClient) -> None:
    page = words(mia.get(upload(mia, mia.get("/metrics/imports/template.csv").get_data()).location))

    assert "Save 6 rows" in page


def test_a_metric_s_weeks_come_as_a_file(app: Flask, mia: FlaskClient) -> None:
    send(mia, f"{upload(mia, GOOD).location}/confirmation")

    response = mia.get(f"/metrics/{metric_id(app)}.csv")

    assert response.mimetype == "text/csv"
    assert response.get_data(as_text=True).splitlines()[1:] == ["2026-02-02,4.1,100,1", "2026-02-09,3.9,80,1"]


def test_the_starter_set_is_offered_where_nothing_is_measured(app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.mia)
    assert "Add the starter set" in words(client.get("/metrics"))

    assert send(client, "/metrics/starter-set").status_code == 303

    page = words(client.get("/metrics"))
    assert page.index("Customer satisfaction") < page.index("Handle time")


def test_everybody_reads_metrics_and_only_programme_and_administrators_bring_values_in(app: Flask, cast: Cast) -> None:
    for person, may in ((cast.asha, False), (cast.vic, False), (cast.olu, False), (cast.mia, True), (cast.tess, True)):
        client = signed_in(app, person)
        page = client.get("/metrics")
        assert page.status_code == 200
        assert ("/metrics/imports/new" in page.get_data(as_text=True)) is may
        assert client.get("/metrics/imports/new").status_code == (200 if may else 403)
        assert upload(client, GOOD).status_code == (303 if may else 403)


def test_without_signing_in_nothing_is_seen(app: Flask, cast: Cast) -> None:
    rules: list[Any] = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(("/metrics", "/results"))]
    assert len(rules) > 8
    for endpoint in {rule.endpoint for rule in rules}:
        assert app.view_functions[endpoint].policy_action != "public"  # type: ignore[attr-defined]


def test_what_does_not_exist_is_not_found(mia: FlaskClient) -> None:
    for address in ("/metrics/999", "/metrics/999.csv", "/metrics/imports/999", "/metrics/imports/999/problems.csv"):
        assert mia.get(address).status_code == 404
    assert send(mia, "/metrics/imports/999/confirmation").status_code == 404
