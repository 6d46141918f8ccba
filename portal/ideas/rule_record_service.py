"""Verbs about rules: naming the rule behind an idea, joining one that stands, changing what is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from portal.db import db, insert_if_new
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.origin import path_of
from portal.ideas.policy import MAY
from portal.ideas.rule_record_models import RuleChange, RuleIdea, RuleRecord, RuleSite
from portal.ideas.rule_record_queries import CAN_OWN, rules_in_scope
from portal.ideas.rule_record_search import index_rule
from portal.ideas.rule_record_words import (
    FIELD_OF,
    RuleFacts,
    RuleRefusal,
    RuleState,
    facts_refusal,
    wider,
)
from portal.ideas.service import is_author
from portal.ideas.words import Audience, Kind, Names, Stage, StoryKind
from portal.people import service as people
from portal.people.models import Grant, Person, Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer

NAMES_OTHERS = (Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME)
EMPLOYERS = (PlaceKind.ORGANISATION, PlaceKind.PARTNER)
COLUMNS = (
    "title", "says", "barrier", "owner_id", "department", "source", "source_url", "legal_basis", "legal_words",
    "reviewed_on", "scope", "employer_id",
)  # fmt: skip


@dataclass(frozen=True)
class _Told:
    """Facts with what their numbers mean."""

    facts: RuleFacts
    owner: str
    employer: str
    sites: dict[int, str]

    def words(self) -> dict[str, str]:
        """Fact → as the history tells it."""
        facts = self.facts
        place = self.employer or ", ".join(sorted(self.sites.values()))
        return {
            "title": facts.title, "says": facts.says, "barrier": facts.barrier.label, "owner": self.owner,
            "department": facts.department, "source": facts.source, "source_url": facts.source_url,
            "legal_basis": facts.legal_basis.label, "legal_words": facts.legal_words,
            "reviewed_on": facts.reviewed_on.isoformat() if facts.reviewed_on else "",
            "scope": place or "Everybody",
        }  # fmt: skip


def name_rule(viewer: Viewer, idea: Idea, facts: RuleFacts, *, today: date, now: datetime) -> RuleRecord:
    """Make a record of the rule that an idea is about. Raises the refusals of `RuleRefusal`."""
    refuse_naming(viewer, idea)
    told = _told(viewer, facts, today)
    chooses = is_author(viewer, idea) or viewer.holds(Role.PROGRAMME, at=path_of(idea))
    if not chooses and wider(facts.scope, idea.audience):
        raise refused(RuleRefusal.WIDER)
    rule = new_record(told.facts, now=now)
    _write_sites(rule.id, told.facts.site_ids)
    _refuse_blind(viewer, rule)
    by_id = _shown(viewer, idea)
    db.session.add(RuleChange(rule_id=rule.id, by_id=by_id, at=now, fact="named", new=facts.title))
    _link(rule, idea, by_id, now=now)
    return rule


def join_rule(viewer: Viewer, idea: Idea, rule: RuleRecord, *, now: datetime) -> None:
    """Let an idea name a rule that has a record. Raises the refusals of `RuleRefusal`."""
    refuse_naming(viewer, idea, rule)
    _link(rule, idea, _shown(viewer, idea), now=now)


def leave_rule(viewer: Viewer, idea: Idea, *, now: datetime) -> None:
    """Take a wrong name off an idea, as long as no verdict was given. Raises the refusals of `RuleRefusal`."""
    refuse_naming(viewer, idea)
    link = db.session.scalar(select(RuleIdea).where(RuleIdea.idea_id == idea.id))
    if link is None:
        raise RuleRefusal.NAMES_NONE.as_error()
    waiting = select(RuleRecord.id).where(RuleRecord.id == link.rule_id, RuleRecord.state == RuleState.OPEN)
    taken = db.session.execute(delete(RuleIdea).where(RuleIdea.id == link.id, RuleIdea.rule_id.in_(waiting)))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleRefusal.STANDS.as_error()
    about = {"rule": link.rule_id}
    people.audit("rule.left", f"idea:{idea.id}", about, actor_id=_shown(viewer, idea), now=now)
    db.session.flush()


def change_facts(
    viewer: Viewer, rule: RuleRecord, facts: RuleFacts, *, version: int, today: date, now: datetime
) -> None:
    """Correct what is known about a rule: its owner, or programme. version: of the facts that were read.

    Each fact that changes is a row of the history. Raises the refusals of `RuleRefusal`.
    """
    demand(MAY, "rule.change", viewer)
    if rule.owner_id != viewer.id and not holds_for(viewer, rule, Role.PROGRAMME):
        raise RuleRefusal.NOT_OWNER.as_error()
    before = told_now(rule)
    told = _told(viewer, facts, today)
    facts = told.facts
    old, new = before.words(), told.words()
    changed = [fact for fact in new if old[fact] != new[fact]]
    if not changed and before.facts == facts:
        return
    values = {column: getattr(facts, column) for column in COLUMNS}
    still = RuleRecord.id == rule.id, RuleRecord.version == version
    statement = update(RuleRecord).where(*still).values(version=version + 1, **values)
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire(rule)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleRefusal.CHANGED.as_error()
    _write_sites(rule.id, facts.site_ids)
    _refuse_blind(viewer, rule)
    rows = [
        {"rule_id": rule.id, "by_id": viewer.id, "at": now, "fact": f, "old": old[f], "new": new[f]} for f in changed
    ]
    if rows:
        db.session.execute(insert(RuleChange), rows)
    index_rule(rule.id)


def refuse_naming(viewer: Viewer, idea: Idea, rule: RuleRecord | None = None) -> None:
    """Raise unless the viewer may say which rule an idea is about: its author while it gathers, owners, executives and
    programme where it was said; the owner of `rule` for that one."""
    demand(MAY, "rule.name", viewer)
    if refusal := naming_refusal(viewer, idea, rule):
        raise refusal.as_error()


def naming_refusal(viewer: Viewer, idea: Idea, rule: RuleRecord | None = None) -> RuleRefusal | None:
    """Why the viewer does not say which rule an idea is about, or None."""
    if idea.stage is Stage.WITHDRAWN:
        return RuleRefusal.WITHDRAWN
    if idea.stage is Stage.MERGED:
        return RuleRefusal.MERGED
    mine = is_author(viewer, idea) and idea.stage is Stage.OPEN
    owns = rule is not None and rule.owner_id == viewer.id
    named = viewer.holds(*NAMES_OTHERS) and viewer.holds(*NAMES_OTHERS, at=path_of(idea))
    if not (mine or owns or named):
        return RuleRefusal.NOT_YOURS
    return RuleRefusal.NOT_A_RULE if idea.kind is not Kind.STUPID_RULE else None


def holds_for(viewer: Viewer, rule: RuleRecord, *roles: Role) -> bool:
    """True if one of the roles is held for everybody for whom the rule holds."""
    if not viewer.holds(*roles):
        return False
    if rule.scope is Audience.ORGANISATION:
        return viewer.holds(*roles, at=f"/{viewer.organisation_id}/")
    sites = select(RuleSite.site_id).where(RuleSite.rule_id == rule.id)
    where = Place.id == rule.employer_id if rule.scope is Audience.EMPLOYER else Place.id.in_(sites)
    paths = db.session.scalars(select(Place.path).where(where)).all()
    return bool(paths) and all(viewer.holds(*roles, at=path) for path in paths)


def judges(viewer: Viewer, rule: RuleRecord) -> bool:
    """True for whoever may decide about a rule: its owner, and executives and programme for whom it holds below."""
    return rule.owner_id == viewer.id or holds_for(viewer, rule, Role.EXECUTIVE, Role.PROGRAMME)


def refused(refusal: RuleRefusal) -> Exception:
    """The error, which names the field that is at fault."""
    field = FIELD_OF.get(refusal)
    return refusal.kind(refusal.value, refusal.sentence, {field: refusal.sentence} if field else None)


def told_now(rule: RuleRecord) -> _Told:
    """What is known about a rule now."""
    query = select(Place.id, Place.name).join(RuleSite, RuleSite.site_id == Place.id)
    sites = {row.id: row.name for row in db.session.execute(query.where(RuleSite.rule_id == rule.id))}
    values = {column: getattr(rule, column) for column in COLUMNS}
    owner = db.session.scalar(select(Person.name).where(Person.id == rule.owner_id)) or ""
    employer = db.session.scalar(select(Place.name).where(Place.id == rule.employer_id)) or ""
    return _Told(RuleFacts(**values, site_ids=tuple(sorted(sites))), owner, employer, sites)


def new_record(facts: RuleFacts, *, now: datetime) -> RuleRecord:
    """A record without a verdict, written."""
    values: dict[str, Any] = {column: getattr(facts, column) for column in COLUMNS}
    rule = RuleRecord(**values, state=RuleState.OPEN, named_at=now, verdicts=0, version=1)
    db.session.add(rule)
    db.session.flush()
    index_rule(rule.id)
    return rule


def put_name(rule: RuleRecord, idea: Idea, *, by_id: int | None, now: datetime) -> bool:
    """Write that an idea names a rule; False if it names one already."""
    values = {"rule_id": rule.id, "idea_id": idea.id, "by_id": by_id, "at": now}
    return insert_if_new(RuleIdea, values, key=("idea_id",)) is not None


def told_to(rule: RuleRecord, idea: Idea, site_ids: Sequence[int]) -> bool:
    """True if everybody who may read the idea may see the rule, so that the idea's story can speak of it."""
    if rule.scope is Audience.ORGANISATION:
        return True
    if idea.audience is Audience.ORGANISATION:
        return False
    if rule.scope is Audience.EMPLOYER:
        return rule.employer_id == idea.employer_id
    return idea.audience is Audience.SITE and idea.site_id in site_ids


def sites_of(rule: RuleRecord) -> list[int]:
    """The sites for which it holds, where it holds for sites."""
    if rule.scope is not Audience.SITE:
        return []
    return list(db.session.scalars(select(RuleSite.site_id).where(RuleSite.rule_id == rule.id)))


def _told(viewer: Viewer, facts: RuleFacts, today: date) -> _Told:
    """The facts, checked and with names. Raises the refusals of `RuleRefusal`."""
    if refusal := facts_refusal(facts, today):
        raise refused(refusal)
    employer_id = (facts.employer_id or viewer.employer_id) if facts.scope is Audience.EMPLOYER else None
    site_ids = tuple(sorted(set(facts.site_ids))) if facts.scope is Audience.SITE else ()
    values = {column: getattr(facts, column) for column in COLUMNS} | {"employer_id": employer_id}
    owner = _owner(facts.owner_id) if facts.owner_id is not None else ""
    employer = _names([employer_id], EMPLOYERS, RuleRefusal.UNKNOWN_EMPLOYER)[employer_id] if employer_id else ""
    sites = _names(site_ids, (PlaceKind.SITE,), RuleRefusal.UNKNOWN_SITE) if site_ids else {}
    return _Told(RuleFacts(**values, site_ids=site_ids), owner, employer, sites)


def _owner(person_id: int) -> str:
    held = select(Grant.id).where(Grant.person_id == Person.id, Grant.role.in_(CAN_OWN), Grant.revoked_at.is_(None))
    query = select(Person.name).where(Person.id == person_id, Person.deactivated_at.is_(None), held.exists())
    name = db.session.scalar(query)
    if name is None:
        raise refused(RuleRefusal.UNKNOWN_OWNER)
    return name


def _names(ids: Sequence[int], kinds: Sequence[PlaceKind], refusal: RuleRefusal) -> dict[int, str]:
    query = select(Place.id, Place.name).where(Place.id.in_(ids), Place.kind.in_(kinds))
    found = {row.id: row.name for row in db.session.execute(query)}
    if not found.keys() >= set(ids):
        raise refused(refusal)
    return found


def _write_sites(rule_id: int, site_ids: Sequence[int]) -> None:
    db.session.execute(delete(RuleSite).where(RuleSite.rule_id == rule_id))
    if site_ids:
        db.session.execute(insert(RuleSite), [{"rule_id": rule_id, "site_id": site_id} for site_id in site_ids])


def _refuse_blind(viewer: Viewer, rule: RuleRecord) -> None:
    seen = select(RuleRecord.id).where(RuleRecord.id == rule.id, rules_in_scope(viewer))
    if db.session.scalar(seen) is None:
        raise refused(RuleRefusal.WITHOUT_YOU)


def _link(rule: RuleRecord, idea: Idea, by_id: int | None, *, now: datetime) -> None:
    if not put_name(rule, idea, by_id=by_id, now=now):
        raise RuleRefusal.NAMED_ALREADY.as_error()
    if told_to(rule, idea, sites_of(rule)):
        facts = {"rule": rule.id, "rule_title": rule.title}
        story.record(idea.id, StoryKind.RULE_NAMED, now=now, actor_id=by_id, facts=facts)
    db.session.flush()


def _shown(viewer: Viewer, idea: Idea) -> int | None:
    """Who does it; nobody where that is an author whose name is not shown."""
    return None if is_author(viewer, idea) and idea.names is not Names.SHOWN else viewer.id
