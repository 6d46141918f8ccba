"""Money from a measured effect: handed to the rewards in the transaction of whatever decides about it.

What is due is worked out anew each time from what stands (estimates, reviews of flags, roll-backs, the self-check), so
that calling it twice, or later, gives the same.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select

from portal.commitments.models import Commitment
from portal.commitments.payees import payees_of
from portal.db import db
from portal.impact import self_check_queries, verdict_queries
from portal.impact.estimate_words import Decision, Direction, Grade
from portal.impact.models import FlagReview, Plan, StoredEstimate
from portal.impact.overlap_rules import shares
from portal.impact.payable_rules import Effect, Payments, Seen, Tranche, Value, payable_cents, payments
from portal.impact.plan_rules import payable_because
from portal.impact.plan_words import NotPayable
from portal.impact.rollout_queries import Unit, rollouts_of
from portal.impact.verdict_rules import run_of
from portal.impact.words import VERDICT_DAY, EstimateKind
from portal.metrics.models import Metric
from portal.rewards.impact_pay import ImpactPay, end_impact_pay, pay_for_impact
from portal.rewards.models import ImpactPayment
from portal.rewards.reversals import take_back
from portal.rewards.rules import Event, Share
from portal.rewards.words import PaymentState

AGAIN_DAY, REMEASURE_DAY = 91, 182
TURN = "impact verdicts"  # one at a time: those of a quarter see each other, and two reviews do


def settle(plan: Plan, commitment: Commitment, *, now: datetime) -> Payments | None:
    """Hand on what is due for a change as things stand; None before its verdict. Twice gives the same."""
    kept = verdict_queries.estimates_of(commitment.id)
    verdict = _of(kept, EstimateKind.LOCKED, VERDICT_DAY)
    if verdict is None:
        return None
    found = payments(_seen(plan, commitment, kept, verdict))
    rows = _paid(commitment.id)
    if found.ended:
        _end(commitment, found.ended, kept, rows, now)
        return found
    if any(row.state is PaymentState.ENDED for row in rows):
        return found
    for tranche in found.tranches:
        made = verdict if tranche.number == 1 else _of(kept, EstimateKind.REMEASURE, REMEASURE_DAY) or verdict
        if _is_news(tranche, rows):
            _pay(plan, commitment, tranche, made, now)
    return found


def anything_to_do(plan: Plan, commitment: Commitment) -> bool:
    """Whether settling would change anything: a read, so that looking each day leaves the writer alone."""
    kept = verdict_queries.estimates_of(commitment.id)
    verdict = _of(kept, EstimateKind.LOCKED, VERDICT_DAY)
    rows = _paid(commitment.id)
    if verdict is None or any(row.state is PaymentState.ENDED for row in rows):
        return False
    found = payments(_seen(plan, commitment, kept, verdict))
    return bool(found.ended and rows) or any(_is_news(tranche, rows) for tranche in found.tranches)


def _is_news(tranche: Tranche, rows: Sequence[Row]) -> bool:
    for row in rows:
        if row.tranche == tranche.number:
            return row.state is PaymentState.HELD and row.reason != tranche.held
    return True


def _pay(plan: Plan, commitment: Commitment, tranche: Tranche, made: StoredEstimate, now: datetime) -> None:
    pay = ImpactPay(
        commitment_number=commitment.id, idea_number=commitment.idea_id, tranche=tranche.number,
        estimate_ref=f"estimate:{made.id}", payable_cents=tranche.cents, held=tranche.held,
        percent={Share(share): part for share, part in json.loads(plan.share_rule).items()},
    )  # fmt: skip
    pay_for_impact(pay, payees_of(commitment), now=now)


def _end(
    commitment: Commitment, reason: str, kept: Sequence[StoredEstimate], rows: Sequence[Row], now: datetime
) -> None:
    """Nothing more is paid. Where the effect is gone, what was paid for it goes back as far as it is unspent; where
    the change did harm, so does what was paid because it had worked. A change put back has earned what it earned."""
    if not rows or any(row.state is PaymentState.ENDED for row in rows):
        return
    end_impact_pay(commitment.id, reason, now)
    put_back = all(unit.live_to is not None for unit in rollouts_of(commitment.id))
    if put_back:
        return
    for number in (1, 2):
        take_back(Event.IMPACT_TRANCHE, f"commitment:{commitment.id}:part:{number}", reason, now)
    if any(one.decision == Decision.WORSENED.value and one.kind is not EstimateKind.GUARDRAIL for one in kept):
        take_back(Event.IMPACT_SHOWN, f"commitment:{commitment.id}", reason, now)


def _seen(plan: Plan, commitment: Commitment, kept: Sequence[StoredEstimate], verdict: StoredEstimate) -> Seen:
    again, later = _of(kept, EstimateKind.LOCKED, AGAIN_DAY), _of(kept, EstimateKind.REMEASURE, REMEASURE_DAY)
    direction = Direction(db.session.get_one(Metric, plan.metric_id).direction.value)
    units = rollouts_of(commitment.id)
    because = payable_because(plan, units)
    at_verdict = verdict_queries.among_quarter(verdict)
    at_again = verdict_queries.among_quarter(verdict, until=again) if again is not None else None
    rails = verdict_queries.rails_of(plan.id)
    reviews = _reviews([one.id for one in (verdict, later) if one is not None])
    measured = _effect(verdict, direction)
    level = at_verdict.level if at_verdict is not None else 0.05
    return Seen(
        verdict=Decision(verdict.decision), measured=measured, never=because not in (None, NotPayable.NO_UNIT_VALUE),
        payable=payable_cents(measured, _value(plan, verdict, units), level=level) if measured is not None else 0,
        flags_open=_open(verdict, reviews), flags_later=_open(later, reviews) if later is not None else 0,
        flags_upheld=sum(not row.cleared for row in reviews),
        rails=verdict_queries.rail_words(rails, kept, VERDICT_DAY) or (),
        confirmed=at_verdict is not None and at_verdict.confirmed,
        later=Decision(again.decision) if again is not None else None,
        rails_later=verdict_queries.rail_words(rails, kept, AGAIN_DAY) if again is not None else None,
        confirmed_later=at_again.confirmed if at_again is not None else None,
        remeasured_as=Decision(later.decision) if later is not None else None,
        remeasured=_effect(later, direction) if later is not None else None,
        put_back=bool(units) and all(unit.live_to is not None for unit in units),
        not_allowed=self_check_queries.why_not_paid(),
    )  # fmt: skip


def _value(plan: Plan, verdict: StoredEstimate, units: Sequence[Unit]) -> Value:
    """What a unit is worth, for this change's share of whatever it cannot be told apart from."""
    members = [plan, *_bundled_with(verdict)]
    share, expected, cost = 1.0, plan.expected_effect, plan.run_cost_minor
    if len(members) > 1:
        same = [one for one in members if one.metric_id == plan.metric_id]
        agreed = {one.commitment_id: one.bundle_share for one in members}
        hoped = {one.commitment_id: one.expected_effect for one in members}
        share = shares(agreed, hoped, same_metric=len(same) == len(members))[plan.commitment_id]
        expected, cost = sum(one.expected_effect for one in same), sum(one.run_cost_minor for one in members)
    days = (verdict.as_of - min(unit.live_from for unit in units)).days + 1
    return Value(
        expected_effect=expected, unit_value_cents=plan.unit_value_minor, run_cost_cents_a_year=cost,
        volume=verdict.volume_post or 0.0, days=days, grade=Grade(verdict.grade or Grade.C), share=share,
    )  # fmt: skip


def _bundled_with(verdict: StoredEstimate) -> list[Plan]:
    numbers = run_of(json.loads(verdict.result)["run"]).together_with
    return list(db.session.scalars(select(Plan).where(Plan.commitment_id.in_(numbers)).order_by(Plan.id)))


def _effect(kept: StoredEstimate, direction: Direction) -> Effect | None:
    if kept.estimate is None or kept.ci_low is None or kept.ci_high is None:
        return None
    return Effect(direction, kept.estimate, kept.ci_low, kept.ci_high)


def _of(kept: Sequence[StoredEstimate], kind: EstimateKind, day: int) -> StoredEstimate | None:
    return next((one for one in kept if one.kind is kind and one.day == day), None)


def _reviews(estimate_ids: Sequence[int]) -> Sequence[Row]:
    query = select(FlagReview.estimate_id, FlagReview.flag, FlagReview.cleared)
    return db.session.execute(query.where(FlagReview.estimate_id.in_(estimate_ids))).all()


def _open(kept: StoredEstimate, reviews: Sequence[Row]) -> int:
    looked_at = {row.flag for row in reviews if row.estimate_id == kept.id}
    return sum(flag.value not in looked_at for flag in verdict_queries.flags_of(kept))


def _paid(commitment_id: int) -> Sequence[Row]:
    query = select(ImpactPayment.tranche, ImpactPayment.state, ImpactPayment.reason)
    return db.session.execute(query.where(ImpactPayment.commitment_number == commitment_id)).all()
