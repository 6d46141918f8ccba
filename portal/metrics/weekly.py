"""A metric by week and site, added up by the database: a site's years of days are a few hundred sums.

What a page works out from them is kept for a minute in each process, while nothing was stored since.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Integer, Select, String, bindparam, case, func, select

from portal.db import db, is_postgres
from portal.metrics.daily import newest
from portal.metrics.models import Observation
from portal.metrics.weeks import SiteWeek
from portal.people.models import Place

Worked = TypeVar("Worked")
KEPT_FOR = timedelta(minutes=1)  # also bounds for how long a place that moved to another site is counted at the old one
KEPT_MOST = 128
TOP = select(func.max(Observation.id)).scalar_subquery().label("top")
_kept: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()
_turn = Lock()


def site_weeks(metric_id: int, since: date, until: date, *, reason: str | None = None) -> list[SiteWeek]:
    """The sums of every site and week from `since` to `until`, both included, of the values that count now.

    reason: only what was reported for this contact reason; None for everything.
    """
    parameters: dict[str, Any] = {"metric": metric_id, "since": since, "until": until}
    if reason is not None:
        parameters["reason"] = reason
    rows = db.session.connection().execute(_statement(is_postgres(), reason is not None), parameters)
    return [SiteWeek._make(row) for row in rows]


def kept(key: Hashable, work: Callable[[], Worked], *, now: datetime) -> Worked:
    """What `work` gives for this key, at most a minute old. key: holds `TOP`, which storing values changes."""
    # Of two imports at a time the later ids may be seen first, and the top stay as it is: hence the minute.
    told = (db.engine.url, key)
    found = _kept.get(told)
    if found and timedelta(0) <= now - found[0] < KEPT_FOR:
        return found[1]
    worked = work()
    with _turn:
        _kept[told] = now, worked
        _kept.move_to_end(told)
        if len(_kept) > KEPT_MOST:
            _kept.popitem(last=False)
    return worked


@cache
def _statement(postgres: bool, of_reason: bool) -> Select:
    """Of a day that a site reported itself, only that counts; `weeks.by_week` does the same for rows of a file."""
    stored, one = newest(), Observation
    if of_reason:
        stored.append(one.reason == bindparam("reason", type_=String))
    grain = case((Place.id == Place.site_id, 0), else_=2) + case((one.reason.is_(None), 0), else_=1)
    finest = func.min(grain).over(partition_by=(Place.site_id, one.day))
    rows = (
        select(Place.site_id, _monday(postgres).label("monday"), one.value, one.n, grain.label("grain"),
               finest.label("finest"))
        .join(Place, Place.id == one.place_id)
        .where(one.metric_id == bindparam("metric", type_=Integer), Place.site_id.is_not(None), *stored,
               one.withdrawn.is_(False),
               one.day.between(bindparam("since", type_=Date), bindparam("until", type_=Date)))
        .subquery().c
    )  # fmt: skip
    weighted = func.coalesce(func.sum(rows.value * rows.n), 0.0)
    sums = func.count(), func.sum(rows.value), func.count(rows.n), func.coalesce(func.sum(rows.n), 0), weighted
    query = select(rows.site_id, rows.monday, *sums).where(rows.grain == rows.finest)
    return query.group_by(rows.site_id, rows.monday).order_by(rows.site_id, rows.monday)


def _monday(postgres: bool) -> ColumnElement[date]:
    if postgres:
        return func.date_trunc("week", Observation.day).cast(Date)
    return func.date(Observation.day, "weekday 0", "-6 days", type_=Date)
