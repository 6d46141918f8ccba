"""Whom the programme has named to reply or answer first, for a place and a barrier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import aliased

from portal.db import db, upsert
from portal.errors import Invalid, Missing, Refusal
from portal.ideas.words import Audience, Barrier
from portal.people import directory, service
from portal.people.models import Grant, Person, Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.triage import assignment_rows, routing
from portal.triage.assignment_models import Answerer
from portal.triage.clock import Duty
from portal.triage.policy import MAY
from portal.triage.routing import ACTS, Asked

PEOPLE_SHOWN = 500


class AnswererRefusal(Refusal):
    """Why somebody is not named. The value is the stable code."""

    CANNOT_ANSWER = (
        "cannot_answer", Invalid,
        "They have no role in which they could answer there. Give them one first, or choose somebody else.", "person",
    )  # fmt: skip


@dataclass(frozen=True)
class SiteLine:
    """Who answers at a site. usual: names, in the order in which they share the barriers; executive: of the answer."""

    id: int
    name: str
    first: str
    executive: str


def name(
    viewer: Viewer, duty: Duty, place_id: int, barrier: Barrier | None, person_id: int, *, now: datetime
) -> Answerer:
    """Name who is asked first; naming again for the same place and barrier replaces. What is owed already stays.

    Raises Invalid `unknown_place`, `cannot_answer`.
    """
    place = directory.place_named(viewer, place_id, Role.PROGRAMME)
    demand(MAY, "answerers.set", viewer, place)
    asked = Asked(place.path, barrier or Barrier.SYSTEMS, Audience.ORGANISATION, place.site_id, place.employer_id)
    if place.kind is PlaceKind.TEAM or not assignment_rows.chart().may_act(person_id, duty, asked):
        raise AnswererRefusal.CANNOT_ANSWER.as_error()
    key = {"duty": duty, "place_id": place.id, "barrier": barrier.value if barrier else ""}
    upsert(Answerer, {**key, "person_id": person_id, "set_at": now, "set_by_id": viewer.id},
           key=tuple(key), update=("person_id", "set_at", "set_by_id"))  # fmt: skip
    facts = {"duty": duty, "barrier": key["barrier"], "person": person_id}
    service.audit("answerer.named", f"place:{place.id}", facts, actor_id=viewer.id, now=now)
    return db.session.scalars(select(Answerer).filter_by(**key).execution_options(populate_existing=True)).one()


def remove(viewer: Viewer, answerer_id: int, *, now: datetime) -> None:
    """Take a line out of the table. Raises Missing."""
    found = db.session.get(Answerer, answerer_id)
    if found is None or found.place_id not in {row.place_id for row in lines(viewer)}:
        raise Missing("line")
    demand(MAY, "answerers.set", viewer, directory.place_for(viewer, found.place_id, Role.PROGRAMME))
    db.session.execute(delete(Answerer).where(Answerer.id == answerer_id))
    facts = {"duty": found.duty, "barrier": found.barrier, "person": found.person_id}
    service.audit("answerer.removed", f"place:{found.place_id}", facts, actor_id=viewer.id, now=now)


def lines(viewer: Viewer, *, after: int = 0, limit: int | None = None) -> Sequence[Row]:
    """(id, duty, place_id, place, barrier, person_id, person) of the table below the viewer's places."""
    query = (
        select(Answerer.id, Answerer.duty, Answerer.place_id, Place.name.label("place"), Answerer.barrier,
               Answerer.person_id, Person.name.label("person"))
        .join(Place, Place.id == Answerer.place_id)
        .join(Person, Person.id == Answerer.person_id)
        .where(directory.below(viewer.scope(Role.PROGRAMME), Place.path), Answerer.id > after)
    )  # fmt: skip
    return db.session.execute(query.order_by(Answerer.id).limit(limit)).all()


def sites(viewer: Viewer) -> list[SiteLine]:
    """Every site of the viewer's with who is asked first there now: a constant number of statements."""
    chart = assignment_rows.chart()
    employer = aliased(Place)
    query = (
        select(Place.id, Place.name, Place.path, Place.employer_id, employer.name.label("employer"))
        .join(employer, employer.id == Place.employer_id)
        .where(Place.kind == PlaceKind.SITE, directory.below(viewer.scope(Role.PROGRAMME), Place.path))
        .order_by(Place.name)
    )
    rows = db.session.execute(query).all()
    found = {row.id: {duty: _first(chart, duty, row) for duty in Duty} for row in rows}
    names = assignment_rows.names_of({one for lines_ in found.values() for people in lines_.values() for one in people})
    return [
        SiteLine(row.id, f"{row.name}, {row.employer}", *(
            ", ".join(names[one] for one in found[row.id][duty]) for duty in (Duty.FIRST_REPLY, Duty.ANSWER)
        ))
        for row in rows
    ]  # fmt: skip


def possible(viewer: Viewer) -> Sequence[Row]:
    """(id, name, job_title) of everybody who could be named somewhere, by name."""
    roles = {role for acting in ACTS.values() for role in acting}
    held = select(Grant.person_id).where(Grant.role.in_(roles), Grant.revoked_at.is_(None))
    query = select(Person.id, Person.name, Person.job_title).where(Person.deactivated_at.is_(None), Person.id.in_(held))
    return db.session.execute(query.order_by(Person.name, Person.id).limit(PEOPLE_SHOWN)).all()


def _first(chart: routing.Chart, duty: Duty, row: Row) -> list[int]:
    """Who is asked first at a site, over all barriers."""
    asked = (Asked(row.path, barrier, Audience.ORGANISATION, row.id, row.employer_id) for barrier in Barrier)
    return list(dict.fromkeys(one for each in asked if (one := routing.answerer(chart, duty, each)) is not None))
