"""Metrics, observations and imports for programs, in pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select, tuple_
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Invalid
from portal.metrics.models import Metric, MetricImport, Observation
from portal.people.models import Place
from portal.web.paging import decode_cursor, encode_cursor


def metrics_page(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(Metric, last_day, sites) of the metrics in use, value before time. Raises Invalid `bad_cursor`."""
    order = Metric.position, Metric.name, Metric.id
    query = _with_reach().where(Metric.retired_at.is_(None)).order_by(*order)
    if after := decode_cursor(cursor, int):
        before = db.session.get(Metric, after[0])
        if before is None:
            raise Invalid("bad_cursor", "This page of the list does not exist. Start again at the top.")
        query = query.where(tuple_(*order) > tuple_(before.position, before.name, before.id))
    rows = db.session.execute(query.limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].Metric.id) if len(rows) > limit else None


def metric_and_reach(metric_id: int) -> Row:
    """(Metric, last_day, sites) of one metric."""
    return db.session.execute(_with_reach().where(Metric.id == metric_id)).one()


def observations_page(
    metric_id: int,
    *,
    site: int | None,
    reason: str | None = None,
    since: date | None,
    until: date | None,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Row], str | None]:
    """Every value ever reported, in the order in which they came. Raises Invalid `bad_cursor`.

    Rows: the columns of `Observation`, counts (no newer revision), site and its name, place and its name (a team, or
    the site itself). Those that count no more are listed too: to leave them out, thousands would be read for a page.
    """
    o, place, its_site = Observation, aliased(Place), aliased(Place)
    query = (
        select(o.id, o.day, o.value, o.n, o.reason, o.revision, o.recorded_at, o.import_id,
               _counts().label("counts"), place.site_id, its_site.name.label("site"),
               place.id.label("place_id"), place.name.label("place"))
        .join(place, place.id == o.place_id)
        .join(its_site, its_site.id == place.site_id)
        .where(o.metric_id == metric_id)
        .order_by(o.id)
    )  # fmt: skip
    if after := decode_cursor(cursor, int):
        query = query.where(o.id > after[0])
    if site is not None:
        query = query.where(place.site_id == site)
    if reason is not None:
        query = query.where(o.reason == reason)
    if since is not None:
        query = query.where(o.day >= since)
    if until is not None:
        query = query.where(o.day <= until)
    rows = db.session.execute(query.limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None


def imports_page(*, limit: int, cursor: str | None) -> tuple[Sequence[MetricImport], str | None]:
    """What was brought in, the newest first. Raises Invalid `bad_cursor`."""
    query = select(MetricImport).where(MetricImport.applied_at.is_not(None)).order_by(MetricImport.id.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(MetricImport.id < after[0])
    rows = db.session.scalars(query.limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None


def _with_reach() -> Any:
    of_metric = Observation.metric_id == Metric.id
    last = select(func.max(Observation.day)).where(of_metric).scalar_subquery()
    sites = select(func.count(Place.site_id.distinct())).join(Observation, Observation.place_id == Place.id)
    return select(Metric, last.label("last_day"), sites.where(of_metric).scalar_subquery().label("sites"))


def _counts() -> ColumnElement[bool]:
    """The newest revision. In two parts: each finds its answer in an index of its own."""
    o, other = Observation, aliased(Observation)
    newest = select(func.max(other.revision)).where(
        other.metric_id == o.metric_id, other.place_id == o.place_id, other.day == o.day
    )
    plain = newest.where(other.reason.is_(None)).scalar_subquery()
    with_reason = newest.where(other.reason.is_not(None), other.reason == o.reason).scalar_subquery()
    newest_of_its = case((o.reason.is_(None), plain), else_=with_reason)
    return and_(o.withdrawn.is_(False), o.revision == newest_of_its)
