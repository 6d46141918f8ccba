"""What people said to a broadcast, for its writer and for programme: rates by site and words, never names."""

from dataclasses import dataclass, field

from sqlalchemy import and_, case, func, select

from portal.db import db
from portal.frontline import broadcast_rules as rules
from portal.frontline.broadcast_hearers import hearers
from portal.frontline.broadcast_models import Acknowledgement, Broadcast
from portal.frontline.broadcast_outcomes import Outcomes, outcomes
from portal.frontline.broadcast_policy import MAY
from portal.frontline.broadcast_rules import BroadcastRefusal
from portal.frontline.words import Acknowledged
from portal.people.group_rules import Group, Grouped, grouped
from portal.people.models import Person, Place
from portal.people.policy import demand
from portal.people.roles import Role
from portal.people.viewer import Viewer

NO_SITE, OTHER_SITES = "At no site", "Other sites"
KINDS = tuple(Acknowledged)
WORDS_MAX = 300  # of one kind: the latest of them


@dataclass(frozen=True)
class Said:
    """What people added to one kind of answer. more: how many others there are, shown or not yet."""

    kind: Acknowledged
    words: list[str]
    more: int


@dataclass(frozen=True)
class Answers:
    """What was said, and what came of the noes.

    rates: parts are one number for each of `KINDS`; its total is None for fewer than ten people.
    """

    rates: Grouped
    said: list[Said] = field(default_factory=list)
    came: Outcomes = field(default_factory=Outcomes)


def may_count(viewer: Viewer, broadcast: Broadcast) -> bool:
    """True for its writer, and for programme of its place."""
    place = db.session.get_one(Place, broadcast.place_id)
    return broadcast.by_id == viewer.id or viewer.holds(Role.PROGRAMME, at=place.path)


def answers(viewer: Viewer, broadcast: Broadcast) -> Answers:
    """What people said to something that was told. Raises Refused (`not_allowed`, `not_yours`), Conflict `not_told`.

    Costs one count of everybody who was told: for its writer's page, not for everybody's.
    """
    demand(MAY, "broadcast.count", viewer)
    if not may_count(viewer, broadcast):
        raise BroadcastRefusal.NOT_YOURS.as_error()
    if broadcast.telling_at is None:
        raise BroadcastRefusal.NOT_TOLD.as_error()
    rates = _rates(broadcast)
    # Words of a group too small for a rate, and what came of them, could be told apart as well.
    return Answers(rates, _words(broadcast), outcomes(viewer, broadcast)) if rates.total else Answers(rates)


def _rates(broadcast: Broadcast) -> Grouped:
    place = db.session.get_one(Place, broadcast.place_id)
    theirs = and_(Acknowledgement.broadcast_id == broadcast.id, Acknowledgement.person_id == Person.id)
    parts = [func.count(case((Acknowledgement.kind == kind, 1))) for kind in KINDS]
    query = (
        select(Place.name, func.count(Person.id), *parts)
        .select_from(Person)
        .outerjoin(Place, Place.id == Person.site_id)
        .outerjoin(Acknowledgement, theirs)
        .where(*hearers(broadcast, place.kind))
        .group_by(Place.id, Place.name)
    )
    rows = db.session.execute(query).all()
    return grouped((Group(row[0] or NO_SITE, row[1], tuple(row[2:])) for row in rows), others=OTHER_SITES)


def _words(broadcast: Broadcast) -> list[Said]:
    with_words = Acknowledgement.broadcast_id == broadcast.id, Acknowledgement.words != ""
    counted = select(Acknowledgement.kind, func.count()).where(*with_words).group_by(Acknowledgement.kind)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return [_said(broadcast, kind, found[kind]) for kind in KINDS if kind in found]


def _said(broadcast: Broadcast, kind: Acknowledged, count: int) -> Said:
    """Whole threes, the earliest first, sorted by their words: neither order nor moment tells who said what."""
    shown = rules.shown_words(count)
    most = min(shown, WORDS_MAX)
    mine = Acknowledgement.broadcast_id == broadcast.id, Acknowledgement.kind == kind, Acknowledgement.words != ""
    query = select(Acknowledgement.words).where(*mine).order_by(Acknowledgement.at, Acknowledgement.id)
    words = sorted(db.session.scalars(query.offset(shown - most).limit(most)), key=str.casefold)
    return Said(kind, words, count - most)
