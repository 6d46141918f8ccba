"""What happens to the rule that a story names: it gets a record when the story is said, and a verdict later."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.db import db
from portal.demo.stories_rules import Rule
from portal.ideas import rule_record_service as rules
from portal.ideas import rule_record_verdicts as verdicts
from portal.ideas.models import Idea
from portal.ideas.rule_record_models import RuleIdea, RuleRecord
from portal.ideas.rule_record_words import LegalBasis, NewVerdict, RuleFacts, VerdictKind

if TYPE_CHECKING:
    from portal.demo.lives import Life


def name(life: "Life", told: Rule, at: datetime) -> None:
    """The author says which rule it is."""
    assert life.author is not None
    idea = db.session.get_one(Idea, life.number)
    reviewed = (life.today - timedelta(days=told.reviewed_days_ago)).date() if told.reviewed_days_ago else None
    facts = RuleFacts(
        told.title, told.says or _was(life), idea.barrier, life.crowd.cast[told.owner].id if told.owner else None,
        told.department, told.source, "", LegalBasis(told.basis), told.basis_words,
        min(reviewed, at.date()) if reviewed else None,
    )  # fmt: skip
    rules.name_rule(life.author, idea, facts, today=at.date(), now=at)


def decide(life: "Life", told: Rule, at: datetime) -> None:
    """Somebody who may gives the verdict."""
    named = select(RuleRecord).join(RuleIdea, RuleIdea.rule_id == RuleRecord.id)
    rule = db.session.scalars(named.where(RuleIdea.idea_id == life.number)).one()
    kind, done = VerdictKind(told.kind), life.story.delivery
    since: date | None = None
    if done is not None:
        since = min((life.today - timedelta(days=done.live_days_ago)).date(), at.date())
    verdict = NewVerdict(
        kind, told.reason, since, _was(life), done.now if done else "",
        site_id=life.crowd.places[told.site].id if told.site else None,
    )  # fmt: skip
    verdicts.decide(life.crowd.cast[told.by], rule, verdict, now=at)


def _was(life: "Life") -> str:
    return life.story.delivery.was if life.story.delivery else ""
