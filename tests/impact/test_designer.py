"""Who goes first, drawn by lot, and what would be visible then."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.errors import DomainError
from portal.impact import designs, plans
from portal.impact.design_queries import measured_by, newest_design, outlook, queues_of
from portal.impact.design_rules import DesignRefusal, NewDesign, design_refusal, parts_of, unit_name
from portal.impact.designer import Wave, by_week, drawn, in_waves, one_held_back, power_of, predicted, smallest_of
from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Grade
from portal.impact.estimator import Direction, estimate
from portal.impact.plan_pages import outlook_lines
from tests.commitments.factories import make_promise, viewer
from tests.factories import NOON, Cast, send, signed_in
from tests.impact.panels import START, wandering
from tests.impact.planning import TODAY, a_plan, make_metrics, make_past

FIRST = TODAY + timedelta(days=21)
WANTED = NewDesign((1, 2, 3), FIRST, waves=2)
WRONG: list[tuple[DesignRefusal, dict[str, Any]]] = [
    (DesignRefusal.NO_UNIT, {"site_ids": ()}),
    (DesignRefusal.TOO_MANY_UNITS, {"site_ids": tuple(range(60)), "reasons": tuple("abcdefghi")}),
    (DesignRefusal.WAVES_OUT_OF_RANGE, {"waves": 13}),
    (DesignRefusal.MORE_WAVES_THAN_UNITS, {"waves": 4}),
    (DesignRefusal.WEEKS_OUT_OF_RANGE, {"weeks_between": 0}),
    (DesignRefusal.DAY_NOT_AHEAD, {"first_day": TODAY}),
    (DesignRefusal.DAY_NOT_AHEAD, {"first_day": TODAY + timedelta(days=366)}),
]


@pytest.mark.parametrize(("refused", "over"), WRONG)
def test_what_cannot_be_drawn_is_refused_by_its_code(refused: DesignRefusal, over: dict[str, Any]) -> None:
    assert design_refusal(WANTED, TODAY) is None

    assert design_refusal(replace(WANTED, **over), TODAY) is refused


def test_a_seed_gives_the_same_order_for_ever_and_another_one_another() -> None:
    units = [unit_name(place, None) for place in range(1, 7)]

    assert drawn(units, 7) == drawn(reversed(units), 7) == ["4", "3", "2", "1", "5", "6"]
    assert {tuple(drawn(units, seed)) for seed in range(40)} > {tuple(drawn(units, 7))}
    firsts = [drawn(units, seed)[0] for seed in range(600)]
    assert all(70 < firsts.count(unit) < 130 for unit in units)


def test_waves_are_as_even_as_can_be_and_nobody_is_left_out() -> None:
    waves = in_waves(list("abcdefg"), 3, first=FIRST, weeks_between=2)

    assert [(wave.day, wave.units) for wave in waves] == [
        (FIRST, ("a", "b", "c")), (FIRST + timedelta(weeks=2), ("d", "e")), (FIRST + timedelta(weeks=4), ("f", "g")),
    ]  # fmt: skip
    assert one_held_back(waves)[-1].units == ("f",)
    assert [wave.units for wave in one_held_back(in_waves(["a", "b"], 2, first=FIRST, weeks_between=1))] == [("a",)]
    assert one_held_back(in_waves(["a"], 1, first=FIRST, weeks_between=1)) == []


def test_a_unit_is_read_back_from_its_name() -> None:
    assert parts_of(unit_name(7, "Moves out")) == (7, "Moves out") and parts_of(unit_name(7, None)) == (7, None)


def test_what_is_foretold_is_the_interval_that_the_estimator_gives_later() -> None:
    rows = wandering(seed=5, days=420, sites=8, treated=3)
    live = START + timedelta(days=420 - 56)
    waves = [Wave(live, ("site 00", "site 01", "site 02"))]

    before = predicted(by_week(one for one in rows if one.day < live), waves, expected=0.03)
    after = estimate(rows, "metric_up", Direction.UP)

    assert before.half_width == pytest.approx(after.half_width, rel=0.15)
    assert (before.treated, before.controls, before.grade) == (3, 5, Grade.A)
    assert before.smallest is not None and before.half_width is not None and before.power is not None
    assert before.half_width < before.smallest < 1.5 * before.half_width and 0 < before.power < 1


def test_power_is_four_in_five_at_the_smallest_effect_and_half_at_the_edge_of_the_interval() -> None:
    assert power_of(smallest_of(2.0), 2.0) == pytest.approx(0.8, abs=1e-3)
    assert power_of(2.0, 2.0) == pytest.approx(0.5) and power_of(0.0, 2.0) < 0.05 and power_of(9.0, 2.0) > 0.99


def test_longer_shows_smaller_effects_and_values_times_100_show_100_times_as_much() -> None:
    live = START + timedelta(days=420 - 56)
    history = by_week(one for one in wandering(seed=5, days=420) if one.day < live)
    waves = [Wave(live, ("site 00", "site 01"))]

    one, longer = predicted(history, waves), predicted(history, waves, days=84)
    larger = predicted([replace(row, value=100 * (row.value or 0)) for row in history], waves)

    assert one.half_width and longer.half_width and longer.half_width < one.half_width
    assert larger.half_width == pytest.approx(100 * one.half_width, rel=1e-6)


def test_without_a_past_or_without_others_it_says_so() -> None:
    live = START + timedelta(days=420 - 56)
    history = by_week(one for one in wandering(seed=5, days=420) if one.day < live)

    assert "Nothing was ever reported" in predicted([], [Wave(live, ("site 00",))]).why_not
    short = [one for one in history if one.day > live - timedelta(weeks=5)]
    assert "Fewer than eight" in predicted(short, [Wave(live, ("site 00",))]).why_not
    alone = predicted([one for one in history if one.unit == "site 00"], [Wave(live, ("site 00",))])
    assert (alone.controls, alone.grade) == (0, Grade.C) and alone.half_width is not None


def test_an_order_is_drawn_kept_and_told_with_what_would_be_visible(context: Flask, cast: Cast) -> None:
    sites = tuple(cast.places[site] for site in ("Leeds", "Belfast"))
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)
        plans.register(viewer(cast.olu), promise, a_plan(metrics), NOON)
        wanted = NewDesign(sites, FIRST, waves=2)
        for seed in (11, 12):
            designs.draw(viewer(cast.olu), promise, wanted, seed=seed, today=TODAY, now=NOON)
        number = promise.id
    found = newest_design(number)
    assert found is not None and (found.seed, found.draws, found.chosen_at) == (12, 2, None)
    assert [unit_name(place, None) for wave in found.waves for place, *_ in wave.units] == drawn(map(str, sites), 12)
    assert found.smallest is not None and found.power is not None

    with pytest.raises(DomainError) as changed, writing():
        designs.keep(viewer(cast.olu), db.session.get_one(Commitment, number), found.id - 1, now=NOON)
    with writing():
        designs.keep(viewer(cast.vic), db.session.get_one(Commitment, number), found.id, now=NOON)

    assert changed.value.code == DesignRefusal.DESIGN_CHANGED
    kept = newest_design(number)
    assert kept is not None and kept.chosen_at == NOON
    promise = db.session.get_one(Commitment, number)
    measured = measured_by(promise)
    seen = outlook(measured, kept.plain, today=TODAY)
    assert seen.now.smallest == pytest.approx(kept.smallest) and seen.held_back and seen.longer
    said = outlook_lines(seen, measured.metric)
    assert len(said) == 4 and said[0].startswith("On day 56 an effect of") and "Two more weeks" in said[3]


def test_queues_are_compared_with_the_other_queues_of_the_same_sites(context: Flask, cast: Cast) -> None:
    with writing():
        promise, metrics = make_promise(cast), make_metrics(cast)
        make_past(cast, metrics["csat"], reasons=("Moves", "Faults", "Bills"), seed=8)
        plans.register(viewer(cast.olu), promise, a_plan(metrics, reasons=("Moves",)), NOON)
        wanted = NewDesign((cast.places["Leeds"],), FIRST, reasons=("Moves",))
        made = designs.draw(viewer(cast.olu), promise, wanted, seed=3, today=TODAY, now=NOON)

    seen = outlook(measured_by(promise), [Wave(FIRST, (unit_name(cast.places["Leeds"], "Moves"),))], today=TODAY)

    assert queues_of(metrics["csat"].id, TODAY) == ["Bills", "Faults", "Moves"]
    assert made.smallest_effect is not None and (seen.now.treated, seen.now.controls) == (1, 11)


@pytest.mark.parametrize(
    ("who", "state", "sites", "code"),
    [
        ("asha", CommitmentState.ACCEPTED, ("Leeds",), DesignRefusal.NOT_A_DESIGNER),
        ("olu", CommitmentState.HANDED_BACK, ("Leeds",), DesignRefusal.HANDED_BACK),
        ("olu", CommitmentState.DELIVERED, ("Leeds",), DesignRefusal.ALREADY_LIVE),
        ("mia", CommitmentState.ACCEPTED, ("Leeds", "Harbour"), DesignRefusal.UNKNOWN_SITE),
    ],
)
def test_only_some_may_draw_and_only_before_it_is_live(
    context: Flask, cast: Cast, who: str, state: CommitmentState, sites: tuple[str, ...], code: DesignRefusal
) -> None:
    with writing():
        promise = make_promise(cast, state=state)
    wanted = NewDesign(tuple(cast.places[site] for site in sites), FIRST)

    with pytest.raises(DomainError) as refused, writing():
        designs.draw(viewer(getattr(cast, who)), db.session.merge(promise), wanted, seed=1, today=TODAY, now=NOON)

    assert refused.value.code == code


def test_every_refusal_of_a_design_is_produced_by_a_test() -> None:
    elsewhere = {DesignRefusal.NOT_A_DESIGNER, DesignRefusal.HANDED_BACK, DesignRefusal.ALREADY_LIVE,
                 DesignRefusal.UNKNOWN_SITE, DesignRefusal.DESIGN_CHANGED}  # fmt: skip

    assert {refused for refused, _ in WRONG} | elsewhere == set(DesignRefusal)


def test_the_page_draws_and_keeps_and_says_where_nothing_is_known(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promise(cast).id
    olu, address = signed_in(app, cast.olu), f"/commitments/{number}/rollout"
    empty = olu.get(address).get_data(as_text=True)
    assert "No metric is chosen yet" in empty and "Draw another order" not in empty
    others = signed_in(app, cast.asha).get(address).get_data(as_text=True)
    assert "Nobody has planned yet" in others
    first = _first_day_of(empty).isoformat()
    typed = {"sites": [cast.places["Leeds"], cast.places["Durban"]], "waves": 2, "weeks_between": 4, "first_day": first}

    wrong = send(olu, f"{address}/draws", **typed | {"waves": 5})
    fine = send(olu, f"{address}/draws", **typed)
    kept = send(olu, f"{address}/draws/1/choice")

    assert (wrong.status_code, fine.status_code, kept.status_code) == (422, 303, 303)
    assert "Choose fewer waves" in wrong.get_data(as_text=True)
    page = signed_in(app, cast.asha).get(address).get_data(as_text=True)
    assert "Kept" in page and "Durban" in page and "No metric is chosen, so nothing can be foretold." in page


def _first_day_of(page: str) -> date:
    """The day that the form begins with."""
    before = page.index('name="first_day"')
    value = page.index('value="', before) + len('value="')
    return date.fromisoformat(page[value : value + 10])


def test_by_week_keeps_the_mean_of_all_answers() -> None:
    dice = np.random.default_rng(1)
    rows = [Reading(START + timedelta(days=day), "a", float(dice.normal()), float(dice.integers(1, 9)))
            for day in range(14)]  # fmt: skip

    weeks = by_week(rows)

    whole = sum((one.value or 0) * (one.n or 0) for one in rows) / sum(one.n or 0 for one in rows)
    again = sum((one.value or 0) * (one.n or 0) for one in weeks) / sum(one.n or 0 for one in weeks)
    assert len(weeks) == 2 and again == pytest.approx(whole)
