"""The interface to plans, roll-outs and their design."""

from datetime import date, timedelta
from typing import Any

from flask import Flask

from portal import clock
from portal.commitments.rules import CommitmentState
from portal.db import writing
from portal.ideas.words import Audience
from portal.worker import run_once
from tests.api.calling import Caller, error
from tests.commitments.factories import make_promise, make_promoted
from tests.factories import Cast
from tests.impact.planning import make_metrics


def ground(app: Flask, cast: Cast, **over: Any) -> tuple[int, dict[str, int]]:
    """A promise of this moment, and the metrics by code."""
    with app.app_context(), writing():
        now = clock.now()
        return make_promise(cast, now=now, due_on=now.date() + timedelta(days=90), **over).id, {
            code: one.id for code, one in make_metrics(cast).items()
        }


def a_body(metrics: dict[str, int], **over: Any) -> dict[str, Any]:
    rails = [{"metric": metrics[code], "harm_limit": 0.5} for code in ("transfers", "complaints")]
    return {"metric": metrics["csat"], "expected_effect": 1.5, "guardrails": rails} | over


def test_a_plan_is_suggested_registered_once_and_read_by_everybody(app: Flask, cast: Cast) -> None:
    number, metrics = ground(app, cast)
    olu, asha, at = Caller(app, cast.olu), Caller(app, cast.asha), f"/commitments/{number}/plan"

    assert error(asha.get(at)) == (404, "not_found")
    suggested = olu.get(f"{at}/suggestion").json
    assert suggested is not None and suggested["metric"] == metrics["csat"] and len(suggested["guardrails"]) == 3
    assert error(asha.post(at, a_body(metrics))) == (403, "not_a_registrar")
    made = olu.post(at, a_body(metrics), key="one")
    again = olu.post(at, a_body(metrics), key="one")

    assert made.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    assert made.json is not None and asha.get(at).json == made.json == again.json
    assert (made.json["unpaid"], made.json["shares"]["author"], len(made.json["hash"])) == ("not_live", 50, 64)
    assert error(olu.post(at, a_body(metrics))) == (409, "already_registered")


def test_what_is_no_plan_is_refused_by_its_code(app: Flask, cast: Cast) -> None:
    number, metrics = ground(app, cast)
    olu, at = Caller(app, cast.olu), f"/commitments/{number}/plan"
    rails = a_body(metrics)["guardrails"]
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"metric": metrics["old"]}, "metric_retired"),
        ({"metric": metrics["empty"]}, "metric_without_values"),
        ({"metric": 99_999}, "unknown_metric"),
        ({"guardrails": rails[:1]}, "invalid"),
        ({"guardrails": [rails[0], rails[0]]}, "guardrail_twice"),
        ({"guardrails": [rails[0], {"metric": metrics["csat"], "harm_limit": 1}]}, "guardrail_is_the_metric"),
        ({"guardrails": [rails[0], {"metric": metrics["old"], "harm_limit": 1}]}, "unknown_guardrail"),
        ({"expected_effect": 0}, "invalid"),
        ({"expected_low": 2}, "low_out_of_range"),
        ({"verdict_days": [28]}, "verdict_days_wrong"),
        ({"verdict_days": [57, 56]}, "verdict_days_wrong"),
        ({"shares": {"author": 90}}, "shares_wrong"),
    ]

    assert [error(olu.post(at, a_body(metrics, **over))) for over, _ in wrong] == [(422, code) for _, code in wrong]


def test_an_order_is_drawn_and_kept_and_what_is_confirmed_is_live_and_taken_back(app: Flask, cast: Cast) -> None:
    number, _ = ground(app, cast)
    olu, vic, at = Caller(app, cast.olu), Caller(app, cast.vic), f"/commitments/{number}"
    today = clock.now().date()
    leeds, durban = cast.places["Leeds"], cast.places["Durban"]
    wanted = {"sites": [leeds, durban], "waves": 2, "first_day": (today + timedelta(days=21)).isoformat()}

    assert error(olu.get(f"{at}/rollout/draws/newest")) == (404, "not_found")
    assert error(Caller(app, cast.asha).post(f"{at}/rollout/draws", wanted)) == (403, "not_a_designer")
    assert error(olu.post(f"{at}/rollout/draws", wanted | {"waves": 3})) == (422, "more_waves_than_units")
    drawn = olu.post(f"{at}/rollout/draws", wanted).json
    assert drawn is not None and drawn["chosen_at"] is None and len(drawn["waves"]) == 2
    assert error(olu.post(f"{at}/rollout/draws/{drawn['number'] + 1}/choice")) == (409, "design_changed")
    kept = olu.post(f"{at}/rollout/draws/{drawn['number']}/choice").json
    assert kept is not None and kept["chosen_at"] and olu.get(f"{at}/rollout/draws/newest").json == kept

    done = {"live_from": (today - timedelta(days=9)).isoformat(), "sites": [leeds, durban], "reasons": ["Moves"],
            "site_days": [{"site": durban, "live_from": (today - timedelta(days=2)).isoformat()}],
            "evidence": "See the change log of the day."}  # fmt: skip
    assert error(olu.post(f"{at}/deliveries", done | {"sites": [leeds]})) == (422, "day_without_site")
    assert olu.post(f"{at}/deliveries", done).status_code == 201
    shown = olu.get(at).json
    assert shown is not None and shown["deliveries"][0]["reasons"] == ["Moves"]
    assert [site["live_from"] is None for site in shown["deliveries"][0]["sites"]] == [False, True]
    assert error(olu.post(f"{at}/rollout/draws", wanted)) == (409, "already_live")
    assert error(olu.post(f"{at}/rollbacks", a_way_back([1], today))) == (409, "nothing_live")
    assert vic.post(f"{at}/confirmations", key="seen").status_code == 201
    run_once(app)

    live = olu.get(f"{at}/rollouts").json
    assert live is not None and live["unpaid"] == "nothing_registered"
    assert [(one["name"], one["reason"]) for one in live["items"]] == [("Leeds", "Moves"), ("Durban", "Moves")]
    first = live["items"][0]["number"]
    assert error(Caller(app, cast.asha).post(f"{at}/rollbacks", a_way_back([first], today))) == (403, "not_who_may")
    assert error(olu.post(f"{at}/rollbacks", a_way_back([999], today))) == (422, "unknown_unit")
    assert error(olu.post(f"{at}/rollbacks", a_way_back([first], today - timedelta(9)))) == (422, "not_after_go_live")
    assert error(olu.post(f"{at}/rollbacks", a_way_back([first], today + timedelta(9)))) == (422, "day_ahead")
    back = vic.post(f"{at}/rollbacks", a_way_back([first], today)).json
    assert back is not None and [one["live_to"] for one in back["items"]] == [today.isoformat(), None]
    assert error(olu.post(f"{at}/rollbacks", a_way_back([first], today))) == (409, "already_rolled_back")


def test_what_somebody_may_not_read_has_no_plan_for_them(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea = make_promoted(cast, audience=Audience.SITE, promoted_at=clock.now())
        number = make_promise(cast, idea=idea, now=clock.now(), state=CommitmentState.ACCEPTED,
                              due_on=clock.now().date() + timedelta(days=9)).id  # fmt: skip
    sam = Caller(app, cast.sam)

    for path in ("plan", "plan/suggestion", "rollouts", "rollout/draws/newest"):
        assert error(sam.get(f"/commitments/{number}/{path}")) == (404, "not_found")


def a_way_back(units: list[int], day: date) -> dict[str, Any]:
    return {"units": units, "live_to": day.isoformat(), "reason": "Calls about it doubled in two weeks."}
