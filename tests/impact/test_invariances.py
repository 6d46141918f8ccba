"""What must not move an estimate, and what must move it by exactly so much, for roll-outs of every shape."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.impact.estimate_csv import read
from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Decision, Direction
from portal.impact.estimator import estimate
from tests.impact.panels import START, changed, wandering

UP, DOWN = Direction.UP, Direction.DOWN
quickly = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))


def up(readings: list[Reading]) -> Estimate:
    return estimate(readings, "metric_up", UP)


def ends(found: Estimate) -> tuple[float, float, float]:
    assert found.estimate is not None and found.ci_low is not None and found.ci_high is not None, found.reason
    return found.estimate, found.ci_low, found.ci_high


@st.composite
def roll_outs(draw: st.DrawFn, *, held_back: int = 0) -> list[Reading]:
    """Some sites of some, on one day or one after another, daily or weekly, with gaps."""
    sites = draw(st.integers(4, 7))
    treated, apart = draw(st.integers(1, sites - held_back)), draw(st.sampled_from([0, 0, 4, 7]))
    rows = wandering(seed=draw(st.integers(0, 2**16)), sites=sites, days=168, treated=treated, after=70)
    if draw(st.booleans()):
        rows = [one for one in rows if one.day.weekday() == 0]
    dice = random.Random(draw(st.integers(0, 2**16)))
    late = {f"site {site:02}": timedelta(days=apart * site) for site in range(treated)}
    return [
        replace(one, value=None if dice.random() < 0.03 else one.value,
                treated_from=one.treated_from and one.treated_from + late[one.unit])
        for one in rows
    ]  # fmt: skip


def lifted(rows: list[Reading], by: float, where: Callable[[Reading], bool]) -> list[Reading]:
    return [replace(one, value=one.value + by) if one.value is not None and where(one) else one for one in rows]


@quickly
@given(roll_outs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_of_sites_do_not_matter(rows: list[Reading], dice: random.Random) -> None:
    shuffled = rows.copy()
    dice.shuffle(shuffled)
    renamed = [replace(one, unit=f"z{99 - int(one.unit[-2:])}") for one in rows]

    assert ends(up(shuffled)) == pytest.approx(ends(up(rows)), abs=1e-9)
    assert ends(up(renamed)) == pytest.approx(ends(up(rows)), abs=1e-9)


@quickly
@given(roll_outs())
def test_the_unit_and_the_zero_of_a_metric_do_not_matter(rows: list[Reading]) -> None:
    before = np.array(ends(up(rows)))

    assert ends(up(changed(rows, times=100))) == pytest.approx(100 * before, rel=1e-6, abs=1e-7)
    assert ends(up(changed(rows, plus=5))) == pytest.approx(before, abs=1e-7)
    as_fewer = [replace(one, n=(one.n or 0) * 3) for one in rows]
    assert ends(up(as_fewer)) == pytest.approx(before, abs=1e-8)


@quickly
@given(roll_outs())
def test_the_other_direction_says_the_mirrored_word(rows: list[Reading]) -> None:
    seen, mirrored = up(rows), estimate(changed(rows, times=-1), "metric_down", DOWN)

    middle, low, high = ends(seen)
    assert ends(mirrored) == pytest.approx((-middle, -high, -low), abs=1e-7)
    assert (mirrored.decision, mirrored.evidence_grade, mirrored.flags) == (
        seen.decision, seen.evidence_grade, seen.flags,
    )  # fmt: skip


@quickly
@given(roll_outs())
def test_a_lift_of_one_hundredth_moves_the_estimate_and_both_ends_by_it(rows: list[Reading]) -> None:
    with_it = lifted(rows, 0.01, lambda one: one.treated_from is not None and one.day >= one.treated_from)

    moved = np.array(ends(up(with_it))) - np.array(ends(up(rows)))

    assert moved == pytest.approx([0.01] * 3, abs=1e-9)


@quickly
@given(roll_outs(held_back=2).filter(lambda rows: len({one.treated_from for one in rows}) == 2))
def test_a_jump_of_the_whole_company_on_the_day_moves_nothing(rows: list[Reading]) -> None:
    live = next(one.treated_from for one in rows if one.treated_from)
    jumped = lifted(rows, 0.2, lambda one: one.day >= live)

    # What is left is the weekdays around the jump, and days that only some of the sites reported.
    assert ends(up(jumped)) == pytest.approx(ends(up(rows)), abs=2e-3)


@quickly
@given(roll_outs())
def test_rows_of_another_metric_move_nothing(rows: list[Reading]) -> None:
    def line(one: Reading, metric: str, value: object) -> str:
        return f"{one.day},{one.unit},{metric},{'' if value is None else value},{one.n},{one.treated_from or ''}\n"

    own = "date,site,metric,value,n,treated_from\n" + "".join(line(one, "csat", one.value) for one in rows)
    foreign = "".join(line(replace(one, treated_from=START), "nps", one.day.day) for one in rows)

    assert up(read(own + foreign, "csat").readings) == up(read(own, "csat").readings)


@quickly
@given(roll_outs(), st.sampled_from([None, date(2030, 1, 1)]))
def test_where_nobody_has_the_change_it_is_too_early(rows: list[Reading], live: date | None) -> None:
    found = up([replace(one, treated_from=live) for one in rows])

    assert found.decision is Decision.TOO_EARLY and found.estimate is None
