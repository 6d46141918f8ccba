"""How long does it take to bring in many values? Prints seconds for checking, a first and a second import.

    python -m bench.metrics_import [--rows 100000] [--url postgresql+psycopg://…]

Without --url a new SQLite file in a temporary folder is used. The bar: 100,000 rows in under 60 s on 2 cores.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from bench.fresh import fresh_portal
from portal.db import db, writing
from portal.metrics import queries, service
from portal.metrics.metrics_csv import ROWS_MAX_COMMAND, check
from portal.metrics.service import Source
from portal.people.roles import PlaceKind
from portal.people.service import add_place

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITES, DAYS = 20, 730


def main() -> None:
    """Make an organisation and a file, and time each step."""
    with fresh_portal(__doc__) as fresh:
        run(fresh.rows)


def run(rows: int) -> None:
    """The steps, on an empty, migrated database."""
    make_organisation()
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
    timed("known (levels)", lambda: queries.known(NOW.date()))
    timed("list of metrics", queries.overview)
    metric = queries.metrics()[0]
    timed(
        "104 weeks of one metric",
        lambda: queries.weekly(metric.id, None, NOW.date() - timedelta(weeks=104), NOW.date()),
    )


def make_organisation() -> None:
    """20 sites and the starter set."""
    with writing():
        top = add_place(PlaceKind.ORGANISATION, "Bench")
        for number in range(SITES):
            add_place(PlaceKind.SITE, f"Site {number}", top)
        service.add_starter_set()


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
