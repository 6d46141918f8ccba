"""Taking an import back within a day: further revisions restore what was before. No revision is ever deleted."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, insert, literal, select, update
from sqlalchemy.orm import aliased

from portal.db import db, table_of
from portal.errors import Conflict, Gone, Missing, Refusal
from portal.metrics import queries
from portal.metrics.models import MetricImport, Observation
from portal.metrics.policy import MAY
from portal.metrics.service import FILENAME_CHARS_MAX, wait_for_others
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer

UNDO_FOR = timedelta(hours=24)
COLUMNS = ("metric_id", "place_id", "reason", "day", "value", "n", "withdrawn", "revision", "import_id", "recorded_at")


class UndoRefusal(Refusal):
    """Why an import stays."""

    DONE_ALREADY = "import_undone_already", Conflict, "This import was taken back already."
    TOO_LATE = "undo_too_late", Gone, "An import can be taken back for 24 hours. After that, import the right values."
    IS_AN_UNDO = (
        "undo_of_an_undo",
        Conflict,
        "This took an import back. To have the values again, import the file again.",
    )


def undo_refusal(done: MetricImport, now: datetime) -> UndoRefusal | None:
    """Why it cannot be taken back, or None. Raises Missing for a file that was never saved."""
    if done.applied_at is None:
        raise Missing("import")
    if json.loads(done.summary).get("undoes"):
        return UndoRefusal.IS_AN_UNDO
    if done.undone_at is not None:
        return UndoRefusal.DONE_ALREADY
    return UndoRefusal.TOO_LATE if now - done.applied_at > UNDO_FOR else None


def undo_import(viewer: Viewer, import_id: int, *, now: datetime) -> MetricImport:
    """Restore what every value was before this import; returns the import that did. summary: `restored` counts values
    that are as before, `withdrawn` those that are gone again, `kept` those that somebody has corrected since.

    Raises Missing, Conflict (`import_undone_already`, `undo_of_an_undo`), Gone `undo_too_late`.
    """
    demand(MAY, "metric.import", viewer)
    done = queries.staged_import(import_id)
    if refusal := undo_refusal(done, now):
        raise refusal.as_error()
    metric_ids = json.loads(done.summary).get("metrics", [])
    wait_for_others(metric_ids)
    free = (MetricImport.id == import_id, MetricImport.undone_at.is_(None))
    taken = db.session.execute(update(MetricImport).where(*free).values(undone_at=now, undone_by_id=viewer.id))
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise UndoRefusal.DONE_ALREADY.as_error()
    record = MetricImport(
        by_id=viewer.id, filename=f"Taken back: {done.filename}"[:FILENAME_CHARS_MAX], sha256=done.sha256, content="",
        created_at=now, applied_at=now,
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    _restore(import_id, record, metric_ids, now)
    audit(
        "metrics.import_undone", f"metric_import:{import_id}", json.loads(record.summary), actor_id=viewer.id, now=now
    )
    db.session.flush()
    return record


def _restore(import_id: int, record: MetricImport, metric_ids: list[int], now: datetime) -> None:
    changed = db.session.scalar(select(func.count()).select_from(_keys(import_id).subquery())) or 0
    # Values with and without a contact reason have an index each, so each is a statement of its own.
    for with_reason in (False, True):
        rows = _before(import_id, record.id, now, with_reason=with_reason)
        db.session.execute(insert(table_of(Observation)).from_select(COLUMNS, rows))
    made = select(func.count(), func.sum(case((Observation.withdrawn, 1), else_=0)))
    total, withdrawn = db.session.execute(made.where(Observation.import_id == record.id)).one()
    gone = withdrawn or 0
    record.summary = json.dumps(
        {"rows": changed, "new": 0, "revised": total, "unchanged": 0, "bad": 0, "metrics": metric_ids,
         "undoes": import_id, "restored": total - gone, "withdrawn": gone, "kept": changed - total}, sort_keys=True,
    )  # fmt: skip


def _keys(import_id: int) -> Select:
    """What an import touched, with its first and last revision of each: a day's pushes may revise a value twice."""
    o = Observation
    key = (o.metric_id, o.place_id, o.reason, o.day)
    span = func.min(o.revision).label("first"), func.max(o.revision).label("last")
    return select(*key, *span).where(o.import_id == import_id).group_by(*key)


def _before(import_id: int, record_id: int, now: datetime, *, with_reason: bool) -> Select:
    """The further revision of everything that still stands as the import left it: the value from before it, if any."""
    before, mine, later = aliased(Observation), aliased(Observation), aliased(Observation)
    keys = _keys(import_id)
    o = Observation
    touched = keys.where(o.reason.is_not(None) if with_reason else o.reason.is_(None)).subquery().c

    def same(other: Any) -> Any:
        reason = other.reason == touched.reason if with_reason else other.reason.is_(None)
        return and_(other.metric_id == touched.metric_id, other.place_id == touched.place_id,
                    other.day == touched.day, reason)  # fmt: skip

    was = before.id.is_not(None)
    return (
        select(touched.metric_id, touched.place_id, touched.reason, touched.day,
               case((was, before.value), else_=mine.value), case((was, before.n), else_=mine.n),
               case((was, before.withdrawn), else_=True), touched.last + 1,
               literal(record_id), literal(now, o.recorded_at.type))
        .join(mine, and_(same(mine), mine.revision == touched.last))
        .outerjoin(before, and_(same(before), before.revision == touched.first - 1))
        .where(~select(later.id).where(same(later), later.revision > touched.last).exists())
    )  # fmt: skip
