"""Taking an import back: what was before is there again, and nothing is ever deleted."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, Gone, Missing
from portal.metrics import daily, pushing, queries, service, undo
from portal.metrics.csv_outcome import Entry
from portal.metrics.models import Direction, MetricImport, Observation
from portal.metrics.push_rules import Pushed
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from tests.factories import NOON, Cast

MONDAY = date(2026, 2, 2)
HOUR = timedelta(hours=1)


@pytest.fixture
def mia(context: Flask, cast: Cast) -> Viewer:
    """The programme lead."""
    found = viewer_of(cast.mia)
    assert found
    return found


@pytest.fixture
def metric(mia: Viewer) -> int:
    with writing():
        return service.define_metric("transfers", "Transfers", "per 100 contacts", Direction.DOWN_IS_GOOD).id


class Days:
    """Imports values of Leeds, one a day from the Monday on, with and without a contact reason."""

    def __init__(self, metric: int, place: int) -> None:
        self.metric, self.place = metric, place

    def taken(self, *values: float, reason: str | None = None, hours: int = 0) -> int:
        rows = [
            Entry(at, self.metric, self.place, reason, MONDAY + timedelta(days=at), value, 40)
            for at, value in enumerate(values)
        ]
        with writing():
            service.apply_import(rows, service.Source("a.csv", "0" * 64), NOON + hours * HOUR)
        return db.session.scalars(select(func.max(MetricImport.id))).one()

    def now(self, reason: str | None = None) -> list[float]:
        found = daily.readings(self.metric, since=MONDAY, until=MONDAY + timedelta(days=9))
        return [row.value for row in found if row.reason == reason]


@pytest.fixture
def days(metric: int, cast: Cast) -> Days:
    return Days(metric, cast.places["Leeds"])


def undone(viewer: Viewer, import_id: int, *, hours: int = 2) -> MetricImport:
    with writing():
        return undo.undo_import(viewer, import_id, now=NOON + hours * HOUR)


def test_what_was_before_is_there_again_and_what_was_new_is_gone(mia: Viewer, days: Days) -> None:
    days.taken(1, 2)
    days.taken(5, reason="Refunds")
    wrong = days.taken(10, 20, 30, hours=1)
    assert days.now() == [10, 20, 30]

    record = undone(mia, wrong)

    assert days.now() == [1, 2]
    assert days.now("Refunds") == [5]
    assert undo.json.loads(record.summary) | {"metrics": 0} == {
        "rows": 3, "new": 0, "revised": 3, "unchanged": 0, "bad": 0, "metrics": 0, "undoes": wrong, "restored": 2,
        "withdrawn": 1, "kept": 0}  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Observation)) == 1 + 5 + 3
    assert record.filename == "Taken back: a.csv"


def test_values_of_a_contact_reason_are_restored_too(mia: Viewer, days: Days) -> None:
    days.taken(5, reason="Refunds")

    undone(mia, days.taken(50, 60, reason="Refunds"))

    assert days.now("Refunds") == [5]


def test_what_somebody_has_corrected_since_stays(mia: Viewer, days: Days) -> None:
    wrong = days.taken(10, 20)
    days.taken(11, hours=1)

    record = undone(mia, wrong)

    assert days.now() == [11]
    assert undo.json.loads(record.summary)["kept"] == 1


def test_the_same_file_may_come_again_after_it_was_taken_back(mia: Viewer, days: Days) -> None:
    undone(mia, days.taken(10, 20))
    assert days.now() == []

    days.taken(10, 20, hours=3)

    assert days.now() == [10, 20]
    weeks = queries.weekly(days.metric, None, MONDAY, MONDAY + timedelta(days=6))
    assert [(week.value, week.n) for week in weeks] == [(15, 80)]


def test_a_day_s_pushes_are_taken_back_to_what_was_before_the_first(mia: Viewer, days: Days) -> None:
    days.taken(1)

    def pushed(value: float) -> int | None:
        rows = Pushed([Entry(0, days.metric, days.place, None, MONDAY, value, 40)])
        with writing():
            return pushing.push(mia, queries.metric(days.metric), rows, sha256="0" * 64, now=NOON + HOUR)[1]

    source = pushed(7)
    assert pushed(8) == source

    undone(mia, source or 0)

    assert days.now() == [1]
    assert pushed(9) != source


def test_an_import_is_taken_back_once_within_a_day_and_an_undo_never(mia: Viewer, days: Days) -> None:
    late, soon = days.taken(1), days.taken(2)

    with pytest.raises(Gone, match="undo_too_late"):
        undone(mia, late, hours=25)
    record = undone(mia, soon).id
    with pytest.raises(Conflict, match="import_undone_already"):
        undone(mia, soon)
    with pytest.raises(Conflict, match="undo_of_an_undo"):
        undone(mia, record)
    with writing():
        waiting = service.stage_import(mia, "x", service.Source("b.csv", "1" * 64), now=NOON).id
    with pytest.raises(Missing):
        undone(mia, waiting)


def test_an_estimate_made_before_is_made_again_with_the_same_numbers(mia: Viewer, days: Days) -> None:
    wrong = days.taken(10, 20)
    undone(mia, wrong)

    seen = daily.readings(days.metric, since=MONDAY, until=MONDAY + timedelta(days=6), seen_at=NOON + HOUR)

    assert [row.value for row in seen] == [10, 20]
