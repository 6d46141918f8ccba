"""The single values of a metric as they were known at a moment: what every estimate starts from."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.metrics.models import Observation


def readings(
    metric_id: int, *, place_ids: Collection[int] | None = None, since: date, until: date,
    seen_at: datetime | None = None,
) -> Sequence[Row]:  # fmt: skip
    """(day, place_id, reason, value, n) by day, place and reason (none first), in one statement.

    The newest revision of each that was recorded at `seen_at` or before (None: of all); what was taken back is left
    out. since, until: both included. place_ids: sites or teams, None for all. The same arguments give the same rows for
    ever once `seen_at` has passed, because revisions are only added.
    """
    one = Observation
    query = select(one.day, one.place_id, one.reason, one.value, one.n).where(
        one.metric_id == metric_id, one.day.between(since, until), one.withdrawn.is_(False), *newest(seen_at)
    )
    if seen_at is not None:
        query = query.where(one.recorded_at <= seen_at)
    if place_ids is not None:
        query = query.where(one.place_id.in_(place_ids))
    return db.session.execute(query.order_by(one.day, one.place_id, one.reason.is_not(None), one.reason)).all()


def newest(seen_at: datetime | None = None) -> list[ColumnElement[bool]]:
    """No later revision (known at `seen_at`); asked twice: values with and without a reason have an index each."""
    one, later = Observation, aliased(Observation)
    same: list[Any] = [later.metric_id == one.metric_id, later.place_id == one.place_id, later.day == one.day,
                       later.revision > one.revision]  # fmt: skip
    if seen_at is not None:
        same.append(later.recorded_at <= seen_at)
    plain = select(later.id).where(*same, later.reason.is_(None)).exists()
    named = select(later.id).where(*same, later.reason == one.reason).exists()
    return [or_(one.reason.is_not(None), ~plain), ~named]
