"""What the worker does about impact: locked days each hour, what may be paid each day, and the self-check."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from portal.commitments.models import Commitment
from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.db import db, writing
from portal.impact import payable, self_checks, verdict_queries, verdicts
from portal.impact.models import Plan, StoredEstimate
from portal.outbox.service import Claimed

LOCK, SETTLE = "impact.lock", "impact.settle"
PAID_FOR = timedelta(days=260)  # after its verdict a change is settled for so long


def lock_due(message: Claimed, now: datetime) -> None:
    """Let every locked day speak that has come. Twice does nothing: whoever comes second finds it written."""
    run_due(now=now)


def settle(message: Claimed, now: datetime) -> None:
    """Hand on what has become due: the self-check passed, a change was put back. Most days nothing is written."""
    query = (
        select(Plan, Commitment)
        .join(Commitment, Commitment.id == Plan.commitment_id)
        .where(Plan.id.in_([row.plan_id for row in verdict_queries.seen_between(now - PAID_FOR, now)]))
    )
    for plan, commitment in db.session.execute(query.order_by(Plan.id)).all():
        if payable.anything_to_do(plan, commitment):
            with writing():
                payable.settle(plan, commitment, now=now)


def check_next(message: Claimed, now: datetime) -> None:
    """Try the next metric of a self-check, and leave a message for the one after; the last one adds them up."""
    told = message.payload
    seed, metrics, done, by_id = told["seed"], told["metrics"], told["done"], told["by"]
    checked = self_checks.check_metric(metrics[done], seed=seed, today=today_of(now), now=now)
    with writing():
        self_checks.keep_metric(checked, seed=seed, by_id=by_id, now=now)
        if done + 1 < len(metrics):
            self_checks.send_step(seed, metrics, done + 1, by_id=by_id, now=now)
        else:
            self_checks.keep_all(seed, metrics, by_id=by_id, now=now)


def run_due(*, now: datetime, tell: Callable[[StoredEstimate], None] = lambda kept: None) -> int:
    """Let every locked day speak that has come; returns how many spoke now, and not at another worker."""
    spoken = 0
    for due in verdict_queries.due_now(today_of(now)):
        prepared = verdicts.prepare(due.plan, due.day, live_from=due.live_from, now=now)
        with writing():
            kept = verdicts.lock(prepared, now=now)
        if kept is not None:
            spoken += 1
            tell(kept)
    return spoken


def run_self_check(
    *, seed: int, now: datetime, tell: Callable[[self_checks.Checked, int, int], None] = lambda one, done, of: None
) -> int | None:
    """The whole self-check at once, for the command line; the number of the check, None without history."""
    metrics = self_checks.metrics_to_check()
    for done, metric_id in enumerate(metrics, 1):
        checked = self_checks.check_metric(metric_id, seed=seed, today=today_of(now), now=now)
        with writing():
            self_checks.keep_metric(checked, seed=seed, by_id=None, now=now)
        tell(checked, done, len(metrics))
    if not metrics:
        return None
    with writing():
        return self_checks.keep_all(seed, metrics, by_id=None, now=now).id


def today_of(now: datetime) -> date:
    """The day it is for the organisation."""
    return day_in(organisation_zone(), now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic runs: locked days once an hour, payments once a day (UTC)."""
    moment = now.astimezone(UTC)
    return [(LOCK, f"{LOCK}:{moment:%Y-%m-%dT%H}"), (SETTLE, f"{SETTLE}:{moment:%Y-%m-%d}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    LOCK: lock_due,
    SETTLE: settle,
    self_checks.STEP: check_next,
}
