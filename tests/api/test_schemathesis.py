"""Every operation of the document, called by a stranger's tool without a key and with one for each role.

SAYSO_EXAMPLES sets how many examples each operation gets, 15 if it is not set. What a role may never do, by the
policy, gets a few only: all that can be found there is a refusal that is missing or is not as documented. The odd
values that the tool makes up for every field are tried by one of the roles that may do it, shared out among them;
with more examples than 15, by every role, and each role takes the operations in portions, so that `make audit` tells
how far it is. What is made up is the same in every run, so that nobody's change is held up by what another's left
behind; `make audit` draws afresh. SAYSO_SEED sets another seed, such as the one that the output of a failure names.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.home import programme_jobs
from portal.people import queries, service, tokens
from portal.people.models import Origin, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.web.api_document import operations
from tests import databases
from tests.demo_file import copy_demo
from tests.factories import make_person
from tests.journeys.serving import Installation, installation

pytestmark = pytest.mark.slow
EXAMPLES = os.environ.get("SAYSO_EXAMPLES", "15")
SEED = os.environ.get("SAYSO_SEED", "1" if EXAMPLES == "15" else "")
NOBODY = "nobody"
CALLERS = (NOBODY, "frontline", "executive", "owner", "programme", "administrator", "auditor")
ODD_METHODS = ["get", "put", "post", "delete", "options", "patch", "trace"]
# Ends keys, among them the one it is called with: called by itself, with a key of its own, after everything else.
ENDS_KEYS = "/api/v1/keys/{number}"
SECONDS_MAX = 3600  # of a role, or of a portion
SECONDS_OF_ANSWER_MAX = 60  # on a machine that does much else
SHARED_OUT = int(EXAMPLES) <= 15
# Walks from one operation to the next are left out: the document names no links, and the tool finds none by itself.
THOROUGH, BRIEF = "--phases=examples,coverage,fuzzing", "--phases=fuzzing"
COUNT = 1 if SHARED_OUT else 8
PORTIONS = [f"{turn} of {COUNT}" for turn in range(1, COUNT + 1)]
EXAMPLES_REFUSED = str(min(int(EXAMPLES), 5))
OPTIONS = (
    "--checks=all", "--continue-on-failure", "--no-color",
    "--generation-database=none", "--suppress-health-check=all", "--warnings=off",
    f"--request-timeout={SECONDS_OF_ANSWER_MAX}",
)  # fmt: skip
# A 422 may be about what a request says; the check beside this file tells that from its form. An If-Match that was
# never an ETag of ours is refused with a 412.
CONFIG = """\
hooks = "{checks}"
phases.coverage.unexpected-methods = {methods}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 410, 412, 422, 428, 429]
[checks.negative_data_rejection]
expected-statuses = ["4xx", 503]
"""
KEY = '[auth.openapi.key]\nbearer = "{secret}"\n'
CHECKS = Path(__file__).with_name("schemathesis_checks.py")
RUNS = Path(__file__).with_name("schemathesis_runs.py")


class Offered(NamedTuple):
    """The operations that the policy would let a role try, those of them that it tries with odd values, the others."""

    may: list[str]
    thoroughly: list[str]
    never: list[str]


class Organisation(NamedTuple):
    """A file with the demo organisation, two keys for each role, and what the policy offers each."""

    file: Path
    keys: dict[str, tuple[str, str]]
    operations: dict[str, Offered]


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    """The demo organisation, and two keys with every scope for each role."""
    folder = tmp_path_factory.mktemp("organisation")
    url = f"sqlite:///{folder / 'organisation.sqlite3'}"
    copy_demo(folder / "organisation.sqlite3")
    app = create_app(databases.test_config(url, folder, demo=True))
    with app.app_context():
        with writing():
            people = {role: _person(role) for role in CALLERS if role != NOBODY}
            viewers = {NOBODY: None} | {role: queries.viewer_of(person_id) for role, person_id in people.items()}
            offered = _shared_out({role: _allowed(app, viewer) for role, viewer in viewers.items()}, _names(app))
            keys = {role: (_key(person_id), _key(person_id)) for role, person_id in people.items()}
        programme_jobs.rebuild(now=clock.now())
        db.session.remove()
        db.engine.dispose()
    whole = folder / "whole.sqlite3"
    with sqlite3.connect(url.removeprefix("sqlite:///")) as base:
        base.execute("VACUUM INTO ?", (str(whole),))
    base.close()
    yield Organisation(whole, keys, offered)


def _names(app: Any) -> list[str]:
    return [operation["operationId"] for _, path, operation in operations(app) if path != ENDS_KEYS]


def _allowed(app: Any, viewer: Viewer | None) -> set[str]:
    """The operations that the policy would let somebody try, by name."""
    policy = app.extensions["sayso_policy"]
    may = (operation for _, path, operation in operations(app) if path != ENDS_KEYS)
    return {one["operationId"] for one in may if viewer is not None and policy[one["x-action"]](viewer, None)}


def _shared_out(allowed: dict[str, set[str]], names: list[str]) -> dict[str, Offered]:
    """What is offered to each role. Each operation goes to the role among those that may which has the fewest yet."""
    thoroughly: dict[str, list[str]] = {role: [] for role in allowed}
    for name in names:
        may = [role for role in allowed if name in allowed[role]]
        chosen = [min(may, key=lambda role: len(thoroughly[role]))] if may and SHARED_OUT else may
        for role in chosen:
            thoroughly[role].append(name)
    return {
        role: Offered(
            [name for name in names if name in may and name not in thoroughly[role]],
            thoroughly[role],
            [name for name in names if name not in may],
        )
        for role, may in allowed.items()
    }


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
def served(organisation: Organisation, tmp_path: Path) -> Iterator[Installation]:
    """The demo organisation, served by a process of its own, for one role to do with what it likes."""
    shutil.copyfile(organisation.file, tmp_path / "served.sqlite3")
    with installation(tmp_path, demo=True) as served:
        yield served


@pytest.mark.parametrize("portion", PORTIONS)
@pytest.mark.parametrize("role", CALLERS)
def test_a_strangers_tool_finds_no_fault_with_the_interface(
    served: Installation, organisation: Organisation, tmp_path: Path, role: str, portion: str
) -> None:
    key, short_lived = organisation.keys.get(role, ("", ""))

    runs = [
        (phases, f"--max-examples={examples}", *(f"--include-operation-id={name}" for name in names))
        for names, phases, examples in _portion(organisation.operations[role], portion)
        if names
    ]
    found = _run(served, tmp_path, key, runs) if runs else ""
    still = requests.get(f"{served.address}/api/v1/self", headers=_headers(key), timeout=60).status_code
    if portion == PORTIONS[-1]:
        last = (THOROUGH, f"--max-examples={EXAMPLES}", "--include-path", ENDS_KEYS)
        found += _run(served, tmp_path, short_lived, [last])

    if found:
        pytest.fail(found, pytrace=False)
    assert still == (200 if key else 401), "the key ended on the way: what came after it was not looked at"


def _portion(offered: Offered, portion: str) -> list[tuple[list[str], str, str]]:
    """Operations, how they are tried, and how often."""
    these = slice(PORTIONS.index(portion), None, COUNT)
    return [
        (offered.never[these], BRIEF, EXAMPLES_REFUSED),
        (offered.may[these], BRIEF, EXAMPLES),
        (offered.thoroughly[these], THOROUGH, EXAMPLES),
    ]


def _run(served: Installation, folder: Path, key: str, runs: list[tuple[str, ...]]) -> str:
    """What is wrong, as the tool says it; nothing if nothing is. The runs share a process, one after the other."""
    requests.get(f"{served.address}/api/openapi.json", timeout=SECONDS_OF_ANSWER_MAX)  # made once, which takes a while
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(checks=CHECKS, methods=ODD_METHODS) + (KEY.format(secret=key) if key else ""))
    seed = [f"--seed={SEED}"] if SEED else []
    always = ["--config-file", str(config), "run", f"{served.address}/api/openapi.json", *OPTIONS, *seed]
    done = subprocess.run([sys.executable, RUNS], input=json.dumps([[*always, *which] for which in runs]), cwd=folder,
                          capture_output=True, text=True, timeout=SECONDS_MAX, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout)
    assert len(ended) == len(runs)
    return "\n".join(said for code, said in ended if code)


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}
