"""`flask impact …`: the estimator on any file, without a database."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from portal.csv_files import decode
from portal.errors import DomainError
from portal.impact.estimate_csv import Problem, direction_of, read

PROBLEMS_PRINTED = 50


@click.group("impact")
def impact() -> None:
    """Did it work? What a change did to a metric, as far as the numbers can say."""


@impact.command("estimate")
@click.option(
    "--csv", "file", type=click.Path(path_type=Path), required=True, help="date,site,metric,value,n,treated_from"
)
@click.option("--metric", required=True, help="The metric's code; metric_up or metric_down for one of your own.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
def estimate_file(file: Path, metric: str, as_json: bool) -> None:
    """Estimate the effect on one metric from a CSV file.

    treated_from is the day of the unit's go-live, empty for units without the change. Ends with 0 done, 1 could not
    run, 2 some cells cannot be read (nothing is estimated then).
    """
    from portal.impact.estimator import estimate  # numeric libraries take half a second to load

    try:
        direction = direction_of(metric)
        found = read(decode(file.read_bytes())[0], metric)
    except OSError as error:
        _fail("file_unreadable", f"{file} cannot be read: {error.strerror}.", as_json=as_json)
    except DomainError as error:
        _fail(error.code, error.message, as_json=as_json)
    if found.problems:
        _show(found.problems, as_json=as_json)
        raise SystemExit(2)
    try:
        answer = asdict(estimate(found.readings, metric, direction))
    except ValueError as error:
        _fail("readings_contradict", f"These readings cannot be laid side by side: {error}.", as_json=as_json)
    click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False) if as_json else _words(answer))


def _fail(code: str, sentence: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": code, "message": sentence}, ensure_ascii=False))
    click.echo(sentence, err=True)
    raise SystemExit(1)


def _show(problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        listed = [asdict(one) for one in problems]
        click.echo(json.dumps({"error": "rows_unreadable", "problems": listed}, ensure_ascii=False))
    for one in problems[:PROBLEMS_PRINTED]:
        click.echo(str(one), err=True)
    if len(problems) > PROBLEMS_PRINTED:
        click.echo(f"… and {len(problems) - PROBLEMS_PRINTED} more.", err=True)


def _words(answer: dict) -> str:
    if answer["estimate"] is None:
        return f"{answer['decision'].capitalize()}. {answer['reason']}"
    lines = [
        f"{answer['decision'].capitalize()}. {answer['reason']}",
        f"Effect {answer['estimate']:.4g}, 95 % from {answer['ci_low']:.4g} to {answer['ci_high']:.4g}; without the "
        f"change {answer['expected_without']:.4g} was to be expected.",
        f"{answer['n_sites_treated']} changed and {answer['n_controls']} comparison units, {answer['pre_blocks']} "
        f"blocks before and {answer['post_blocks']} after; evidence {answer['evidence_grade']}.",
    ]
    return "\n".join(lines + [f"Look at: {', '.join(answer['flags'])}." for _ in answer["flags"][:1]])
