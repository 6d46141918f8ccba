"""`flask import ideas FILE` and `flask import undo-ideas ID`."""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from portal import clock, csv_files
from portal.db import db, writing
from portal.errors import DomainError
from portal.ideas import imports
from portal.ideas.earlier_columns import FIELDS, REFUSED, Sheet, chosen, open_sheet
from portal.ideas.earlier_csv import PROBLEMS_KEPT, ROWS_MAX_COMMAND, Checked
from portal.ideas.imports import SOURCE, Choices, File, Look
from portal.keys import KEY_MAX


@click.command("ideas")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help=f"The column that holds a field; without a header: none does. Fields: {', '.join(FIELDS)}.",
)
@click.option(
    "--source",
    default=SOURCE,
    metavar="NAME",
    show_default=True,
    help="The system the file comes from; an id is known again within its system.",
)
@click.option("--show-names", is_flag=True, help="Show the names of authors we know; without it they are hidden.")
@click.option("--day-first/--month-first", default=None, help="What 5/3/2024 means; without it such a date is refused.")
@click.option("--dry-run", is_flag=True, help="Look, and save nothing.")
@click.option("--only-good", is_flag=True, help="Bring the good rows even if others have problems.")
@click.option(
    "--refused",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write every row with a problem, and what to mend, to this CSV; mended, it can be imported as it is.",
)
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def import_ideas(
    file: Path, columns: tuple[str, ...], source: str, show_names: bool, day_first: bool | None, dry_run: bool,
    only_good: bool, refused: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring earlier ideas along from FILE, a CSV such as other idea systems export.

    Votes are shown as brought along and never count. The same file again adds nothing. Nothing is saved unless every
    row is good. Ends with 0 done, 1 could not run, 2 rows have problems.
    """
    now = clock.now()
    try:
        content = file.read_bytes()
        text, encoding = csv_files.decode(content)
        sheet = open_sheet(text)
        choices = Choices(chosen(sheet, _asked(columns)), source, show_names, day_first)
        sent = File(text, file.name, hashlib.sha256(content).hexdigest(), encoding)
        reading, known = imports.prepare(choices, now=now)
        db.session.rollback()
        _refuse_same(file, refused)
        kept = ROWS_MAX_COMMAND * len(FIELDS) if refused else PROBLEMS_KEPT
        found = imports.look(sent, sheet, reading, known, rows_max=ROWS_MAX_COMMAND, problems_max=kept)
        if refused and found.checked.bad_rows:
            _write_refused(refused, text, found.checked)
        save = not dry_run and (only_good or not found.checked.bad_rows)
        if save:
            _tell(f"Saving {len(found.checked.entries):,} ideas. Ended before it is done, it saves nothing.")
            with writing():
                counts = imports.apply_new(sent, found, choices, only_good=only_good, now=now)
        else:
            counts = imports.summary(found.checked)
    except OSError as error:
        _give_up(f"{file}: {error.strerror or 'cannot be read'}.")
    except DomainError as error:
        _give_up(error.message)
    except DBAPIError as error:
        _give_up(f"The database refused: {str(error.orig).splitlines()[0]}. Nothing has been saved.")
    _report(sheet, found, counts, saved=save, as_json=as_json)
    if found.checked.bad_rows and not save:
        raise SystemExit(2)


@click.command("undo-ideas")
@click.argument("import_id", type=click.IntRange(1, KEY_MAX), metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def undo_ideas(import_id: int, as_json: bool) -> None:
    """Take back the ideas of import ID that have neither a vote nor a comment."""
    try:
        with writing():
            gone, stay = imports.undo(import_id, now=clock.now())
    except DomainError as error:
        _give_up(error.message)
    if as_json:
        click.echo(json.dumps({"import": import_id, "taken_back": gone, "stay": stay}))
        return
    click.echo(f"{gone:,} ideas taken back; {stay:,} stay, because people have added to them.")


def _asked(columns: Sequence[str]) -> dict[str, str]:
    asked: dict[str, str] = {}
    for given in columns:
        field, equals, header = given.partition("=")
        if not equals:
            _give_up(f"{given!r} is no mapping. Write --column FIELD=HEADER, such as --column text=Description.")
        asked[field.strip()] = header
    return asked


def _refuse_same(file: Path, refused: Path | None) -> None:
    if refused and refused.exists() and refused.samefile(file):
        _give_up("--refused would write over the file that is imported. Name another one.")


def _write_refused(path: Path, text: str, checked: Checked) -> None:
    problems: dict[int, list[str]] = {}
    for one in checked.problems:
        problems.setdefault(one.row, []).append(f"{one.column}: {one.problem}. {one.remedy} [{one.code}]")
    sheet = open_sheet(text)
    # What is said of a row stands in front of it: behind it, a row with a cell too many would run into it.
    rows = ((row, " ".join(problems[row]), *cells) for row, cells in sheet.rows if row in problems)
    path.write_text(csv_files.as_csv([(*REFUSED, *sheet.header), *rows]), encoding="utf-8", newline="")


def _tell(line: str) -> None:
    """How far it is, for somebody who waits; a program that reads the result is not disturbed."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


def _give_up(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(1)


def _report(sheet: Sheet, found: Look, counts: dict[str, Any], *, saved: bool, as_json: bool) -> None:
    checked, used = found.checked, found.reading.columns
    if as_json:
        facts = counts | {
            "saved": saved, "problem_count": checked.problem_count,
            "problems": [finding._asdict() for finding in checked.problems[:PROBLEMS_KEPT]], "warnings": found.warnings,
            "columns": {field: sheet.header[at] for field, at in used.items()}, "columns_not_used": sheet.unused(used),
        }  # fmt: skip
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for finding in checked.problems[:PROBLEMS_KEPT]:
        click.echo(f"{finding.sentence} {finding.remedy} [{finding.code}]", err=True)
    if checked.problem_count > PROBLEMS_KEPT:
        more = checked.problem_count - PROBLEMS_KEPT
        click.echo(f"… and {more:,} more problems. --refused FILE writes every one of them down.", err=True)
    for sentence in found.warnings:
        click.echo(f"Look again: {sentence}", err=True)
    if unused := sheet.unused(used):
        click.echo(f"Columns not used: {', '.join(unused)}.", err=True)
    click.echo("Columns: " + ", ".join(f"{field} = {sheet.label(at)}" for field, at in used.items()))
    click.echo(_summary(counts, saved=saved))


def _summary(counts: dict[str, Any], *, saved: bool) -> str:
    rows = f"{counts['new']:,} new, {counts['already']:,} here already, {counts['bad']:,} bad"
    authors = f"{counts['matched']:,} known, {counts['unmatched']:,} unknown, {counts['without_author']:,} not named"
    parts = f"{counts['rows']:,} rows read: {rows}. Authors: {authors}."
    if not saved:
        return f"{parts} Nothing has been saved."
    return f"{parts} Saved as import {counts['import']}; flask import undo-ideas {counts['import']} takes it back."
