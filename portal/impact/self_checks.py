"""The self-check: metric by metric, each in a message of its own, so that a crash loses one metric at most.

Everybody who works here may read what came out of it; whoever pays although it failed says why, in public.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.db import db, take_turns
from portal.impact import readings as stored_readings
from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Direction
from portal.impact.models import Override, Rollout, SelfCheck
from portal.impact.policy import MAY
from portal.impact.self_check_queries import STEP, newest_check, running
from portal.impact.self_check_rules import RUNS_A_METRIC, Alarms, CheckRefusal, counted, reason_refusal
from portal.impact.verdict_rules import METHOD_VERSION, input_hash
from portal.metrics.models import Cadence, Metric, MetricKind, Observation
from portal.outbox import service as outbox
from portal.people import service as people
from portal.people.policy import demand
from portal.people.viewer import Viewer

YEARS = timedelta(weeks=130)  # of history, at most
METRICS_MAX = 20
OFTEN = (Cadence.DAY, Cadence.WEEK)


@dataclass(frozen=True)
class Checked:
    """One metric, tried. hash: of the readings."""

    metric_id: int
    alarms: Alarms
    hash: str
    detail: dict[str, Any]


def start(viewer: Viewer, *, seed: int, now: datetime) -> int:
    """Ask the worker for a self-check; returns how many metrics it will try. Raises the members of CheckRefusal."""
    demand(MAY, "self_check.start", viewer)
    take_turns(STEP)
    if running() is not None:
        raise CheckRefusal.RUNNING.as_error()
    metrics = metrics_to_check()
    if not metrics:
        raise CheckRefusal.NOTHING_TO_CHECK.as_error()
    send_step(seed, metrics, 0, by_id=viewer.id, now=now)
    people.audit("self_check.started", "impact", {"seed": seed, "metrics": len(metrics)}, actor_id=viewer.id, now=now)
    return len(metrics)


def overrule(viewer: Viewer, reason: str, *, now: datetime) -> Override:
    """Pay from impact although the newest self-check calls too often: in public, with the reason.

    Raises the members of CheckRefusal.
    """
    demand(MAY, "self_check.overrule", viewer)
    if refused := reason_refusal(reason):
        raise refused.as_error()
    check = newest_check()
    if check is None:
        raise CheckRefusal.NONE_FINISHED.as_error()
    alarms = Alarms(check.runs, check.alarms)
    if alarms.passed:
        raise CheckRefusal.PASSED.as_error()
    if not alarms.enough:
        raise CheckRefusal.TOO_FEW.as_error()
    made = Override(check_id=check.id, reason=reason.strip(), by_id=viewer.id, at=now)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise CheckRefusal.OVERRULED.as_error() from None
    people.audit("self_check.overruled", f"check:{check.id}", {"reason": made.reason}, actor_id=viewer.id, now=now)
    return made


def metrics_to_check() -> list[int]:
    """The metrics in use with daily or weekly values, in the order of lists."""
    values = select(Observation.id).where(Observation.metric_id == Metric.id).exists()
    query = select(Metric.id).where(Metric.retired_at.is_(None), Metric.cadence.in_(OFTEN), values)
    return list(db.session.scalars(query.order_by(Metric.position, Metric.id).limit(METRICS_MAX)))


def check_metric(metric_id: int, *, seed: int, today: date, now: datetime, runs: int = RUNS_A_METRIC) -> Checked:
    """Try one metric. Reads only; the same seed and the same readings give the same."""
    metric = db.session.get_one(Metric, metric_id)
    readings = _history(metric, today, now)
    direction = Direction(metric.direction.value)
    found = counted(readings, metric.code, direction, seed=seed + metric_id, runs=runs)
    days = [one.day for one in readings]
    detail = {"units": len({one.unit for one in readings}), "from": min(days).isoformat() if days else None,
              "to": max(days).isoformat() if days else None}  # fmt: skip
    return Checked(metric_id, found, input_hash(readings, metric=metric.code, direction=direction), detail)


def is_kept(metric_id: int, *, seed: int) -> bool:
    """Whether this metric has been tried in this check."""
    same = SelfCheck.seed == seed, SelfCheck.metric_id == metric_id
    return db.session.scalar(select(SelfCheck.id).where(*same)) is not None


def keep_metric(checked: Checked, *, seed: int, by_id: int | None, now: datetime) -> bool:
    """Keep what came out for one metric; False where it is kept already."""
    take_turns(STEP)
    if is_kept(checked.metric_id, seed=seed):
        return False
    db.session.add(SelfCheck(
        metric_id=checked.metric_id, runs=checked.alarms.runs, alarms=checked.alarms.alarms, seed=seed,
        detail=json.dumps(checked.detail, sort_keys=True), method_version=METHOD_VERSION, input_hash=checked.hash,
        by_id=by_id, at=now,
    ))  # fmt: skip
    db.session.flush()
    return True


def keep_all(seed: int, metric_ids: Sequence[int], *, by_id: int | None, now: datetime) -> SelfCheck:
    """Keep what came out over all metrics, once."""
    take_turns(STEP)
    whole = select(SelfCheck).where(SelfCheck.seed == seed, SelfCheck.metric_id.is_(None))
    if (kept := db.session.scalar(whole)) is not None:
        return kept
    each = select(SelfCheck, Metric.code, Metric.name).join(Metric, Metric.id == SelfCheck.metric_id)
    rows = db.session.execute(each.where(SelfCheck.seed == seed, SelfCheck.metric_id.in_(metric_ids))
                              .order_by(SelfCheck.metric_id)).all()  # fmt: skip
    digest = hashlib.sha256("".join(row.SelfCheck.input_hash for row in rows).encode()).hexdigest()
    told = [{"metric": row.code, "name": row.name, "runs": row.SelfCheck.runs, "alarms": row.SelfCheck.alarms}
            for row in rows]  # fmt: skip
    made = SelfCheck(
        metric_id=None, runs=sum(row.SelfCheck.runs for row in rows),
        alarms=sum(row.SelfCheck.alarms for row in rows), seed=seed,
        detail=json.dumps({"metrics": told}, ensure_ascii=False), method_version=METHOD_VERSION, input_hash=digest,
        by_id=by_id, at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def send_step(seed: int, metrics: Sequence[int], done: int, *, by_id: int | None, now: datetime) -> None:
    """Leave the next step for the worker."""
    payload = {"seed": seed, "metrics": list(metrics), "done": done, "by": by_id}
    outbox.emit(STEP, payload, now=now, unique_key=f"{STEP}:{seed}:{done}")


def _history(metric: Metric, today: date, now: datetime) -> list[Reading]:
    rows = stored_readings.rows_of(metric, since=today - YEARS, until=today - timedelta(days=1), seen_at=now)
    cells = stored_readings.together(rows, by_reason=False, summed=metric.kind is MetricKind.COUNT)
    first = select(Rollout.place_id, func.min(Rollout.live_from)).where(Rollout.live_from >= today - YEARS)
    lives = {str(place): day for place, day in db.session.execute(first.group_by(Rollout.place_id))}
    return [Reading(day, unit, value, n, lives.get(unit)) for (unit, day), (value, n) in cells.items()]
