"""How long does it take to bring in many values? Prints seconds for checking, a first and a second import, taking it
back, and a night's pushes of 2,000 rows a call.

    python -m bench.metrics_import [--rows 100000] [--url postgresql+psycopg://…]

Without --url a new SQLite file in a temporary folder is used. The bar: 100,000 rows in under 60 s on 2 cores.
"""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TypeVar

from bench.fresh import fresh_portal
from portal.db import db, writing
from portal.metrics import pushing, queries, service, undo
from portal.metrics.api_shapes import ROWS_MAX
from portal.metrics.csv_outcome import Entry
from portal.metrics.metrics_csv import ROWS_MAX_COMMAND, check
from portal.metrics.push_rules import PushedRow, judge_rows
from portal.metrics.service import Source
from portal.people.models import Origin
from portal.people.queries import viewer_of
from portal.people.roles import PlaceKind, Role
from portal.people.service import add_person, add_place, grant
from portal.people.viewer import Viewer

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITES, DAYS = 20, 730


def main() -> None:
    """Make an organisation and a file, and time each step."""
    with fresh_portal(__doc__) as fresh:
        run(fresh.rows)


def run(rows: int) -> None:
    """The steps, on an empty, migrated database."""
    viewer = make_organisation()
    text = make_file(rows)
    print(f"{db.engine.dialect.name}: {rows:,} rows, {len(text) / 1e6:.1f} MB")
    known = queries.known(NOW.date())
    checked = timed("check", lambda: check(text, known, today=NOW.date(), rows_max=ROWS_MAX_COMMAND))
    assert not checked.problems, checked.problems[:3]
    source = Source("bench.csv", "0" * 64)

    def take_in() -> service.Tally:
        with writing():
            return service.apply_import(checked.entries, source, NOW)

    first = timed("first import", take_in)
    again = timed("second import", take_in)
    assert (first.new, again.unchanged) == (rows, rows)
    timed("taking it back", lambda: take_back(viewer))
    pushes = [list(group) for _metric, group in groupby(checked.entries, key=lambda entry: entry.metric_id)]
    timed("pushes, 2,000 a call", lambda: push(viewer, pushes, NOW))
    timed("the same pushes again", lambda: push(viewer, pushes, NOW))
    timed("known (levels)", lambda: queries.known(NOW.date()))
    timed("list of metrics", queries.overview)
    metric = queries.metrics()[0]
    timed(
        "104 weeks of one metric",
        lambda: queries.weekly(metric.id, None, NOW.date() - timedelta(weeks=104), NOW.date()),
    )


def take_back(viewer: Viewer) -> None:
    """The first import."""
    with writing():
        record = undo.undo_import(viewer, 1, now=NOW)
    assert json.loads(record.summary)["withdrawn"]


def push(viewer: Viewer, of_metrics: list[list[Entry]], now: datetime) -> None:
    """Every metric's values, in calls of a size that the interface takes, each judged and saved by itself."""
    for rows in of_metrics:
        for start in range(0, len(rows), ROWS_MAX):
            some = [PushedRow(row.day, row.place_id, row.value, row.n, row.reason) for row in rows[start:][:ROWS_MAX]]
            with writing():
                metric = queries.metric(rows[0].metric_id)
                judged = judge_rows(some, metric.id, places=queries.place_spellings(), today=now.date())
                pushing.push(viewer, metric, judged, sha256="0" * 64, now=now)


def make_organisation() -> Viewer:
    """20 sites, the starter set, and somebody who brings values in."""
    with writing():
        top = add_place(PlaceKind.ORGANISATION, "Bench")
        for number in range(SITES):
            add_place(PlaceKind.SITE, f"Site {number}", top)
        service.add_starter_set()
        person = add_person("Mia", top, email="mia@bench.example", staff_number=None, origin=Origin.CREATED, now=NOW)
        grant(person, Role.PROGRAMME, top, by_id=None, now=NOW)
    viewer = viewer_of(person.id)
    assert viewer
    return viewer


def make_file(rows: int) -> str:
    """Two years of daily values of one metric after the other at every site; then again by contact reason."""
    dice, lines = random.Random(1), ["date,site,metric,value,n,reason"]
    days = [(date(2024, 3, 1) + timedelta(days=day)).isoformat() for day in range(DAYS)]
    codes = [metric.code for metric in queries.metrics()]
    turn = 0
    while len(lines) <= rows:
        for code in codes:
            for site in range(SITES):
                reason = f"Reason {turn}" if turn else ""
                lines += [
                    f"{day},Site {site},{code},{dice.gauss(20, 1):.2f},{dice.randint(50, 900)},{reason}" for day in days
                ]
        turn += 1
    return "\n".join(lines[: rows + 1])


def timed(what: str, step: Callable[[], T]) -> T:
    """Run a step and print its seconds."""
    start = time.perf_counter()
    found = step()
    print(f"{what:24} {time.perf_counter() - start:7.2f} s")
    return found


if __name__ == "__main__":
    main()
