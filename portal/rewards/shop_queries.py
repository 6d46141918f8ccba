"""Reading the catalogue: what the viewer could order, and what they look after."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from portal.db import db
from portal.errors import Missing
from portal.keys import KEY_MAX
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from portal.people.directory import below
from portal.people.models import Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.rewards.models import Award
from portal.rewards.shop_models import Reward
from portal.rewards.words import RewardKind
from portal.web.paging import cut, decode_cursor

PAGE = 30


@dataclass(frozen=True)
class CatalogueWanted:
    """What the catalogue is narrowed by. affordable: what the wallet holds now is enough, and there is one."""

    kind: RewardKind | None = None
    affordable: bool = False
    limit: int = PAGE
    cursor: str | None = None


@dataclass(frozen=True)
class Purse:
    """What somebody can spend now, and what is on its way to them."""

    points: int
    coming: int


@dataclass(frozen=True)
class Managed:
    """Something of the catalogue for those who look after it."""

    reward: Reward
    employer: str | None


def catalogue(viewer: Viewer, wanted: CatalogueWanted, *, points: int) -> tuple[list[Reward], str | None]:
    """What the viewer may order, the cheapest first, and the next cursor. points: what they hold."""
    query = select(Reward).where(offered_to(viewer))
    if wanted.kind is not None:
        query = query.where(Reward.kind == wanted.kind)
    if wanted.affordable:
        query = query.where(Reward.price <= points, or_(Reward.stock.is_(None), Reward.stock > 0))
    if after := decode_cursor(wanted.cursor, int, int):
        query = query.where(tuple_(Reward.price, Reward.id) > tuple_(*after))
    rows = db.session.scalars(query.order_by(Reward.price, Reward.id).limit(wanted.limit + 1)).all()
    page, following = cut(rows, wanted.limit, lambda one: (one.price, one.id))
    return list(page), following


def offered_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Reward` for what the viewer may order."""
    whose = or_(Reward.employer_id.is_(None), Reward.employer_id == viewer.employer_id)
    return and_(Reward.retired_at.is_(None), whose)


def reward_for(viewer: Viewer, reward_id: int, *, fresh: bool = False) -> Reward:
    """Something that the viewer may order. fresh: as it is now, inside a transaction. Raises Missing."""
    found = None
    if 0 < reward_id <= KEY_MAX:
        query = select(Reward).where(Reward.id == reward_id, offered_to(viewer))
        found = db.session.scalar(query.execution_options(populate_existing=fresh))
    if found is None:
        raise Missing("reward")
    return found


def purse(person_id: int) -> Purse:
    """What the person holds free, and what they are owed; one query."""
    wallet = Account.kind == AccountKind.PERSON, Account.owner_ref == f"person:{person_id}"
    free = select(Account.posted - Account.held).where(*wallet).scalar_subquery()
    owed = select(func.sum(Award.points)).where(Award.person_id == person_id, Award.paid_at.is_(None))
    row = db.session.execute(select(free.label("free"), owed.scalar_subquery().label("owed"))).one()
    return Purse(row.free or 0, row.owed or 0)


def managed(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[Managed], str | None]:
    """What the viewer looks after, retired ones too, the newest first, and the next cursor."""
    query = _managed(viewer)
    if after := decode_cursor(cursor, int):
        query = query.where(Reward.id < after[0])
    rows = db.session.execute(query.order_by(Reward.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row[0].id,))
    return [Managed(row[0], row.employer) for row in page], following


def managed_one(viewer: Viewer, reward_id: int, *, fresh: bool = False) -> Managed:
    """Something that the viewer looks after. Raises Missing."""
    query = _managed(viewer).where(Reward.id == reward_id).execution_options(populate_existing=fresh)
    row = db.session.execute(query).one_or_none() if 0 < reward_id <= KEY_MAX else None
    if row is None:
        raise Missing("reward")
    return Managed(row[0], row.employer)


def employers(viewer: Viewer, *roles: Role) -> list[tuple[int, str]]:
    """(id, name) of the employers that the viewer holds one of the roles for, by name."""
    kinds = Place.kind.in_([PlaceKind.ORGANISATION, PlaceKind.PARTNER])
    query = select(Place.id, Place.name).where(kinds, below(viewer.scope(*roles), Place.path)).order_by(Place.name)
    return [(row.id, row.name) for row in db.session.execute(query)]


def is_for_all(viewer: Viewer) -> bool:
    """True if the viewer runs the programme of the whole organisation: what is for everybody is theirs."""
    return viewer.holds(Role.PROGRAMME, at=f"/{viewer.organisation_id}/")


def _managed(viewer: Viewer) -> Select:
    theirs = below(viewer.scope(Role.PROGRAMME), Place.path)
    if is_for_all(viewer):
        theirs = or_(theirs, Reward.employer_id.is_(None))
    return select(Reward, Place.name.label("employer")).outerjoin(Place, Place.id == Reward.employer_id).where(theirs)
