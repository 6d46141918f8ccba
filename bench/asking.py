"""How long one person waits for a page of the feed, for a search and for ideas alike, at any size.

    python -m bench.asking [--size 100000] [--databases sqlite,postgres] [--times 200] [--rebuild]

One request after the other, each by another person, within the process of the server: what is measured is the
answer, not the queue in front of it. Bars: feed p95 below 100 ms, search p95 below 80 ms, with misspelt words below
200 ms; every score counted again in less than 60 s.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from bench import databases, machine, who
from bench.who import Signed
from config import ROOT, Config
from portal.app import create_app
from portal.db import db
from portal.ideas.models import Idea

WARM, CHOSEN = 20, 60
Ask = tuple[str, Signed]


def main() -> None:
    """Measure and print: milliseconds at the median and the 95th of 100, by the clock."""
    asked = _asked()
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(", ".join(f"{name} {value}" for name, value in machine.facts(folder).items()))
    for kind in asked.databases.split(","):
        store = databases.KINDS[kind](folder)
        try:
            _measure(kind, store.copy(asked.size), folder, asked)
        finally:
            store.stop()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.asking", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, metavar="IDEAS")
    parser.add_argument("--databases", default="sqlite,postgres", metavar="sqlite,postgres")
    parser.add_argument("--times", type=int, choices=range(20, 2001), default=200, metavar="N", help="of each question")
    parser.add_argument("--rebuild", action="store_true", help="count every score again as well")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where databases are kept: on a real disk")
    return parser.parse_args()


def _measure(kind: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    os.environ.update(databases.environment(url))
    app = create_app(Config(database_url=url, secret_key=databases.SECRET, instance=folder))
    voters = list(who.gather(url, folder).voters)
    with app.app_context():
        words = _words(random.Random(databases.SEED))
        db.session.remove()
    print(f"{kind}, {asked.size:,} ideas:{'':14} p50 ms  p95 ms")
    for name, asks in _questions(words, voters).items():
        took = _times(app, list(islice(cycle(asks), WARM + asked.times)))[WARM:]
        took.sort()
        print(f"  {name:32} {statistics.median(took):7.1f} {took[int(len(took) * 0.95)]:7.1f}")
    if asked.rebuild:
        _rebuilt(url)


def _words(rng: random.Random) -> list[str]:
    """Words of titles as they stand, from all over the table."""
    most = db.session.scalar(select(func.max(Idea.id))) or 1
    numbers = [rng.randint(1, most) for _ in range(CHOSEN)]
    titles = db.session.scalars(select(Idea.title).where(Idea.id.in_(numbers))).all()
    return [word for title in titles if (word := max(title.split(), key=len).strip(".,?!:;'\"")) and len(word) > 4]


def _questions(words: Sequence[str], voters: Sequence[Signed]) -> dict[str, list[Ask]]:
    makers: dict[str, Callable[[str, str], str]] = {
        "feed, first page": lambda _one, _other: "/ideas",
        "newest, first page": lambda _one, _other: "/ideas?view=newest",
        "search, one word": lambda one, _other: f"/search?{urlencode({'q': one})}",
        "search, two words": lambda one, other: f"/search?{urlencode({'q': f'{one} {other}'})}",
        "search, a letter wrong": lambda one, _other: f"/search?{urlencode({'q': _misspelt(one)})}",
        "alike while typing": lambda one, other: f"/ideas/similar?{urlencode({'q': f'Why the {one} and {other}'})}",
    }
    pairs = list(zip(words, [*words[1:], words[0]], strict=True))
    people = cycle(voters)
    return {name: [(make(*pair), next(people)) for pair in pairs] for name, make in makers.items()}


def _misspelt(word: str) -> str:
    middle = len(word) // 2
    return f"{word[: middle - 1]}{word[middle]}{word[middle - 1]}{word[middle + 1 :]}"


def _times(app: Flask, asks: Sequence[Ask]) -> list[float]:
    """Milliseconds of each answer. Raises RuntimeError if one is no page."""
    client = app.test_client(use_cookies=False)
    took: list[float] = []
    for address, signed in asks:
        begun = time.perf_counter()
        answer = client.get(address, headers={"Cookie": signed.cookie, "User-Agent": who.AGENT})
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return took


def _rebuilt(url: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "swarm", "rebuild"]
    begun, before = time.monotonic(), os.times()
    subprocess.run(command, cwd=ROOT, env=databases.environment(url), check=True, capture_output=True)
    spent, after = time.monotonic() - begun, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    print(
        f"  every score counted again: {spent:.1f} s, {used:.1f} s of processor time (the database's own not counted)"
    )


if __name__ == "__main__":
    main()
