"""Rules and verdicts for tests: state only what matters."""

from datetime import date, datetime
from typing import Any

from portal.db import db, writing
from portal.ideas import rule_record_queries as queries
from portal.ideas import rule_record_service as service
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_verdicts import decide
from portal.ideas.rule_record_words import NewVerdict, RuleFacts, VerdictKind
from portal.ideas.words import Barrier, Kind
from tests.factories import NOON
from tests.ideas.making import idea, said, viewer

TODAY = NOON.date()
OLD = "Fax us the form before we can cancel anything."
NEW = "You can cancel right now, on this call."
WHY = "The regulator asks for it in writing, part 6."


def facts(**over: Any) -> RuleFacts:
    """What is known about a rule."""
    values = {"title": "Cancel by fax only", "says": OLD, "barrier": Barrier.POLICIES} | over
    return RuleFacts(**values)


def rule_said(person_id: int, **over: Any) -> int:
    """Say a stupid rule; returns the number of the idea."""
    return said(person_id, **{"kind": Kind.STUPID_RULE} | over)


def named(person_id: int, number: int, *, now: datetime = NOON, **over: Any) -> int:
    """Make a record of the rule behind an idea and commit; returns its number."""
    who = viewer(person_id)
    with writing():
        return service.name_rule(who, idea(number), facts(**over), today=TODAY, now=now).id


def joined(person_id: int, number: int, rule: int, *, now: datetime = NOON) -> None:
    """Let an idea name a rule that has a record."""
    who = viewer(person_id)
    with writing():
        service.join_rule(who, idea(number), queries.rule_for(who, rule), now=now)


def verdict(kind: str = "killed", **over: Any) -> NewVerdict:
    """A verdict with everything that its kind needs."""
    values: dict[str, Any] = {"reason": WHY}
    if kind in ("killed", "changed"):
        values = {"effective_on": date(2026, 3, 1), "old_wording": OLD, "new_wording": NEW}
    return NewVerdict(VerdictKind(kind), **values | over)


def decided(person_id: int, rule: int, kind: str = "killed", *, now: datetime = NOON, **over: Any) -> None:
    """Give a verdict and commit."""
    who = viewer(person_id)
    with writing():
        decide(who, queries.rule_for(who, rule), verdict(kind, **over), now=now)


def changed(person_id: int, rule: int, *, version: int = 1, now: datetime = NOON, **over: Any) -> None:
    """Correct what is known and commit."""
    who = viewer(person_id)
    with writing():
        row = queries.rule_for(who, rule)
        service.change_facts(who, row, facts(**over), version=version, today=TODAY, now=now)


def record(rule: int) -> RuleRecord:
    """The row as the database has it."""
    return db.session.get_one(RuleRecord, rule, populate_existing=True)
