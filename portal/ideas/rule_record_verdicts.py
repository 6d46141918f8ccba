"""How a rule ends: the verdict, who hears of it, and what a kept promise says about a rule.

A verdict is the one source of *killed rules*: the board's rail, its counter and the page of killed rules read nothing
else. A promise about a stupid rule that is confirmed therefore gives the verdict *killed*, unless there is one.
"""

from datetime import date, datetime

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Conflict, DomainError
from portal.ideas import bulletin_service, story
from portal.ideas.models import Idea
from portal.ideas.policy import MAY
from portal.ideas.rule_record_models import RuleChange, RuleIdea, RuleRecord, RuleSite, RuleVerdict
from portal.ideas.rule_record_search import index_rule
from portal.ideas.rule_record_service import judges, new_record, put_name, refused, sites_of, told_to
from portal.ideas.rule_record_words import (
    NewVerdict,
    RuleFacts,
    RuleRefusal,
    RuleState,
    VerdictKind,
    verdict_refusal,
)
from portal.ideas.words import Audience, Kind, StoryKind
from portal.people.models import Person, Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer

PROMISE_KEPT = "The promise to do away with it was kept."


def decide(viewer: Viewer, rule: RuleRecord, verdict: NewVerdict, *, now: datetime) -> RuleVerdict:
    """Give the verdict on a rule: its owner, an executive for whom it holds below, or programme.

    Raises the refusals of `RuleRefusal`; `already_decided` tells what was decided meanwhile.
    """
    demand(MAY, "rule.decide", viewer)
    if not judges(viewer, rule):
        raise RuleRefusal.NOT_JUDGE.as_error()
    if rule.verdicts != verdict.after:
        raise _decided(rule)
    if refusal := verdict_refusal(verdict):
        raise refused(refusal)
    _refuse_site(verdict.site_id if verdict.kind is VerdictKind.LOCAL_HABIT else None)
    given = _write(rule, verdict, by_id=viewer.id, now=now)
    bulletin_service.tell(rule, given, verdict, now=now)
    _tell(rule, given, now=now)
    return given


def settle_by_promise(
    idea_id: int, *, confirmed_by: int, owner_id: int, sentence: str, live_from: date, now: datetime
) -> None:
    """A promise about this idea was kept: if it is about a stupid rule without a verdict, that rule is killed.

    sentence: the promise, which is what holds from now on. A rule that nobody has named gets its record from the idea.
    """
    idea = db.session.get_one(Idea, idea_id)
    if idea.kind is not Kind.STUPID_RULE or idea.hidden_at is not None:
        return
    named = select(RuleRecord).join(RuleIdea, RuleIdea.rule_id == RuleRecord.id).where(RuleIdea.idea_id == idea_id)
    rule = db.session.scalar(named) or _record_of(idea, owner_id, now=now)
    if rule is None or rule.verdicts:
        return
    verdict = NewVerdict(VerdictKind.KILLED, PROMISE_KEPT, live_from, rule.says, sentence)
    try:
        given = _write(rule, verdict, by_id=confirmed_by, now=now)
    except Conflict:
        return  # somebody has given it at this moment, and in better words
    bulletin_service.tell(rule, given, verdict, now=now)
    _tell(rule, given, now=now, without=idea_id)


def _record_of(idea: Idea, owner_id: int, *, now: datetime) -> RuleRecord | None:
    """A record from the words of an idea; None where it is for one employer or site and that is not known."""
    place = {Audience.EMPLOYER: idea.employer_id, Audience.SITE: idea.site_id}
    if idea.audience in place and place[idea.audience] is None:
        return None
    employer_id = idea.employer_id if idea.audience is Audience.EMPLOYER else None
    facts = RuleFacts(idea.title, idea.say, idea.barrier, owner_id, scope=idea.audience, employer_id=employer_id)
    rule = new_record(facts, now=now)
    if idea.audience is Audience.SITE:
        db.session.add(RuleSite(rule_id=rule.id, site_id=idea.site_id))
    db.session.add(RuleChange(rule_id=rule.id, at=now, fact="named", new=idea.title))
    put_name(rule, idea, by_id=None, now=now)
    return rule


def _write(rule: RuleRecord, verdict: NewVerdict, *, by_id: int, now: datetime) -> RuleVerdict:
    """The verdict's row and the state of the rule, of which both know how many there were before."""
    gone = verdict.kind in (VerdictKind.KILLED, VerdictKind.CHANGED)
    row = RuleVerdict(
        rule_id=rule.id, number=verdict.after + 1, kind=verdict.kind, by_id=by_id, at=now,
        effective_on=verdict.effective_on if gone else None, old_wording=verdict.old_wording.strip() if gone else "",
        new_wording=verdict.new_wording.strip() if gone else "", reason=verdict.reason.strip(),
        legal_basis=verdict.legal_basis, why_again=verdict.why_again.strip() if verdict.after else "",
        site_id=verdict.site_id if verdict.kind is VerdictKind.LOCAL_HABIT else None,
    )  # fmt: skip
    try:
        # A savepoint: the other of two at once holds the number, and what it decided is read below.
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise _decided(rule) from None
    values = {"state": RuleState(verdict.kind.value), "verdicts": row.number, "decided_at": now}
    still = RuleRecord.id == rule.id, RuleRecord.verdicts == verdict.after
    statement = update(RuleRecord).where(*still).values(**values).execution_options(synchronize_session=False)
    done = db.session.execute(statement)
    db.session.expire(rule)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _decided(rule)
    index_rule(rule.id)
    return row


def _tell(rule: RuleRecord, given: RuleVerdict, *, now: datetime, without: int = 0) -> None:
    """A step in the story of every idea that names it, from which everybody who took part in one hears of it.

    without: an idea whose story says it at this moment in other words.
    """
    sites = sites_of(rule)
    ideas = select(Idea).join(RuleIdea, RuleIdea.idea_id == Idea.id).where(RuleIdea.rule_id == rule.id)
    facts = {"rule": rule.id, "rule_title": rule.title, "verdict": given.kind.value}
    for idea in db.session.scalars(ideas):
        if idea.id != without and told_to(rule, idea, sites):
            story.record(idea.id, StoryKind.RULE_DECIDED, now=now, actor_id=given.by_id, facts=facts)
    db.session.flush()


def _decided(rule: RuleRecord) -> DomainError:
    """The refusal that tells what stands, by whom and since when."""
    refusal = RuleRefusal.DECIDED
    query = select(RuleVerdict.kind, RuleVerdict.at, Person.name).join(Person, Person.id == RuleVerdict.by_id)
    query = query.where(RuleVerdict.rule_id == rule.id).order_by(RuleVerdict.number.desc()).limit(1)
    last: Row | None = db.session.execute(query).one_or_none()
    if last is None:
        return RuleRefusal.CHANGED.as_error()
    return Conflict(refusal.value, f"{last.name} decided this on {last.at:%Y-%m-%d}: {last.kind.label.lower()}.")


def _refuse_site(site_id: int | None) -> None:
    if site_id is None:
        return
    site = Place.id == site_id, Place.kind == PlaceKind.SITE
    if db.session.scalar(select(Place.id).where(*site)) is None:
        raise refused(RuleRefusal.UNKNOWN_SITE)
