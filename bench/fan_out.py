"""`python -m bench.fan_out`: one event told to thousands of followers, while colleagues vote.

Two processes vote without a pause, first alone, then while the worker tells one step of a story to everybody. Asked
for: all of them told within ten seconds, and no vote that waits a tenth of a second for it.
"""

import argparse
import json
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast, func, insert, select, update

from bench.databases import KINDS, SECRET
from bench.writing import PER_SECOND_MAX, _heard, _writer
from config import ROOT, Config
from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.ideas import story
from portal.ideas.models import Follow, Idea, Story
from portal.ideas.words import Stage, StoryKind
from portal.notices import outcome_jobs
from portal.notices.models import Notice
from portal.notices.service import POST
from portal.people.models import Origin, Person
from portal.swarm.models import Vote
from portal.worker import run_once

VOTERS = 2
SECONDS = 8
STEPS_MS: list[float] = []  # of each transaction of the worker: no vote waits longer than that for it
HANDLERS = {**outcome_jobs.HANDLERS, POST: lambda message, now: None}


def main() -> None:
    """Measure on each database, print, and write JSON where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.fan_out", description=__doc__)
    parser.add_argument("--followers", type=int, default=5_000)
    parser.add_argument("--databases", default=",".join(KINDS))
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    outcome_jobs.writing = _timed
    found = [_one(kind, folder, asked.followers) for kind in asked.databases.split(",")]
    for line in found:
        print(json.dumps(line))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


@contextmanager
def _timed() -> Iterator[None]:
    with writing():
        begun = time.perf_counter()
        yield
    STEPS_MS.append(round(1000 * (time.perf_counter() - begun), 1))


def _one(kind: str, folder: Path, followers: int) -> dict[str, Any]:
    database = KINDS[kind](folder)
    try:
        url = database.copy(followers // 2)
        app = create_app(Config(database_url=url, secret_key=SECRET, instance=folder))
        logging.disable(logging.INFO)
        with app.app_context():
            number = _everybody_follows(followers)
            while run_once(app, handlers=HANDLERS):
                pass  # what loading left behind
            votes = _votes(number)
            with ExitStack() as stack:
                voters = [stack.enter_context(_writer(url, folder)) for _ in range(VOTERS)]
                _vote(voters, votes, 1)
                alone = _vote(voters, votes, SECONDS)
                took: list[float] = []
                told: list[int] = []
                STEPS_MS.clear()
                beside = _vote(voters, votes, SECONDS, lambda until: _tell(app, number, until, took, told))
            db.session.remove()
            db.engine.dispose()
    finally:
        database.stop()
    held = sorted(STEPS_MS)
    steps = {"steps": len(held), "step_p50_ms": held[len(held) // 2], "step_most_ms": held[-1]}
    return {"database": kind, "followers": followers, "told": told, "seconds": took, "alone": alone, "beside": beside,
            **steps}  # fmt: skip


def _everybody_follows(followers: int) -> int:
    """The number of an open idea that so many people follow; mails would leave."""
    with writing():
        number = db.session.scalars(select(Idea.id).where(Idea.stage == Stage.OPEN).order_by(Idea.id).limit(1)).one()
        people = list(db.session.scalars(select(Person.id).order_by(Person.id).limit(followers)))
        known = set(db.session.scalars(select(Follow.person_id).where(Follow.idea_id == number)))
        now = clock.now()
        rows = [{"idea_id": number, "person_id": one, "since": now} for one in people if one not in known]
        db.session.execute(insert(Follow), rows)
        address = func.coalesce(Person.email, Person.name) + "-" + cast(Person.id, String)
        db.session.execute(update(Person).values(origin=Origin.IMPORTED, email=address))
    return number


def _votes(number: int) -> Iterator[tuple[int, int, int, int]]:
    """(person, team, site, idea) that nobody has cast."""
    query = select(Person.id, Person.team_id, Person.site_id).where(Person.team_id.is_not(None))
    people = db.session.execute(query).all()
    ideas = list(db.session.scalars(select(Idea.id).where(Idea.stage == Stage.OPEN, Idea.id != number).limit(400)))
    known = {tuple(row) for row in db.session.execute(select(Vote.person_id, Vote.idea_id))}
    known |= {tuple(row) for row in db.session.execute(select(Idea.author_id, Idea.id))}  # nobody votes on their own
    db.session.rollback()
    for idea in ideas:
        for person in people:
            if (person.id, idea) not in known:
                yield person.id, person.team_id, person.site_id, idea


def _vote(voters: list[Any], votes: Iterator[Any], seconds: int, beside: Any = None) -> dict[str, float]:
    for voter in voters:
        work = list(islice(votes, seconds * PER_SECOND_MAX // VOTERS))
        voter.stdin.write(json.dumps({"what": "vote", "seconds": seconds, "work": work}) + "\n")
        voter.stdin.flush()
    if beside is not None:
        beside(time.monotonic() + seconds - 1)
    answers = [json.loads(_heard(voter)) for voter in voters]
    took = sorted(one for answer in answers for one in answer["took"])
    return {"votes": len(took), "p50_ms": took[len(took) // 2], "p99_ms": took[int(len(took) * 0.99)],
            "most_ms": took[-1]}  # fmt: skip


def _tell(app: Any, number: int, until: float, took: list[float], told: list[int]) -> None:
    """One step after another, told to everybody, as long as votes are cast."""
    while time.monotonic() < until:
        with writing():
            step = story.record(number, StoryKind.REPLIED, now=clock.now(), words="We look at it.")
            at, step_id = step.at, step.id
        begun = time.perf_counter()
        run_once(app, handlers=HANDLERS)
        took.append(round(time.perf_counter() - begun, 2))
        told.append(db.session.scalar(select(func.count()).select_from(Notice).where(Notice.at == at)) or 0)
        assert db.session.get(Story, step_id) is not None
        db.session.rollback()


if __name__ == "__main__":
    main()
