"""Who has been on the floor in a quarter: for everybody to see, and it costs nobody anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select

from portal.db import db
from portal.frontline.floor_rules import Quarter, minutes_of, weighted_minutes
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import Attendance, SeatState
from portal.people.directory import below
from portal.people.models import Grant, Person, Place
from portal.people.queries import organisation
from portal.people.roles import Role
from portal.people.viewer import Viewer


@dataclass(frozen=True)
class NextShift:
    """The next time that an executive takes a headset."""

    slot: int
    person_id: int
    name: str
    starts_at: datetime
    zone: str
    site: str


@dataclass(frozen=True)
class Floor:
    """A quarter. executives: in all; been: of them with a completed shift in it; next: None where none is planned."""

    executives: int
    been: int
    next: NextShift | None


@dataclass(frozen=True)
class OnTheFloor:
    """One executive in a quarter. weighted: minutes, nights and weekends counted more; next_at: None where nothing is
    planned."""

    person_id: int
    name: str
    job_title: str
    shifts: int
    minutes: int
    weighted: float
    next_at: datetime | None


def floor_of(quarter: Quarter, *, now: datetime) -> Floor:
    """The whole organisation in a quarter (in its own zone); three statements."""
    since, until = quarter.moments(zone_of_organisation())
    been = SignUp.attendance == Attendance.COMPLETED, SignUp.starts_at >= since, SignUp.starts_at < until
    done = select(SignUp.person_id).where(*been)
    has_been = func.count().filter(Person.id.in_(done))
    row = db.session.execute(
        select(func.count(), has_been).select_from(Person).where(Person.id.in_(_executives()))
    ).one()
    return Floor(row[0], row[1], _next_of_all(now))


def people_of(viewer: Viewer, quarter: Quarter, *, now: datetime) -> list[OnTheFloor]:
    """Every executive whom the viewer may see, those not yet on the floor first, then by name; three statements."""
    since, until = quarter.moments(zone_of_organisation())
    top = viewer.path[: viewer.path.index(f"/{viewer.employer_id}/")] + f"/{viewer.employer_id}/"
    query = select(Person.id, Person.name, Person.job_title).where(Person.id.in_(_executives((top,))))
    people = db.session.execute(query.order_by(Person.name, Person.id)).all()
    shifts = _completed([row.id for row in people], since, until)
    coming = _coming([row.id for row in people], now)
    found = [_one(row, shifts.get(row.id, []), coming.get(row.id)) for row in people]
    return sorted(found, key=lambda one: one.shifts > 0)


def zone_of_organisation() -> str:
    """In which quarters begin."""
    top = organisation()
    return (top.timezone if top else None) or "UTC"


def _executives(paths: Sequence[str] | None = None) -> Select:
    """Ids of everybody active who holds the role themselves, below the paths where some are given."""
    held = select(Grant.person_id).join(Person, Person.id == Grant.person_id)
    held = held.where(Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None), Grant.delegation_id.is_(None),
                      Person.deactivated_at.is_(None))  # fmt: skip
    if paths is None:
        return held
    return held.join(Place, Place.id == Grant.place_id).where(below(paths, Place.path))


def _next_of_all(now: datetime) -> NextShift | None:
    query = (
        select(Slot.id, Person.id, Person.name, Slot.starts_at, Slot.zone, Place.name)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .join(Person, Person.id == SignUp.person_id)
        .join(Place, Place.id == Slot.site_id)
        .where(SignUp.state == SeatState.BOOKED, SignUp.starts_at > now, Slot.cancelled_at.is_(None),
               Person.id.in_(_executives()))
        .order_by(SignUp.starts_at, SignUp.id)
        .limit(1)
    )  # fmt: skip
    found = db.session.execute(query).one_or_none()
    return NextShift(*found) if found is not None else None


def _completed(people: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Row]]:
    query = select(SignUp.person_id, SignUp.starts_at, SignUp.ends_at, Slot.zone).join(Slot, Slot.id == SignUp.slot_id)
    query = query.where(SignUp.person_id.in_(people), SignUp.attendance == Attendance.COMPLETED,
                        SignUp.starts_at >= since, SignUp.starts_at < until)  # fmt: skip
    found: dict[int, list[Row]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.person_id, []).append(row)
    return found


def _coming(people: Sequence[int], now: datetime) -> dict[int, datetime]:
    query = select(SignUp.person_id, func.min(SignUp.starts_at)).where(
        SignUp.person_id.in_(people), SignUp.state == SeatState.BOOKED, SignUp.starts_at > now
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(SignUp.person_id))}


def _one(person: Row, shifts: Sequence[Row], next_at: datetime | None) -> OnTheFloor:
    minutes = sum(minutes_of(one.starts_at, one.ends_at) for one in shifts)
    weighted = sum(weighted_minutes(one.starts_at, one.ends_at, one.zone) for one in shifts)
    return OnTheFloor(person.id, person.name, person.job_title, len(shifts), minutes, weighted, next_at)
