"""Reading metrics: definitions, the values that count now, and what a file may speak of."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.metrics.csv_outcome import Entry, Known, Series
from portal.metrics.metrics_csv import spellings
from portal.metrics.models import Metric, MetricImport, Observation
from portal.metrics.rules import Stored, Tally, next_revision
from portal.metrics.weekly import site_weeks
from portal.metrics.weeks import Week, together
from portal.people.models import Place
from portal.people.roles import PlaceKind

LEVEL_DAYS = 400  # how far back "usual" reaches
COMPARED_AT_ONCE = 50_000  # rows of a file: bounds the memory that a large import takes
PLACES_NAMED = 100  # of a few, only their own values are read: a site's whole past comes in many small calls

Planned = tuple[Entry, int | None]  # the row, and the revision it becomes (None: it says what is stored)


def metrics() -> Sequence[Metric]:
    """Every metric in use, value before time."""
    return db.session.scalars(select(Metric).where(Metric.retired_at.is_(None)).order_by(*_in_order())).all()


def overview() -> Sequence[Row]:
    """(Metric, last_day, sites) of every metric in use, for the list."""
    reach = (
        select(Observation.metric_id, func.max(Observation.day).label("last_day"),
               func.count(Place.site_id.distinct()).label("sites"))
        .join(Place, Place.id == Observation.place_id).group_by(Observation.metric_id).subquery()
    )  # fmt: skip
    query = select(Metric, reach.c.last_day, func.coalesce(reach.c.sites, 0).label("sites"))
    query = query.outerjoin(reach, reach.c.metric_id == Metric.id).where(Metric.retired_at.is_(None))
    return db.session.execute(query.order_by(*_in_order())).all()


def metric(metric_id: int) -> Metric:
    """The metric; raises Missing."""
    found = db.session.get(Metric, metric_id)
    if found is None:
        raise Missing("metric")
    return found


def metric_called(code: str) -> Metric:
    """The metric with this code; raises Missing."""
    found = db.session.scalar(select(Metric).where(Metric.code == code))
    if found is None:
        raise Missing("metric")
    return found


def id_of_code(code: str) -> int | None:
    """The metric with this code, if it is in use."""
    return db.session.scalar(select(Metric.id).where(Metric.code == code, _in_use()))


def last_day(metric_id: int) -> date | None:
    """The last day for which something was reported."""
    return db.session.scalar(select(func.max(Observation.day)).where(Observation.metric_id == metric_id))


def weekly(
    metric_id: int, site_ids: Collection[int] | None, since: date, until: date, *, reason: str | None = None,
    summed: bool = False,
) -> list[Week]:  # fmt: skip
    """The weeks of a metric at some sites (None: all) from `since` to `until`, both included, oldest first.

    reason: of one contact reason only. summed: the metric is a count, so values add up.
    """
    return together(site_weeks(metric_id, since, until, reason=reason), site_ids, summed=summed)


def known(today: date) -> Known:
    """What a file may speak of today."""
    codes = {row.code: row.id for row in db.session.execute(select(Metric.code, Metric.id).where(_in_use()))}
    places = db.session.execute(_places_query()).all()
    sites = tuple(row.name for row in places if row.kind == PlaceKind.SITE)
    return Known(codes, _spellings(places), sites, _levels(today))


def place_spellings() -> dict[str, tuple[int, ...]]:
    """Spelling of a site or team → its id; several where nobody can tell which."""
    return _spellings(db.session.execute(_places_query()).all())


def site_of_places() -> dict[int, tuple[int, bool]]:
    """Place → (its site, whether it is the site itself), for every site and team."""
    query = select(Place.id, Place.site_id, Place.kind).where(Place.site_id.is_not(None))
    return {row.id: (row.site_id, row.kind == PlaceKind.SITE) for row in db.session.execute(query)}


def planned(entries: Sequence[Entry]) -> Iterator[Planned]:
    """For each row the revision it becomes, compared with what is stored; in the order of metric and day."""
    ordered = sorted(entries, key=lambda entry: (entry.metric_id, entry.day))
    for metric_id, members in groupby(ordered, key=lambda entry: entry.metric_id):
        of_metric = list(members)
        for start in range(0, len(of_metric), COMPARED_AT_ONCE):
            part = of_metric[start : start + COMPARED_AT_ONCE]
            stored = _stored(metric_id, part[0].day, part[-1].day, {entry.place_id for entry in part})
            for entry in part:
                yield entry, next_revision(entry, stored.get((entry.place_id, entry.reason, entry.day)))


def tally(entries: Sequence[Entry], *, bad: int = 0) -> Tally:
    """What importing these rows would do; nothing is written."""
    found = Tally(bad=bad)
    for _entry, revision in planned(entries):
        found.count(revision)
    return found


def staged_import(import_id: int) -> MetricImport:
    """An uploaded file, applied or waiting; raises Missing."""
    found = db.session.get(MetricImport, import_id)
    if found is None:
        raise Missing("import")
    return found


def imported_before(sha256: str, *, but: int) -> MetricImport | None:
    """The newest import of exactly the same file."""
    same = (MetricImport.sha256 == sha256, MetricImport.applied_at.is_not(None), MetricImport.id != but)
    return db.session.scalar(select(MetricImport).where(*same).order_by(MetricImport.id.desc()).limit(1))


def recent_imports(limit: int = 10) -> Sequence[MetricImport]:
    """The newest files that were applied."""
    applied = select(MetricImport).where(MetricImport.applied_at.is_not(None))
    return db.session.scalars(
        applied.order_by(MetricImport.applied_at.desc(), MetricImport.id.desc()).limit(limit)
    ).all()


def _in_use() -> Any:
    return Metric.retired_at.is_(None)


def _in_order() -> tuple[Any, ...]:
    return (Metric.position, Metric.name, Metric.id)


def _places_query() -> Select:
    site, employer = aliased(Place), aliased(Place)
    return (
        select(Place.id, Place.kind, Place.name, site.name.label("site"), employer.name.label("employer"))
        .join(site, site.id == Place.site_id)
        .join(employer, employer.id == Place.employer_id)
        .where(Place.kind.in_((PlaceKind.SITE, PlaceKind.TEAM)))
        .order_by(Place.name, Place.id)
    )


def _spellings(places: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    told = [(row.id, row.employer, row.site if row.kind == PlaceKind.TEAM else None, row.name) for row in places]
    return spellings(told)


def _levels(today: date) -> dict[Series, float]:
    key = (Observation.metric_id, Observation.place_id, Observation.reason)
    query = select(*key, func.avg(func.abs(Observation.value)).label("size"))
    query = query.where(Observation.day >= today - timedelta(days=LEVEL_DAYS)).group_by(*key)
    return {(row.metric_id, row.place_id, row.reason): row.size for row in db.session.execute(query)}


def _stored(metric_id: int, first: date, last: date, places: set[int]) -> dict[tuple[int, str | None, date], Stored]:
    o = Observation
    query = select(o.place_id, o.reason, o.day, o.value, o.n, o.revision, o.withdrawn)
    query = query.where(o.metric_id == metric_id, o.day.between(first, last)).order_by(o.revision)
    if len(places) <= PLACES_NAMED:
        query = query.where(o.place_id.in_(places))
    return {(row[0], row[1], row[2]): Stored(*row[3:]) for row in db.session.execute(query)}
