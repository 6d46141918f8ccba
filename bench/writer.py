"""One of several processes that write at once: `python -m bench.writer URL FOLDER`.

Reads orders as JSON lines ({"what": "bare"|"vote"|"idea", "seconds": 3, "work": [...]}) and answers each with the
milliseconds of every commit. `bare` inserts one small row through the driver alone; the others are the portal's verbs,
each in a transaction of its own, as the edge opens it.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

from bench.databases import SECRET
from bench.who import words
from config import Config
from portal import clock, memory
from portal.app import create_app
from portal.db import SQLITE_PRAGMAS, db, writing
from portal.ideas import service as ideas
from portal.ideas.service import NewIdea
from portal.people.queries import viewer_of
from portal.swarm import service as swarm
from portal.swarm.models import Via
from portal.swarm.rules import VoteKind, WantedVote
from portal.swarm.service import Voter

SCRATCH = "CREATE TABLE IF NOT EXISTS bench_scratch (at DOUBLE PRECISION)"


def main(url: str, folder: str) -> None:
    """Obey until standard input ends."""
    app = create_app(Config(database_url=url, secret_key=SECRET, instance=Path(folder)))
    memory.settle()  # as wsgi.py does
    bare = bare_row(url)
    with app.app_context():
        kinds = {"bare": lambda _work: repeat(bare), "vote": _votes, "idea": _ideas}
        say("ready")
        for order in map(json.loads, sys.stdin):
            steps = kinds[order["what"]](order.get("work", []))
            say(json.dumps(timed(steps, order["seconds"])))


def timed(steps: Iterator[Callable[[], object]], seconds: float) -> dict[str, Any]:
    """Take steps for so long; the milliseconds of each, the seconds of all, and this process's own."""
    worked, begun, took = time.process_time(), time.perf_counter(), []
    before = begun
    for step in steps:
        step()
        now = time.perf_counter()
        took.append(round(1000 * (now - before), 3))
        before = now
        if now - begun > seconds:
            break
    return {"seconds": before - begun, "took": took, "cpu": time.process_time() - worked}


def _votes(work: list[list[int]]) -> Iterator[Callable[[], object]]:
    """work: person, team, site, idea."""
    return (partial(_vote, Voter(person, team, site), idea) for person, team, site, idea in work)


def _vote(voter: Voter, idea: int) -> None:
    with writing():
        swarm.cast_vote(voter, idea, WantedVote(VoteKind.SUPPORT), via=Via.FEED, now=clock.now())
    db.session.remove()


def _ideas(work: list[list[int]]) -> Iterator[Callable[[], object]]:
    """work: persons, one after another, as often as there is time."""
    viewers = [viewer for (person,) in work[:50] if (viewer := viewer_of(person))]
    db.session.remove()
    dice = random.Random()
    return (partial(_idea, viewer, dice) for viewer in cycle(viewers))


def _idea(viewer: Any, dice: random.Random) -> None:
    with writing():
        ideas.say(viewer, NewIdea(words(dice)), now=clock.now())
    db.session.remove()


def bare_row(url: str) -> Callable[[], object]:
    """One small row, committed as durably as everything of the portal is."""
    return _bare_sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else _bare_postgres(url)


def _bare_sqlite(path: str) -> Callable[[], object]:
    import sqlite3

    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(SCRATCH)

    def step() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bench_scratch (at) VALUES (?)", [time.time()])
        connection.execute("COMMIT")

    return step


def _bare_postgres(url: str) -> Callable[[], object]:
    import psycopg

    connection = psycopg.connect(url.replace("+psycopg", ""))

    def step() -> None:
        connection.execute("INSERT INTO bench_scratch (at) VALUES (%s)", [time.time()])
        connection.commit()

    return step


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
