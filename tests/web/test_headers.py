"""Headers that every answer carries."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.db import db
from tests import databases
from tests.factories import Cast, send, signed_in

PAGE = "/help/who-can-see-what"
FRAMED = "/nowhere"  # even what does not exist is answered in the frame of every page
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("address", [PAGE, "/nowhere", "/healthz", "/static/app.css", "/trial/refusal/refused"])
def test_every_answer_carries_them(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers

    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("forbidden", ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"])
def test_the_content_policy_opens_no_door(client: FlaskClient, forbidden: str) -> None:
    assert forbidden not in client.get(PAGE).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "part",
    ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "manifest-src 'self'",
     "worker-src 'self'", "style-src 'self'"],
)  # fmt: skip
def test_the_content_policy_closes_what_is_not_used(client: FlaskClient, part: str) -> None:
    assert part in client.get(PAGE).headers["Content-Security-Policy"]


def test_the_nonce_differs_in_every_answer_and_is_the_one_of_its_scripts(client: FlaskClient) -> None:
    answers = [client.get(FRAMED) for _ in range(3)]

    nonces = [re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"]) for answer in answers]
    values = [found[1] for found in nonces if found]
    in_page = [set(re.findall(r'<script[^>]*nonce="([^"]*)"', answer.get_data(as_text=True))) for answer in answers]

    assert len(set(values)) == 3
    assert all(len(value) >= 20 for value in values)
    assert all(tags == {value} for tags, value in zip(in_page, values, strict=True))


def test_pages_are_never_stored(app: Flask, cast: Cast) -> None:
    answer = signed_in(app, cast.asha).get(PAGE)

    assert answer.headers["Cache-Control"] == "no-store"
    assert {part.strip() for part in answer.headers["Vary"].split(",")} >= {"Cookie", "HX-Request"}


def test_files_with_their_hash_are_kept_for_ever_and_set_no_cookie(client: FlaskClient) -> None:
    page = client.get(FRAMED).get_data(as_text=True)
    address = re.search(r'href="(/static/app\.css\?v=\w+)"', page)

    assert address
    with client.get(address[1]) as answer:
        headers = answer.headers

    assert "immutable" in headers["Cache-Control"]
    assert "Set-Cookie" not in headers


def test_over_https_cookies_are_secure_and_https_is_remembered(database_url: str, tmp_path: Path) -> None:
    app = create_app(databases.test_config(database_url, tmp_path, base_url="https://sayso.example.org"))

    answer = app.test_client().get(PAGE, base_url="https://sayso.example.org")
    with app.app_context():
        db.engine.dispose()

    cookie = answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert cookie.startswith("__Host-sayso=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_over_http_on_this_machine_the_cookie_is_still_closed_to_scripts(client: FlaskClient) -> None:
    answer = client.get(PAGE)

    assert "Strict-Transport-Security" not in answer.headers
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_no_answer_says_which_software_it_is(client: FlaskClient) -> None:
    assert not {"X-Powered-By"} & set(client.get(PAGE).headers.keys())


def test_the_theme_is_kept_in_a_cookie_and_nothing_else_is_taken_from_it(client: FlaskClient) -> None:
    chosen = send(client, "/me/theme", theme="dark", next="/help/who-can-see-what")
    dark = client.get(FRAMED).get_data(as_text=True)
    client.set_cookie("theme", '"><script>')
    odd = client.get(FRAMED).get_data(as_text=True)

    assert chosen.status_code == 303
    assert 'data-theme="dark"' in dark
    assert "data-theme" not in odd.split("<head>")[0]
