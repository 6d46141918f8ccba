"""Reading what was said of a promise on its locked days, what is due, and how a quarter's verdicts stand together."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.impact.estimate_words import Decision, Direction, Flag
from portal.impact.guardrails_rules import RailWord, rail_word
from portal.impact.models import Guardrail, Plan, Rollout, StoredEstimate
from portal.impact.readings import PERIOD_DAYS
from portal.impact.verdict_rules import Among, among, days_of, due_days, quarter_of
from portal.impact.words import VERDICT_DAY, EstimateKind
from portal.metrics.models import Metric, Observation

MEASURED_FOR = timedelta(days=400)  # since the first go-live; what is confirmed later is not measured any more


@dataclass(frozen=True)
class Due:
    """A locked day that has come. live_from: the first go-live."""

    plan: Plan
    day: int
    live_from: date


@dataclass(frozen=True)
class Rail:
    """A guard-rail of a plan. harm_limit: its own, else the metric's."""

    metric_id: int
    name: str
    unit: str
    decimals: int
    direction: Direction
    harm_limit: float | None


def estimates_of(commitment_id: int) -> Sequence[StoredEstimate]:
    """Every estimate that was kept of a promise, of guard-rails too, the newest first."""
    query = select(StoredEstimate).join(Plan, Plan.id == StoredEstimate.plan_id)
    return db.session.scalars(query.where(Plan.commitment_id == commitment_id).order_by(StoredEstimate.id.desc())).all()


def verdict_of(commitment_id: int) -> StoredEstimate | None:
    """The newest locked estimate from day 56 on, or None."""
    query = select(StoredEstimate).join(Plan, Plan.id == StoredEstimate.plan_id)
    locked = Plan.commitment_id == commitment_id, *_locked(), StoredEstimate.day >= VERDICT_DAY
    return db.session.scalar(query.where(*locked).order_by(StoredEstimate.day.desc()).limit(1))


def due_now(today: date) -> list[Due]:
    """The locked days that have come and have not spoken, in order. Two statements, and one for each plan at a day."""
    later = aliased(StoredEstimate)
    done = select(later.id).where(later.plan_id == Plan.id, later.kind == EstimateKind.LOCKED, later.day == 182)
    first = func.min(Rollout.live_from)
    query = (
        select(Plan, first.label("live_from"), Metric.cadence)
        .join(Rollout, Rollout.commitment_id == Plan.commitment_id)
        .join(Metric, Metric.id == Plan.metric_id)
        .where(Rollout.live_from >= today - MEASURED_FOR, ~done.exists())
        .group_by(Plan.id, Metric.cadence)
        .having(first <= today - timedelta(days=28))
        .order_by(first, Plan.id)
    )
    rows = db.session.execute(query).all()
    stored = _stored_days([row.Plan.id for row in rows])
    found = []
    for row in rows:
        wanted, have = days_of(row.Plan.verdict_days), stored.get(row.Plan.id, set())
        if not any(day not in have and today >= row.live_from + timedelta(days=day) for day in wanted):
            continue
        newest = db.session.scalar(select(func.max(Observation.day)).where(Observation.metric_id == row.Plan.metric_id))
        period = PERIOD_DAYS[row.cadence]
        days = due_days(wanted, have, live_from=row.live_from, today=today, newest=newest, period_days=period)
        found += [Due(row.Plan, day, row.live_from) for day in days]
    return found


def among_quarter(verdict: StoredEstimate, *, until: StoredEstimate | None = None) -> Among | None:
    """How a verdict of day 56 stands among those of its quarter that were locked before it (or before `until`).

    None for an estimate of another day. Those that were too early to say anything are not among them.
    """
    if verdict.day != VERDICT_DAY or verdict.p is None:
        return None
    first, following = quarter_of(verdict.as_of)
    same = StoredEstimate.day == VERDICT_DAY, StoredEstimate.as_of >= first, StoredEstimate.as_of < following
    before = StoredEstimate.id <= (until or verdict).id
    ps = select(StoredEstimate.p).where(*_locked(), *same, before, StoredEstimate.p.is_not(None))
    return among([p for p in db.session.scalars(ps) if p is not None], verdict.p)


def rails_of(plan_id: int) -> list[Rail]:
    """The guard-rails of a plan, in the order in which they were registered."""
    query = (
        select(Guardrail.metric_id, Metric.name, Metric.unit, Metric.decimals, Metric.direction, Guardrail.harm_limit,
               Metric.harm_limit.label("usual"))
        .join(Metric, Metric.id == Guardrail.metric_id)
        .where(Guardrail.plan_id == plan_id)
        .order_by(Guardrail.id)
    )  # fmt: skip
    return [
        Rail(row.metric_id, row.name, row.unit, row.decimals, Direction(row.direction.value),
             row.usual if row.harm_limit is None else row.harm_limit)
        for row in db.session.execute(query)
    ]  # fmt: skip


def rail_words(rails: Iterable[Rail], estimates: Iterable[StoredEstimate], day: int) -> list[RailWord] | None:
    """The word of each guard-rail on a day; None where that day has not spoken."""
    found = {one.metric_id: one for one in estimates if one.kind is EstimateKind.GUARDRAIL and one.day == day}
    words = []
    for rail in rails:
        kept = found.get(rail.metric_id)
        if kept is None:
            return None
        word = Decision(kept.decision)
        words.append(rail_word(word, kept.ci_low, kept.ci_high, rail.direction, rail.harm_limit))
    return words


def flags_text(flags: Iterable[Flag]) -> str:
    """As they are stored."""
    return json.dumps([flag.value for flag in flags])


def flags_of(kept: StoredEstimate) -> tuple[Flag, ...]:
    """Read again."""
    return tuple(Flag(one) for one in json.loads(kept.flags))


def estimates_page(*, after: int | None, limit: int) -> Sequence[StoredEstimate]:
    """Stored estimates in the order in which they were made, some at a time: for whoever makes them again."""
    query = select(StoredEstimate).order_by(StoredEstimate.id).limit(limit)
    return db.session.scalars(query if after is None else query.where(StoredEstimate.id > after)).all()


def seen_between(since: datetime, until: datetime) -> Sequence[Row]:
    """(plan_id,) of the verdicts *improved* of day 56 locked in this time: what money may still follow from."""
    worked = StoredEstimate.day == VERDICT_DAY, StoredEstimate.decision == Decision.IMPROVED.value
    query = select(StoredEstimate.plan_id).where(*_locked(), *worked, StoredEstimate.created_at.between(since, until))
    return db.session.execute(query.order_by(StoredEstimate.id)).all()


def _locked() -> tuple[ColumnElement[bool], ...]:
    return (StoredEstimate.kind == EstimateKind.LOCKED,)


def _stored_days(plan_ids: Sequence[int]) -> dict[int, set[int]]:
    query = select(StoredEstimate.plan_id, StoredEstimate.day).where(*_locked(), StoredEstimate.plan_id.in_(plan_ids))
    found: dict[int, set[int]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.plan_id, set()).add(row.day)
    return found
