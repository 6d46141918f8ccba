"""What bad bodies get: a clear refusal before anything parses them, never a 500."""

import gzip
import io
import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.errors import Malformed
from portal.web.bodies import FORM, refuse_deep_json
from tests.factories import csrf_token, send

TEN_MB = 10 * 1024 * 1024


def post_json(client: FlaskClient, body: bytes | str, **headers: str) -> TestResponse:
    token = {"X-CSRFToken": csrf_token(client)}
    return client.post("/trial/echo", data=body, content_type="application/json", headers=token | headers)


def test_good_json_comes_through(client: FlaskClient) -> None:
    body = json.dumps({"words": 'naïve ☃ [[[[ \\" {', "n": [1, 2, {"a": None}]})

    assert post_json(client, body).get_json() == json.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"9" * 6000,
        b'{"a": 1, "a": 2}',
        b"NaN",
        b'{"a": -Infinity}',
        b'{"a": ',
        b"",
        b'"\xff\xfe"',
        '{"a": 1}'.encode("utf-16"),
        '{"a": "é"}'.encode("latin-1"),
        rb'{"a": "\ud800"}',
        rb'{"a": "\u0000"}',
    ],
    ids=["100,000 arrays", "100,000 closed arrays", "33 objects", "6,000 digits", "a name twice", "NaN", "infinity",
         "cut off", "empty", "not UTF-8", "UTF-16", "Latin-1", "half a character", "NUL"],
)  # fmt: skip
def test_broken_json_is_400(client: FlaskClient, body: bytes) -> None:
    answer = post_json(client, body)

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "bad_request"


def test_broken_json_is_refused_by_real_pages_too(client: FlaskClient) -> None:
    answer = client.post("/me/theme", data=b"[" * 100_000, content_type="application/json")

    assert answer.status_code == 400


def test_brackets_inside_texts_are_no_depth() -> None:
    refuse_deep_json(json.dumps(["[" * 500, '\\"' + "{" * 500]).encode())


def test_a_bracket_after_an_unfinished_text_is_still_counted() -> None:
    with pytest.raises(Malformed):
        refuse_deep_json(b"[" * 33 + b'"')


def test_a_depth_of_32_is_allowed(client: FlaskClient) -> None:
    assert post_json(client, b"[" * 32 + b"]" * 32).status_code == 200


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_ten_megabytes_are_413(client: FlaskClient, kind: str) -> None:
    answer = client.post("/trial/echo", data=b"a" * TEN_MB, content_type=kind)

    assert answer.status_code == 413


def test_a_long_text_in_a_form_is_413_and_says_how_much_is_allowed(client: FlaskClient) -> None:
    answer = send(client, "/trial/echo", words="a" * 300_000)

    assert answer.status_code == 413
    assert "256 KB" in answer.get_data(as_text=True)


# The library leaves the parts that it had already read to the garbage collector when it refuses the rest.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning")
def test_ten_thousand_fields_are_413(client: FlaskClient) -> None:
    body = "&".join(f"f{number}=1" for number in range(10_000))

    plain = client.post("/trial/echo", data=body, content_type=FORM)
    parts = client.post("/trial/echo", data={f"f{number}": (io.BytesIO(b"1"), "") for number in range(1_500)})

    assert (plain.status_code, parts.status_code) == (413, 413)


def test_a_page_for_files_takes_more_but_not_everything(client: FlaskClient) -> None:
    taken = send(client, "/trial/file", file=(io.BytesIO(b"a" * 400_000), "rows.csv"))
    refused = client.post("/trial/file", data=b"a" * 9_000_000, content_type="multipart/form-data; boundary=x")

    assert taken.get_json() == {"bytes": 400_000}
    assert refused.status_code == 413


def test_a_compressed_body_is_415(client: FlaskClient) -> None:
    answer = post_json(client, gzip.compress(b"{}"), **{"Content-Encoding": "gzip"})

    assert answer.status_code == 415


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded; charset=utf-16",
                                  "application/json; charset=utf-7"])  # fmt: skip
def test_a_kind_of_body_that_we_do_not_read_is_415(client: FlaskClient, kind: str) -> None:
    assert client.post("/trial/echo", data=b"a=b", content_type=kind).status_code == 415


@pytest.mark.parametrize("body", [b"words=%ff%fe", b"words=\xff\xfe", b"words=%00", b"words=%c3"])
def test_a_form_that_is_not_text_is_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/trial/echo", data=body, content_type=FORM)

    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["?q=%00", "?%00=1", "?a=1&a=%00"])
def test_a_nul_in_an_address_is_400(client: FlaskClient, query: str) -> None:
    assert client.get(f"/trial/echo{query}").status_code == 400


@pytest.mark.parametrize("query", ["?q=%ff", "?q=%ed%a0%80", "?page=9e99", "?q=" + "a" * 10_000, "?a=1&a=2", "?&&=&="])
def test_odd_queries_are_no_accident(client: FlaskClient, query: str) -> None:
    assert client.get(f"/help/who-can-see-what{query}").status_code == 200


def test_an_unknown_field_is_422_and_named(client: FlaskClient) -> None:
    answer = client.post("/trial/greeting", data={"csrf_token": csrf_token(client), "name": "Asha", "role": "admin"},
                         headers={"Accept": "application/json"})  # fmt: skip

    assert answer.status_code == 422
    assert answer.get_json()["error"] == "unknown_field"
    assert answer.get_json()["fields"] == {"role": "Unknown field."}


def test_texts_are_normalised_and_trimmed(client: FlaskClient) -> None:
    answer = send(client, "/trial/greeting", name="  Zoe\u0301 ", words="one\r\ntwo\rthree\n")

    assert answer.get_json() == {"name": "Zo\u00e9", "words": "one\ntwo\nthree"}


@pytest.mark.parametrize("sign", ["\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066"])
def test_control_characters_and_bidi_overrides_are_422(client: FlaskClient, sign: str) -> None:
    answer = send(client, "/trial/greeting", name="Asha", words=f"fine{sign}not")

    assert answer.status_code == 422
    assert list(answer.get_json()) == ["words"]


def test_a_name_is_one_line(client: FlaskClient) -> None:
    assert send(client, "/trial/greeting", name="Asha\nTess", words="").status_code == 422
