"""Taking in what a program pushes, night after night. What is stored already changes nothing and leaves no trace."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.errors import Invalid
from portal.metrics import queries, service
from portal.metrics.models import Metric, MetricImport
from portal.metrics.policy import MAY
from portal.metrics.push_rules import Pushed
from portal.metrics.rules import Tally
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer

PROBLEMS_TOLD = 100


def push(
    viewer: Viewer, metric: Metric, pushed: Pushed, *, sha256: str, only_good: bool = False, now: datetime
) -> tuple[Tally, int | None]:
    """Take in judged rows as an import does; returns the sums, and the import that names them as their source.

    A day's pushes of one person for one metric are one import: a night's load comes in dozens of calls. No import
    (None) where nothing was new. Raises Invalid `rows_have_problems` unless only_good, and Invalid `no_good_rows`.
    """
    demand(MAY, "metric.import", viewer)
    _refuse(pushed, only_good)
    service.wait_for_others([metric.id])
    planned, bad = list(queries.planned(pushed.entries)), len(pushed.problems)
    if all(revision is None for _entry, revision in planned):
        return Tally(unchanged=len(planned), bad=bad), None
    record = _record_of_today(viewer, metric, sha256, now)
    tally = service.add_revisions(planned, Tally(bad=bad), import_id=record.id, now=now)
    _sum_up(record, metric, tally)
    audit("metrics.pushed", f"metric_import:{record.id}", {"metric": metric.code, **asdict(tally)},
          actor_id=viewer.id, now=now)  # fmt: skip
    db.session.flush()
    return tally, record.id


def _refuse(pushed: Pushed, only_good: bool) -> None:
    if pushed.problems and not only_good:
        told = pushed.problems[:PROBLEMS_TOLD]
        fields = {f"rows.{one.row}.{one.field}": f"{one.code}: {one.code.sentence}" for one in told}
        total = len(pushed.entries) + len(pushed.problems)
        words = f"{len(pushed.problems)} of {total} rows have problems. Nothing has been saved."
        raise Invalid("rows_have_problems", words, fields)
    if not pushed.entries:
        raise Invalid("no_good_rows", "No row is good. Nothing has been saved.")


def _record_of_today(viewer: Viewer, metric: Metric, sha256: str, now: datetime) -> MetricImport:
    """Found or made under the lock on the metric. sha256: of the first call's body."""
    name, midnight = f"Pushed: {metric.code}", now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = MetricImport.by_id == viewer.id, MetricImport.filename == name, MetricImport.created_at >= midnight
    standing = select(MetricImport).where(*today, MetricImport.undone_at.is_(None))
    found = db.session.scalar(standing.order_by(MetricImport.id.desc()).limit(1))
    if found is None:
        found = MetricImport(by_id=viewer.id, filename=name, sha256=sha256, content="", created_at=now, applied_at=now)
        db.session.add(found)
        db.session.flush()
    return found


def _sum_up(record: MetricImport, metric: Metric, tally: Tally) -> None:
    sums = json.loads(record.summary or "{}")
    for name, count in {"rows": tally.read, **asdict(tally)}.items():
        sums[name] = sums.get(name, 0) + count
    record.summary = json.dumps(sums | {"metrics": [metric.id]}, sort_keys=True)
