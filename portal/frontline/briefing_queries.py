"""Who has had the data protection briefing, and until when it counts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline.models import Briefing
from portal.frontline.slot_policy import VISITS
from portal.people.models import Grant, Person
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor


def is_briefed(person_id: int, on: date) -> bool:
    """True where somebody has had the briefing and it still counts on that day."""
    counts = Briefing.withdrawn_at.is_(None), Briefing.done_on <= on, Briefing.valid_until >= on
    return db.session.scalar(select(Briefing.id).where(Briefing.person_id == person_id, *counts).limit(1)) is not None


def briefed_until(person_id: int, on: date) -> date | None:
    """The last day on which the briefing that somebody has had by then counts; None where they need one."""
    counts = Briefing.withdrawn_at.is_(None), Briefing.done_on <= on, Briefing.valid_until >= on
    return db.session.scalar(select(func.max(Briefing.valid_until)).where(Briefing.person_id == person_id, *counts))


def briefing_for(viewer: Viewer, number: int) -> Briefing:
    """The note, also one that was taken back, about somebody whom the viewer may know of. Raises Missing."""
    query = select(Briefing).join(Person, Person.id == Briefing.person_id)
    found = db.session.scalar(query.where(Briefing.id == number, known_to(viewer)))
    if found is None:
        raise Missing("briefing")
    return found


def briefings_page(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(Briefing, name, by) of what stands, the newest first, and the next cursor. Raises Invalid `bad_cursor`."""
    query = _noted(viewer).where(Briefing.withdrawn_at.is_(None))
    if after := decode_cursor(cursor, int):
        query = query.where(Briefing.id < after[0])
    rows = db.session.execute(query.order_by(Briefing.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.Briefing.id,))


def briefing_with_names(viewer: Viewer, number: int) -> Row:
    """(Briefing, name, by) of one note. Raises Missing."""
    found = db.session.execute(_noted(viewer).where(Briefing.id == number)).one_or_none()
    if found is None:
        raise Missing("briefing")
    return found


def visitors(viewer: Viewer, *, today: date) -> Sequence[Row]:
    """(id, name, job_title, until) of those who may take a shift, by name; until: None where they need a briefing."""
    counts = and_(Briefing.person_id == Person.id, Briefing.withdrawn_at.is_(None), Briefing.done_on <= today,
                  Briefing.valid_until >= today)  # fmt: skip
    until = select(func.max(Briefing.valid_until)).where(counts).scalar_subquery().label("until")
    query = select(Person.id, Person.name, Person.job_title, until).where(_visits(), known_to(viewer))
    return db.session.execute(query.order_by(Person.name, Person.id)).all()


def is_visitor(viewer: Viewer, person_id: int) -> bool:
    """True for somebody whom the viewer may know of and who may take a shift."""
    query = select(Person.id).where(Person.id == person_id, _visits(), known_to(viewer))
    return db.session.scalar(query) is not None


def known_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Person` for visitors: of the viewer's employer, or of the organisation, who visit everybody."""
    return or_(Person.employer_id == viewer.employer_id, Person.employer_id == viewer.organisation_id)


def _visits() -> ColumnElement[bool]:
    held = select(Grant.person_id).where(Grant.role.in_(VISITS), Grant.revoked_at.is_(None))
    return and_(Person.deactivated_at.is_(None), Person.id.in_(held))


def _noted(viewer: Viewer) -> Select:
    by = aliased(Person)
    query = select(Briefing, Person.name, by.name.label("by")).join(Person, Person.id == Briefing.person_id)
    return query.join(by, by.id == Briefing.noted_by_id).where(known_to(viewer))
