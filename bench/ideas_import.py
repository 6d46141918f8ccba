"""How long does it take to bring in many earlier ideas? Runs `flask import ideas` as a process of its own.

    python -m bench.ideas_import [--rows 100000] [--url postgresql+psycopg://…]

Prints the seconds of a dry run, a first and a second import. Without --url a new SQLite file in a temporary folder is
used; a --url names an empty database. The bar: 100,000 rows in under 60 s on 2 cores.
"""

import csv
import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.fresh import SECRET_KEY, fresh_portal
from portal import clock
from portal.db import db, writing
from portal.people.models import Origin
from portal.people.roles import PlaceKind
from portal.people.service import add_person, add_place

SITES, PEOPLE = 20, 2_000
SUBJECTS = ("the fax", "the login", "the queue", "the refund form", "the script", "the wallboard", "the headset")
WORDS = ("We ask every customer for", "Nobody needs", "It takes ten minutes to find", "Please let us change",
         "Customers call twice because of", "A second screen would help with")  # fmt: skip
HEADER = ("Id", "Title", "Description", "Author email", "Created At", "Votes", "Status", "Site")


def main() -> None:
    """Make an organisation and a file, and time the command."""
    with fresh_portal(__doc__) as fresh:
        make_organisation()
        print(f"{db.engine.dialect.name}: {fresh.rows:,} rows")
        db.session.remove()
        db.engine.dispose()
        file = fresh.folder / "old.csv"
        make_file(file, fresh.rows)
        timed("dry run", file, fresh.url, "--dry-run")
        first, again = timed("first import", file, fresh.url), timed("second import", file, fresh.url)
        assert (first["new"], again["new"], again["already"]) == (fresh.rows, 0, fresh.rows)


def make_organisation() -> None:
    """20 sites, and the authors."""
    with writing():
        top = add_place(PlaceKind.ORGANISATION, "Bench")
        sites = [add_place(PlaceKind.SITE, f"Site {number}", top) for number in range(SITES)]
        for number in range(PEOPLE):
            email = f"person.{number}@bench.example"
            add_person(f"Person {number}", sites[number % SITES], email=email, origin=Origin.IMPORTED, now=clock.now())


def make_file(file: Path, rows: int) -> None:
    """Five years of ideas, half of them by people who are known."""
    dice, start = random.Random(1), datetime(2020, 1, 1, tzinfo=UTC)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(rows):
            said = start + timedelta(minutes=dice.randrange(5 * 365 * 24 * 60))
            words = " ".join(f"{dice.choice(WORDS)} {dice.choice(SUBJECTS)}." for _ in range(4))
            author = f"person.{dice.randrange(2 * PEOPLE)}@bench.example"
            site = f"Site {dice.randrange(SITES)}"
            writer.writerow(
                (number, f"Idea {number}", words, author, said.isoformat(), dice.randrange(400), "New", site)
            )


def timed(what: str, file: Path, url: str, *options: str) -> dict[str, Any]:
    """Run the command, print its seconds, return what it reports."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", "ideas", str(file), "--json", *options]
    settings = dict(os.environ) | {"DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}
    start = time.perf_counter()
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    print(f"{what:24} {time.perf_counter() - start:7.2f} s")
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
