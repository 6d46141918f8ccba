"""Taking values in: revisions, sums, and two people at once."""

import json
import threading
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, Gone, Invalid, Refused
from portal.metrics import queries, service
from portal.metrics.csv_outcome import Checked, Entry
from portal.metrics.models import Direction, Metric, MetricImport, Observation
from portal.metrics.rules import Tally
from portal.metrics.service import Source
from portal.metrics.starter import STARTER
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from tests.factories import NOON, Cast

MONDAY = date(2026, 2, 2)
FILE = Source("february.csv", "f" * 64)


def define(code: str = "transfers") -> int:
    with writing():
        return service.define_metric(code, "Transfers", "per 100 contacts", Direction.DOWN_IS_GOOD).id


def entry(
    metric_id: int, place_id: int, value: float, *, week: int = 0, n: int | None = None, reason: str | None = None
) -> Entry:
    return Entry(2, metric_id, place_id, reason, MONDAY + timedelta(weeks=week), value, n)


def apply(rows: Sequence[Entry], *, bad: int = 0) -> Tally:
    with writing():
        return service.apply_import(rows, FILE, NOON, bad=bad)


def rows_stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Observation)) or 0


def viewer(person_id: int) -> Viewer:
    found = viewer_of(person_id)
    assert found is not None
    return found


def test_the_same_value_again_is_no_row_and_another_value_is_one_revision_more(context: Flask, cast: Cast) -> None:
    metric, leeds = define(), cast.places["Leeds"]
    apply([entry(metric, leeds, 14.2, n=100), entry(metric, leeds, 13.9, week=1)])

    tally = apply(
        [entry(metric, leeds, 14.5, n=100), entry(metric, leeds, 13.9, week=1), entry(metric, leeds, 13, week=2)]
    )

    assert (tally.new, tally.revised, tally.unchanged, tally.read) == (1, 1, 1, 3)
    stored = db.session.execute(
        select(Observation.day, Observation.value, Observation.revision).order_by(Observation.id)
    )
    assert stored.all() == [
        (MONDAY, 14.2, 1), (MONDAY + timedelta(weeks=1), 13.9, 1),
        (MONDAY, 14.5, 2), (MONDAY + timedelta(weeks=2), 13.0, 1),
    ]  # fmt: skip


def test_a_value_may_go_back_to_what_it_was_and_every_step_stays(context: Flask, cast: Cast) -> None:
    metric, leeds = define(), cast.places["Leeds"]
    for value in (14.2, 15.0, 14.2):
        apply([entry(metric, leeds, value)])

    assert db.session.scalars(select(Observation.value).order_by(Observation.revision)).all() == [14.2, 15.0, 14.2]


def test_another_number_of_contacts_is_a_revision_but_silence_about_it_is_not(context: Flask, cast: Cast) -> None:
    metric, leeds = define(), cast.places["Leeds"]
    apply([entry(metric, leeds, 14.2, n=100)])

    assert apply([entry(metric, leeds, 14.2, n=None)]).unchanged == 1
    assert apply([entry(metric, leeds, 14.2, n=120)]).revised == 1


def test_a_reason_is_a_series_of_its_own(context: Flask, cast: Cast) -> None:
    metric, leeds = define(), cast.places["Leeds"]

    tally = apply([entry(metric, leeds, 14.2), entry(metric, leeds, 30.0, reason="Refunds")])

    assert tally.new == 2
    assert apply([entry(metric, leeds, 31.0, reason="Refunds")]).revised == 1


def test_every_import_leaves_a_record_whose_sums_add_up(context: Flask, cast: Cast) -> None:
    metric, leeds = define(), cast.places["Leeds"]

    apply([entry(metric, leeds, 14.2), entry(metric, leeds, 13.9, week=1)], bad=3)

    [record] = db.session.scalars(select(MetricImport))
    summary = json.loads(record.summary)
    assert summary == {"rows": 5, "new": 2, "revised": 0, "unchanged": 0, "bad": 3, "metrics": [metric]}
    assert set(db.session.scalars(select(Observation.import_id))) == {record.id}


def test_a_dry_run_tells_the_same_sums_and_writes_nothing(context: Flask, cast: Cast) -> None:
    metric, leeds = define(), cast.places["Leeds"]
    apply([entry(metric, leeds, 14.2)])
    rows = [entry(metric, leeds, 14.9), entry(metric, leeds, 13.9, week=1)]

    told = queries.tally(rows, bad=1)

    assert rows_stored() == 1
    assert told == apply(rows, bad=1)


def test_large_files_are_compared_and_written_in_parts(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COMPARED_AT_ONCE", 7)
    monkeypatch.setattr(service, "INSERTED_AT_ONCE", 4)
    metric, other, leeds = define(), define("csat"), cast.places["Leeds"]
    rows = [entry(which, leeds, week, week=week) for week in range(20) for which in (metric, other)]

    assert apply(rows).new == 40
    assert apply(rows).unchanged == 40
    assert rows_stored() == 40


def test_the_same_file_imported_twice_at_once_is_stored_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        metric = define()
    rows = [entry(metric, cast.places["Leeds"], week, week=week) for week in range(50)]
    start, outcomes = threading.Barrier(2), []

    def run() -> None:
        with app.app_context():
            start.wait()
            outcomes.append(apply(rows))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted((tally.new, tally.unchanged) for tally in outcomes) == [(0, 50), (50, 0)]
    with app.app_context():
        assert rows_stored() == 50
        assert db.session.scalar(select(func.max(Observation.revision))) == 1


def test_the_same_upload_confirmed_twice_at_once_is_taken_in_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        metric, mia = define(), viewer(cast.mia)
        with writing():
            staged = service.stage_import(mia, "words", FILE, now=NOON).id
    checked = Checked(entries=[entry(metric, cast.places["Leeds"], week, week=week) for week in range(50)])
    start, outcomes = threading.Barrier(2), []

    def run() -> None:
        with app.app_context():
            start.wait()
            with writing():
                outcomes.append(service.confirm_import(mia, staged, checked, now=NOON))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [outcome.new for outcome in outcomes if outcome] == [50]
    assert outcomes.count(None) == 1


def test_an_upload_with_problems_is_not_saved_unless_the_good_rows_are_asked_for(context: Flask, cast: Cast) -> None:
    metric, mia = define(), viewer(cast.mia)
    with writing():
        staged = service.stage_import(mia, "words", FILE, now=NOON).id
    checked = Checked(entries=[entry(metric, cast.places["Leeds"], 1.0)], bad_rows={3})

    with pytest.raises(Invalid) as refusal, writing():
        service.confirm_import(mia, staged, checked, now=NOON)
    assert refusal.value.code == "rows_have_problems"
    assert rows_stored() == 0

    with writing():
        tally = service.confirm_import(mia, staged, checked, only_good=True, now=NOON)
    assert tally == Tally(new=1, bad=1)


def test_an_upload_without_a_good_row_cannot_be_saved(context: Flask, cast: Cast) -> None:
    mia = viewer(cast.mia)
    with writing():
        staged = service.stage_import(mia, "words", FILE, now=NOON).id

    with pytest.raises(Invalid) as refusal, writing():
        service.confirm_import(mia, staged, Checked(bad_rows={2}), only_good=True, now=NOON)

    assert refusal.value.code == "no_good_rows"


def test_only_programme_and_administrators_bring_values_in(context: Flask, cast: Cast) -> None:
    for person in (cast.asha, cast.vic, cast.olu, cast.lea):
        with pytest.raises(Refused), writing():
            service.stage_import(viewer(person), "words", FILE, now=NOON)
        with pytest.raises(Refused), writing():
            service.confirm_import(viewer(person), 1, Checked(), now=NOON)


def test_an_upload_nobody_confirmed_for_a_week_loses_its_content(context: Flask, cast: Cast) -> None:
    mia = viewer(cast.mia)
    with writing():
        old = service.stage_import(mia, "words", FILE, now=NOON).id
    with writing():
        service.stage_import(mia, "other words", FILE, now=NOON + timedelta(days=8))

    with pytest.raises(Gone) as refusal:
        service.staged_text(queries.staged_import(old))

    assert refusal.value.code == "upload_expired"


def test_the_starter_set_is_added_once_with_handle_time_last(context: Flask, cast: Cast) -> None:
    define("transfers")
    with writing():
        added = len(service.add_starter_set())
    with writing():
        assert service.add_starter_set() == []

    assert added == len(STARTER) - 1
    starters = [metric.code for metric in queries.metrics() if metric.code != "transfers"]
    assert starters[-1] == "handle_time"


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"code": "Bad Code"}, "code_malformed"), ({"name": ""}, "name_length"), ({"unit": "u" * 61}, "unit_length"),
        ({"note": "n" * 501}, "note_too_long"), ({"decimals": 7}, "decimals_range"),
    ],
)  # fmt: skip
def test_a_metric_that_cannot_be_is_refused(context: Flask, cast: Cast, over: dict[str, object], code: str) -> None:
    values: dict[str, object] = {
        "code": "csat",
        "name": "CSAT",
        "unit": "score",
        "direction": Direction.UP_IS_GOOD,
    } | over

    with pytest.raises(Invalid) as refusal, writing():
        service.define_metric(**values)  # type: ignore[arg-type]

    assert refusal.value.code == code
    assert refusal.value.message


def test_a_code_is_given_once(context: Flask, cast: Cast) -> None:
    define("csat")

    with pytest.raises(Conflict) as refusal:
        define("csat")

    assert refusal.value.code == "metric_code_taken"


def test_weeks_use_the_newest_revision_and_only_the_sites_asked_for(context: Flask, cast: Cast) -> None:
    metric, leeds, durban = define(), cast.places["Leeds"], cast.places["Durban"]
    apply([entry(metric, leeds, 10.0, n=100), entry(metric, durban, 20.0, n=300), entry(metric, leeds, 1.0, week=9)])
    apply([entry(metric, leeds, 12.0, n=100)])
    until = MONDAY + timedelta(weeks=4)

    [everybody] = queries.weekly(metric, None, MONDAY, until)
    [only_leeds] = queries.weekly(metric, [leeds], MONDAY, until)

    assert (everybody.monday, everybody.value, everybody.n, everybody.sites) == (MONDAY, 18.0, 400, 2)
    assert (only_leeds.value, only_leeds.sites) == (12.0, 1)


def test_a_team_s_values_stand_for_its_site_where_the_site_itself_did_not_report(context: Flask, cast: Cast) -> None:
    metric = define()
    apply(
        [
            entry(metric, cast.places["Leeds/Billing"], 10.0, n=10),
            entry(metric, cast.places["Leeds/Technical"], 40.0, n=20),
        ]
    )

    [week] = queries.weekly(metric, [cast.places["Leeds"]], MONDAY, MONDAY)

    assert (week.value, week.sites) == (30.0, 1)


def test_what_a_file_may_speak_of_are_metrics_in_use_sites_teams_and_their_usual_level(
    context: Flask, cast: Cast
) -> None:
    metric, leeds = define(), cast.places["Leeds"]
    apply([entry(metric, leeds, -10.0), entry(metric, leeds, 14.0, week=1)])
    with writing():
        retired = db.session.get(Metric, define_retired())
        assert retired is not None

    known = queries.known(NOON.date())

    assert dict(known.metrics) == {"transfers": metric}
    assert known.sites == ("Belfast", "Durban", "Leeds", "Manila")
    assert known.places["leeds/billing"] == (cast.places["Leeds/Billing"],)
    assert known.places["brightline/durban"] == (cast.places["Durban"],)
    assert known.levels == {(metric, leeds, None): 12.0}


def define_retired() -> int:
    metric = service.define_metric("old", "Old", "x", Direction.UP_IS_GOOD)
    metric.retired_at = NOON
    db.session.flush()
    return metric.id
