"""A web server that is killed while people vote: what was acknowledged stands, once."""

import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal import clock
from portal.db import db, writing
from portal.people.models import ApiToken, Grant, Person
from portal.people.roles import Role
from portal.people.token_rules import fingerprint, new_token
from portal.swarm.models import Vote
from tests.databases import SECRET
from tests.factories import Cast
from tests.ideas.making import said
from tests.test_start import ROOT, free_port

VOTES, IDEAS, CLIENTS, KILLS = 1000, 20, 4, 6
BACK_SECONDS_MAX = 10
TEST_SECONDS_MAX = 120
Call = tuple[int, int, str]  # idea, person, key


@dataclass
class Callers:
    """Programs that send votes, each until it is acknowledged, whatever becomes of the server meanwhile."""

    port: int
    waiting: "queue.SimpleQueue[Call]" = field(default_factory=queue.SimpleQueue)
    acknowledged: list[tuple[int, int]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    broken: int = 0
    ending: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """One of several threads, until nothing is waiting."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.ending.is_set():
            try:
                idea, person, key = self.waiting.get_nowait()
            except queue.Empty:
                break
            while not self.ending.is_set() and not self._send(connection, idea, key):
                connection.close()
                time.sleep(0.05)
            if not self.ending.is_set():
                self.acknowledged.append((idea, person))
        connection.close()

    def until(self, count: int) -> None:
        """Wait until so many votes are acknowledged."""
        until(lambda: bool(self.wrong) or len(self.acknowledged) >= count)
        assert self.wrong == []

    def _send(self, connection: HTTPConnection, idea: int, key: str) -> bool:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            connection.request("PUT", f"/api/v1/ideas/{idea}/vote", '{"kind": "support"}', headers)
            answer = connection.getresponse()
            told = answer.read()
        except (HTTPException, OSError):
            self.broken += 1
            return False
        if answer.status != 200:
            self.wrong.append(f"{answer.status} {told[:200]!r}")
            self.ending.set()
        return answer.status == 200 and json.loads(told)["kind"] == "support"


@pytest.mark.slow
def test_votes_that_were_acknowledged_survive_a_server_that_is_killed_six_times(
    app: Flask, cast: Cast, database_url: str, tmp_path: Path
) -> None:
    calls = people_with_keys(app, cast)
    moments = sorted(random.sample(range(20, VOTES - 100), KILLS))
    callers, took = Callers(free_port()), []
    for call in calls:
        callers.waiting.put(call)
    with server(database_url, callers.port, tmp_path) as process, threads(callers):
        until_ready(callers.port)
        for moment in moments:
            callers.until(moment)
            process.kill()
            process.start()
            took.append(until_ready(callers.port))
        callers.until(VOTES)

    assert callers.wrong == []
    assert callers.broken >= KILLS
    assert max(took) < BACK_SECONDS_MAX
    assert sorted(rows(app)) == sorted(callers.acknowledged) == sorted((idea, person) for idea, person, _ in calls)
    assert flask("swarm", "verify", env=environment(database_url, callers.port)) == 0


def people_with_keys(app: Flask, cast: Cast) -> list[Call]:
    """As many people as votes, in the teams of the cast, each with a key and an idea to vote on."""
    now = clock.now()
    with app.app_context():
        ideas = [said(cast.asha, f"We fill in the form number {number} by hand, each time.") for number in range(IDEAS)]
        like = db.session.scalars(select(Person).where(Person.id.in_(cast.voters))).all()
        alike = [{name: getattr(one, name) for name in ("place_id", "team_id", "site_id", "employer_id", "origin")}
                 for one in like]  # fmt: skip
        people = [alike[n % len(alike)] | {"name": f"Voter {n}", "staff_number": f"v{n}", "created_at": now}
                  for n in range(VOTES)]  # fmt: skip
        with writing():
            ids = list(db.session.scalars(insert(Person).returning(Person.id), people))
            made = list(zip(ids, people, [new_token() for _ in ids], strict=True))
            db.session.execute(insert(Grant), [
                {"person_id": number, "role": Role.FRONTLINE, "place_id": person["team_id"], "granted_at": now}
                for number, person, _key in made
            ])  # fmt: skip
            db.session.execute(insert(ApiToken), [
                {"person_id": number, "name": "a program", "shown_start": key[:10], "shown_end": key[-4:],
                 "token_hash": fingerprint(key), "scopes": "votes:write", "made_at": now,
                 "expires_at": now + timedelta(days=1)}
                for number, _person, key in made
            ])  # fmt: skip
        db.session.remove()
    return [(ideas[place % IDEAS], number, key) for place, (number, _person, key) in enumerate(made)]


def rows(app: Flask) -> list[tuple[int, int]]:
    """Every vote there is, revoked or not."""
    with app.app_context():
        found = [(idea, person) for idea, person in db.session.execute(select(Vote.idea_id, Vote.person_id))]
        db.session.remove()
    return found


class Serving:
    """`flask serve`, which can be killed and started again on the same port."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._env, self._log = env, log
        self.start()

    def start(self) -> None:
        """Start it; it does not answer yet."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
        with self._log.open("ab") as said_there:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=said_there, stderr=said_there)

    def kill(self) -> None:
        """SIGKILL: it has no chance to finish anything."""
        self._process.kill()
        self._process.wait()


@contextmanager
def server(url: str, port: int, folder: Path) -> Iterator[Serving]:
    serving = Serving(environment(url, port), folder / "server.log")
    try:
        yield serving
    finally:
        serving.kill()


@contextmanager
def threads(callers: Callers) -> Iterator[None]:
    running = [threading.Thread(target=callers.run) for _ in range(CLIENTS)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        callers.ending.set()
        for thread in running:
            thread.join()


def environment(url: str, port: int) -> dict[str, str]:
    ours = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PORT": str(port), "HOST": "127.0.0.1", "DEMO": "0",
            "API_PER_MINUTE": "100000"}  # fmt: skip
    return dict(os.environ) | ours


def flask(*words: str, env: dict[str, str]) -> int:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=60, check=False).returncode


def until_ready(port: int) -> float:
    """Seconds until the server is ready for people."""
    begun = time.monotonic()
    until(lambda: ready(port))
    return time.monotonic() - begun


def ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (HTTPException, OSError):
        return False
    finally:
        connection.close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + TEST_SECONDS_MAX
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
