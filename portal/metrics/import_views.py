"""Pages on which values are brought in: choose a file, look at what it would do, save, take back."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Gone, Invalid
from portal.metrics import pages, queries, service, undo
from portal.metrics.csv_outcome import Checked
from portal.metrics.csv_table import guessed, header_and_sample
from portal.metrics.files import Upload, read_upload
from portal.metrics.forms import ButtonForm, ColumnsForm, ConfirmForm, UploadForm
from portal.metrics.metrics_csv import ROWS_MAX_PAGE, check
from portal.metrics.models import Metric, MetricImport, MetricKind
from portal.metrics.rules import latest_day
from portal.people.access import requires, the_viewer
from portal.web.limits import takes_files
from portal.web.transactions import writing

bp = Blueprint("metric_imports", __name__)
WEEKS_SHOWN = 104
PROBLEMS_SHOWN = 100
UNCLEAR = ("column_missing", "column_twice")  # a person can say which column means what


@bp.get("/metrics/imports/new")
@requires("metric.import")
def choose_file() -> ResponseReturnValue:
    """Choose a file."""
    return _choose_page(UploadForm(), {}), 200


@bp.get("/metrics/imports/template.csv")
@requires("metric.import")
def template() -> ResponseReturnValue:
    """A file to fill in."""
    known = queries.known(latest_day(clock.now()))
    return _download(pages.template_csv(_codes(), known.sites, today=clock.now().date()), "metrics.csv")


@bp.post("/metrics/imports")
@requires("metric.import")
@takes_files
def upload() -> ResponseReturnValue:
    """Keep the file and show what it would do; nothing is imported yet."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _choose_page(form, {}), 422
    content, name = form.file.data.read(), form.file.data.filename or "metrics.csv"
    try:
        read = read_upload(content, rows_max=ROWS_MAX_PAGE)
        _refuse_hopeless(read.text)
    except Invalid as refusal:
        return _choose_page(form, {"file": refusal.message}), 422
    source = service.Source(name, hashlib.sha256(content).hexdigest())
    with writing():
        staged_id = service.stage_import(
            the_viewer(), read.text, source, sheet=_sheet_words(read), now=clock.now()
        ).id  # fmt: skip
    return redirect(f"/metrics/imports/{staged_id}", 303)


@bp.get("/metrics/imports/<int:import_id>")
@requires("metric.import")
def look(import_id: int) -> ResponseReturnValue:
    """The dry run, or what came of it."""
    return _look_page(import_id, {})


@bp.post("/metrics/imports/<int:import_id>/columns")
@requires("metric.import")
def columns(import_id: int) -> ResponseReturnValue:
    """Say which column means what; the dry run follows."""
    staged, form = queries.staged_import(import_id), ColumnsForm()
    form.offer(_labels(service.staged_text(staged)), queries.metrics())
    if not form.validate():
        return _look_page(import_id, {}, form), 422
    try:
        with writing():
            service.choose_columns(the_viewer(), import_id, form.layout())
    except Invalid as refusal:
        return _look_page(import_id, dict(refusal.fields) or {"": refusal.message}, form), 422
    return redirect(f"/metrics/imports/{import_id}", 303)


@bp.post("/metrics/imports/<int:import_id>/confirmation")
@requires("metric.import")
def confirm(import_id: int) -> ResponseReturnValue:
    """Save what the dry run showed. A second click changes nothing and shows the same outcome."""
    form = ConfirmForm()
    form.validate()
    staged = queries.staged_import(import_id)
    if staged.applied_at is not None:
        return redirect(f"/metrics/imports/{import_id}", 303)
    only_good = bool(form.only_good.data)
    try:
        checked = _checked(staged)
        with writing():
            service.confirm_import(the_viewer(), import_id, checked, only_good=only_good, now=clock.now())
    except Invalid as refusal:
        return _look_page(import_id, {"": refusal.message}), 422
    return redirect(f"/metrics/imports/{import_id}", 303)


@bp.get("/metrics/imports/<int:import_id>/problems.csv")
@requires("metric.import")
def problems(import_id: int) -> ResponseReturnValue:
    """The problems as a file."""
    checked = _checked(queries.staged_import(import_id))
    return _download(pages.problems_csv(checked.problems), f"problems-{import_id}.csv")


@bp.get("/metrics/imports/<int:import_id>/bad-rows.csv")
@requires("metric.import")
def bad_rows(import_id: int) -> ResponseReturnValue:
    """The rows with problems as they stand in the file, to mend and send again."""
    staged = queries.staged_import(import_id)
    return _download(pages.bad_rows_csv(service.staged_text(staged), _checked(staged)), f"bad-rows-{import_id}.csv")


@bp.post("/metrics/imports/<int:import_id>/undo")
@requires("metric.import")
def take_back(import_id: int) -> ResponseReturnValue:
    """Restore what was before this import."""
    ButtonForm().validate()
    try:
        with writing():
            made = undo.undo_import(the_viewer(), import_id, now=clock.now())
            said = pages.undone_words(json.loads(made.summary))
    except (Conflict, Gone) as refusal:
        flash(refusal.message)
        return redirect(f"/metrics/imports/{import_id}", 303)
    flash(said)
    return redirect(f"/metrics/imports/{import_id}", 303)


def _choose_page(form: UploadForm, extra: dict[str, str]) -> str:
    known = queries.known(latest_day(clock.now()))
    codes, today = _codes(), clock.now().date()
    rows = pages.sample(codes, known.sites, today=today)
    return render_template("metrics/import_new.html", form=form, extra=extra, problem=bool(extra or form.errors),
                           codes=codes, sites=known.sites, sample=rows, here="metrics")  # fmt: skip


def _look_page(import_id: int, extra: dict[str, str], form: ColumnsForm | None = None) -> str:
    staged = queries.staged_import(import_id)
    if staged.applied_at is not None:
        return _done_page(staged)
    facts = _read_so_far(staged)
    if form is None:
        form = _columns_form(staged)
    return render_template("metrics/import_look.html", staged=staged, extra=extra, form=form,
                           sheet=json.loads(staged.summary).get("sheet", ""), problem=bool(extra or form.errors),
                           here="metrics", **facts)  # fmt: skip


def _read_so_far(staged: MetricImport) -> dict[str, Any]:
    """What the file would do, or why nobody can tell yet which column means what."""
    try:
        checked = _checked(staged)
    except Invalid as unclear:
        return {"checked": None, "unclear": unclear.message}
    return {
        "checked": checked, "unclear": "", "tally": queries.tally(checked.entries, bad=len(checked.bad_rows)),
        "previews": _previews(checked), "shown": checked.problems[:PROBLEMS_SHOWN],
        "before": queries.imported_before(staged.sha256, but=staged.id),
    }  # fmt: skip


def _done_page(staged: MetricImport) -> str:
    summary = json.loads(staged.summary)
    names = {found.id: found for found in queries.metrics()}
    measured = [names[metric_id] for metric_id in summary.get("metrics", ()) if metric_id in names]
    return render_template(
        "metrics/import_done.html", staged=staged, summary=summary, measured=measured, here="metrics",
        outcome=pages.outcome_words(summary), may_undo=undo.undo_refusal(staged, clock.now()) is None,
        undo_until=(staged.applied_at or clock.now()) + undo.UNDO_FOR,
    )  # fmt: skip


def _columns_form(staged: MetricImport) -> ColumnsForm:
    text, layout = service.staged_text(staged), service.layout_of(staged)
    form = ColumnsForm(formdata=None)
    form.offer(_labels(text), queries.metrics())
    form.show(dict(layout.columns) if layout else guessed(header_and_sample(text)[0]), layout.metric if layout else "")
    return form


def _labels(text: str) -> list[str]:
    """The columns, each with what its first row holds."""
    return pages.column_labels(*header_and_sample(text))


def _refuse_hopeless(text: str) -> None:
    """Raise Invalid for a file that no choice of columns makes readable."""
    today = latest_day(clock.now())
    try:
        check(text, queries.known(today), today=today)
    except Invalid as refusal:
        header, sample = header_and_sample(text)
        if refusal.code not in UNCLEAR or not sample or sum(bool(cell.strip()) for cell in header) < 3:
            raise


def _sheet_words(read: Upload) -> str:
    if not read.others:
        return ""
    return f"Only the first sheet was read: {read.sheet[:60]}. The workbook has {read.others} more."


def _previews(checked: Checked) -> list[pages.Preview]:
    site_of = queries.site_of_places()
    used = {entry.metric_id for entry in checked.entries}
    return [_preview(found, checked, site_of) for found in queries.metrics() if found.id in used][: pages.PREVIEWS_MAX]


def _preview(found: Metric, checked: Checked, site_of: dict[int, tuple[int, bool]]) -> pages.Preview:
    entries = [entry for entry in checked.entries if entry.metric_id == found.id]
    last = max(entry.day for entry in entries)
    first = max(min(entry.day for entry in entries), last - timedelta(weeks=WEEKS_SHOWN))
    summed = found.kind is MetricKind.COUNT
    stored = queries.weekly(found.id, None, first, last, summed=summed)
    return pages.preview(found.name, found.unit, found.decimals, entries, site_of, stored, summed=summed)


def _checked(staged: MetricImport) -> Checked:
    today = latest_day(clock.now())
    return check(service.staged_text(staged), queries.known(today), today=today, layout=service.layout_of(staged))


def _codes() -> list[str]:
    return [found.code for found in queries.metrics()]


def _download(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=headers)
