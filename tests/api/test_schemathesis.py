"""Every operation of the document, called by a stranger's tool without a key and with one for each role.

SAYSO_EXAMPLES sets how many examples each operation gets, 15 if it is not set. To look at one failure again, run
the test with the seed that its output names in SAYSO_SEED.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.demo.load import load_demo
from portal.people import queries, service, tokens
from portal.people.models import Origin, Place
from portal.people.roles import PlaceKind, Role
from tests import databases
from tests.factories import make_person
from tests.journeys.serving import Installation, installation

pytestmark = pytest.mark.slow
EXAMPLES = os.environ.get("SAYSO_EXAMPLES", "15")
SEED = os.environ.get("SAYSO_SEED", "")
NOBODY = "nobody"
CALLERS = (NOBODY, "frontline", "executive", "owner", "programme", "administrator", "auditor")
# Ends keys, among them the one it is called with: called by itself, with a key of its own, after everything else.
ENDS_KEYS = "/api/v1/keys/{number}"
SECONDS_MAX = 3600
OPTIONS = (
    "--checks=all", "--phases=examples,coverage,fuzzing,stateful", "--continue-on-failure", "--no-color",
    "--generation-database=none", "--suppress-health-check=all", "--warnings=off",
)  # fmt: skip
# A 422 may be about what a request says; the check beside this file tells that from its form. An If-Match that was
# never an ETag of ours is refused with a 412. A GET of the starter set asks for a metric of that code: there is none.
CONFIG = """\
hooks = "{checks}"
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 410, 412, 422, 428, 429]
[checks.negative_data_rejection]
expected-statuses = ["4xx", 503]
[[operations]]
include-path = "/api/v1/metrics/starter-set"
checks.unsupported_method.enabled = false
"""
KEY = '[auth.openapi.key]\nbearer = "{secret}"\n'
CHECKS = Path(__file__).with_name("schemathesis_checks.py")


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, tuple[str, str]]]]:
    """A file with the demo organisation, and two keys with every scope for each role."""
    folder = tmp_path_factory.mktemp("organisation")
    url = databases.SqliteCopies(folder).new(folder)
    app = create_app(databases.test_config(url, folder, demo=True))
    with app.app_context():
        with writing():
            load_demo(now=clock.now())
            people = {role: _person(role) for role in CALLERS if role != NOBODY}
            keys = {role: (_key(person_id), _key(person_id)) for role, person_id in people.items()}
        db.session.remove()
        db.engine.dispose()
    whole = folder / "whole.sqlite3"
    with sqlite3.connect(url.removeprefix("sqlite:///")) as base:
        base.execute("VACUUM INTO ?", (str(whole),))
    base.close()
    yield whole, keys


def _person(role: str) -> int:
    known = queries.demo_viewer(role)
    if known is not None:
        return known.id
    top = db.session.query(Place).filter(Place.kind == PlaceKind.ORGANISATION).one()
    person = make_person(role, top, origin=Origin.DEMO, now=clock.now())
    service.grant(person, Role(role), top, by_id=None, now=clock.now())
    return person.id


def _key(person_id: int) -> str:
    return tokens.make(person_id, "a stranger's tool", ["all"], days=7, by_id=None, now=clock.now())[1]


@pytest.fixture
def served(organisation: tuple[Path, dict[str, tuple[str, str]]], tmp_path: Path) -> Iterator[Installation]:
    """The demo organisation, served by a process of its own, for one role to do with what it likes."""
    shutil.copyfile(organisation[0], tmp_path / "served.sqlite3")
    with installation(tmp_path, demo=True) as served:
        yield served


@pytest.mark.parametrize("role", CALLERS)
def test_a_strangers_tool_finds_no_fault_with_the_interface(
    served: Installation, organisation: tuple[Path, dict[str, tuple[str, str]]], tmp_path: Path, role: str
) -> None:
    key, short_lived = organisation[1].get(role, ("", ""))

    found = _run(served, tmp_path, key, "--exclude-path", ENDS_KEYS)
    still = requests.get(f"{served.address}/api/v1/self", headers=_headers(key), timeout=60).status_code
    found += _run(served, tmp_path, short_lived, "--include-path", ENDS_KEYS)

    if found:
        pytest.fail(found, pytrace=False)
    assert still == (200 if key else 401), "the key ended on the way: what came after it was not looked at"


def _run(served: Installation, folder: Path, key: str, *which: str) -> str:
    """What is wrong, as the tool says it; nothing if nothing is."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(checks=CHECKS) + (KEY.format(secret=key) if key else ""))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run",
               f"{served.address}/api/openapi.json", f"--max-examples={EXAMPLES}", *OPTIONS, *which]  # fmt: skip
    if SEED:
        command.append(f"--seed={SEED}")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}\n{done.stderr}"


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}
