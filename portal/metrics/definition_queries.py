"""Reading what metrics are: versions, who may agree to a value, contact reasons, what is retired or missing."""

from collections.abc import Sequence

from sqlalchemy import Row, Select, select

from portal.db import db
from portal.metrics.models import Metric, MetricDefinition, Observation
from portal.metrics.starter import STARTER
from portal.people.models import Grant, Person, Place
from portal.people.roles import PlaceKind, Role

REASONS_OFFERED = 200
AGREE = (Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME)


def value_owners() -> Sequence[Row]:
    """(id, name) of those who may agree to what a unit is worth, by name."""
    return db.session.execute(_owners().order_by(Person.name, Person.id)).all()


def may_own_a_value(person_id: int) -> bool:
    """Whether this person may agree to what a unit is worth."""
    return db.session.execute(_owners().where(Person.id == person_id)).first() is not None


def versions(metric_id: int) -> Sequence[Row]:
    """(MetricDefinition, by) of every version that was written, the newest first; none while it is as it came."""
    d = MetricDefinition
    query = select(d, Person.name.label("by")).outerjoin(Person, Person.id == d.by_id)
    return db.session.execute(query.where(d.metric_id == metric_id).order_by(d.version.desc())).all()


def value_owner_name(metric: Metric) -> str:
    """Who agreed to what a unit is worth; "" for nobody."""
    if metric.value_owner_id is None:
        return ""
    return db.session.scalar(select(Person.name).where(Person.id == metric.value_owner_id)) or ""


def reasons(metric_id: int) -> list[str]:
    """The contact reasons or queues for which something was ever reported, by name; at most REASONS_OFFERED."""
    o = Observation
    query = select(o.reason).where(o.metric_id == metric_id, o.reason.is_not(None)).distinct()
    return [reason for reason in db.session.scalars(query.order_by(o.reason).limit(REASONS_OFFERED)) if reason]


def reporting_sites(metric_id: int) -> Sequence[Row]:
    """(id, name) of the sites that ever reported it, by name."""
    told = select(Observation.place_id).where(Observation.metric_id == metric_id).distinct()
    its_site = select(Place.site_id).where(Place.id.in_(told))
    query = select(Place.id, Place.name).where(Place.kind == PlaceKind.SITE, Place.id.in_(its_site))
    return db.session.execute(query.order_by(Place.name, Place.id)).all()


def retired() -> Sequence[Metric]:
    """The metrics that are not in use any more, by name."""
    return db.session.scalars(select(Metric).where(Metric.retired_at.is_not(None)).order_by(Metric.name)).all()


def missing_from_starter_set() -> int:
    """How many metrics of the starter set are not there, not even retired."""
    codes = set(db.session.scalars(select(Metric.code)))
    return sum(found.code not in codes for found in STARTER)


def _owners() -> Select:
    holds = select(Grant.id).where(
        Grant.person_id == Person.id, Grant.role.in_(AGREE), Grant.revoked_at.is_(None), Grant.delegation_id.is_(None)
    )
    return select(Person.id, Person.name).where(Person.deactivated_at.is_(None), holds.exists())
