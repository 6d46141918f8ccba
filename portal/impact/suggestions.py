"""What a plan begins with: what can be known from the idea, from what was noted on it, and from the metrics."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from portal.commitments.models import Commitment
from portal.db import db
from portal.ideas.models import Idea
from portal.impact.design_history import shares_of_contacts
from portal.impact.plan_rules import GuardrailWanted, NewPlan
from portal.impact.suggestion_rules import (
    EFFECT_SHARE,
    HARM_SHARE,
    Touched,
    guards_for,
    metric_for,
    named_often,
    rounded,
    touched,
)
from portal.metrics.models import Metric, Observation
from portal.swarm.occurrence_cost import REASON_PEOPLE_MIN
from portal.swarm.occurrence_models import Occurrence

LOOK_BACK = timedelta(days=182)
LEVEL_DAYS = timedelta(days=90)


@dataclass(frozen=True)
class Suggestion:
    """A plan to begin with; None where no metric has a value. reasons: what people named, with shares."""

    plan: NewPlan | None
    metrics: Sequence[Metric]
    reasons: tuple[Touched, ...]
    levels: Mapping[int, float]


def suggestion_for(commitment: Commitment, *, today: date) -> Suggestion:
    """What can be suggested for a promise. Some four statements, of which none grows with the votes."""
    metrics = _in_use()
    known = {metric.code: metric for metric in metrics}
    levels = _levels([metric.id for metric in metrics], today)
    valued = [metric.code for metric in metrics if metric.id in levels]
    chosen = next((one for one in metrics if one.id == commitment.metric_id and one.id in levels), None)
    if chosen is None:
        barrier = db.session.scalar(select(Idea.barrier).where(Idea.id == commitment.idea_id))
        code = metric_for(barrier, valued)
        chosen = known[code] if code else None
    shares = shares_of_contacts(chosen.id, today) if chosen else {}
    reasons = touched(*_named(commitment.idea_id, today), shares)
    if chosen is None:
        return Suggestion(None, metrics, tuple(reasons), levels)
    guards = [known[code] for code in guards_for(chosen.code, valued)]
    effect = rounded(levels[chosen.id] * EFFECT_SHARE, chosen.decimals)
    rails = tuple(GuardrailWanted(one.id, _harm(one, levels[one.id])) for one in guards)
    plan = NewPlan(chosen.id, effect, rails, reasons=named_often(reasons))
    return Suggestion(plan, metrics, tuple(reasons), levels)


def _harm(metric: Metric, level: float) -> float:
    """The limit that was agreed for it, else a small part of what is usual."""
    if metric.harm_limit is not None and metric.harm_limit > 0:
        return metric.harm_limit
    return rounded(level * HARM_SHARE, metric.decimals)


def _in_use() -> Sequence[Metric]:
    query = select(Metric).where(Metric.retired_at.is_(None))
    return db.session.scalars(query.order_by(Metric.position, Metric.name, Metric.id)).all()


def _levels(metric_ids: Sequence[int], today: date) -> dict[int, float]:
    """What is usual, of those that have values: the plain mean of the last three months, else of ever."""
    mean = func.avg(Observation.value)
    lately = select(Observation.metric_id, mean).where(Observation.day > today - LEVEL_DAYS)
    found = {key: float(value) for key, value in db.session.execute(lately.group_by(Observation.metric_id))}
    for metric_id in set(metric_ids) - found.keys():
        ever = db.session.scalar(select(mean).where(Observation.metric_id == metric_id))
        if ever is not None:
            found[metric_id] = float(ever)
    return found


def _named(idea_id: int, today: date) -> tuple[dict[str, int], int]:
    """(reason → how often it was noted, how often anything was). A reason that one person alone gave stays unsaid."""
    noted = Occurrence.idea_id == idea_id, Occurrence.withdrawn_at.is_(None), Occurrence.day > today - LOOK_BACK
    query = select(Occurrence.reason, Occurrence.person_id, func.count().label("times")).where(*noted)
    people: dict[str, set[int]] = defaultdict(set)
    times: dict[str, int] = defaultdict(int)
    words: dict[str, str] = {}
    total = 0
    for row in db.session.execute(query.group_by(Occurrence.reason, Occurrence.person_id).order_by(Occurrence.reason)):
        total += row.times
        if row.reason:
            key = row.reason.casefold()
            words.setdefault(key, row.reason)
            people[key].add(row.person_id)
            times[key] += row.times
    return {words[key]: times[key] for key, who in people.items() if len(who) >= REASON_PEOPLE_MIN}, total
