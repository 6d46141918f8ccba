"""The past of a metric by week: of every site, or of every queue of every site where single queues are to change."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, bindparam, func, select

from portal.db import db, is_postgres
from portal.impact.design_rules import unit_name
from portal.impact.estimate_parts import Reading
from portal.metrics.daily import newest
from portal.metrics.models import Observation
from portal.metrics.weekly import site_weeks
from portal.metrics.weeks import monday_of
from portal.people.models import Place
from portal.people.roles import PlaceKind

WEEKS = 112  # what the estimator looks back on, and the weeks it sees ahead


def history_of(metric_id: int, today: date, *, by_queue: bool) -> list[Reading]:
    """The weeks that are over, of every unit that reported. One statement, added up by the database."""
    until = monday_of(today) - timedelta(days=1)
    since = monday_of(today) - timedelta(weeks=WEEKS)
    if by_queue:
        return _queue_weeks(metric_id, since, until)
    return [
        Reading(week.monday, unit_name(week.site_id, None), *_mean(week))
        for week in site_weeks(metric_id, since, until)
        if week.told < week.rows or week.n > 0
    ]


def shares_of_contacts(metric_id: int, today: date, *, weeks: int = 8) -> dict[str, float]:
    """Queue → its share of the contacts or answers behind a metric lately; empty without queues or counts."""
    since = today - timedelta(weeks=weeks)
    counted = func.sum(Observation.n)
    query = select(Observation.reason, counted).where(
        Observation.metric_id == metric_id, Observation.reason.is_not(None), Observation.day > since,
        Observation.day <= today, Observation.withdrawn.is_(False), *newest(),
    )  # fmt: skip
    found = {reason: int(n) for reason, n in db.session.execute(query.group_by(Observation.reason)) if n and reason}
    total = sum(found.values())
    return {reason: n / total for reason, n in found.items()} if total else {}


def _mean(week: Any) -> tuple[float, float | None]:
    """The value and n of a site's week; without n where somebody did not say."""
    return (week.values / week.rows, None) if week.told < week.rows else (week.weighted / week.n, float(week.n))


def _queue_weeks(metric_id: int, since: date, until: date) -> list[Reading]:
    parameters = {"metric": metric_id, "since": since, "until": until}
    rows = db.session.connection().execute(_statement(is_postgres()), parameters)
    return [
        Reading(row.monday, unit_name(row.place_id, row.reason), row.weighted / row.n, float(row.n))
        if row.told == row.rows and row.n
        else Reading(row.monday, unit_name(row.place_id, row.reason), row.total / row.rows)
        for row in rows
    ]


@cache
def _statement(postgres: bool) -> Select:
    one = Observation
    week: Any = func.date(one.day, "weekday 0", "-6 days", type_=Date)
    if postgres:
        week = func.date_trunc("week", one.day).cast(Date)
    monday = week.label("monday")
    sums = (func.count().label("rows"), func.sum(one.value).label("total"), func.count(one.n).label("told"),
            func.coalesce(func.sum(one.n), 0).label("n"),
            func.coalesce(func.sum(one.value * one.n), 0.0).label("weighted"))  # fmt: skip
    days = one.day.between(bindparam("since", type_=Date), bindparam("until", type_=Date))
    return (
        select(one.place_id, one.reason, monday, *sums)
        .join(Place, Place.id == one.place_id)
        .where(one.metric_id == bindparam("metric", type_=Integer), days, one.reason.is_not(None),
               Place.kind == PlaceKind.SITE, one.withdrawn.is_(False), *newest())
        .group_by(one.place_id, one.reason, monday)
    )  # fmt: skip
