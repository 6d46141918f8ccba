"""A plan as the values that its hash is made of: everything that was registered, the guard-rails included."""

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from portal.impact.models import Plan

FORMAT = 1  # of the canonical text; a later one would be told by its number


def values_of(plan: Plan, guardrails: Sequence[tuple[int, float | None]]) -> dict[str, Any]:
    """What the hash is made of. guardrails: (metric, harm limit), in any order."""
    return {
        "format": FORMAT, "commitment": plan.commitment_id, "metric": plan.metric_id,
        "definition_version": plan.definition_version, "reasons": json.loads(plan.reasons),
        "expected_effect": float(plan.expected_effect),
        "expected_low": None if plan.expected_low is None else float(plan.expected_low),
        "shape": plan.shape.value, "washout_days": plan.washout_days, "verdict_days": plan.verdict_days,
        "unit_value_minor": plan.unit_value_minor, "currency": plan.currency,
        "value_agreed_by": plan.value_agreed_by, "run_cost_minor": plan.run_cost_minor,
        "share_rule": json.loads(plan.share_rule), "bundle_share": plan.bundle_share,
        "registered_by": plan.registered_by_id, "registered_at": plan.registered_at.astimezone(UTC).isoformat(),
        "guardrails": sorted([metric, None if limit is None else float(limit)] for metric, limit in guardrails),
    }  # fmt: skip
