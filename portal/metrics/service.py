"""Verbs about metrics: defining them, and taking in what was measured. Nothing is ever overwritten."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from portal.db import db, table_of
from portal.errors import Conflict, Gone, Invalid
from portal.metrics import queries
from portal.metrics.csv_outcome import Checked, Entry, Layout
from portal.metrics.csv_table import layout_refusal
from portal.metrics.models import Cadence, Direction, Metric, MetricImport, MetricKind, Observation
from portal.metrics.policy import MAY
from portal.metrics.rules import STAGED_DAYS, Tally, definition_refusal
from portal.metrics.starter import STARTER
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer

INSERTED_AT_ONCE = 5_000
FILENAME_CHARS_MAX = 200


@dataclass(frozen=True)
class Source:
    """Where rows come from. sha256: of the file's bytes. by_id: who brought it; None for the command line."""

    filename: str
    sha256: str
    by_id: int | None = None


def define_metric(
    code: str, name: str, unit: str, direction: Direction, *, decimals: int = 1, note: str = "", position: int = 100,
    kind: str = "mean", cadence: str = "day", survey_note: str = "",
) -> Metric:  # fmt: skip
    """Add a metric with nobody behind it, as the starter set and the demo do; people use `definitions.define`.

    Raises Invalid (see `DefinitionRefusal`) or Conflict `metric_code_taken`.
    """
    if refusal := definition_refusal(code, name, unit, decimals, note):
        raise Invalid(refusal.value, refusal.sentence)
    if db.session.scalar(select(Metric.id).where(Metric.code == code)) is not None:
        raise Conflict("metric_code_taken", f"There is a metric with the code {code} already.")
    metric = Metric(
        code=code, name=name, unit=unit, direction=Direction(direction), decimals=decimals, note=note,
        position=position, kind=MetricKind(kind), cadence=Cadence(cadence), survey_note=survey_note,
    )  # fmt: skip
    db.session.add(metric)
    db.session.flush()
    return metric


def add_starter_set() -> list[Metric]:
    """Add the metrics of the starter set whose codes are not taken; returns those that were added."""
    taken = set(db.session.scalars(select(Metric.code)))
    return [
        define_metric(found.code, found.name, found.unit, Direction(found.direction), decimals=found.decimals,
                      note=found.note, position=place * 10, kind=found.kind, cadence=found.cadence,
                      survey_note=found.survey_note)
        for place, found in enumerate(STARTER, start=1) if found.code not in taken
    ]  # fmt: skip


def apply_import(rows: Sequence[Entry], source: Source, now: datetime, *, bad: int = 0) -> Tally:
    """Take in checked rows: a new key is revision 1, another value is one revision more, the same value is no row.

    bad: rows of the same file that are left out, for the record. Two imports of the same metrics wait for each other.
    """
    record = MetricImport(
        by_id=source.by_id, filename=source.filename[:FILENAME_CHARS_MAX], sha256=source.sha256, content="",
        created_at=now, applied_at=now,
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    return _take_in(rows, record, bad=bad, by_id=source.by_id, now=now)


def stage_import(viewer: Viewer, text: str, source: Source, *, sheet: str = "", now: datetime) -> MetricImport:
    """Keep an uploaded file until it is confirmed, at most STAGED_DAYS days; older ones lose their content.

    sheet: which sheet of a workbook was read, in words.
    """
    demand(MAY, "metric.import", viewer)
    old = (MetricImport.applied_at.is_(None), MetricImport.created_at < now - timedelta(days=STAGED_DAYS))
    db.session.execute(update(MetricImport).where(*old).values(content=""))
    staged = MetricImport(
        by_id=viewer.id, filename=source.filename[:FILENAME_CHARS_MAX], sha256=source.sha256, content=text,
        created_at=now, summary=json.dumps({"sheet": sheet} if sheet else {}),
    )  # fmt: skip
    db.session.add(staged)
    db.session.flush()
    return staged


def choose_columns(viewer: Viewer, import_id: int, layout: Layout) -> None:
    """Say which column of a waiting file means what. Nothing happens once the file was confirmed.

    Raises Missing, Invalid: column_missing, column_twice.
    """
    demand(MAY, "metric.import", viewer)
    if refusal := layout_refusal(layout):
        raise refusal
    facts = json.loads(queries.staged_import(import_id).summary)
    facts |= {"columns": dict(layout.columns), "metric": layout.metric}
    waiting = (MetricImport.id == import_id, MetricImport.applied_at.is_(None))
    db.session.execute(update(MetricImport).where(*waiting).values(summary=json.dumps(facts, sort_keys=True)))


def layout_of(staged: MetricImport) -> Layout | None:
    """How somebody said that a waiting file is to be read; None to go by its header."""
    facts = json.loads(staged.summary)
    return Layout(facts["columns"], facts["metric"]) if "columns" in facts else None


def confirm_import(
    viewer: Viewer, import_id: int, checked: Checked, *, only_good: bool = False, now: datetime
) -> Tally | None:
    """Take in a staged file that was checked again just before. None: somebody has confirmed it already.

    Raises Invalid `rows_have_problems` unless only_good, and Invalid `no_good_rows`.
    """
    demand(MAY, "metric.import", viewer)
    _refuse_bad_rows(checked, only_good)
    # A second click, or a second person, finds the row taken and leaves everything as it is.
    free = (MetricImport.id == import_id, MetricImport.applied_at.is_(None))
    taken = db.session.execute(update(MetricImport).where(*free).values(applied_at=now))
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    record = queries.staged_import(import_id)
    tally = _take_in(checked.entries, record, bad=len(checked.bad_rows), by_id=viewer.id, now=now)
    record.content = ""
    return tally


def staged_text(staged: MetricImport) -> str:
    """The words of a file that waits. Raises Gone `upload_expired` once they were cleared."""
    if not staged.content:
        raise Gone("upload_expired", "This upload was kept for a week and is gone. Choose the file again.")
    return staged.content


def _refuse_bad_rows(checked: Checked, only_good: bool) -> None:
    if not checked.entries:
        raise Invalid("no_good_rows", "No row of this file is good. Nothing has been saved.")
    if checked.bad_rows and not only_good:
        words = f"{len(checked.bad_rows)} of {checked.rows_read} rows have problems. Nothing has been saved."
        raise Invalid("rows_have_problems", words)


def _take_in(rows: Sequence[Entry], record: MetricImport, *, bad: int, by_id: int | None, now: datetime) -> Tally:
    metric_ids = sorted({entry.metric_id for entry in rows})
    wait_for_others(metric_ids)
    tally = add_revisions(queries.planned(rows), Tally(bad=bad), import_id=record.id, now=now)
    record.summary = json.dumps({"rows": tally.read, **asdict(tally), "metrics": metric_ids}, sort_keys=True)
    audit("metrics.imported", f"metric_import:{record.id}", {"file": record.filename, **asdict(tally)},
          actor_id=by_id, now=now)  # fmt: skip
    db.session.flush()
    return tally


def wait_for_others(metric_ids: Sequence[int]) -> None:
    """Let imports of the same metrics through one by one, so that each compares with what the other has written.

    SQLite has one writer anyway. NO KEY UPDATE leaves promises that name the metric alone.
    """
    locked = select(Metric.id).where(Metric.id.in_(metric_ids)).order_by(Metric.id).with_for_update(key_share=True)
    db.session.execute(locked).all()


def add_revisions(rows: Iterable[queries.Planned], tally: Tally, *, import_id: int, now: datetime) -> Tally:
    """Store what is new or another value, and count every row; call it after `wait_for_others`."""
    waiting = []
    for entry, revision in rows:
        tally.count(revision)
        if revision is not None:
            waiting.append(_observation(entry, revision, import_id, now))
        if len(waiting) >= INSERTED_AT_ONCE:
            _insert(waiting)
            waiting = []
    _insert(waiting)
    return tally


def _observation(entry: Entry, revision: int, import_id: int, now: datetime) -> dict[str, Any]:
    return {
        "metric_id": entry.metric_id, "place_id": entry.place_id, "reason": entry.reason, "day": entry.day,
        "value": entry.value, "n": entry.n, "revision": revision, "import_id": import_id, "recorded_at": now,
    }  # fmt: skip


def _insert(rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table_of(Observation)), rows)
