"""Single values as they were known at a moment."""

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.db import writing
from portal.metrics import daily, service
from portal.metrics.csv_outcome import Entry
from portal.metrics.models import Direction
from tests.factories import NOON, Cast

MONDAY = date(2026, 2, 2)
WEEK = {"since": MONDAY, "until": MONDAY + timedelta(days=6)}


def taken(rows: list[tuple], *, days_later: int = 0) -> None:
    """Rows: (metric, place, reason, day, value, n)."""
    entries = [Entry(number, *row) for number, row in enumerate(rows)]
    with writing():
        service.apply_import(entries, service.Source("a.csv", "0" * 64), NOON + timedelta(days=days_later))


@pytest.fixture
def metric(context: Flask) -> int:
    with writing():
        return service.define_metric("transfers", "Transfers", "per 100 contacts", Direction.DOWN_IS_GOOD).id


def test_the_newest_value_counts_and_an_earlier_moment_still_shows_what_was_known_then(
    metric: int, cast: Cast
) -> None:
    leeds = cast.places["Leeds"]
    taken([(metric, leeds, None, MONDAY, 10.0, 50), (metric, leeds, "Refunds", MONDAY, 20.0, 5)])
    taken([(metric, leeds, None, MONDAY, 11.0, 60)], days_later=2)

    now = [tuple(row) for row in daily.readings(metric, **WEEK)]
    then = [tuple(row) for row in daily.readings(metric, **WEEK, seen_at=NOON + timedelta(days=1))]

    assert now == [(MONDAY, leeds, None, 11.0, 60), (MONDAY, leeds, "Refunds", 20.0, 5)]
    assert then == [(MONDAY, leeds, None, 10.0, 50), (MONDAY, leeds, "Refunds", 20.0, 5)]
    assert not daily.readings(metric, **WEEK, seen_at=NOON - timedelta(days=1))


def test_only_the_places_and_days_that_were_asked_for(metric: int, cast: Cast) -> None:
    leeds, belfast = cast.places["Leeds"], cast.places["Belfast"]
    taken([(metric, place, None, MONDAY + timedelta(days=day), 1.0, 9) for place in (leeds, belfast) for day in (0, 7)])

    assert [row.place_id for row in daily.readings(metric, place_ids=[belfast], **WEEK)] == [belfast]
    assert len(daily.readings(metric, **WEEK)) == 2
