"""Locked days: each speaks once, whoever asks and however often, and what it says stays.

The numbers are worked out before the write transaction; in it, the unique key of (plan, metric, kind, day) lets one
worker write them, and everything that follows from a verdict is written beside it: the step of the story, whoever has
to hear of harm, and what is paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.commitments.models import Commitment
from portal.db import db, take_turns, upsert
from portal.ideas import story
from portal.ideas.words import StoryKind
from portal.impact import payable, verdict_queries
from portal.impact.estimate_words import Decision, Method
from portal.impact.guardrails_rules import word_for
from portal.impact.models import Guardrail, Overlap, Plan, StoredEstimate
from portal.impact.overlap_rules import Shared, shared
from portal.impact.readings import go_lives
from portal.impact.verdict_rules import (
    FIRST_LOOK_DAY,
    METHOD_VERSION,
    REMEASURE_DAY,
    is_a_verdict,
    last_day_seen,
)
from portal.impact.verdict_runs import Ran, first_run, lives_by_promise, others_near, same_again
from portal.impact.verdict_sentences import Said, harm_sentence, sentence
from portal.impact.words import EstimateKind
from portal.metrics.models import Metric
from portal.outbox import service as outbox

HARM, FLAGGED = "impact.harm", "impact.flagged"


@dataclass(frozen=True)
class Finding:
    """One estimate that is ready to be kept."""

    kind: EstimateKind
    metric_id: int
    day: int
    ran: Ran
    text: str


@dataclass(frozen=True)
class Met:
    """Another plan whose change is live at the same units."""

    other_plan_id: int
    shared: Shared


@dataclass(frozen=True)
class Prepared:
    """Everything that a locked day found, the plan's own metric first."""

    plan_id: int
    day: int
    seen_at: datetime
    findings: tuple[Finding, ...]
    met: tuple[Met, ...] = ()


def prepare(plan: Plan, day: int, *, live_from: date, now: datetime) -> Prepared:
    """Work out what a locked day says: the plan's metric, its guard-rails and, on day 182, weeks 14 to 26. Reads only.

    live_from: the first go-live. Guard-rails have nothing to say before day 56.
    """
    as_of = last_day_seen(live_from, day)
    found = [_finding(EstimateKind.LOCKED, plan, plan.metric_id, day, as_of, now)]
    if day > FIRST_LOOK_DAY:
        rails = select(Guardrail.metric_id).where(Guardrail.plan_id == plan.id).order_by(Guardrail.id)
        found += [_finding(EstimateKind.GUARDRAIL, plan, rail, day, as_of, now) for rail in db.session.scalars(rails)]
    if day == REMEASURE_DAY:
        found.append(_finding(EstimateKind.REMEASURE, plan, plan.metric_id, day, as_of, now))
    return Prepared(plan.id, day, now, tuple(found), tuple(_met(plan, live_from, as_of, now)))


def lock(prepared: Prepared, *, now: datetime) -> StoredEstimate | None:
    """Keep what a locked day found and let follow what follows from it; None if another worker has been faster."""
    take_turns(payable.TURN)
    plan = db.session.get_one(Plan, prepared.plan_id)
    first = _keep(prepared, prepared.findings[0], now)
    if first is None:
        return None
    for finding in prepared.findings[1:]:
        _keep(prepared, finding, now)
    _register(prepared, now)
    commitment = db.session.get_one(Commitment, plan.commitment_id)
    _tell(plan, commitment, first, prepared, now)
    payable.settle(plan, commitment, now=now)
    return first


def differs(kept: StoredEstimate) -> str:
    """What is not the same when a stored estimate is made again from the revisions it saw; empty if all is."""
    plan = db.session.get_one(Plan, kept.plan_id)
    metric = db.session.get_one(Metric, kept.metric_id)
    again = same_again(kept, plan, metric)
    if kept.method_version != METHOD_VERSION:
        return f"made by method {kept.method_version}, and this is method {METHOD_VERSION}"
    if again.hash != kept.input_hash:
        return "the readings are not the same"
    pairs = {"estimate": (again.estimate.estimate, kept.estimate), "low": (again.estimate.ci_low, kept.ci_low),
             "high": (again.estimate.ci_high, kept.ci_high),
             "decision": (again.estimate.decision.value, kept.decision)}  # fmt: skip
    return ", ".join(f"{name} was {old} and is {new}" for name, (new, old) in pairs.items() if not _same(new, old))


def _same(new: float | str | None, old: float | str | None) -> bool:
    """The last bits of a float may differ between two processors' libraries."""
    if isinstance(new, float) and isinstance(old, float):
        return abs(new - old) <= 1e-9 * max(1.0, abs(old))
    return new == old


def _finding(kind: EstimateKind, plan: Plan, metric_id: int, day: int, as_of: date, now: datetime) -> Finding:
    metric = db.session.get_one(Metric, metric_id)
    later = kind is EstimateKind.REMEASURE
    ran = first_run(plan, metric, as_of=as_of, day=day, seen_at=now, later=later)
    return Finding(kind, metric_id, day, ran, ran.as_text())


def _keep(prepared: Prepared, finding: Finding, now: datetime) -> StoredEstimate | None:
    ran, said = finding.ran, finding.ran.estimate
    row = StoredEstimate(
        plan_id=prepared.plan_id, metric_id=finding.metric_id, kind=finding.kind, day=finding.day,
        as_of=ran.run.as_of, seen_at=prepared.seen_at, estimate=said.estimate, ci_low=said.ci_low,
        ci_high=said.ci_high, p=said.p_two_sided, counterfactual=said.expected_without, volume_post=ran.volume,
        decision=said.decision.value, grade=said.evidence_grade.value, flags=verdict_queries.flags_text(said.flags),
        result=finding.text, method_version=METHOD_VERSION, input_hash=ran.hash, created_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        same = StoredEstimate.plan_id == row.plan_id, StoredEstimate.metric_id == row.metric_id
        here = StoredEstimate.kind == finding.kind, StoredEstimate.day == finding.day
        if db.session.scalar(select(StoredEstimate.id).where(*same, *here)) is None:
            raise
        return None
    return row


def _met(plan: Plan, live_from: date, as_of: date, now: datetime) -> Sequence[Met]:
    rows = [row for row in others_near(plan, live_from=live_from, until=as_of, seen_at=now) if row.plan_id is not None]
    if not rows:
        return ()
    mine = go_lives((plan.commitment_id,), seen_at=now)
    units = {_place(row) for row in (*mine, *rows)}
    own = lives_by_promise(mine, units)[plan.commitment_id]
    others = lives_by_promise(rows, units)
    plans = {row.commitment_id: row.plan_id for row in rows}
    found = [Met(plans[number], shared(own, lives)) for number, lives in others.items()]
    return [met for met in found if met.shared.unit_days]


def _place(row: object) -> str:
    return str(row.place_id)  # type: ignore[attr-defined]


def _register(prepared: Prepared, now: datetime) -> None:
    """The overlaps as they are now; counted anew at each locked day of either."""
    for met in prepared.met:
        pair = sorted((prepared.plan_id, met.other_plan_id))
        values = {"plan_id": pair[0], "other_id": pair[1], "unit_days_shared": met.shared.unit_days,
                  "share": met.shared.share, "separable": met.shared.separable, "bundled": met.shared.bundled,
                  "found_at": now}  # fmt: skip
        upsert(Overlap, values, key=("plan_id", "other_id"),
               update=("unit_days_shared", "share", "separable", "bundled", "found_at"))  # fmt: skip


def _tell(plan: Plan, commitment: Commitment, first: StoredEstimate, prepared: Prepared, now: datetime) -> None:
    said = prepared.findings[0].ran.estimate
    if not is_a_verdict(first.day, said.decision):
        return
    metric = db.session.get_one(Metric, plan.metric_id)
    told = Said(metric.name, metric.unit, metric.decimals, said, prepared.day,
                compared=said.method is not Method.BEFORE_AND_AFTER)  # fmt: skip
    among = verdict_queries.among_quarter(first)
    facts = {"commitment": commitment.id, "day": prepared.day, "decision": said.decision.value, "estimate": first.id}
    story.record(commitment.idea_id, StoryKind.MEASURED, now=now, words=sentence(told, among), facts=facts)
    _tell_harm(plan, commitment, first, prepared, told, now)
    if said.flags and said.decision is Decision.IMPROVED:
        outbox.emit(FLAGGED, {"estimate": first.id, "commitment": commitment.id}, now=now,
                    unique_key=f"{FLAGGED}:{first.id}")  # fmt: skip


def _tell_harm(
    plan: Plan, commitment: Commitment, first: StoredEstimate, prepared: Prepared, told: Said, now: datetime
) -> None:
    """Owner and sponsor hear of harm at once, of the metric itself or of a guard-rail."""
    rails = {rail.metric_id: rail for rail in verdict_queries.rails_of(plan.id)}
    words = [harm_sentence(told)] if told.estimate.decision is Decision.WORSENED else []
    for finding in prepared.findings[1:]:
        rail = rails.get(finding.metric_id)
        if finding.kind is EstimateKind.GUARDRAIL and rail is not None:
            said = finding.ran.estimate
            if word_for(said, rail.harm_limit).value == "worsened":
                compared = said.method is not Method.BEFORE_AND_AFTER
                words.append(harm_sentence(Said(rail.name, rail.unit, rail.decimals, said, prepared.day, compared)))
    if words:
        outbox.emit(HARM, {"commitment": commitment.id, "estimate": first.id, "words": " ".join(words)}, now=now,
                    unique_key=f"{HARM}:{first.id}")  # fmt: skip
