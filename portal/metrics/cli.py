"""The command line of metrics: `flask metric …` and `flask import metrics FILE`."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import writing
from portal.errors import DomainError
from portal.metrics import queries, service
from portal.metrics.csv_outcome import Checked, Layout
from portal.metrics.csv_table import ALIASES, guessed, header_and_sample, layout_refusal
from portal.metrics.files import read_upload
from portal.metrics.metrics_csv import ROWS_MAX_COMMAND, check
from portal.metrics.rules import Tally, latest_day
from portal.metrics.words import counted

PROBLEMS_PRINTED = 50

group = click.Group("metric", help="Customer metrics: what is measured.")


@group.command("starter")
@with_appcontext
def starter() -> None:
    """Add the metrics of the starter set that are not there yet."""
    with writing():
        names = [metric.code for metric in service.add_starter_set()]
    click.echo(f"{counted(len(names), 'metric')} added{': ' if names else '.'}{', '.join(names)}")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def list_metrics(as_json: bool) -> None:
    """Show what is measured, and until when."""
    rows = [
        {"code": row.Metric.code, "name": row.Metric.name, "unit": row.Metric.unit,
         "better": row.Metric.direction.value, "last_day": row.last_day and row.last_day.isoformat(),
         "sites": row.sites}
        for row in queries.overview()
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        reach = f"{counted(row['sites'], 'site')}, until {row['last_day']}" if row["last_day"] else "no values yet"
        click.echo(f"{row['code']:28} {row['name']} ({row['unit']}), better {row['better']}: {reach}")


@click.command("metrics")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Look, and save nothing.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="Such as value=Score. Repeat it.")
@click.option("--metric", default="", metavar="CODE", help="Every row is about this metric.")
@click.option("--only-good", is_flag=True, help="Save the good rows even if others have problems.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def import_metrics(
    file: Path, columns: tuple[str, ...], metric: str, dry_run: bool, only_good: bool, as_json: bool
) -> None:
    """Bring in FILE, a CSV or XLSX of date, site, metric, value and if known n and reason.

    Nothing is saved unless every row is good. Ends with 0 done, 1 could not run, 2 rows have problems.
    """
    now = clock.now()
    try:
        content = file.read_bytes()
        known = queries.known(latest_day(now))
        text = read_upload(content, rows_max=ROWS_MAX_COMMAND).text
        layout = _layout(text, columns, metric)
        checked = check(text, known, today=latest_day(now), rows_max=ROWS_MAX_COMMAND, layout=layout)
        bad = len(checked.bad_rows)
        save = not dry_run and bool(checked.entries) and (only_good or not bad)
        if save:
            source = service.Source(file.name, hashlib.sha256(content).hexdigest())
            with writing():
                tally = service.apply_import(checked.entries, source, now, bad=bad)
        else:
            tally = queries.tally(checked.entries, bad=bad)
    except OSError as error:
        _give_up(f"{file}: {error.strerror or 'cannot be read'}.")
    except DomainError as error:
        _give_up(error.message)
    except DBAPIError as error:
        _give_up(f"The database refused: {str(error.orig).splitlines()[0]}. Nothing has been saved.")
    _report(checked, tally, saved=save, dry_run=dry_run, as_json=as_json)
    if bad and not save:
        raise SystemExit(2)


def _layout(text: str, columns: tuple[str, ...], metric: str) -> Layout | None:
    """What was said about the columns, the rest guessed from the header. Raises Invalid."""
    if not columns and not metric:
        return None
    header = [cell.strip() for cell in header_and_sample(text)[0]]
    chosen = guessed(header)
    if metric:
        chosen.pop("metric", None)
    for given in columns:
        field, _, name = given.partition("=")
        if field not in ALIASES or name.strip() not in header:
            _give_up(f"{given!r} is no mapping. Write --column FIELD=HEADER with one of {', '.join(ALIASES)}.")
        chosen[field] = header.index(name.strip())
    layout = Layout(chosen, metric)
    if refusal := layout_refusal(layout):
        raise refusal
    return layout


def _give_up(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(1)


def _report(checked: Checked, tally: Tally, *, saved: bool, dry_run: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_facts(checked, tally, saved=saved), ensure_ascii=False))
        return
    for finding in checked.problems[:PROBLEMS_PRINTED]:
        click.echo(f"{finding.sentence} {finding.remedy}", err=True)
    if checked.problem_count > PROBLEMS_PRINTED:
        click.echo(f"… and {checked.problem_count - PROBLEMS_PRINTED} more problems.", err=True)
    for finding in checked.warnings:
        click.echo(f"Look again: {finding.sentence} {finding.remedy}", err=True)
    if checked.unused:
        click.echo(f"Columns not used: {', '.join(checked.unused)}.", err=True)
    click.echo(_summary(tally, saved=saved, dry_run=dry_run))


def _summary(tally: Tally, *, saved: bool, dry_run: bool) -> str:
    parts = f"{tally.new:,} new, {tally.revised:,} revised, {tally.unchanged:,} unchanged, {tally.bad:,} bad"
    end = "Saved." if saved else "Dry run: nothing has been saved." if dry_run else "Nothing has been saved."
    return f"{counted(tally.read, 'row')} read: {parts}. {end}"


def _as_facts(checked: Checked, tally: Tally, *, saved: bool) -> dict[str, Any]:
    return {
        "rows": tally.read, **asdict(tally), "saved": saved, "problem_count": checked.problem_count,
        "problems": [finding._asdict() for finding in checked.problems],
        "warnings": [finding._asdict() for finding in checked.warnings],
        "columns_not_used": list(checked.unused),
    }  # fmt: skip
