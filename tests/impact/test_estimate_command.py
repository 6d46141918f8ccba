"""`flask impact estimate`: on any file, without a database, with line and column where a cell cannot be read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.impact.cli import impact
from tests.impact.panels import wandering

HEAD = "date,site,metric,value,n,treated_from\n"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    def called(text: str, metric: str = "metric_up", *more: str) -> Result:
        file = tmp_path / "readings.csv"
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(impact, ["estimate", "--csv", str(file), "--metric", metric, *more])

    return called


def written(effect: float = 0.1) -> str:
    rows = wandering(effect=effect, days=200, sites=6)
    return HEAD + "".join(
        f"{one.day},{one.unit},metric_up,{one.value},{one.n},{one.treated_from or ''}\n" for one in rows
    )


def test_it_answers_in_json(run: Callable[..., Result]) -> None:
    done = run(f"{written()}2024-01-01,site 00,other,1,,\n", "metric_up", "--json")

    answer = json.loads(done.stdout)
    assert done.exit_code == 0 and answer["decision"] == "improved" and answer["ci_low"] > 0
    assert {"estimate", "ci_low", "ci_high", "decision", "metric", "direction", "method", "evidence_grade",
            "n_sites_treated", "n_controls", "pre_blocks", "post_blocks", "block_days", "expected_without", "relative",
            "half_width", "smallest_effect_seen_80pct", "band_low", "band_high", "reason",
            "flags"} <= answer.keys()  # fmt: skip


def test_it_answers_in_words(run: Callable[..., Result]) -> None:
    assert run(written()).stdout.startswith("Improved. ")
    assert run(HEAD + "2024-01-01,Leeds,csat,4.1,10,\n", "csat").stdout.startswith("Too early. ")


def test_site_and_reason_make_a_unit(run: Callable[..., Result]) -> None:
    text = "date,site,reason,metric,value\n2024-01-01,Leeds,billing,csat,4\n2024-01-01,Leeds,moving,csat,4\n"

    assert run(text, "csat", "--json").exit_code == 0


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("01/02/2024,Leeds,csat,4,,", "date", "not a date"),
        ("2024-02-30,Leeds,csat,4,,", "date", "not a day of the calendar"),
        ("2024-01-01,,csat,4,,", "site", "is empty"),
        ("2024-01-01,Leeds,csat,four,,", "value", "not a number"),
        ("2024-01-01,Leeds,csat,4,-1,", "n", "below zero"),
        ("2024-01-01,Leeds,csat,4,,soon", "treated_from", "not a date"),
        ("2024-01-02,Durban,csat,4,,2024-03-01", "treated_from", "differs from line 2"),
        ("2024-01-01,Durban,csat,4,,", "date", "is also in line 2"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_line_and_column(
    run: Callable[..., Result], row: str, column: str, words: str
) -> None:
    done = run(f"{HEAD}2024-01-01,Durban,csat,4,,\n{row}\n", "csat", "--json")

    (problem,) = json.loads(done.stdout)["problems"]
    assert done.exit_code == 2 and (problem["line"], problem["column"]) == (3, column)
    assert f"Line 3, column {column}" in done.stderr and words in done.stderr


@pytest.mark.parametrize(
    ("text", "metric", "code"),
    [
        ("", "csat", "file_empty"),
        ("date,site,value\n2024-01-01,Leeds,4\n", "csat", "column_missing"),
        (HEAD + "2024-01-01,Leeds,nps,4,,\n", "csat", "metric_missing"),
        (HEAD + "2024-01-01,Leeds,nps,4,,\n", "happiness", "unknown_metric"),
        (HEAD + '2024-01-01,"Leeds,nps,4,,\n', "nps", "csv_broken"),
    ],
)
def test_a_file_that_is_none_is_refused(run: Callable[..., Result], text: str, metric: str, code: str) -> None:
    done = run(text, metric, "--json")

    assert done.exit_code == 1 and json.loads(done.stdout)["error"] == code and done.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(impact, ["estimate", "--csv", str(tmp_path / "none.csv"), "--metric", "csat"])

    assert done.exit_code == 1 and "cannot be read" in done.stderr
