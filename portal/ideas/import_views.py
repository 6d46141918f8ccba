"""Bringing earlier ideas along on pages: send a file, say which column means what, look at the dry run, decide."""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock, csv_files
from portal.csv_files import as_csv, shown
from portal.db import db
from portal.errors import Conflict, DomainError, Invalid
from portal.ideas import imports
from portal.ideas.earlier_columns import FIELDS, Sheet, open_sheet, refuse_unclear
from portal.ideas.earlier_csv import PROBLEMS_KEPT, ROWS_MAX_PAGE, SOURCE, Entry
from portal.ideas.import_forms import ButtonForm, ColumnsForm, ConfirmForm, UploadForm
from portal.ideas.imports import Choices, Look
from portal.ideas.models import IdeaImport
from portal.people import queries as people
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.web.limits import takes_files
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("idea_imports", __name__)
ROWS_PREVIEWED = 5
SAMPLE_CHARS = 40
NEW, LOOK = "ideas/import_new.html", "ideas/import_look.html"


@bp.get("/ideas/imports/new")
@requires("idea.import")
def choose_file() -> ResponseReturnValue:
    """Choose a file."""
    imports.demand_everywhere(the_viewer())
    return page(NEW, UploadForm(), here="board")


@bp.post("/ideas/imports")
@requires("idea.import")
@takes_files
def upload() -> ResponseReturnValue:
    """Keep the file and show what it would do; nothing is imported yet."""
    viewer, form = the_viewer(), UploadForm()
    imports.demand_everywhere(viewer)
    if not form.validate():
        return page(NEW, form, status=422, here="board")
    content, name = form.file.data.read(), form.file.data.filename or ""
    try:
        text, encoding = csv_files.decode(content)
        file = imports.File(text, name, hashlib.sha256(content).hexdigest(), encoding)
        with writing():
            import_id = imports.keep_file(viewer, file, now=clock.now()).id
    except Invalid as error:
        return refused(NEW, form, Invalid(error.code, error.message, {"file": error.message}), here="board")
    return redirect(url_for("idea_imports.look", import_id=import_id), 303)


@bp.get("/ideas/imports/<int:import_id>")
@requires("idea.import")
def look(import_id: int) -> ResponseReturnValue:
    """The columns and the dry run, or what the import did."""
    kept = imports.import_for(the_viewer(), import_id)
    if kept.applied_at is not None:
        return render_template("ideas/import_done.html", kept=kept, facts=json.loads(kept.summary), here="board")
    return _look_page(kept, ColumnsForm.of(imports.choices_of(kept)))


@bp.post("/ideas/imports/<int:import_id>/columns")
@requires("idea.import")
def columns(import_id: int) -> ResponseReturnValue:
    """Say which column means what; the dry run follows."""
    viewer = the_viewer()
    kept = imports.import_for(viewer, import_id)
    form, sheet = ColumnsForm(), open_sheet(imports.file_of(kept).text)
    form.offer(_labels(sheet))
    if not form.validate():
        return _look_page(kept, form, status=422)
    try:
        _refuse(sheet, form.choices)
        with writing():
            imports.choose(viewer, import_id, form.choices)
    except Invalid as error:
        return _look_page(imports.import_for(viewer, import_id), form, error=error)
    return redirect(url_for("idea_imports.look", import_id=import_id), 303)


@bp.post("/ideas/imports/<int:import_id>/confirmation")
@requires("idea.import")
def confirm(import_id: int) -> ResponseReturnValue:
    """Bring in what the dry run showed. A second click changes nothing and shows the same outcome."""
    viewer, form = the_viewer(), ConfirmForm()
    kept = imports.import_for(viewer, import_id)
    form.validate()
    here = url_for("idea_imports.look", import_id=import_id)
    if kept.applied_at is not None:
        return redirect(here, 303)
    try:
        found = _dry_run(kept)
        with writing():
            imports.apply(viewer, import_id, found, only_good=bool(form.only_good.data), now=clock.now())
    except Invalid as error:
        kept = imports.import_for(viewer, import_id)
        return _look_page(kept, ColumnsForm.of(imports.choices_of(kept)), error=error)
    except Conflict:
        return redirect(here, 303)
    flash("Brought along.")
    return redirect(here, 303)


@bp.post("/ideas/imports/<int:import_id>/undo")
@requires("idea.import")
def undo(import_id: int) -> ResponseReturnValue:
    """Take back what the import brought and nobody has added to."""
    ButtonForm().validate()
    try:
        with writing():
            gone, stay = imports.undo_for(the_viewer(), import_id, now=clock.now())
    except Conflict as refusal:
        flash(refusal.message)
    else:
        flash(
            f"{gone:,} {'idea' if gone == 1 else 'ideas'} taken back; {stay:,} stay, because people have added to them."
        )
    return redirect(url_for("idea_imports.look", import_id=import_id), 303)


@bp.get("/ideas/imports/<int:import_id>/problems.csv")
@requires("idea.import")
def problems(import_id: int) -> ResponseReturnValue:
    """The problems as a file."""
    kept = imports.import_for(the_viewer(), import_id)
    found = _dry_run(kept, problems_max=ROWS_MAX_PAGE * len(FIELDS)).checked.problems
    rows = [[one.row, one.column, one.value, one.code, one.problem, one.remedy] for one in found]
    answer = Response(as_csv([["row", "column", "value", "code", "problem", "what to do"], *rows]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="problems-{import_id}.csv"'
    return answer


def _refuse(sheet: Sheet, choices: Choices) -> None:
    refuse_unclear(sheet, choices.columns)
    if not SOURCE.fullmatch(choices.source):
        words = "Write up to 20 small letters, digits and hyphens, such as idea-box."
        raise Invalid("source_unreadable", words, {"source": words})


def _look_page(
    kept: IdeaImport, form: ColumnsForm, *, status: int = 200, error: DomainError | None = None
) -> ResponseReturnValue:
    sheet = open_sheet(imports.file_of(kept).text)
    form.offer(_labels(sheet))
    facts: dict[str, Any] = {"kept": kept, "fields": FIELDS, "found": None, "refusal": None, "here": "board"}
    try:
        found = _dry_run(kept)
        facts |= {"found": found, "facts": imports.summary(found.checked), "preview": _preview(found),
                  "unused": sheet.unused(found.reading.columns)}  # fmt: skip
    except Invalid as broken:
        facts["refusal"] = broken
    if error is not None:
        status = status_of(error)
        return refused(LOOK, form, error, **facts)
    return page(LOOK, form, status=status, **facts)


def _dry_run(kept: IdeaImport, *, problems_max: int = PROBLEMS_KEPT) -> Look:
    file = imports.file_of(kept)
    reading, known = imports.prepare(imports.choices_of(kept), now=clock.now())
    db.session.rollback()
    sheet = open_sheet(file.text)
    return imports.look(file, sheet, reading, known, rows_max=ROWS_MAX_PAGE, problems_max=problems_max)


def _labels(sheet: Sheet) -> list[str]:
    """The columns, each with what its first row holds."""
    try:
        _, first = next(sheet.rows, (0, []))
    except Invalid:
        first = []
    return [_label(sheet, at, first[at] if at < len(first) else "") for at in range(len(sheet.header))]


def _label(sheet: Sheet, at: int, cell: str) -> str:
    sample = shown(cell)
    sample = sample if len(sample) <= SAMPLE_CHARS else f"{sample[:SAMPLE_CHARS].rstrip('…')}…"
    return f"{sheet.label(at)}: {sample}" if sample else sheet.label(at)


def _preview(found: Look) -> list[list[str]]:
    sites = {site.id: site.name for site in people.sites()}
    return [_row(entry, found, sites) for entry in found.checked.entries[:ROWS_PREVIEWED]]


def _row(entry: Entry, found: Look, sites: dict[int, str]) -> list[str]:
    author = "Nobody we know" if entry.person_id is None else "Shown" if found.reading.show_names else "Hidden"
    day = entry.said_at.astimezone(found.reading.calendar.zone).date().isoformat() if entry.said_at else "Today"
    sorted_as = f"{entry.kind.label}, {entry.barrier.label.lower()}"
    return [entry.title, entry.say, sorted_as, sites.get(entry.site_id or 0, "–"), author, day, f"{entry.votes:,}",
            entry.state or "–"]  # fmt: skip
