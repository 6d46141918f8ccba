"""From the database to the estimator: the readings of a plan, as they were known at a moment."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Row, Select, and_, select

from portal.db import db
from portal.impact.estimate_parts import Reading
from portal.impact.models import Plan, RollBack, Rollout
from portal.metrics import daily
from portal.metrics.models import Cadence, Metric, MetricKind
from portal.people.models import Place

HISTORY = timedelta(weeks=106)  # 104 whole weeks before the first go-live, and two for the weekday effect
PERIOD_DAYS = {Cadence.DAY: 1, Cadence.WEEK: 7, Cadence.MONTH: 30, Cadence.QUARTER: 91}


@dataclass(frozen=True)
class Live:
    """A unit that has a change. unit: as in the readings. live_to: the first day without it again."""

    unit: str
    live_from: date
    live_to: date | None


def readings_of(
    plan: Plan, metric_id: int, *, until: date, seen_at: datetime, together_with: Sequence[int] = (),
    leaving_out: Collection[str] = (),
) -> list[Reading]:  # fmt: skip
    """The readings of a metric until a day, as recorded at `seen_at`; each unit with its go-live. Three statements.

    A unit is a site, or a site and contact reason where the plan names reasons and the metric is reported by them. A
    unit in which the change was put back says nothing from that day on. together_with: promises of one bundle, whose
    units count as this one's. leaving_out: units that are not looked at. Nothing if the change is nowhere live.
    """
    live = go_lives((plan.commitment_id, *together_with), seen_at=seen_at)
    since = min((one.live_from for one in live), default=None)
    metric = db.session.get_one(Metric, metric_id)
    if since is None:
        return []
    rows = rows_of(metric, since=since - HISTORY, until=until, seen_at=seen_at)
    by_reason = bool(reasons_of(plan)) and any(row.reason is not None for row in rows)
    cells = together(rows, by_reason=by_reason, summed=metric.kind is MetricKind.COUNT)
    units = lives_in(live, {unit for unit, _ in cells}, reasons_of(plan) if by_reason else ())
    period = PERIOD_DAYS[metric.cadence]
    return [
        Reading(day, unit, value, n, units[unit].live_from if unit in units else None)
        for (unit, day), (value, n) in cells.items()
        if unit not in leaving_out and not _is_after(units.get(unit), day, period)
    ]


def rows_of(metric: Metric, *, since: date, until: date, seen_at: datetime) -> list[Row]:
    """(day, place_id, reason, value, n) of the whole days, weeks or months until a day; places are sites."""
    last = until - timedelta(days=PERIOD_DAYS[metric.cadence] - 1)
    rows = daily.readings(metric.id, since=since, until=last, seen_at=seen_at)
    sites = _sites()
    return [row for row in rows if row.place_id in sites]


def together(
    rows: Iterable[Row], *, by_reason: bool, summed: bool
) -> dict[tuple[str, date], tuple[float, float | None]]:
    """(unit, day) → (value, n). A site's own value counts; where it told only its queues, they are put together.

    summed: a count, whose parts are added and which has no denominator.
    """
    parts: dict[tuple[str, date], tuple[bool, list[tuple[float, float | None]]]] = {}
    for row in rows:
        if by_reason and row.reason is None:
            continue
        key = unit_name(row.place_id, row.reason if by_reason else None), row.day
        finest = row.reason is None
        known = parts.setdefault(key, (finest, []))
        if by_reason or known[0] == finest:  # rows come with the site's own value first
            known[1].append((row.value, row.n))
    return {key: _one(values, summed) for key, (_, values) in parts.items()}


def unit_name(place_id: int, reason: str | None) -> str:
    """How a unit is called in readings: by number, so that a site may change its name."""
    return str(place_id) if reason is None else f"{place_id}/{reason}"


def lives_in(live: Iterable[Row], known: Collection[str], reasons: Sequence[str]) -> dict[str, Live]:
    """Unit → since when, of the units that report. reasons: those a change touches, where units are queues."""
    found: dict[str, Live] = {}
    for row in live:
        if reasons:
            named = [row.reason] if row.reason is not None else list(reasons)
            units = [unit_name(row.place_id, reason) for reason in named]
        else:
            units = [unit_name(row.place_id, None)]
        for unit in units:
            earlier = found.get(unit)
            if unit in known and (earlier is None or row.live_from < earlier.live_from):
                found[unit] = Live(unit, row.live_from, row.live_to)
    return found


def go_lives(commitment_ids: Sequence[int], *, seen_at: datetime) -> Sequence[Row]:
    """(commitment_id, place_id, reason, live_from, live_to) as known at a moment, in one statement."""
    query = _go_lives(seen_at).where(Rollout.commitment_id.in_(commitment_ids))
    return db.session.execute(query.order_by(Rollout.id)).all()


def other_go_lives(commitment_id: int, *, since: date, until: date, seen_at: datetime) -> Sequence[Row]:
    """The same of every other promise that went live in these days, with what is registered about it."""
    columns = Plan.id.label("plan_id"), Plan.metric_id, Plan.bundle_share, Plan.expected_effect
    query = _go_lives(seen_at).add_columns(*columns).outerjoin(
        Plan, and_(Plan.commitment_id == Rollout.commitment_id, Plan.registered_at <= seen_at)
    )  # fmt: skip
    others = Rollout.commitment_id != commitment_id, Rollout.live_from.between(since, until)
    return db.session.execute(query.where(*others).order_by(Rollout.id)).all()


def names_of(units: Iterable[str]) -> dict[str, str]:
    """Unit → as people read it: "Leeds", "Leeds, cancellations". One statement."""
    wanted = {unit: unit.partition("/") for unit in units}
    ids = sorted({int(place) for place, _, _ in wanted.values()})
    query = select(Place.id, Place.name).where(Place.id.in_(ids))
    names: Mapping[int, str] = {row.id: row.name for row in db.session.execute(query)}
    return {
        unit: f"{names.get(int(place), place)}, {reason}" if reason else names.get(int(place), place)
        for unit, (place, _, reason) in wanted.items()
    }


def reasons_of(plan: Plan) -> tuple[str, ...]:
    """The contact reasons that the change touches; none: every contact."""
    return tuple(json.loads(plan.reasons))


def _go_lives(seen_at: datetime) -> Select:
    back = and_(RollBack.rollout_id == Rollout.id, RollBack.at <= seen_at)
    columns = Rollout.commitment_id, Rollout.place_id, Rollout.reason, Rollout.live_from, RollBack.live_to
    return select(*columns).outerjoin(RollBack, back).where(Rollout.confirmed_at <= seen_at)


def _sites() -> set[int]:
    return set(db.session.scalars(select(Place.id).where(Place.id == Place.site_id)))


def _is_after(live: Live | None, day: date, period: int) -> bool:
    """Whether a value reaches into days in which the change had been put back."""
    return live is not None and live.live_to is not None and day + timedelta(days=period - 1) >= live.live_to


def _one(values: Sequence[tuple[float, float | None]], summed: bool) -> tuple[float, float | None]:
    if summed:
        return sum(value for value, _ in values), None
    if len(values) == 1:
        return values[0]
    weights = [1.0 if n is None else float(n) for _, n in values]
    total = sum(weights)
    n = None if any(n is None for _, n in values) else total
    if total <= 0:
        return values[0][0], n
    return sum(value * weight for (value, _), weight in zip(values, weights, strict=True)) / total, n
