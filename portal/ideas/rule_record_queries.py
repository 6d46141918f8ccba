"""Reading rules, always through the viewer: a rule outside one's scope does not exist in lists, counts and search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from portal.db import db, table_of
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import SEES_ALL, visible_to
from portal.ideas.rule_record_models import RuleChange, RuleIdea, RuleRecord, RuleSite, RuleVerdict
from portal.ideas.rule_record_shown import ChangeView, NamingIdea, RuleView, VerdictView
from portal.ideas.rule_record_words import GONE, REVIEW_DAYS, STANDING, RuleState
from portal.ideas.words import Audience, Barrier
from portal.people.models import Grant, Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import run
from portal.web.paging import Wide, bad_cursor, cut, decode_cursor, from_micros, to_micros

PAGE = 20
HISTORY_MAX = 200
CAN_OWN = (Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME)
NEVER = date(1, 1, 1)


@dataclass(frozen=True)
class Wanted:
    """Which rules of the list."""

    state: RuleState | None = None
    barrier: Barrier | None = None
    site_id: int | None = None
    owner_id: int | None = None


def rules_in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `RuleRecord` for every rule that the viewer may see.

    Its scope is who it holds for; its owner sees it, and executives, programme and administrators what holds below
    the node of their role.
    """
    here = select(RuleSite.id).where(RuleSite.rule_id == RuleRecord.id, RuleSite.site_id == viewer.site_id).exists()
    return or_(
        RuleRecord.scope == Audience.ORGANISATION,
        and_(RuleRecord.scope == Audience.EMPLOYER, RuleRecord.employer_id == viewer.employer_id),
        and_(RuleRecord.scope == Audience.SITE, here) if viewer.site_id is not None else false(),
        RuleRecord.owner_id == viewer.id,
        *(_holds_below(path) for path in viewer.scope(*SEES_ALL)),
    )


def _holds_below(path: str) -> ColumnElement[bool]:
    if path.count("/") == 2:
        return true()
    below = select(Place.id).where(Place.path.startswith(path, autoescape=True))
    sites = select(RuleSite.id).where(RuleSite.rule_id == RuleRecord.id, RuleSite.site_id.in_(below)).exists()
    return or_(RuleRecord.employer_id.in_(below), and_(RuleRecord.scope == Audience.SITE, sites))


def rule_for(viewer: Viewer, number: int) -> RuleRecord:
    """The rule with this number, as far as the viewer may see it; raises Missing otherwise."""
    query = select(RuleRecord).where(RuleRecord.id == number, rules_in_scope(viewer))
    found = db.session.scalar(query.execution_options(populate_existing=True)) if 0 < number < 2**31 else None
    if found is None:
        raise Missing("rule")
    return found


def rule_shown(viewer: Viewer, number: int) -> RuleView:
    """One rule for a page; raises Missing."""
    asked = person_of(viewer) | {"number": number}
    found = views_of(_one(shape_of(viewer)), asked) if 0 < number < 2**31 else []
    if not found:
        raise Missing("rule")
    return found[0]


def rule_of(viewer: Viewer, idea_number: int) -> RuleView | None:
    """The rule that an idea names, as far as the viewer may see it."""
    named = select(RuleIdea.rule_id).where(RuleIdea.idea_id == idea_number).scalar_subquery()
    return next(iter(views_of(rules_query(viewer).where(RuleRecord.id == named))), None)


def owner_of_rule(idea_number: int) -> int | None:
    """The person who owns the rule that an idea names; None without one."""
    query = select(RuleRecord.owner_id).join(RuleIdea, RuleIdea.rule_id == RuleRecord.id)
    return db.session.scalar(query.where(RuleIdea.idea_id == idea_number))


def owns_rule_of_idea(person_id: int) -> ColumnElement[bool]:
    """The condition on `Idea` for those that name a rule of this person."""
    query = select(RuleIdea.id).join(RuleRecord, RuleRecord.id == RuleIdea.rule_id)
    return query.where(RuleIdea.idea_id == Idea.id, RuleRecord.owner_id == person_id).exists()


def rules_page(
    viewer: Viewer, wanted: Wanted, *, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[RuleView], str | None]:
    """Rules, the newest first."""
    query = rules_query(viewer).where(*_conditions(viewer, wanted))
    if after := decode_cursor(cursor, int):
        query = query.where(RuleRecord.id < after[0])
    found = views_of(query.order_by(RuleRecord.id.desc()).limit(limit + 1))
    page, following = cut(found, limit, lambda rule: (rule.number,))
    return list(page), following


def killed_page(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[RuleView], str | None]:
    """Rules that were killed or changed, the newest verdict first."""
    query = rules_query(viewer).where(RuleRecord.state.in_(GONE))
    if after := decode_cursor(cursor, Wide, int):
        moment = from_micros(after[0])
        same = and_(RuleRecord.decided_at == moment, RuleRecord.id < after[1])
        query = query.where(or_(RuleRecord.decided_at < moment, same))
    found = views_of(query.order_by(RuleRecord.decided_at.desc(), RuleRecord.id.desc()).limit(limit + 1))
    page, following = cut(found, limit, lambda rule: (_decided(rule), rule.number))
    return list(page), following


def review_page(
    viewer: Viewer, *, today: date, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[RuleView], str | None]:
    """Rules nobody has looked at for a year, the longest first: for programme all, for others their own."""
    reviewed = func.coalesce(RuleRecord.reviewed_on, literal(NEVER, Date))
    due = reviewed < today - timedelta(days=REVIEW_DAYS), RuleRecord.state.in_(STANDING)
    query = rules_query(viewer).where(*due)
    if not viewer.is_programme:
        query = query.where(RuleRecord.owner_id == viewer.id)
    if after := decode_cursor(cursor, str, int):
        day = _day(after[0])
        query = query.where(or_(reviewed > day, and_(reviewed == day, RuleRecord.id > after[1])))
    found = views_of(query.order_by(reviewed, RuleRecord.id).limit(limit + 1))
    page, following = cut(found, limit, lambda rule: ((rule.reviewed_on or NEVER).isoformat(), rule.number))
    return list(page), following


def naming_page(
    viewer: Viewer, number: int, *, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[NamingIdea], str | None]:
    """The ideas that name a rule, as far as the viewer may read them, the first one first."""
    query = select(Idea.id, Idea.title, Idea.said_at).join(RuleIdea, RuleIdea.idea_id == Idea.id)
    query = query.where(RuleIdea.rule_id == number, visible_to(viewer))
    if after := decode_cursor(cursor, int):
        query = query.where(RuleIdea.idea_id > after[0])
    rows = db.session.execute(query.order_by(RuleIdea.idea_id).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return [NamingIdea(row.id, row.title, row.said_at) for row in page], following


def history(number: int) -> tuple[list[VerdictView], list[ChangeView]]:
    """Every verdict and the latest changes of facts, the newest first. Call with a rule that the viewer may see."""
    given = select(*_verdict_columns()).join(Person, Person.id == RuleVerdict.by_id)
    given = given.outerjoin(Place, Place.id == RuleVerdict.site_id).where(RuleVerdict.rule_id == number)
    verdicts = db.session.execute(given.order_by(RuleVerdict.number.desc()).limit(HISTORY_MAX)).all()
    changes = select(RuleChange, Person.name).outerjoin(Person, Person.id == RuleChange.by_id)
    changed = changes.where(RuleChange.rule_id == number).order_by(RuleChange.id.desc()).limit(HISTORY_MAX)
    rows = db.session.execute(changed).all()
    return [_verdict(row) for row in verdicts], [
        ChangeView(row.at, name or "", row.fact, row.old, row.new) for row, name in rows
    ]


def possible_owners() -> Sequence[Row]:
    """(id, name, job title) of everybody who can own a rule, by name."""
    held = select(Grant.person_id).where(Grant.role.in_(CAN_OWN), Grant.revoked_at.is_(None))
    query = select(Person.id, Person.name, Person.job_title)
    query = query.where(Person.deactivated_at.is_(None), Person.id.in_(held))
    return db.session.execute(query.order_by(Person.name, Person.id)).all()


def employers() -> Sequence[Row]:
    """(id, name) of the organisation and its partners, by name."""
    kinds = PlaceKind.ORGANISATION, PlaceKind.PARTNER
    return db.session.execute(select(Place.id, Place.name).where(Place.kind.in_(kinds)).order_by(Place.name)).all()


def rules_query(viewer: Viewer) -> Select:
    """Rules that the viewer may see, with owner, last verdict and the first idea that they may read."""
    owner, employer = aliased(Person), aliased(Place)
    said = select(func.min(Idea.said_at)).join(RuleIdea, RuleIdea.idea_id == Idea.id)
    said = said.where(RuleIdea.rule_id == RuleRecord.id, visible_to(viewer)).correlate(RuleRecord)
    last = and_(RuleVerdict.rule_id == RuleRecord.id, RuleVerdict.number == RuleRecord.verdicts)
    columns = owner.name.label("owner"), employer.name.label("employer"), said.scalar_subquery().label("said_at")
    return (
        select(*table_of(RuleRecord).c, *columns, *_verdict_columns())
        .outerjoin(owner, owner.id == RuleRecord.owner_id)
        .outerjoin(employer, employer.id == RuleRecord.employer_id)
        .outerjoin(RuleVerdict, last)
        .outerjoin(Person, Person.id == RuleVerdict.by_id)
        .outerjoin(Place, Place.id == RuleVerdict.site_id)
        .where(rules_in_scope(viewer))
    )


@lru_cache(SHAPES_KEPT)
def _one(shape: Shape) -> Select:
    return rules_query(stand_in(shape)).where(RuleRecord.id == bindparam("number", type_=Integer))


def views_of(query: Select, parameters: Mapping[str, Any] | None = None) -> list[RuleView]:
    """The rules of such a query, in its order; one more query for the names of sites, however many there are."""
    found: Any = run(query, parameters) if parameters else db.session.execute(query)
    rows = found.all()
    sites = _sites([row.id for row in rows if row.scope is Audience.SITE])
    return [_view(row, sites.get(row.id, ())) for row in rows]


def _sites(numbers: list[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    if not numbers:
        return {}
    query = select(RuleSite.rule_id, Place.id, Place.name).join(Place, Place.id == RuleSite.site_id)
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in db.session.execute(query.where(RuleSite.rule_id.in_(numbers)).order_by(Place.name)):
        found[row.rule_id] = (*found.get(row.rule_id, ()), (row.id, row.name))
    return found


def _verdict_columns() -> tuple[Any, ...]:
    return (
        RuleVerdict.number.label("v_number"), RuleVerdict.kind.label("v_kind"), Person.name.label("v_by"),
        RuleVerdict.at.label("v_at"), RuleVerdict.effective_on.label("v_day"), RuleVerdict.old_wording.label("v_old"),
        RuleVerdict.new_wording.label("v_new"), RuleVerdict.reason.label("v_reason"),
        RuleVerdict.legal_basis.label("v_legal"), RuleVerdict.site_id.label("v_site_id"), Place.name.label("v_site"),
        RuleVerdict.why_again.label("v_again"),
    )  # fmt: skip


def _verdict(row: Row) -> VerdictView:
    return VerdictView(
        row.v_number, row.v_kind, row.v_by, row.v_at, row.v_day, row.v_old, row.v_new, row.v_reason, row.v_legal,
        row.v_site_id, row.v_site or "", row.v_again,
    )  # fmt: skip


def _view(row: Row, sites: tuple[tuple[int, str], ...]) -> RuleView:
    return RuleView(
        number=row.id, title=row.title, says=row.says, barrier=row.barrier, state=row.state,
        owner_id=row.owner_id, owner=row.owner or "", department=row.department, source=row.source,
        source_url=row.source_url, legal_basis=row.legal_basis, legal_words=row.legal_words,
        reviewed_on=row.reviewed_on, scope=row.scope, employer_id=row.employer_id, employer=row.employer or "",
        sites=sites, named_at=row.named_at, version=row.version, verdicts=row.verdicts,
        verdict=_verdict(row) if row.v_number else None, first_said_at=row.said_at,
    )  # fmt: skip


def _conditions(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(RuleRecord.state == wanted.state)
    if wanted.barrier is not None:
        found.append(RuleRecord.barrier == wanted.barrier)
    if wanted.owner_id is not None:
        found.append(RuleRecord.owner_id == wanted.owner_id)
    if wanted.site_id is not None:
        holds = RuleSite.rule_id == RuleRecord.id, RuleSite.site_id == wanted.site_id
        about = select(Idea.id).join(RuleIdea, RuleIdea.idea_id == Idea.id)
        about = about.where(RuleIdea.rule_id == RuleRecord.id, Idea.site_id == wanted.site_id, visible_to(viewer))
        found.append(or_(select(RuleSite.id).where(*holds).exists(), about.exists()))
    return found


def _decided(rule: RuleView) -> int:
    moment: datetime = rule.verdict.at if rule.verdict else rule.named_at
    return to_micros(moment)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise bad_cursor() from None
