"""What a plan must hold, its hash, and when money may follow from it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.ideas.words import Barrier
from portal.impact.plan_rules import (
    GuardrailWanted,
    NewPlan,
    canonical,
    hash_of,
    payable_because,
    plan_refusal,
    tidy_reasons,
)
from portal.impact.plan_words import NotPayable, PlanRefusal, RollBackRefusal
from portal.impact.rollout_rules import NewRollBack, roll_back_refusal
from portal.impact.suggestion_rules import guards_for, metric_for, named_often, rounded, touched
from portal.rewards.rules import Share

FINE = NewPlan(1, 2.0, (GuardrailWanted(2, 0.5), GuardrailWanted(3, 1.0)))
RAIL = GuardrailWanted(4, 1.0)
WRONG: list[tuple[PlanRefusal, dict[str, Any]]] = [
    (PlanRefusal.EFFECT_NOT_POSITIVE, {"expected_effect": 0.0}),
    (PlanRefusal.EFFECT_NOT_POSITIVE, {"expected_effect": -1.0}),
    (PlanRefusal.EFFECT_NOT_POSITIVE, {"expected_effect": float("nan")}),
    (PlanRefusal.LOW_OUT_OF_RANGE, {"expected_low": 2.1}),
    (PlanRefusal.WASHOUT_OUT_OF_RANGE, {"washout_days": 57}),
    (PlanRefusal.TOO_MANY_REASONS, {"reasons": tuple(f"queue {turn}" for turn in range(21))}),
    (PlanRefusal.REASON_LENGTH, {"reasons": ("x" * 81,)}),
    (PlanRefusal.TOO_FEW_GUARDRAILS, {"guardrails": FINE.guardrails[:1]}),
    (PlanRefusal.TOO_MANY_GUARDRAILS, {"guardrails": tuple(GuardrailWanted(turn, 1.0) for turn in range(2, 7))}),
    (PlanRefusal.GUARDRAIL_IS_THE_METRIC, {"guardrails": (GuardrailWanted(1, 1.0), RAIL)}),
    (PlanRefusal.GUARDRAIL_TWICE, {"guardrails": (RAIL, RAIL)}),
    (PlanRefusal.HARM_LIMIT_NOT_POSITIVE, {"guardrails": (RAIL, GuardrailWanted(5, 0.0))}),
    (PlanRefusal.VERDICT_DAYS_WRONG, {"verdict_days": (28, 91)}),
    (PlanRefusal.VERDICT_DAYS_WRONG, {"verdict_days": (56, 60)}),
    (PlanRefusal.RUN_COST_OUT_OF_RANGE, {"run_cost_minor": -1}),
    (PlanRefusal.SHARES_WRONG, {"shares": {Share.AUTHOR: 60, Share.IMPLEMENTER: 30}}),
    (PlanRefusal.BUNDLE_SHARE_WRONG, {"bundle_share": 0}),
]
ELSEWHERE = {
    PlanRefusal.NOT_A_REGISTRAR, PlanRefusal.HANDED_BACK, PlanRefusal.ALREADY_LIVE, PlanRefusal.ALREADY_REGISTERED,
    PlanRefusal.UNKNOWN_METRIC, PlanRefusal.METRIC_RETIRED, PlanRefusal.METRIC_WITHOUT_VALUES,
    PlanRefusal.UNKNOWN_GUARDRAIL,
}  # fmt: skip  # produced in test_plans


@pytest.mark.parametrize(("refused", "over"), WRONG)
def test_what_is_no_plan_is_refused_by_its_code(refused: PlanRefusal, over: dict[str, Any]) -> None:
    assert plan_refusal(FINE) is None

    assert plan_refusal(replace(FINE, **over)) is refused


def test_every_refusal_of_a_plan_is_produced_by_a_test() -> None:
    assert {refused for refused, _ in WRONG} | ELSEWHERE == set(PlanRefusal)


def test_the_canonical_text_does_not_depend_on_the_order_in_which_it_was_said() -> None:
    one, other = {"b": 1.5, "a": ["ü"]}, {"a": ["ü"], "b": 1.5}

    assert canonical(one) == canonical(other) == '{"a":["ü"],"b":1.5}'
    assert hash_of(one) == hash_of(other) != hash_of(one | {"b": 1.6})


def test_a_reason_is_named_once_however_it_is_spelt() -> None:
    assert tidy_reasons([" Billing  query", "billing query", "", "Moves"]) == ("Billing query", "Moves")


@dataclass(frozen=True)
class Row:
    registered_at: datetime
    unit_value_minor: int | None = 100


@dataclass(frozen=True)
class At:
    live_from: date
    rollout_id: int = 1
    live_to: date | None = None


GO_LIVE = date(2026, 3, 30)


@pytest.mark.parametrize(
    ("days_before", "why"),
    [(14, None), (13, NotPayable.REGISTERED_TOO_LATE), (1, NotPayable.REGISTERED_TOO_LATE),
     (0, NotPayable.REGISTERED_AFTER), (-3, NotPayable.REGISTERED_AFTER)],
)  # fmt: skip
def test_money_follows_only_from_what_was_registered_14_days_before_the_first_unit_went_live(
    days_before: int, why: NotPayable | None
) -> None:
    registered = datetime(2026, 3, 30, 23, 59, tzinfo=UTC) - timedelta(days=days_before)
    later = At(GO_LIVE + timedelta(weeks=9))

    assert payable_because(Row(registered), [later, At(GO_LIVE)]) is why


def test_nothing_unregistered_unvalued_or_not_live_is_paid() -> None:
    early = datetime(2026, 1, 1, tzinfo=UTC)

    assert payable_because(None, [At(GO_LIVE)]) is NotPayable.NOTHING_REGISTERED
    assert payable_because(Row(early), []) is NotPayable.NOT_LIVE
    assert payable_because(Row(early, None), [At(GO_LIVE)]) is NotPayable.NO_UNIT_VALUE
    assert all(why.sentence.endswith(".") for why in NotPayable)


BACK = NewRollBack((1,), GO_LIVE + timedelta(days=9), "Calls got longer, not shorter.")
TAKEN = At(GO_LIVE, 2, GO_LIVE + timedelta(days=5))
BACK_WRONG: list[tuple[RollBackRefusal, list[At], dict[str, Any]]] = [
    (RollBackRefusal.NOTHING_LIVE, [TAKEN], {}),
    (RollBackRefusal.UNKNOWN_UNIT, [At(GO_LIVE)], {"rollout_ids": (1, 7)}),
    (RollBackRefusal.UNKNOWN_UNIT, [At(GO_LIVE)], {"rollout_ids": ()}),
    (RollBackRefusal.ALREADY_ROLLED_BACK, [At(GO_LIVE), TAKEN], {"rollout_ids": (1, 2)}),
    (RollBackRefusal.NOT_AFTER_GO_LIVE, [At(GO_LIVE)], {"live_to": GO_LIVE}),
    (RollBackRefusal.DAY_AHEAD, [At(GO_LIVE)], {"live_to": GO_LIVE + timedelta(days=21)}),
    (RollBackRefusal.REASON_LENGTH, [At(GO_LIVE)], {"reason": "Too bad"}),
]


@pytest.mark.parametrize(("refused", "units", "over"), BACK_WRONG)
def test_what_cannot_be_taken_back_is_refused_by_its_code(
    refused: RollBackRefusal, units: list[At], over: dict[str, Any]
) -> None:
    today = GO_LIVE + timedelta(days=20)
    assert roll_back_refusal([At(GO_LIVE)], BACK, today) is None

    assert roll_back_refusal(units, replace(BACK, **over), today) is refused


def test_every_refusal_of_a_roll_back_is_produced_by_a_test() -> None:
    assert {refused for refused, _, _ in BACK_WRONG} | {RollBackRefusal.NOT_WHO_MAY} == set(RollBackRefusal)


def test_a_metric_is_guarded_by_what_it_is_traded_against_and_by_the_people() -> None:
    known = ["csat", "transfers", "first_contact_resolution", "repeat_contacts_7d", "morale_pulse", "handle_time"]

    assert guards_for("handle_time", known) == ["csat", "first_contact_resolution", "repeat_contacts_7d", "transfers"]
    assert guards_for("csat", known)[:2] == ["repeat_contacts_7d", "morale_pulse"]
    assert metric_for(Barrier.MANAGEMENT, known) == "morale_pulse"
    assert metric_for(None, ["own_code"]) == "own_code" and metric_for(Barrier.GOALS, []) is None


def test_only_a_reason_that_is_named_often_and_measured_on_its_own_is_suggested() -> None:
    found = touched({"Moves": 6, "Faults": 3, "Rare": 1}, 20, {"moves": 0.02})

    assert [(one.reason, one.noted, one.contacts) for one in found][:2] == [
        ("Moves", 0.3, 0.02),
        ("Faults", 0.15, None),
    ]
    assert named_often(found) == ("Moves",) and touched({}, 0, {}) == []
    assert (rounded(-1.26, 1), rounded(0.004, 1), rounded(0.0, 1)) == (1.3, 0.004, 0.1)
