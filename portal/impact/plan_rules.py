"""What a plan must hold, its hash, and whether money may follow from it. Pure.

A plan is registered before go-live and never edited. Its hash is SHA-256 over a canonical text of every field, the
guard-rails included: whoever keeps the hash can tell later that nothing was changed.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, Protocol

from portal.impact.plan_words import NotPayable, PlanRefusal
from portal.impact.words import LOCKED_DAYS, VERDICT_DAY, Shape
from portal.rewards.rules import TRANCHE_PERCENT, Share

GUARDRAILS_MIN, GUARDRAILS_MAX = 2, 4
REASONS_MAX, REASON_CHARS_MAX = 20, 80
WASHOUT_DAYS_MAX = 56
NUMBER_MAX = 1e12  # of effects and limits
CENTS_MAX = 10**14
DAYS_AHEAD = timedelta(days=14)
SHARES = TRANCHE_PERCENT


@dataclass(frozen=True, slots=True)
class GuardrailWanted:
    """A metric that must not get worse. harm_limit: in its unit, how much worse would be harm."""

    metric_id: int
    harm_limit: float


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What a promise will be measured by.

    expected_effect, expected_low: in the metric's unit, in the good direction. washout_days: days after go-live that
    do not count yet. reasons: the contact reasons that the change touches; none: every contact. run_cost_minor: cents
    a year. shares: per cent of what may be paid, by capacity. bundle_share: per cent of a bundle with other changes
    of the same weeks, as agreed before.
    """

    metric_id: int
    expected_effect: float
    guardrails: tuple[GuardrailWanted, ...]
    expected_low: float | None = None
    shape: Shape = Shape.STEP
    washout_days: int = 0
    reasons: tuple[str, ...] = ()
    verdict_days: tuple[int, ...] = LOCKED_DAYS
    run_cost_minor: int = 0
    shares: Mapping[Share, int] = field(default_factory=lambda: dict(SHARES))
    bundle_share: int | None = None


class Registered(Protocol):
    """A plan as it was registered."""

    @property
    def registered_at(self) -> datetime:
        """When."""

    @property
    def unit_value_minor(self) -> int | None:
        """Cents that one unit per contact is worth."""


class Live(Protocol):
    """A unit that has the change."""

    @property
    def live_from(self) -> date:
        """Its first day with the change."""


def plan_refusal(plan: NewPlan) -> PlanRefusal | None:
    """Why this is no plan, or None. Whether its metrics exist is looked up elsewhere."""
    return (
        _effect_refusal(plan) or _reasons_refusal(plan.reasons) or _guardrails_refusal(plan) or _terms_refusal(plan)
    )  # fmt: skip


def _effect_refusal(plan: NewPlan) -> PlanRefusal | None:
    if not isfinite(plan.expected_effect) or not 0 < plan.expected_effect <= NUMBER_MAX:
        return PlanRefusal.EFFECT_NOT_POSITIVE
    if plan.expected_low is not None and not 0 <= plan.expected_low <= plan.expected_effect:
        return PlanRefusal.LOW_OUT_OF_RANGE
    return None if 0 <= plan.washout_days <= WASHOUT_DAYS_MAX else PlanRefusal.WASHOUT_OUT_OF_RANGE


def _reasons_refusal(reasons: tuple[str, ...]) -> PlanRefusal | None:
    if len(reasons) > REASONS_MAX:
        return PlanRefusal.TOO_MANY_REASONS
    fine = all(0 < len(reason.strip()) <= REASON_CHARS_MAX for reason in reasons)
    return None if fine else PlanRefusal.REASON_LENGTH


def _guardrails_refusal(plan: NewPlan) -> PlanRefusal | None:
    ids = [rail.metric_id for rail in plan.guardrails]
    if plan.metric_id in ids:
        return PlanRefusal.GUARDRAIL_IS_THE_METRIC
    if len(set(ids)) < len(ids):
        return PlanRefusal.GUARDRAIL_TWICE
    if len(ids) < GUARDRAILS_MIN:
        return PlanRefusal.TOO_FEW_GUARDRAILS
    if len(ids) > GUARDRAILS_MAX:
        return PlanRefusal.TOO_MANY_GUARDRAILS
    fine = all(isfinite(rail.harm_limit) and 0 < rail.harm_limit <= NUMBER_MAX for rail in plan.guardrails)
    return None if fine else PlanRefusal.HARM_LIMIT_NOT_POSITIVE


def _terms_refusal(plan: NewPlan) -> PlanRefusal | None:
    days = set(plan.verdict_days)
    if not days <= set(LOCKED_DAYS) or VERDICT_DAY not in days:
        return PlanRefusal.VERDICT_DAYS_WRONG
    if not 0 <= plan.run_cost_minor <= CENTS_MAX:
        return PlanRefusal.RUN_COST_OUT_OF_RANGE
    if sum(plan.shares.values()) != 100 or any(not 0 <= part <= 100 for part in plan.shares.values()):
        return PlanRefusal.SHARES_WRONG
    if plan.bundle_share is not None and not 1 <= plan.bundle_share <= 100:
        return PlanRefusal.BUNDLE_SHARE_WRONG
    return None


def tidy_reasons(reasons: Iterable[str]) -> tuple[str, ...]:
    """Each contact reason once, in the order in which they came; case and blanks around it make no other one."""
    found: dict[str, str] = {}
    for reason in reasons:
        words = " ".join(unicodedata.normalize("NFC", reason).split())
        if words:
            found.setdefault(words.casefold(), words)
    return tuple(found.values())


def canonical(values: Mapping[str, Any]) -> str:
    """The one text of a plan: JSON, names in order, no blanks, numbers as short as they can be read back."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(values).encode()).hexdigest()


def payable_because(plan: Registered | None, rollouts: Iterable[Live]) -> NotPayable | None:
    """Why nothing may be paid from the effect of a change, or None where something may.

    A plan counts if it was registered at least 14 days before the first unit went live; a day begins in UTC.
    """
    if plan is None:
        return NotPayable.NOTHING_REGISTERED
    first = min((unit.live_from for unit in rollouts), default=None)
    if first is None:
        return NotPayable.NOT_LIVE
    registered_on = plan.registered_at.date()
    if registered_on >= first:
        return NotPayable.REGISTERED_AFTER
    if registered_on + DAYS_AHEAD > first:
        return NotPayable.REGISTERED_TOO_LATE
    return NotPayable.NO_UNIT_VALUE if plan.unit_value_minor is None else None
