"""Nine months of weekly numbers for every site, with what delivered ideas did to them."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import insert

from portal.db import db
from portal.demo import content
from portal.demo.people import Crowd
from portal.demo.shapes import Effect, Site
from portal.demo.shapes import Metric as MetricShape
from portal.metrics import service
from portal.metrics.models import Direction, Observation
from portal.metrics.starter import STARTER

ASKED = {found.code: found.survey_note for found in STARTER}
REPORTED_AFTER = timedelta(days=8)  # a week's values come on the Tuesday after it
IDEAS = {idea.key: idea for idea in content.IDEAS}


@dataclass(frozen=True)
class _Series:
    metric: MetricShape
    site: Site
    start: float


def load_numbers(crowd: Crowd, rng: random.Random, *, now: datetime) -> dict[str, int]:
    """Define the metrics and write their weeks up to last week; returns metric code → id."""
    this_monday = now.date() - timedelta(days=now.weekday())
    mondays = [this_monday - timedelta(weeks=weeks) for weeks in range(content.WEEKS, 0, -1)]
    ids: dict[str, int] = {}
    for position, metric in enumerate(content.METRICS, start=1):
        made = service.define_metric(
            metric.code, metric.name, metric.unit, Direction(metric.direction), decimals=metric.decimals,
            note=metric.note, position=position * 10, cadence="week", kind=metric.kind,
            survey_note=ASKED.get(metric.code, ""),
        )  # fmt: skip
        ids[metric.code] = made.id
        rows = [
            row
            for site in content.SITES
            for row in _weeks(_Series(metric, site, dict(metric.baseline)[site.key]), mondays, crowd, made.id, rng, now)
        ]
        db.session.execute(insert(Observation), rows)
    return ids


def _weeks(
    series: _Series, mondays: list[date], crowd: Crowd, metric_id: int, rng: random.Random, now: datetime
) -> list[dict[str, object]]:
    metric = series.metric
    rows: list[dict[str, object]] = []
    for week, monday in enumerate(mondays):
        value = series.start + metric.trend * week + rng.gauss(0, metric.noise) + _moved_by(series, monday, now)
        n = max(1, round(series.site.weekly_contacts * metric.answered * rng.uniform(0.93, 1.07)))
        known = min(now, datetime.combine(monday + REPORTED_AFTER, time(5), UTC))
        recorded = {"recorded_at": known, "revision": 1, "import_id": None, "reason": None}
        where = {"metric_id": metric_id, "place_id": crowd.places[series.site.key].id, "day": monday}
        rows.append(where | recorded | {"value": round(value, metric.decimals + 1), "n": n})
    return rows


def _moved_by(series: _Series, monday: date, now: datetime) -> float:
    """What delivered ideas add to this week: from the week after go-live until they are taken out."""
    return sum(effect.size for effect in series.metric.effects if _acts(effect, series.site.key, monday, now))


def _acts(effect: Effect, site: str, monday: date, now: datetime) -> bool:
    delivery = IDEAS[effect.idea].delivery
    if delivery is None or site not in effect.sites:
        return False
    live = now.date() - timedelta(days=delivery.live_days_ago)
    out = delivery.taken_out_days_ago
    ended = out is not None and monday >= now.date() - timedelta(days=out)
    return monday >= live and not ended
