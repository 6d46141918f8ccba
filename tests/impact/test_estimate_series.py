"""The estimate taken apart: by block, by unit, and as it came about."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Direction
from portal.impact.estimator import by_unit, estimate, laid_out, running, series
from tests.impact.panels import wandering


def counties() -> list[Reading]:
    """Twenty units over six quarters, half of them changed in the fourth and lifted by two."""
    dice = np.random.default_rng(3)
    quarters = [date(2023 + at // 4, 1 + 3 * (at % 4), 1) for at in range(6)]
    return [
        Reading(day, f"unit {unit:02}", 50 + unit + float(dice.normal(0, 0.2)) + 2 * (unit < 10 and at >= 3), 100,
                quarters[3] if unit < 10 else None)
        for unit in range(20) for at, day in enumerate(quarters)
    ]  # fmt: skip


def test_blocks_are_counted_from_the_go_live_and_expected_from_then_on() -> None:
    panel = laid_out(wandering(effect=0.08))

    blocks = series(panel)

    assert [one.block for one in blocks] == list(range(-44, 8))
    assert all(one.expected is None for one in blocks[:44]) and all(one.n for one in blocks)
    gaps = [(one.observed or 0) - (one.expected or 0) for one in blocks[44:]]
    assert np.mean(gaps) == pytest.approx(0.08, abs=0.03)
    assert all((one.low or 0) < (one.expected or 0) < (one.high or 0) for one in blocks[44:])


def test_the_last_look_is_the_estimate_with_its_band() -> None:
    rows = wandering(effect=0.08)
    whole = estimate(rows, "metric_up", Direction.UP)

    looks = running(laid_out(rows))

    assert [one.day for one in looks] == [7, 14, 21, 28, 35, 42, 49, 56]
    assert (looks[-1].estimate, looks[-1].band_low) == pytest.approx((whole.estimate, whole.band_low), abs=1e-9)
    assert looks[0].band_high - looks[0].band_low > looks[-1].band_high - looks[-1].band_low


def test_each_unit_stands_alone_with_a_wider_range() -> None:
    rows = wandering(effect=0.08)
    whole = estimate(rows, "metric_up", Direction.UP)

    units = by_unit(laid_out(rows))

    assert [one.name for one in units] == ["site 00", "site 01", "site 02"]
    assert np.mean([one.estimate for one in units]) == pytest.approx(whole.estimate, abs=0.01)
    assert all((one.high or 0) - (one.low or 0) > (whole.ci_high or 0) - (whole.ci_low or 0) for one in units)


def test_cohorts_are_shown_by_their_age_and_not_one_by_one() -> None:
    panel = laid_out(counties())

    blocks = series(panel)

    assert [(one.block, one.expected is None) for one in blocks] == [
        (-3, True), (-2, True), (-1, True), (0, False), (1, False), (2, False),
    ]  # fmt: skip
    assert all((one.observed or 0) - (one.high or 0) > 0.5 for one in blocks[3:])
    assert by_unit(panel) == [] and running(panel) == []


def test_nothing_is_expected_while_too_little_is_known() -> None:
    rows = wandering(days=70, after=35)
    nobody = [replace(one, treated_from=None) for one in rows]

    early = series(laid_out(rows))

    assert len(early) == 10 and all(one.expected is None and one.observed for one in early)
    for empty in (None, laid_out(nobody)):
        assert series(empty) == [] and by_unit(empty) == [] and running(empty) == []
