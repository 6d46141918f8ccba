"""Registering how a promise is measured: who may, when, and that nothing is changed afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.commitments.rules import CommitmentState
from portal.db import db, is_postgres, writing
from portal.errors import DomainError, Refused
from portal.impact import plans
from portal.impact.models import Plan
from portal.impact.plan_queries import broken_hashes, plan_of
from portal.impact.plan_rules import GuardrailWanted, NewPlan
from portal.impact.plan_words import PlanRefusal
from portal.impact.suggestions import suggestion_for
from portal.impact.words import Shape
from portal.swarm.occurrence_models import Occurrence
from tests.commitments.factories import make_promise, viewer
from tests.factories import NOON, Cast, send, signed_in
from tests.impact.planning import TODAY, a_plan, make_metrics, make_past


def test_a_plan_keeps_everything_that_was_said_and_what_a_unit_is_worth(context: Flask, cast: Cast) -> None:
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)
        wanted = a_plan(metrics, expected_low=0.5, shape=Shape.RAMP, washout_days=7, reasons=("Moves", "moves"),
                        verdict_days=(56, 28), run_cost_minor=12_000, bundle_share=40)  # fmt: skip
        plans.register(viewer(cast.olu), promise, wanted, NOON)
        metrics["csat"].unit_value_minor = 999

    found = plan_of(promise.id)

    assert found is not None
    assert (found.reasons, found.verdict_days, found.registered_by) == (("Moves",), (28, 56), "Olu")
    assert [(rail.code, rail.harm_limit) for rail in found.guardrails] == [("transfers", 0.5), ("complaints", 0.5)]
    row = found.plan
    assert (row.unit_value_minor, row.currency, row.value_agreed_by) == (250, "GBP", "Mia")
    assert (row.expected_low, row.shape, row.washout_days, row.bundle_share) == (0.5, Shape.RAMP, 7, 40)
    assert len(row.hash) == 64 and list(broken_hashes()) == []


@pytest.mark.parametrize("who", ["olu", "vic", "mia"])
def test_owner_sponsor_and_programme_may_register_it(context: Flask, cast: Cast, who: str) -> None:
    with writing():
        promise = make_promise(cast, state=CommitmentState.OFFERED)
        plans.register(viewer(getattr(cast, who)), promise, a_plan(make_metrics(cast)), NOON)

    assert plan_of(promise.id) is not None and plan_of(promise.id + 1) is None


@pytest.mark.parametrize("who", ["asha", "lea", "tess"])
def test_nobody_else_may(context: Flask, cast: Cast, who: str) -> None:
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)

    with pytest.raises(Refused) as refused, writing():
        plans.register(viewer(getattr(cast, who)), promise, a_plan(metrics), NOON)

    assert refused.value.code == PlanRefusal.NOT_A_REGISTRAR


STATES = [
    (CommitmentState.HANDED_BACK, PlanRefusal.HANDED_BACK),
    (CommitmentState.DELIVERED, PlanRefusal.ALREADY_LIVE),
    (CommitmentState.CONFIRMED, PlanRefusal.ALREADY_LIVE),
]


@pytest.mark.parametrize(("state", "code"), STATES)
def test_what_is_live_or_handed_back_is_not_registered(
    context: Flask, cast: Cast, state: CommitmentState, code: PlanRefusal
) -> None:
    with writing():
        promise, metrics = make_promise(cast, state=state), make_metrics(cast)

    assert refusal(cast, promise, a_plan(metrics)) == code


def test_a_plan_is_registered_once_and_only_with_metrics_that_can_be_used(context: Flask, cast: Cast) -> None:
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)
    fine = a_plan(metrics)
    rails = (GuardrailWanted(metrics["old"].id, 1.0), GuardrailWanted(metrics["complaints"].id, 1.0))

    assert refusal(cast, promise, replace(fine, metric_id=9999)) == PlanRefusal.UNKNOWN_METRIC
    assert refusal(cast, promise, replace(fine, metric_id=metrics["old"].id)) == PlanRefusal.METRIC_RETIRED
    assert refusal(cast, promise, replace(fine, metric_id=metrics["empty"].id)) == PlanRefusal.METRIC_WITHOUT_VALUES
    assert refusal(cast, promise, replace(fine, guardrails=rails)) == PlanRefusal.UNKNOWN_GUARDRAIL
    assert refusal(cast, promise, fine) is None
    assert refusal(cast, promise, fine) == PlanRefusal.ALREADY_REGISTERED


def test_what_is_registered_cannot_be_edited_and_a_change_behind_our_back_is_found(context: Flask, cast: Cast) -> None:
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)
        plans.register(viewer(cast.olu), promise, a_plan(metrics), NOON)

    for statement in ("UPDATE impact_plans SET expected_effect = 9", "DELETE FROM impact_guardrails"):
        with pytest.raises(DBAPIError), writing():
            db.session.execute(text(statement))

    with writing():
        _unguarded("impact_guardrails")
        db.session.execute(text("UPDATE impact_guardrails SET harm_limit = 50 WHERE metric_id = :metric"),
                           {"metric": metrics["transfers"].id})  # fmt: skip
    assert list(broken_hashes()) == [(promise.id, db.session.query(Plan.id).scalar())]


def test_everything_is_suggested_from_the_barrier_and_from_what_was_noted(context: Flask, cast: Cast) -> None:
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)
        make_past(cast, metrics["csat"], weeks=8, reasons=("moves", "Faults"), seed=9)
        for who, reason in ((cast.bo, "Moves"), (cast.cy, "moves"), (cast.di, "Mine alone"), (cast.di, "")):
            db.session.add(Occurrence(idea_id=promise.idea_id, person_id=who, team_id=cast.places["Leeds/Billing"],
                                      site_id=cast.places["Leeds"], day=TODAY, reason=reason, at=NOON))  # fmt: skip

    found = suggestion_for(promise, today=TODAY)

    assert found.plan is not None and found.plan.metric_id == metrics["csat"].id
    assert [rail.metric_id for rail in found.plan.guardrails] == [
        metrics[code].id for code in ("complaints", "morale_pulse", "transfers")
    ]
    assert found.plan.guardrails[2].harm_limit == 0.5  # as the metric says
    assert [(one.reason.casefold(), one.noted, one.contacts) for one in found.reasons] == [("moves", 0.5, 0.5)]
    assert 0.5 < found.plan.expected_effect < 1.5


def test_the_page_suggests_refuses_and_registers(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        promise = make_promise(cast, now=NOON)
        number, metrics = promise.id, {code: one.id for code, one in make_metrics(cast).items()}
    olu, address = signed_in(app, cast.olu), f"/commitments/{number}/plan"
    shown = olu.get(address).get_data(as_text=True)
    assert "How will we know that it worked?" in shown and 'value="56" checked' in shown.replace(
        "checked id", "checked"
    )
    assert "Register it" not in signed_in(app, cast.asha).get(address).get_data(as_text=True)
    typed: dict[str, Any] = {
        "metric": metrics["csat"], "expected_effect": "1.5", "expected_low": "", "shape": "step", "washout_days": "0",
        "reasons": "", "guard_1": metrics["transfers"], "limit_1": "0.5", "guard_2": 0, "limit_2": "", "guard_3": 0,
        "limit_3": "", "guard_4": 0, "limit_4": "", "verdict_days": [28, 56], "run_cost": "", "share_author": "50",
        "share_implementer": "50", "share_helper": "", "share_builder": "0", "bundle_share": "",
    }  # fmt: skip

    few = send(olu, address, **typed)
    wrong = send(olu, address, **typed | {"expected_effect": "a lot"})
    done = send(olu, address, **typed | {"guard_2": metrics["complaints"], "limit_2": "1"})

    assert few.status_code == 422 and PlanRefusal.TOO_FEW_GUARDRAILS.sentence in few.get_data(as_text=True)
    assert wrong.status_code == 422 and "This is not a number" in wrong.get_data(as_text=True)
    assert done.status_code == 303
    page = signed_in(app, cast.asha).get(address).get_data(as_text=True)
    assert (
        "It cannot be changed any more" in page and "GBP 2.50, as Mia agreed" in page and "It is not live yet." in page
    )
    assert "Csat up by 1.5 (points) is registered." in olu.get(f"/commitments/{number}").get_data(as_text=True)


def test_the_command_says_whether_every_plan_is_as_it_was_registered(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        promise = make_promise(cast)
        plans.register(viewer(cast.olu), promise, a_plan(make_metrics(cast)), NOON)
    runner = app.test_cli_runner()

    fine = runner.invoke(args=["impact", "verify-plans"])
    with app.app_context(), writing():
        _unguarded("impact_plans")
        db.session.execute(text("UPDATE impact_plans SET expected_effect = 0.1"))
    broken = runner.invoke(args=["impact", "verify-plans", "--json"])

    assert (fine.exit_code, fine.stdout) == (0, "Every plan is as it was registered.\n")
    assert broken.exit_code == 2 and '"fine": false' in broken.stdout


def refusal(cast: Cast, promise: Any, plan: NewPlan) -> str | None:
    try:
        with writing():
            plans.register(viewer(cast.olu), db.session.merge(promise), plan, NOON + timedelta(hours=1))
    except DomainError as error:
        return error.code
    return None


def _unguarded(table: str) -> None:
    """As somebody with the keys of the database could."""
    if is_postgres():
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        db.session.execute(text(f"DROP TRIGGER {table}_no_update"))
