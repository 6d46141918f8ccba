"""Files as they come: the right answer, or a refusal that names line and column."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from portal.impact import panel as panels
from portal.impact.cli import impact
from portal.impact.estimate_csv import DIRECTIONS
from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Decision, Direction, Flag
from portal.impact.estimator import estimate, laid_out, series
from tests.impact.panels import START, wandering

HEAD = "date,site,metric,value,n,treated_from\n"
ROWS = [f"{one.day},{one.unit},metric_up,{one.value},{one.n},{one.treated_from or ''}"
        for one in wandering(effect=0.1, days=140, sites=5, treated=2)]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    def called(content: bytes | str, metric: str = "metric_up") -> Result:
        file = tmp_path / "readings.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(impact, ["estimate", "--csv", str(file), "--metric", metric, "--json"])

    return called


def answer(done: Result) -> dict:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def up(rows: list[Reading]) -> Estimate:
    return estimate(rows, "metric_up", Direction.UP)


def test_the_same_file_in_other_clothes_gives_the_same_answer(run: Callable[..., Result]) -> None:
    plain = HEAD + "\n".join(ROWS)
    shuffled = ROWS.copy()
    random.Random(1).shuffle(shuffled)
    assert {row.rsplit(",", 1)[1] for row in ROWS} == {"", "2024-03-25"}
    dressed = {
        "byte order mark": b"\xef\xbb\xbf" + plain.encode(),
        "CRLF": plain.replace("\n", "\r\n"),
        "semicolons": plain.replace(",", ";"),
        "tabs in UTF-16": plain.replace(",", "\t").encode("utf-16"),
        "decimal commas": plain.replace(",", ";").replace(".", ","),
        "quoted": HEAD + "\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS),
        "shuffled": HEAD + "\n".join(shuffled),
        "hint, blank lines, other names": "sep=,\n\nDay,Site,KPI,Value,Volume,Go-live\n" + "\n\n".join(ROWS),
        "go-live with a time": plain.replace(",2024-03-25\n", ",2024-03-25T00:00:00\n"),
        "go-live as a week": plain.replace(",2024-03-25\n", ",2024-W13\n"),
        "a foreign metric": plain + "\n2024-01-01,site 00,nps,nonsense,-1,never",
        "never is far away": HEAD + "\n".join(f"{row}9999-12-31" if row.endswith(",") else row for row in ROWS),
    }

    wanted = answer(run(plain))

    for how, text in dressed.items():
        found = answer(run(text))
        assert found.keys() == wanted.keys(), how
        assert all(one == pytest.approx(wanted[name], abs=1e-9) for name, one in found.items() if one != []), how


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2024-01-09,x,metric_up,inf,1,", "value", "is not a number"),
        ("2024-01-09,x,metric_up,NaN,1,", "value", "is not a number"),
        ("2024-01-09,x,metric_up,1e999,1,", "value", "is too large"),
        ("2024-01-09,x,metric_up,85%,1,", "value", "is not a number"),
        ("2024-01-09,x,metric_up,1,-0.5,", "n", "is below zero"),
        ("2024-01-09,x,metric_up,1,1e-300,", "n", "is next to nothing"),
        ("0204-01-09,x,metric_up,1,1,", "date", "is not a year that anybody measured"),
        ("2024-01-09,x,metric_up,1,1,25/03/2024", "treated_from", "is not a date"),
        ("2024-01-09,site 00,metric_up,1,1,2024-03-26", "treated_from", "differs from line 2"),
        ("2024-01-09,site 00,metric_up,1,1,", "treated_from", "differs from line 2"),
        ("2024-01-09,site 00,metric_up,1,1,2024-03-25", "date", "is also in line 10"),
    ],
)
def test_a_slip_is_named_by_line_and_column(run: Callable[..., Result], row: str, column: str, words: str) -> None:
    done = run(HEAD + "\n".join([*ROWS, row]))

    (problem,) = json.loads(done.stdout)["problems"]
    assert done.exit_code == 2 and (problem["line"], problem["column"]) == (len(ROWS) + 2, column)
    assert words in problem["problem"] and done.stderr


def test_what_holds_next_to_nothing_is_too_early(run: Callable[..., Result]) -> None:
    for rows in (ROWS[:1], ["2024-01-01,a,metric_up,,,2024-01-01", "2024-01-02,a,metric_up,,,2024-01-01"],
                 [",".join([*row.split(",")[:4], "0", row.split(",")[5]]) for row in ROWS]):  # fmt: skip
        found = answer(run(HEAD + "\n".join(rows)))
        assert found["decision"] == "too early" and found["estimate"] is None and found["reason"]


def test_a_metric_that_never_moves_gives_no_number_that_is_none(run: Callable[..., Result]) -> None:
    still = [",".join([*row.split(",")[:3], "0.5", *row.split(",")[4:]]) for row in ROWS]
    jumped = [row.replace(",0.5,", ",0.7,") if row.endswith("25") and row >= "2024-03-25" else row for row in still]

    assert answer(run(HEAD + "\n".join(still)))["decision"] == "no visible change"
    found = answer(run(HEAD + "\n".join(jumped)))
    assert found["decision"] == "improved" and found["estimate"] == pytest.approx(0.2, abs=0.01)


def test_the_codes_that_a_house_may_use_are_known() -> None:
    lower = {"aht", "transfers", "transfer_rate", "repeat_contacts", "churn", "attrition", "complaints", "metric_down"}

    assert {DIRECTIONS[code] for code in lower} == {Direction.DOWN}
    assert {DIRECTIONS[code] for code in ("csat", "nps", "fcr", "metric_up")} == {Direction.UP}


def test_readings_that_cannot_be_are_refused_or_missing() -> None:
    rows = wandering(days=140)
    odd = [replace(one, value=(float("nan"), float("inf"))[at % 2]) if at % 97 == 5 else one
           for at, one in enumerate(rows)]  # fmt: skip
    gone = [replace(one, value=None) if at % 97 == 5 else one for at, one in enumerate(rows)]

    assert up(odd) == up(gone)
    for n in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="contacts"):
            up([replace(rows[0], n=n), *rows[1:]])


def test_days_that_lie_absurdly_far_apart_are_refused(
    monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]
) -> None:
    monkeypatch.setattr(panels, "CELLS_MAX", 10_000)

    done = run(HEAD + "\n".join([*ROWS, "2044-01-09,x,metric_up,1,1,"]))

    assert done.exit_code == 1 and json.loads(done.stdout)["error"] == "readings_contradict"


def test_a_go_live_within_a_period_leaves_that_period_out() -> None:
    mondays = [START + timedelta(weeks=week) for week in range(40)]
    live = mondays[30] + timedelta(days=3)
    dice = np.random.default_rng(5)
    rows = [
        Reading(day, f"site {site}", float(dice.normal(10, 0.1)) + (100 if site < 2 and week == 30 else 0), 50,
                live if site < 2 else None)
        for site in range(8) for week, day in enumerate(mondays)
    ]  # fmt: skip

    found, blocks = up(rows), series(laid_out(rows))

    assert found.decision is Decision.NO_VISIBLE_CHANGE and found.estimate == pytest.approx(0, abs=0.2)
    assert [one.block for one in blocks if one.observed is None] == [-1]


def test_a_unit_that_went_live_last_week_keeps_its_comparison() -> None:
    rows = [replace(one, treated_from=START + timedelta(days=354)) if one.unit == "site 00" else one
            for one in wandering(treated=2, effect=0.1)]  # fmt: skip

    assert up(rows).n_sites_treated == 2


def test_a_small_queue_that_nobody_answers_on_some_days_is_not_missing() -> None:
    dice = np.random.default_rng(8)
    thin = [replace(one, n=float(dice.poisson(0.8))) for one in wandering(days=364)]

    assert Flag.MISSING_DAYS not in up(thin).flags


def test_many_units_for_few_periods_need_a_hundred_answers_as_well() -> None:
    quarters = [date(2023 + at // 4, 1 + 3 * (at % 4), 1) for at in range(6)]
    rows = [Reading(day, f"unit {unit:02}", float(unit * at), 1, quarters[3] if unit < 10 else None)
            for unit in range(20) for at, day in enumerate(quarters)]  # fmt: skip

    found = up(rows)

    assert found.decision is Decision.TOO_EARLY and "100 contacts" in found.reason
