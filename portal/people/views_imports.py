"""Importing people on pages: send a file, look at the dry run, decide."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.csv_files import as_csv
from portal.errors import DomainError, Gone, Invalid
from portal.people import imports
from portal.people.access import requires, the_viewer
from portal.people.forms import ConfirmImportForm, ImportForm
from portal.people.imports import Choices
from portal.people.models import PeopleImport
from portal.people.people_changes import Plan
from portal.people.people_csv import ROWS_MAX_PAGE, Parsed, decoded
from portal.people.policy import MAY, demand
from portal.people.replies import page, refused
from portal.web.limits import takes_files
from portal.web.transactions import writing

bp = Blueprint("people_imports", __name__)
PROBLEMS_SHOWN_MAX = 100
LEAVERS_SHOWN_MAX = 50
FILE_NEEDED = "Choose a CSV file."


@bp.get("/imports/new")
@requires("people.import")
def new() -> ResponseReturnValue:
    """Choose a file."""
    return page("people/import_new.html", ImportForm(), here="people", demo=_is_demo())


@bp.post("/imports")
@requires("people.import")
@takes_files
def receive() -> ResponseReturnValue:
    """Keep the file and show what it would do."""
    form = ImportForm()
    fine = form.validate()
    if not form.file.data:
        form.file.errors = [FILE_NEEDED]
        fine = False
    if not fine:
        return page("people/import_new.html", form, status=422, here="people", demo=_is_demo())
    viewer = the_viewer()
    try:
        _demand_everywhere()
        text = decoded(form.file.data.read())
        if not text.strip() or "\x00" in text:
            sentence = "There is nothing readable in this file. Export it again as “CSV UTF-8”."
            raise Invalid("empty_file", sentence, {"file": sentence})
        with writing():
            missing, name = bool(form.deactivate_missing.data), form.file.data.filename or ""
            kept = imports.keep_file(text, name, deactivate_missing=missing, by_id=viewer.id, now=clock.now())
            import_id = kept.id
    except DomainError as error:
        return refused("people/import_new.html", form, error, here="people", demo=_is_demo())
    return redirect(url_for("people_imports.show", import_id=import_id), 303)


@bp.get("/imports/<int:import_id>")
@requires("people.import")
def show(import_id: int) -> ResponseReturnValue:
    """The dry run, or what the import did."""
    _demand_everywhere()
    kept = imports.import_for(import_id)
    if kept.applied_at is not None:
        return render_template("people/import_done.html", kept=kept, facts=json.loads(kept.summary), here="people")
    return page("people/import_show.html", ConfirmImportForm(), **_dry_run(kept))


@bp.post("/imports/<int:import_id>")
@requires("people.import")
def apply(import_id: int) -> ResponseReturnValue:
    """Import what the dry run showed."""
    _demand_everywhere()
    form, viewer = ConfirmImportForm(), the_viewer()
    kept = imports.import_for(import_id)
    if not form.validate():
        return page("people/import_show.html", form, status=422, **_dry_run(kept))
    parsed = imports.parsed_file(kept.content, rows_max=ROWS_MAX_PAGE)
    choices = Choices(bool(form.only_good.data), _wants_missing(kept), form.leaving.data)
    try:
        with writing():
            imports.apply(parsed, imports.import_for(import_id), choices, by_id=viewer.id, now=clock.now())
    except DomainError as error:
        if error.code == "already_applied":
            raise
        return refused("people/import_show.html", form, error, **_dry_run(imports.import_for(import_id)))
    flash("Imported.")
    return redirect(url_for("people_imports.show", import_id=import_id), 303)


@bp.get("/imports/<int:import_id>/problems.csv")
@requires("people.import")
def problems(import_id: int) -> ResponseReturnValue:
    """The rows with problems, to be mended and sent again."""
    _demand_everywhere()
    kept = imports.import_for(import_id)
    if kept.applied_at is not None:
        raise Gone("already_applied", "This file has been imported. Its rows are no longer kept.")
    parsed, made = _look(kept)
    answer = Response(as_csv(_bad_rows(parsed, made)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="rows-with-problems-{import_id}.csv"'
    return answer


def _bad_rows(parsed: Parsed, made: Plan) -> list[list[object]]:
    sentences: dict[int, list[str]] = {}
    for problem in made.problems:
        sentences.setdefault(problem.row, []).append(problem.sentence)
    rows: list[list[object]] = [["problem", *parsed.header]]
    return rows + [[" ".join(words), *parsed.records.get(row, [])] for row, words in sentences.items()]


def _dry_run(kept: PeopleImport) -> dict[str, Any]:
    parsed, made = _look(kept)
    return {
        "kept": kept, "plan": made, "facts": imports.summary(parsed, made), "ignored": parsed.ignored,
        "problems": made.problems[:PROBLEMS_SHOWN_MAX],
        "more_problems": max(0, len(made.problems) - PROBLEMS_SHOWN_MAX),
        "leavers": made.leaving[:LEAVERS_SHOWN_MAX], "here": "people", "wants_missing": _wants_missing(kept),
    }  # fmt: skip


def _look(kept: PeopleImport) -> tuple[Parsed, Plan]:
    parsed = imports.parsed_file(kept.content, rows_max=ROWS_MAX_PAGE)
    return parsed, imports.dry_run(parsed, deactivate_missing=_wants_missing(kept))


def _wants_missing(kept: PeopleImport) -> bool:
    return bool(json.loads(kept.summary).get("deactivate_missing"))


def _demand_everywhere() -> None:
    """A file may touch anybody, so the right is needed on the whole organisation."""
    viewer = the_viewer()
    demand(MAY, "people.import", viewer, _Top(f"/{viewer.organisation_id}/"))


class _Top:
    """The top of the tree as a subject of the policy."""

    def __init__(self, path: str) -> None:
        self.path = path


def _is_demo() -> bool:
    return current_app.config["SAYSO"].demo
