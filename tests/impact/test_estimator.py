"""The estimator: published numbers, what must not move it, and when it says nothing."""

import csv
import gzip
import pickle
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Decision, Direction, Flag, Grade, Method
from portal.impact.estimator import estimate
from portal.impact.group_time import by_age, group_time
from portal.impact.panel import laid_out
from tests.impact.panels import START, wandering

UP, DOWN = Direction.UP, Direction.DOWN


def up(readings: list[Reading]) -> Estimate:
    return estimate(readings, "metric_up", UP)


def ends(found: Estimate) -> tuple[float, float, float]:
    assert found.estimate is not None and found.ci_low is not None and found.ci_high is not None
    return found.estimate, found.ci_low, found.ci_high


def test_the_nile_fell_in_1899_as_published() -> None:
    import statsmodels.api as models

    flow = models.datasets.nile.load_pandas().data
    rows = [Reading(date(int(year), 1, 1), "Nile", float(volume), None, date(1899, 1, 1))
            for year, volume in zip(flow.year, flow.volume, strict=True)]  # fmt: skip

    found = up(rows)

    assert ends(found) == pytest.approx((-254.1, -442.5, -88.7), abs=0.06)
    assert (found.decision, found.method, found.evidence_grade) == (
        Decision.WORSENED, Method.BEFORE_AND_AFTER, Grade.C,
    )  # fmt: skip


def test_californias_cigarettes_fell_after_proposition_99() -> None:
    with (files("synthdid") / "data" / "california_prop99.csv").open() as file:
        rows = [
            Reading(date(int(row["Year"]), 1, 1), row["State"], float(row["PacksPerCapita"]), None,
                    date(1989, 1, 1) if row["State"] == "California" else None)
            for row in csv.DictReader(file, delimiter=";")
        ]  # fmt: skip

    found = estimate(rows, "metric_down", DOWN)

    assert ends(found) == pytest.approx((-22.9, -32.0, -13.7), abs=0.06)
    assert (found.decision, found.n_controls, found.evidence_grade) == (Decision.IMPROVED, 38, Grade.B)


def test_minimum_wages_and_teen_employment_give_the_seven_published_effects() -> None:
    ships = find_spec("moderndid")  # found, not imported: it is here for its data alone
    assert ships is not None and ships.origin is not None
    packed = Path(ships.origin).parent / "core" / "datasets" / "mpdta_long.pkl.gz"
    counties = pickle.loads(gzip.decompress(packed.read_bytes()))
    columns = (counties["year"], counties["countyreal"], counties["lemp"], counties["first.treat"])
    rows = [
        Reading(date(int(year), 1, 1), str(int(county)), float(jobs), None, date(int(first), 1, 1) if first else None)
        for year, county, jobs, first in zip(*columns, strict=True)
    ]
    panel = laid_out(rows)
    assert panel is not None

    found = group_time(panel)

    assert found is not None
    published = {
        (1, 1): -0.0105, (1, 2): -0.0704, (1, 3): -0.1373, (1, 4): -0.1008, (3, 3): -0.0046, (3, 4): -0.0412,
        (4, 4): -0.0261,
    }  # fmt: skip
    assert {cell: round(found.cells[cell], 4) for cell in published} == published
    assert (found.estimate, found.standard_error) == pytest.approx((-0.03995, 0.01175), abs=5e-6)
    by_years_since = [one.effect for one in by_age(panel) if one.effect is not None]
    assert len(by_years_since) == 4 and sum(by_years_since) / 4 == pytest.approx(-0.0772, abs=5e-5)
    assert up(rows).method is Method.GROUP_TIME


def test_an_effect_is_found_and_nothing_is_not() -> None:
    some, none = up(wandering(effect=0.08)), up(wandering())

    assert some.decision is Decision.IMPROVED and some.evidence_grade is Grade.A
    assert some.estimate == pytest.approx(0.08, abs=0.03)
    assert estimate(wandering(effect=0.08), "metric_down", DOWN).decision is Decision.WORSENED
    assert none.decision is Decision.NO_VISIBLE_CHANGE and "would not be visible" in none.reason
    assert none.smallest_effect_seen_80pct == pytest.approx(1.43 * (none.half_width or 0))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "no readings"),
        (wandering(treated=0), "Nobody has the change"),
        ([replace(one, treated_from=date(2030, 1, 1)) for one in wandering(days=100)], "Nobody has the change"),
        (wandering(after=27), "four whole weeks"),
        (wandering(days=100, after=56), "eight whole weeks"),
        ([replace(one, n=(one.n or 0) / 100) for one in wandering(days=200, after=28, treated=1)], "100 contacts"),
    ],
)
def test_it_is_too_early_while_little_is_known(rows: list[Reading], why: str) -> None:
    found = up(rows)

    assert found.decision is Decision.TOO_EARLY and found.estimate is None and why in found.reason


def test_without_comparison_units_the_evidence_is_weak() -> None:
    found = up(wandering(sites=3, treated=3, days=730))

    assert (found.method, found.n_controls, found.evidence_grade) == (Method.BEFORE_AND_AFTER, 0, Grade.C)


def test_everybody_one_after_another_compares_with_those_still_to_come() -> None:
    rows = wandering(sites=8, treated=8, after=120)
    late = [replace(one, treated_from=(one.treated_from or START) + timedelta(days=14 * int(one.unit[-2:])))
            for one in rows]  # fmt: skip

    found = up(late)

    assert found.method is Method.COMPARISON and found.evidence_grade is Grade.B and found.n_controls > 0


def test_flags_name_what_a_person_should_look_at() -> None:
    rows = wandering(effect=0.1)
    gone = {START + timedelta(days=364 - 56 + step) for step in range(0, 56, 3)}
    missing = [one for one in rows if not (one.treated_from and one.day in gone)]
    fewer = [replace(one, n=(one.n or 0) / 2) if one.treated_from and one.day >= one.treated_from else one
             for one in rows]  # fmt: skip

    assert up(rows).flags == ()
    assert Flag.MISSING_DAYS in up(missing).flags
    assert Flag.DENOMINATOR_SHIFT in up(fewer).flags
    assert estimate(rows, "metric_up", UP, known_flags=[Flag.ANOTHER_CHANGE]).flags == (Flag.ANOTHER_CHANGE,)


def test_one_unit_that_carries_the_effect_is_named() -> None:
    rows = [
        replace(one, value=(one.value or 0) + 0.3)
        if one.unit == "site 00" and one.treated_from and one.day >= one.treated_from else one
        for one in wandering(sites=12, treated=3)
    ]  # fmt: skip

    assert Flag.ONE_UNIT_CARRIES_IT in up(rows).flags


def test_a_change_before_the_change_is_flagged() -> None:
    rows = [
        replace(one, value=(one.value or 0) + 0.15)
        if one.treated_from and one.day >= one.treated_from - timedelta(days=56) else one
        for one in wandering(days=400)
    ]  # fmt: skip

    assert Flag.PRETEND_GO_LIVE in up(rows).flags


def test_the_band_is_wider_than_the_interval_and_half_again_on_the_planned_day() -> None:
    found = up(wandering(days=420, after=56))

    assert found.band_high is not None and found.band_low is not None and found.half_width is not None
    assert (found.band_high - found.band_low) / 2 / found.half_width == pytest.approx(1.548, abs=0.01)


def test_a_unit_that_contradicts_itself_is_refused() -> None:
    rows = wandering(days=70)

    with pytest.raises(ValueError, match="twice"):
        up([*rows, rows[0]])
    with pytest.raises(ValueError, match="two go-lives"):
        up([*rows, replace(rows[0], day=date(2025, 1, 1), treated_from=date(2025, 2, 1))])
