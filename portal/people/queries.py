"""Reading people and places."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.people.models import ApiToken, Grant, Origin, Person, Place, SignIn, initials
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Held, Viewer
from portal.statements import run

DEMO_ROLES = {
    "frontline": Role.FRONTLINE,
    "team_leader": Role.TEAM_LEADER,
    "executive": Role.EXECUTIVE,
    "owner": Role.OWNER,
    "programme": Role.PROGRAMME,
    "administrator": Role.ADMINISTRATOR,
}


def viewer_by_sign_in(token_hash: str, *, token: str, now: datetime) -> Viewer | None:
    """The viewer behind a running sign-in, with everything they hold, in one query; None when it is over."""
    found = run(_by_sign_in(), {"token_hash": token_hash, "now": now})
    return _viewer(found.all(), token=token)


def viewer_of(person_id: int) -> Viewer | None:
    """The viewer that an active person would be: for the command line, the worker and tests."""
    return _viewer(run(_by_person(), {"person": person_id}).all())


def viewer_by_key(token_hash: str) -> tuple[Row, Viewer] | None:
    """A key of an active person (`key_id`, `scopes`, `expires_at`, `revoked_at`, `last_used_on`) with the viewer it
    stands for, in one query; also one that has ended.
    """
    rows = run(_by_key(), {"token_hash": token_hash}).all()
    viewer = _viewer(rows)
    return None if viewer is None else (rows[0], viewer)


def demo_viewer(role_name: str) -> Viewer | None:
    """The demo organisation's person for a role; nobody where that role is not known."""
    role = DEMO_ROLES.get(role_name)
    if role is None:
        return None
    other = aliased(Grant)
    held = select(func.count()).where(other.person_id == Person.id, other.revoked_at.is_(None)).scalar_subquery()
    chosen = (
        select(Person.id)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Person.origin == Origin.DEMO,
            Person.deactivated_at.is_(None),
            Grant.role == role,
            Grant.revoked_at.is_(None),
        )
        # Whoever holds the fewest roles shows this one best.
        .order_by(held.asc(), Person.id)
        .limit(1)
    )
    query = _viewers().where(Person.id == chosen.scalar_subquery())
    return _viewer(db.session.execute(query).all(), token=f"demo:{role_name}")


def person_by_login(login: str) -> Person | None:
    """The person with this e-mail address or staff number (casefolded)."""
    login = login.strip().casefold()
    column = Person.email if "@" in login else Person.staff_number
    return db.session.scalar(select(Person).where(column == login))


def organisation() -> Place | None:
    """The top of the tree, or None before the first start."""
    return db.session.scalar(_organisation())


@cache
def _organisation() -> Select:
    return select(Place).where(Place.kind == PlaceKind.ORGANISATION)


def sites() -> Sequence[Row]:
    """(id, name, employer name) of every site, by name."""
    return db.session.execute(_sites()).all()


@cache
def _sites() -> Select:
    employer = aliased(Place)
    query = select(Place.id, Place.name, employer.name.label("employer"))
    query = query.join(employer, employer.id == Place.employer_id)
    return query.where(Place.kind == PlaceKind.SITE).order_by(Place.name)


def anybody_real() -> bool:
    """True if a colleague exists: neither part of a demonstration nor a number in a public conversation."""
    real = Person.origin.in_((Origin.IMPORTED, Origin.CREATED))
    return db.session.scalar(select(Person.id).where(real).limit(1)) is not None


def is_administrator(person_id: int) -> bool:
    """True if this person can administer some part of the organisation."""
    held = (Grant.person_id == person_id, Grant.role == Role.ADMINISTRATOR, Grant.revoked_at.is_(None))
    return db.session.scalar(select(Grant.id).where(*held).limit(1)) is not None


def running_sign_ins(
    person_id: int, *, now: datetime, before: int | None = None, limit: int | None = None
) -> Sequence[Row]:
    """(id, device, network, started_at) of the browsers in which somebody is signed in, the newest first."""
    running = (
        SignIn.person_id == person_id,
        SignIn.ended_at.is_(None),
        SignIn.expires_at > now,
        SignIn.auth_epoch == Person.auth_epoch,
    )
    query = select(SignIn.id, SignIn.device, SignIn.network, SignIn.started_at)
    query = query.join(Person, Person.id == SignIn.person_id).where(*running)
    if before is not None:
        query = query.where(SignIn.id < before)
    return db.session.execute(query.order_by(SignIn.id.desc()).limit(limit)).all()


def everybody() -> list[tuple[Person, str, list[str]]]:
    """Every active person by name, with their place's name and the names of their roles; two queries."""
    roles: dict[int, list[str]] = {}
    held = select(Grant.person_id, Grant.role).where(Grant.revoked_at.is_(None)).order_by(Grant.id)
    for person_id, role in db.session.execute(held):
        roles.setdefault(person_id, []).append(role)
    query = select(Person, Place.name).join(Place, Place.id == Person.place_id).where(Person.deactivated_at.is_(None))
    rows = db.session.execute(query.order_by(Person.name, Person.id))
    return [(person, place, roles.get(person.id, [])) for person, place in rows]


def has_administrator() -> bool:
    """True if somebody active can administer this installation."""
    held = and_(Grant.person_id == Person.id, Grant.role == Role.ADMINISTRATOR, Grant.revoked_at.is_(None))
    query = select(Person.id).join(Grant, held).where(Person.deactivated_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None


@cache
def _by_sign_in() -> Select:
    """Built once: every request runs it, and putting it together costs more than running it."""
    running = (
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("now"),
        SignIn.auth_epoch == Person.auth_epoch,
        Person.deactivated_at.is_(None),
    )
    return (
        _viewers()
        .add_columns(SignIn.id.label("sign_in_id"))
        .join(SignIn, SignIn.person_id == Person.id)
        .where(*running)
    )


@cache
def _by_person() -> Select:
    """Built once, as `_by_sign_in`."""
    return _viewers().where(Person.id == bindparam("person", type_=Integer), Person.deactivated_at.is_(None))


@cache
def _by_key() -> Select:
    """Built once, as `_by_sign_in`."""
    key = (
        ApiToken.id.label("key_id"), ApiToken.scopes, ApiToken.expires_at, ApiToken.revoked_at, ApiToken.last_used_on,
    )  # fmt: skip
    return (
        _viewers()
        .add_columns(*key)
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(ApiToken.token_hash == bindparam("token_hash"), Person.deactivated_at.is_(None))
    )


def _viewers() -> Select:
    """One row for each role a person holds (one with empty role if none)."""
    node = aliased(Place)
    standing = and_(Grant.person_id == Person.id, Grant.revoked_at.is_(None))
    return (
        select(
            Person.id, Person.name, Person.job_title, Person.place_id, Person.team_id, Person.site_id,
            Person.employer_id, Place.path, Place.timezone, Grant.role, node.path.label("held_path"),
        )
        .join(Place, Place.id == Person.place_id)
        .outerjoin(Grant, standing)
        .outerjoin(node, node.id == Grant.place_id)
    )  # fmt: skip


def _viewer(rows: Sequence[Row], *, token: str = "") -> Viewer | None:
    if not rows:
        return None
    first = rows[0]
    return Viewer(
        id=first.id, name=first.name, initials=initials(first.name), job_title=first.job_title,
        place_id=first.place_id, path=first.path, team_id=first.team_id, site_id=first.site_id,
        employer_id=first.employer_id, organisation_id=_top_of(first.path), timezone=first.timezone or "UTC",
        held=tuple(Held(row.role, row.held_path) for row in rows if row.role is not None),
        token=token, sign_in_id=getattr(first, "sign_in_id", None),
    )  # fmt: skip


def _top_of(path: str) -> int:
    """The organisation's id: every path ("/1/4/17/") begins with it."""
    return int(path.split("/", 2)[1])
