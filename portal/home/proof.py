"""How we are doing on answering: the strip on the board and the rule that went last."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, Delivery, PromisedDate
from portal.db import UtcDateTime, db
from portal.ideas.rule_record_models import RuleRecord, RuleVerdict
from portal.ideas.rule_record_words import GONE, VerdictKind
from portal.ideas.words import Audience
from portal.swarm.models import Promotion
from portal.triage.models import Decision
from portal.web.dates import span_words

ANSWER_DAYS = 14  # ten working days
LOOKED_AT = timedelta(days=180)
KILLED_KEPT = 10
SAID_CHARS = 160


class Killed(NamedTuple):
    """A stupid rule that is gone, by its verdict: its number, what held until then and what holds now."""

    number: int
    title: str
    kind: str
    before: str
    after: str
    at: datetime

    def shown(self, *, now: datetime) -> dict[str, Any]:
        """As the board's template wants it."""
        days = (now - self.at).days
        when = "today" if days <= 0 else f"{span_words(days)} ago"
        word = VerdictKind(self.kind).label.lower()
        return {"when": when, "word": word, "href": f"/rules/{self.number}", **self._asdict()}


def strip(*, now: datetime) -> list[tuple[str, str]]:
    """At most four (value, what it is); what cannot be said yet is left out."""
    facts = [_answered(now), _kept(), *_rules(now)]
    return [fact for fact in facts if fact is not None]


def latest_killed() -> list[Killed]:
    """The last rules that were killed or changed, newest first: some for everybody, some for whomever they hold."""
    ran = [db.session.connection().execute(_killed_query(everybody)) for everybody in (True, False)]
    killed = [
        Killed(number, title, kind.value, _shortened(old), _shortened(new), at)
        for rows in ran
        for number, title, kind, old, new, at in rows
    ]
    return sorted(killed, key=lambda one: (one.at, one.number), reverse=True)


# The statements are built once: without a worker, every page works this out.
@cache
def _killed_query(everybody: bool) -> Select:
    for_all = RuleRecord.scope == Audience.ORGANISATION
    last = RuleVerdict
    return (
        select(RuleRecord.id, RuleRecord.title, last.kind, last.old_wording, last.new_wording, last.at)
        .join(last, and_(last.rule_id == RuleRecord.id, last.number == RuleRecord.verdicts))
        .where(RuleRecord.state.in_(GONE), for_all if everybody else ~for_all)
        .order_by(RuleRecord.decided_at.desc(), RuleRecord.id.desc())
        .limit(KILLED_KEPT)
    )


def _shortened(words: str) -> str:
    return words if len(words) <= SAID_CHARS else words[:SAID_CHARS].rsplit(" ", 1)[0] + "…"


def _answered(now: datetime) -> tuple[str, str] | None:
    """The share answered in time, of everything whose time is up or that has an answer."""
    rows = db.session.connection().execute(_answers_query(), {"since": now - LOOKED_AT}).all()
    limit = timedelta(days=ANSWER_DAYS)
    due = [(promoted, answered) for promoted, answered in rows if answered or now - promoted > limit]
    if not due:
        return None
    in_time = sum(answered is not None and answered - promoted <= limit for promoted, answered in due)
    return f"{round(100 * in_time / len(due))}%", "of ideas carried to executives answered within 10 working days"


@cache
def _answers_query() -> Select:
    first = select(Decision.idea_id, func.min(Decision.at).label("at")).group_by(Decision.idea_id).subquery()
    query = select(Promotion.at, first.c.at).outerjoin(first, first.c.idea_id == Promotion.idea_id)
    return query.where(Promotion.at > bindparam("since", type_=UtcDateTime()))


def _kept() -> tuple[str, str] | None:
    """Promises kept by the first date that was named, of those delivered."""
    rows = db.session.connection().execute(_kept_query()).all()
    if not rows:
        return None
    kept = sum(delivered_at.date() <= due_on for due_on, delivered_at in rows)
    return str(kept), f"promises kept on time, of {len(rows)} done"


@cache
def _kept_query() -> Select:
    first = select(PromisedDate.commitment_id, func.min(PromisedDate.id).label("id")).group_by(
        PromisedDate.commitment_id
    )
    named, delivered, early = aliased(PromisedDate), aliased(Delivery), first.subquery()
    return (
        select(named.due_on, func.min(delivered.at))
        .select_from(Commitment)
        .join(early, early.c.commitment_id == Commitment.id)
        .join(named, named.id == early.c.id)
        .join(delivered, delivered.commitment_id == Commitment.id)
        .where(Commitment.kept_late.is_not(None))  # also what is back since: it was kept
        .group_by(Commitment.id, named.due_on)
    )


def _rules(now: datetime) -> list[tuple[str, str]]:
    start = datetime(now.year, 1, 1, tzinfo=UTC)
    count, last = db.session.connection().execute(_rules_query(), {"start": start}).one()
    if last is None:
        return []
    days = (now - last).days
    return [
        (str(count), "stupid rules killed or changed this year"),
        (span_words(days) if days else "Today", "since the last one"),
    ]


@cache
def _rules_query() -> Select:
    # The same for everybody: what holds for some alone is not counted.
    gone = RuleRecord.state.in_(GONE), RuleRecord.scope == Audience.ORGANISATION
    this_year = func.count().filter(RuleRecord.decided_at >= bindparam("start", type_=UtcDateTime()))
    return select(this_year, func.max(RuleRecord.decided_at)).where(*gone)
