"""How often somebody may ask, and whose requests are counted together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.db import db
from portal.people.token_rules import new_token
from portal.web.limits import limiter
from portal.web.network import client_network
from tests import databases
from tests.api.calling import Caller
from tests.factories import Cast
from tests.web.conftest import add_trial_pages

OFTEN = "/trial/often"


@pytest.fixture
def counting(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that counts requests, behind the proxy 10.0.0.1."""
    app = create_app(databases.test_config(database_url, tmp_path, rate_limits=True, trusted_proxies=("10.0.0.1",)))
    add_trial_pages(app)
    limiter.enabled = True
    yield app
    limiter.reset()
    limiter.enabled = False
    with app.app_context():
        db.engine.dispose()


def ask(client: FlaskClient, peer: str, forwarded: str | None = None, *, times: int = 1) -> list[int]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    environ = {"REMOTE_ADDR": peer}
    return [client.get(OFTEN, headers=headers, environ_overrides=environ).status_code for _ in range(times)]


def test_too_many_are_429_with_the_time_to_wait(counting: Flask) -> None:
    client = counting.test_client()

    statuses = ask(client, "192.0.2.7", times=4)
    answer = client.get(OFTEN, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}, headers={"Accept": "application/json"})

    assert statuses == [200, 200, 200, 429]
    assert answer.get_json()["error"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_people_of_one_network_are_counted_together_and_others_apart(counting: Flask) -> None:
    client = counting.test_client()

    ask(client, "192.0.2.7", times=3)

    assert ask(client, "192.0.2.200") == [429]
    assert ask(client, "192.0.3.7") == [200]


def test_a_stranger_cannot_choose_where_the_request_comes_from(counting: Flask) -> None:
    client = counting.test_client()

    statuses = [ask(client, "192.0.2.7", f"198.51.{number}.1")[0] for number in range(5)]

    assert statuses == [200, 200, 200, 429, 429]


def test_behind_the_named_proxy_the_forwarded_address_counts(counting: Flask) -> None:
    client = counting.test_client()

    statuses = [ask(client, "10.0.0.1", f"198.51.{number}.1")[0] for number in range(5)]
    last_hop = ask(client, "10.0.0.1", "198.51.77.1, 198.51.0.9", times=3)

    assert statuses == [200] * 5
    assert last_hop == [200, 200, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_too_large_to_name_a_person(app: Flask, address: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_network() == network


def test_programs_of_one_network_are_counted_by_their_key(cast: Cast, counting: Flask) -> None:
    per_minute = counting.config["SAYSO"].api_per_minute
    asha, bo = Caller(counting, cast.asha), Caller(counting, cast.bo)

    statuses = [asha.get("/self").status_code for _ in range(per_minute)]
    beyond, other = asha.get("/self"), bo.get("/self")

    assert set(statuses) == {200}
    assert (beyond.status_code, beyond.json["error"]) == (429, "too_many_requests")  # type: ignore[index]
    assert 0 < int(beyond.headers["Retry-After"]) <= 60
    assert other.status_code == 200


def test_whoever_tries_keys_that_open_nothing_is_counted_by_the_network(cast: Cast, counting: Flask) -> None:
    client, per_minute = counting.test_client(), counting.config["SAYSO"].api_per_minute

    statuses = {client.get("/api/v1/self", headers={"Authorization": f"Bearer {new_token()}"}).status_code
                for _ in range(per_minute)}  # fmt: skip

    assert statuses == {401}
    assert client.get("/api/v1/self").status_code == 429
    assert Caller(counting, cast.asha).get("/self").status_code == 200
