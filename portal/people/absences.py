"""Being away, and who covers meanwhile."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, or_, select, update
from sqlalchemy.orm import aliased

from portal.db import db, take_turns
from portal.errors import Missing
from portal.people import delegates, service
from portal.people.absence_rules import AbsenceRefusal, acting, span_refusal
from portal.people.calendar_models import Absence
from portal.people.models import Grant, Person
from portal.people.policy import MAY, demand
from portal.people.roles import Role
from portal.people.viewer import Viewer

COVERS_SHOWN = 500
CAN_COVER = (Role.TEAM_LEADER, Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR)


def note(viewer: Viewer, first: date, last: date, cover_id: int | None, *, today: date, now: datetime) -> Absence:
    """Note that the viewer is away, both days included, and who covers. An executive's cover answers on their behalf.

    Raises the refusals of `AbsenceRefusal`.
    """
    demand(MAY, "absence.note", viewer)
    if refused := span_refusal(first, last, today):
        raise refused.as_error()
    take_turns(f"absence:{viewer.id}")
    if db.session.scalar(_of(viewer.id, first, last).limit(1)) is not None:
        raise AbsenceRefusal.OVERLAPS.as_error()
    if cover_id is not None:
        _refuse_cover(viewer, cover_id, first, last)
    made = Absence(person_id=viewer.id, first_day=first, last_day=last, cover_id=cover_id, noted_at=now,
                   noted_by_id=viewer.id)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    facts = {"from": first.isoformat(), "until": last.isoformat(), "cover": cover_id}
    service.audit("absence.noted", f"person:{viewer.id}", facts, actor_id=viewer.id, now=now)
    if cover_id is not None:
        delegates.for_absence(viewer, made, today=today, now=now)
    return made


def take_back(viewer: Viewer, absence_id: int, *, now: datetime) -> None:
    """Not away after all, or back early. Raises Missing where it is not the viewer's or taken back already."""
    mine = Absence.id == absence_id, Absence.person_id == viewer.id, Absence.withdrawn_at.is_(None)
    if db.session.execute(update(Absence).where(*mine).values(withdrawn_at=now)).rowcount == 0:  # type: ignore[attr-defined]
        raise Missing("absence")
    delegates.end_with_absence(absence_id, by_id=viewer.id, now=now)
    service.audit("absence.taken_back", f"person:{viewer.id}", {"absence": absence_id}, actor_id=viewer.id, now=now)


def cover_of(person_id: int, on: date) -> int:
    """Who acts for somebody on a day: themselves unless they are away and somebody covers."""
    return acting(person_id, away_on(on)) or person_id


def away_on(day: date) -> dict[int, int | None]:
    """Person → who covers for them, of everybody who is away on a day; None where nobody does, or they have left."""
    cover = aliased(Person)
    away = Absence.withdrawn_at.is_(None), Absence.last_day >= day, Absence.first_day <= day
    query = select(Absence.person_id, cover.id.label("cover"))
    query = query.outerjoin(cover, and_(cover.id == Absence.cover_id, cover.deactivated_at.is_(None)))
    return {row.person_id: row.cover for row in db.session.execute(query.where(*away))}


def upcoming(person_id: int, *, today: date) -> Sequence[Row]:
    """(id, first_day, last_day, cover) of a person's absences that are not over, the next first."""
    cover = aliased(Person)
    query = select(Absence.id, Absence.first_day, Absence.last_day, Absence.cover_id, cover.name.label("cover"))
    query = query.outerjoin(cover, cover.id == Absence.cover_id)
    mine = Absence.person_id == person_id, Absence.withdrawn_at.is_(None), Absence.last_day >= today
    return db.session.execute(query.where(*mine).order_by(Absence.first_day, Absence.id)).all()


def possible_covers(viewer: Viewer) -> Sequence[Row]:
    """(id, name, job_title) of those of the same employer who hold a role in which they can answer, by name."""
    return db.session.execute(_coverers(viewer).order_by(Person.name, Person.id).limit(COVERS_SHOWN)).all()


def _coverers(viewer: Viewer) -> Select:
    held = select(Grant.person_id).where(Grant.role.in_(CAN_COVER), Grant.revoked_at.is_(None))
    here = Person.employer_id == viewer.employer_id, Person.deactivated_at.is_(None), Person.id != viewer.id
    query = select(Person.id, Person.name, Person.job_title).where(*here, Person.id.in_(held))
    # An executive's cover decides for them: not somebody in a team, who votes.
    return query.where(Person.team_id.is_(None)) if viewer.is_executive else query


def _refuse_cover(viewer: Viewer, cover_id: int, first: date, last: date) -> None:
    if cover_id == viewer.id:
        raise AbsenceRefusal.COVERS_FOR_ONESELF.as_error()
    if db.session.execute(_coverers(viewer).where(Person.id == cover_id)).one_or_none() is None:
        raise AbsenceRefusal.UNKNOWN_COVER.as_error()
    # Away for some of these days with nobody, or with the viewer, who is away too.
    away = _of(cover_id, first, last).where(or_(Absence.cover_id.is_(None), Absence.cover_id == viewer.id))
    if db.session.scalar(away.limit(1)) is not None:
        raise AbsenceRefusal.COVER_IS_AWAY.as_error()


def _of(person_id: int, first: date, last: date) -> Select:
    """The standing absences of somebody that share a day with a time."""
    return select(Absence.id).where(
        Absence.person_id == person_id, Absence.withdrawn_at.is_(None), Absence.last_day >= first,
        Absence.first_day <= last,
    )  # fmt: skip
