"""Reading bulletins: what waits for somebody, the list, one, and how many have confirmed it at each site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select

from portal.db import db
from portal.errors import Missing
from portal.ideas.bulletin_models import Bulletin, BulletinConfirmation
from portal.ideas.bulletin_rules import SHOWN, BulletinStanding
from portal.ideas.rule_record_models import RuleRecord, RuleSite, RuleVerdict
from portal.ideas.rule_record_queries import rules_in_scope
from portal.ideas.rule_record_words import VerdictKind
from portal.ideas.words import Audience
from portal.people.group_rules import Group, Grouped, grouped
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor

PAGE, WAITING_MAX = 20, 20
NO_SITE, OTHER_SITES = "At no site", "Other sites"
PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class BulletinView:
    """A bulletin for one person. confirmed_at: when they did; new_wording: empty where nothing holds instead."""

    number: int
    rule: int
    title: str
    kind: VerdictKind
    at: datetime
    by: str
    effective_on: date | None
    old_wording: str
    new_wording: str
    reason: str
    corrects: bool
    superseded: bool
    standing: BulletinStanding
    confirmed_at: datetime | None
    owner_id: int | None


def in_force(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `RuleRecord` for what holds for somebody in their own work, whatever they may see besides."""
    here = select(RuleSite.id).where(RuleSite.rule_id == RuleRecord.id, RuleSite.site_id == viewer.site_id).exists()
    return or_(
        RuleRecord.scope == Audience.ORGANISATION,
        and_(RuleRecord.scope == Audience.EMPLOYER, RuleRecord.employer_id == viewer.employer_id),
        and_(RuleRecord.scope == Audience.SITE, here) if viewer.site_id is not None else false(),
    )


def waits_for(viewer: Viewer, *, since: Any) -> ColumnElement[bool]:
    """The condition on `Bulletin` joined with `RuleRecord` for what somebody is to confirm.

    since: the moment before which nothing is shown any more (`now` less `bulletin_rules.SHOWN`), or its parameter.
    """
    came = select(Person.created_at).where(Person.id == viewer.id).scalar_subquery()
    return and_(
        Bulletin.superseded_at.is_(None), Bulletin.at > since, Bulletin.by_id != viewer.id,
        Bulletin.newcomers_until >= came, in_force(viewer), ~_confirmed(viewer.id),
    )  # fmt: skip


def _confirmed(person_id: Any) -> ColumnElement[bool]:
    mine = BulletinConfirmation.bulletin_id == Bulletin.id, BulletinConfirmation.person_id == person_id
    return select(BulletinConfirmation.id).where(*mine).correlate(Bulletin).exists()


def waiting_for(viewer: Viewer, *, now: datetime) -> list[BulletinView]:
    """What the viewer is to confirm, the newest first; no more than `WAITING_MAX`."""
    query = _bulletins(viewer, now).where(waits_for(viewer, since=now - SHOWN))
    return [_view(row) for row in db.session.execute(query.order_by(Bulletin.id.desc()).limit(WAITING_MAX))]


def bulletins_page(
    viewer: Viewer, *, now: datetime, waiting: bool | None = None, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[BulletinView], str | None]:
    """Bulletins about rules that the viewer may see, the newest first; with `waiting` only those that (do not) wait."""
    query = _bulletins(viewer, now)
    if waiting is not None:
        waits = waits_for(viewer, since=now - SHOWN)
        query = query.where(waits if waiting else ~waits)
    if after := decode_cursor(cursor, int):
        query = query.where(Bulletin.id < after[0])
    rows = db.session.execute(query.order_by(Bulletin.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.Bulletin.id,))
    return [_view(row) for row in page], following


def bulletin_shown(viewer: Viewer, number: int, *, now: datetime) -> BulletinView:
    """One bulletin; raises Missing where the viewer may not see its rule."""
    row = db.session.execute(_bulletins(viewer, now).where(Bulletin.id == _held(number))).one_or_none()
    if row is None:
        raise Missing("bulletin")
    return _view(row)


def bulletin_for(viewer: Viewer, number: int) -> tuple[Bulletin, RuleRecord, bool]:
    """The bulletin, its rule, and whether that holds for the viewer in their own work; raises Missing."""
    query = select(Bulletin, RuleRecord, in_force(viewer).label("holds"))
    query = query.join(RuleRecord, RuleRecord.id == Bulletin.rule_id)
    query = query.where(Bulletin.id == _held(number), rules_in_scope(viewer))
    row = db.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise Missing("bulletin")
    return row.Bulletin, row.RuleRecord, bool(row.holds)


def _held(number: int) -> int:
    return number if 0 < number < 2**31 else 0


def _bulletins(viewer: Viewer, now: datetime) -> Select:
    mine = and_(BulletinConfirmation.bulletin_id == Bulletin.id, BulletinConfirmation.person_id == viewer.id)
    return (
        select(
            Bulletin, RuleRecord.title, RuleRecord.owner_id, Person.name.label("by"), RuleVerdict.reason,
            BulletinConfirmation.at.label("confirmed_at"), waits_for(viewer, since=now - SHOWN).label("waits"),
        )
        .join(RuleRecord, RuleRecord.id == Bulletin.rule_id)
        .join(RuleVerdict, RuleVerdict.id == Bulletin.verdict_id)
        .join(Person, Person.id == Bulletin.by_id)
        .outerjoin(BulletinConfirmation, mine)
        .where(rules_in_scope(viewer))
    )  # fmt: skip


def _view(row: Row) -> BulletinView:
    told: Bulletin = row.Bulletin
    open_ = BulletinStanding.WAITS if row.waits else BulletinStanding.NOT_ASKED
    standing = BulletinStanding.CONFIRMED if row.confirmed_at else open_
    return BulletinView(
        number=told.id, rule=told.rule_id, title=row.title, kind=told.kind, at=told.at, by=row.by,
        effective_on=told.effective_on, old_wording=told.old_wording, new_wording=told.new_wording, reason=row.reason,
        corrects=told.corrects, superseded=told.superseded_at is not None, standing=standing,
        confirmed_at=row.confirmed_at, owner_id=row.owner_id,
    )  # fmt: skip


def standing_of_rule(rule_id: int) -> Bulletin | None:
    """The bulletin about a rule that counts now, or None."""
    return db.session.scalar(select(Bulletin).where(Bulletin.rule_id == rule_id, Bulletin.superseded_at.is_(None)))


def shares(told: Bulletin, rule: RuleRecord) -> Grouped:
    """How many are to confirm it at each site, and how many have; a group's one part is those who have.

    Costs one count of the people for whom the rule holds: for its owner's page, not for everybody's.
    """
    theirs = and_(BulletinConfirmation.bulletin_id == told.id, BulletinConfirmation.person_id == Person.id)
    query = (
        select(Place.name, func.count(Person.id).label("people"), func.count(BulletinConfirmation.id).label("done"))
        .select_from(Person)
        .outerjoin(Place, Place.id == Person.site_id)
        .outerjoin(BulletinConfirmation, theirs)
        .where(*told_people(told, rule))
        .group_by(Place.id, Place.name)
    )
    rows = db.session.execute(query)
    return grouped((Group(row.name or NO_SITE, row.people, (row.done,)) for row in rows), others=OTHER_SITES)


def told_people(told: Bulletin, rule: RuleRecord) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `Person` for everybody who is told of a bulletin now."""
    sites = select(RuleSite.site_id).where(RuleSite.rule_id == rule.id)
    where = {
        Audience.EMPLOYER: Person.employer_id == rule.employer_id,
        Audience.SITE: Person.site_id.in_(sites),
    }.get(rule.scope)
    here = Person.deactivated_at.is_(None), Person.created_at <= told.newcomers_until, Person.id != told.by_id
    return here if where is None else (*here, where)


def people_behind(told: Bulletin, rule: RuleRecord, after: int, *, most: int = PEOPLE_AT_ONCE) -> Sequence[int]:
    """The next people by id who are told of a bulletin."""
    query = select(Person.id).where(*told_people(told, rule), Person.id > after).order_by(Person.id).limit(most)
    return db.session.scalars(query).all()
