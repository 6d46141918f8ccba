"""How we are doing on answering: the strip on the board and the rule that went last."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, CommitmentState, Delivery, PromisedDate
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Kind, Stage
from portal.people.viewer import Viewer
from portal.swarm.models import Promotion
from portal.triage.models import Decision
from portal.web.dates import span_words

ANSWER_DAYS = 14  # ten working days
LOOKED_AT = timedelta(days=180)


@dataclass(frozen=True)
class Killed:
    """A stupid rule that is gone."""

    when: str
    title: str
    said: str
    did: str
    result: str | None
    href: str


def strip(*, now: datetime) -> list[tuple[str, str]]:
    """At most four (value, what it is); what cannot be said yet is left out."""
    facts = [_answered(now), _kept(), *_rules(now)]
    return [fact for fact in facts if fact is not None]


def latest_killed(viewer: Viewer, *, now: datetime) -> Killed | None:
    """The last stupid rule that was done away with, as far as the viewer may read it."""
    query = (
        select(Idea, Commitment.sentence)
        .join(Commitment, Commitment.idea_id == Idea.id)
        .where(Idea.kind == Kind.STUPID_RULE, Idea.stage == Stage.DONE, Commitment.state == CommitmentState.CONFIRMED)
        .where(visible_to(viewer), Idea.hidden_at.is_(None))
        .order_by(Idea.moved_at.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    idea, sentence = row
    days = (now - idea.moved_at).days
    when = "today" if days == 0 else f"{span_words(days)} ago"
    words = idea.say if len(idea.say) <= 160 else idea.say[:160].rsplit(" ", 1)[0] + "…"
    return Killed(when, idea.title, words, sentence, None, f"/ideas/{idea.number}")


def _answered(now: datetime) -> tuple[str, str] | None:
    """The share answered in time, of everything whose time is up or that has an answer."""
    first = select(Decision.idea_id, func.min(Decision.at).label("at")).group_by(Decision.idea_id).subquery()
    query = select(Promotion.at, first.c.at).outerjoin(first, first.c.idea_id == Promotion.idea_id)
    rows = db.session.execute(query.where(Promotion.at > now - LOOKED_AT)).all()
    limit = timedelta(days=ANSWER_DAYS)
    due = [(promoted, answered) for promoted, answered in rows if answered or now - promoted > limit]
    if not due:
        return None
    in_time = sum(answered is not None and answered - promoted <= limit for promoted, answered in due)
    return f"{round(100 * in_time / len(due))}%", "of ideas carried to executives answered within 10 working days"


def _kept() -> tuple[str, str] | None:
    """Promises kept by the first date that was named, of those delivered."""
    first = select(PromisedDate.commitment_id, func.min(PromisedDate.id).label("id")).group_by(
        PromisedDate.commitment_id
    )
    named, delivered, early = aliased(PromisedDate), aliased(Delivery), first.subquery()
    query = (
        select(named.due_on, func.min(delivered.at))
        .select_from(Commitment)
        .join(early, early.c.commitment_id == Commitment.id)
        .join(named, named.id == early.c.id)
        .join(delivered, delivered.commitment_id == Commitment.id)
        .where(Commitment.state == CommitmentState.CONFIRMED)
        .group_by(Commitment.id, named.due_on)
    )
    rows = db.session.execute(query).all()
    if not rows:
        return None
    kept = sum(delivered_at.date() <= due_on for due_on, delivered_at in rows)
    return str(kept), f"promises kept on time, of {len(rows)} done"


def _rules(now: datetime) -> list[tuple[str, str]]:
    start = datetime(now.year, 1, 1, tzinfo=UTC)
    gone = Idea.kind == Kind.STUPID_RULE, Idea.stage == Stage.DONE
    this_year = func.count().filter(Idea.moved_at >= start)
    count, last = db.session.execute(select(this_year, func.max(Idea.moved_at)).where(*gone)).one()
    if last is None:
        return []
    days = (now - last).days
    return [
        (str(count), "stupid rules killed this year"),
        (span_words(days) if days else "Today", "since the last one"),
    ]
