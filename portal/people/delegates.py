"""Answering on behalf of an executive: rights that somebody lends, and takes back.

While a delegation runs, grants that carry its number give the delegate the executive's rights at the executive's
nodes, so that every place that asks about rights finds them where it finds all others.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.people import service
from portal.people.absence_rules import AbsenceRefusal, span_refusal
from portal.people.calendar_models import Absence, Delegation
from portal.people.models import Grant, Person, Place
from portal.people.policy import MAY, demand
from portal.people.roles import Role
from portal.people.viewer import Viewer

DELEGATES_SHOWN = 500
AT_ONCE = 100  # delegations that one run starts or ends


def name(
    viewer: Viewer, delegate_id: int, *, from_day: date, until_day: date | None, today: date, now: datetime
) -> Delegation:
    """Let somebody answer on the viewer's behalf, from a day (until one, inclusive).

    Raises the refusals of `AbsenceRefusal`.
    """
    demand(MAY, "delegate.name", viewer)
    if refused := span_refusal(from_day, until_day or max(from_day, today), today):
        raise refused.as_error()
    if not _own_nodes(viewer.id):
        raise AbsenceRefusal.NOTHING_TO_GIVE.as_error()
    if delegate_id == viewer.id:
        raise AbsenceRefusal.DELEGATE_IS_ONESELF.as_error()
    if db.session.execute(_colleagues(viewer).where(Person.id == delegate_id)).one_or_none() is None:
        raise AbsenceRefusal.UNKNOWN_DELEGATE.as_error()
    made = _made(viewer.id, delegate_id, from_day, until_day, None, by_id=viewer.id, today=today, now=now)
    if made is None:
        raise AbsenceRefusal.DELEGATED_ALREADY.as_error()
    return made


def revoke(viewer: Viewer, delegation_id: int, *, now: datetime) -> None:
    """End a delegation: its executive or its delegate may. Raises Missing, Conflict `delegation_over`."""
    found = db.session.get(Delegation, delegation_id)
    if found is None or viewer.id not in (found.person_id, found.delegate_id):
        raise Missing("delegation")
    if not _end(found, "revoked", by_id=viewer.id, now=now):
        raise AbsenceRefusal.DELEGATION_OVER.as_error()


def for_absence(viewer: Viewer, absence: Absence, *, today: date, now: datetime) -> None:
    """The cover of an executive who is away answers on their behalf, if nobody has arranged that already."""
    assert absence.cover_id is not None
    if _own_nodes(viewer.id):
        _made(viewer.id, absence.cover_id, absence.first_day, absence.last_day, absence.id, by_id=viewer.id,
              today=today, now=now)  # fmt: skip


def end_with_absence(absence_id: int, *, by_id: int, now: datetime) -> None:
    """What an absence has lent ends with it."""
    for found in db.session.scalars(_open().where(Delegation.absence_id == absence_id)).all():
        _end(found, "absence_taken_back", by_id=by_id, now=now)


def start_and_end(*, today: date, now: datetime) -> int:
    """Start what begins by today, end what is over or whose people have left; returns how many changed."""
    changed = 0
    for found in db.session.scalars(_over(today).limit(AT_ONCE)).all():
        changed += _end(found, "over", by_id=None, now=now)
    waiting = _open().where(Delegation.started_at.is_(None), Delegation.from_day <= today)
    for found in db.session.scalars(waiting.order_by(Delegation.id).limit(AT_ONCE)).all():
        changed += _start(found, now=now)
    return changed


def acting_for(person_id: int, path: str) -> Row | None:
    """(id, name) of the executive on whose behalf somebody answers at a node; None where the right is their own."""
    lender = aliased(Person)
    query = (
        select(Grant.delegation_id, lender.id, lender.name, Place.path)
        .join(Place, Place.id == Grant.place_id)
        .outerjoin(Delegation, Delegation.id == Grant.delegation_id)
        .outerjoin(lender, lender.id == Delegation.person_id)
        .where(Grant.person_id == person_id, Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None))
        .order_by(Grant.id)
    )
    here = [row for row in db.session.execute(query) if path.startswith(row.path)]
    if not here or any(row.delegation_id is None for row in here):
        return None
    nearest = max(here, key=lambda row: len(row.path))
    return db.session.execute(select(Person.id, Person.name).where(Person.id == nearest.id)).one()


def standing(person_id: int) -> tuple[Sequence[Row], Sequence[Row]]:
    """(id, name, from_day, until_day, started_at) of who answers for somebody, and for whom they answer."""
    columns = Delegation.id, Person.name, Delegation.from_day, Delegation.until_day, Delegation.started_at
    lent = select(*columns).join(Person, Person.id == Delegation.delegate_id).where(Delegation.person_id == person_id)
    held = select(*columns).join(Person, Person.id == Delegation.person_id).where(Delegation.delegate_id == person_id)
    running, by_day = Delegation.ended_at.is_(None), (Delegation.from_day, Delegation.id)
    found = [db.session.execute(one.where(running).order_by(*by_day)).all() for one in (lent, held)]
    return found[0], found[1]


def possible(viewer: Viewer) -> Sequence[Row]:
    """(id, name, job_title) of whom the viewer may name: who works for the same employer and in no team, by name."""
    return db.session.execute(_colleagues(viewer).order_by(Person.name, Person.id).limit(DELEGATES_SHOWN)).all()


def _colleagues(viewer: Viewer) -> Select:
    here = Person.employer_id == viewer.employer_id, Person.deactivated_at.is_(None), Person.id != viewer.id
    # Who works in a team votes: nobody decides about what they carried themselves.
    return select(Person.id, Person.name, Person.job_title).where(*here, Person.team_id.is_(None))


def _made(
    person_id: int, delegate_id: int, from_day: date, until_day: date | None, absence_id: int | None, *,
    by_id: int, today: date, now: datetime,
) -> Delegation | None:  # fmt: skip
    made = Delegation(person_id=person_id, delegate_id=delegate_id, from_day=from_day, until_day=until_day,
                      absence_id=absence_id, made_at=now, made_by_id=by_id)  # fmt: skip
    try:
        # A savepoint: on PostgreSQL a refused INSERT would otherwise end the whole transaction.
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return None
    facts = {"delegate": delegate_id, "from": from_day.isoformat(),
             "until": until_day.isoformat() if until_day else None}  # fmt: skip
    service.audit("delegate.named", f"person:{person_id}", facts, actor_id=by_id, now=now)
    if from_day <= today:
        _start(made, now=now)
    return made


def _start(found: Delegation, *, now: datetime) -> bool:
    waiting = Delegation.id == found.id, Delegation.started_at.is_(None), Delegation.ended_at.is_(None)
    if db.session.execute(update(Delegation).where(*waiting).values(started_at=now)).rowcount == 0:  # type: ignore[attr-defined]
        return False
    held = select(Grant.place_id).where(
        Grant.person_id == found.delegate_id, Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None)
    )
    has = set(db.session.scalars(held))
    for place_id in _own_nodes(found.person_id):
        if place_id not in has:
            db.session.add(Grant(person_id=found.delegate_id, role=Role.EXECUTIVE, place_id=place_id, granted_at=now,
                                 granted_by_id=found.person_id, delegation_id=found.id))  # fmt: skip
    db.session.flush()
    facts = {"delegate": found.delegate_id, "delegation": found.id}
    service.audit("delegate.started", f"person:{found.person_id}", facts, actor_id=None, now=now)
    return True


def _end(found: Delegation, because: str, *, by_id: int | None, now: datetime) -> bool:
    running = Delegation.id == found.id, Delegation.ended_at.is_(None)
    ended = update(Delegation).where(*running).values(ended_at=now, ended_because=because)
    if db.session.execute(ended).rowcount == 0:  # type: ignore[attr-defined]
        return False
    lent = Grant.delegation_id == found.id, Grant.revoked_at.is_(None)
    db.session.execute(update(Grant).where(*lent).values(revoked_at=now, revoked_by_id=by_id))
    facts = {"delegate": found.delegate_id, "because": because}
    service.audit("delegate.ended", f"person:{found.person_id}", facts, actor_id=by_id, now=now)
    return True


def _open() -> Select:
    return select(Delegation).where(Delegation.ended_at.is_(None))


def _over(today: date) -> Select:
    """Delegations that end: their time is over, one of the two has left, or nothing is left to lend."""
    gone = exists().where(
        Person.id.in_((Delegation.person_id, Delegation.delegate_id)), Person.deactivated_at.is_not(None)
    )
    rights = exists().where(
        Grant.person_id == Delegation.person_id, Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None),
        Grant.delegation_id.is_(None),
    )  # fmt: skip
    past = and_(Delegation.until_day.is_not(None), Delegation.until_day < today)
    return _open().where(or_(past, gone, ~rights)).order_by(Delegation.id)


def _own_nodes(person_id: int) -> list[int]:
    """The places at which somebody is an executive in their own right."""
    held = Grant.person_id == person_id, Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None)
    return list(db.session.scalars(select(Grant.place_id).where(*held, Grant.delegation_id.is_(None))))
