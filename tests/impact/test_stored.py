"""What is kept of a run of the estimator is read back as it was."""

from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
import pytest

from portal.impact.estimate_parts import Block, Estimate, Reading, Running, UnitEstimate
from portal.impact.estimate_words import Decision, Direction
from portal.impact.estimator import estimate
from portal.impact.stored import Stored, as_json, from_json

FIRST = date(2026, 1, 5)
GO_LIVE = FIRST + timedelta(weeks=20)


def test_a_run_is_read_back_as_it_was_written() -> None:
    rng = np.random.default_rng(1)
    readings = [
        Reading(FIRST + timedelta(weeks=week), site, 20 + rng.normal(), 400, GO_LIVE if live else None)
        for site, live in (("a", True), ("b", True), ("c", False), ("d", False), ("e", False))
        for week in range(32)
    ]  # fmt: skip
    found = estimate(readings, "metric_up", Direction.UP)
    series = (Block(-1, 20.0), Block(0, 21.0, 20.1, 19.0, 21.2, 812))
    units = (UnitEstimate("Leeds", 0.9, 0.1, 1.7, 400), UnitEstimate("Quay", None))
    running = (Running(28, 0.4, -1.0, 1.8, -0.3, 1.1),)

    text = as_json(found, series=series, units=units, running=running)

    assert from_json(text) == Stored(found, series, units, running)
    assert as_json(found, series=series, units=units, running=running) == text


def test_numbers_that_are_none_are_kept_as_null_and_later_fields_are_passed_over() -> None:
    text = as_json(
        Estimate("metric_up", Direction.UP, Decision.TOO_EARLY), series=[Block(0, float("nan"), n=np.int64(3))]
    )  # type: ignore[arg-type]

    read = from_json(text.replace('"series":[{', '"later":1,"series":[{"new":2,'))

    assert read.series == (Block(0, None, n=3),)
    assert asdict(read.estimate)["decision"] == "too early"


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"estimate": {"decision": "splendid"}}', "not json"])
def test_what_is_no_stored_estimate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(text)
