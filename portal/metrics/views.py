"""Pages of metrics: the list, one metric by week, and bringing values in."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.metrics import pages, queries, service
from portal.metrics.chart import Line, draw, values_sentence
from portal.metrics.csv_outcome import Checked
from portal.metrics.csv_table import decode
from portal.metrics.forms import ConfirmForm, StarterForm, UploadForm
from portal.metrics.metrics_csv import check
from portal.metrics.models import Metric, MetricImport
from portal.metrics.rules import latest_day
from portal.metrics.weeks import Week
from portal.metrics.words import counted
from portal.people.access import may, requires, the_viewer
from portal.web.limits import takes_files
from portal.web.transactions import writing

bp = Blueprint("metrics", __name__)
WEEKS_SHOWN = 104
PROBLEMS_SHOWN = 100


@bp.get("/metrics")
@requires("metric.list")
def index() -> ResponseReturnValue:
    """Everything that is measured."""
    return render_template("metrics/index.html", rows=queries.overview(), imports=_imports(), here="metrics")


@bp.get("/metrics/<int:metric_id>")
@requires("metric.see")
def metric(metric_id: int) -> ResponseReturnValue:
    """One metric by week: a sentence, a chart, a table."""
    found = queries.metric(metric_id)
    weeks = _weeks(found)
    points = [(week.monday, week.value) for week in weeks]
    heard = values_sentence(found.name, found.unit, points, found.decimals)
    drawings = draw(Line(points), sentence=heard, decimals=found.decimals)
    return render_template(
        "metrics/metric.html", metric=found, weeks=weeks, drawings=drawings, here="metrics",
        latest=pages.latest_words(weeks, found.decimals), rows=pages.table_rows(weeks, found.decimals),
    )  # fmt: skip


@bp.get("/metrics/<int:metric_id>.csv")
@requires("metric.see")
def metric_csv(metric_id: int) -> ResponseReturnValue:
    """The same weeks as a file."""
    found = queries.metric(metric_id)
    return _download(pages.weeks_csv(_weeks(found)), f"{found.code}.csv")


@bp.post("/metrics/starter-set")
@requires("metric.define")
def starter_set() -> ResponseReturnValue:
    """Add what most contact centres measure."""
    StarterForm().validate()
    with writing():
        added = service.add_starter_set()
    flash(f"{counted(len(added), 'metric')} added.")
    return redirect("/metrics", 303)


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
        text = decode(content)
        _checked(text)
    except Invalid as refusal:
        return _choose_page(form, {"file": refusal.message}), 422
    source = service.Source(name, hashlib.sha256(content).hexdigest())
    with writing():
        staged_id = service.stage_import(the_viewer(), text, source, now=clock.now()).id
    return redirect(f"/metrics/imports/{staged_id}", 303)


@bp.get("/metrics/imports/<int:import_id>")
@requires("metric.import")
def look(import_id: int) -> ResponseReturnValue:
    """The dry run, or what came of it."""
    return _look_page(import_id, {})


@bp.post("/metrics/imports/<int:import_id>/confirmation")
@requires("metric.import")
def confirm(import_id: int) -> ResponseReturnValue:
    """Save what the dry run showed. A second click changes nothing and shows the same outcome."""
    form = ConfirmForm()
    form.validate()
    staged = queries.staged_import(import_id)
    if staged.applied_at is not None:
        return redirect(f"/metrics/imports/{import_id}", 303)
    checked = _checked(service.staged_text(staged))
    only_good = bool(form.only_good.data)
    try:
        with writing():
            service.confirm_import(the_viewer(), import_id, checked, only_good=only_good, now=clock.now())
    except Invalid as refusal:
        return _look_page(import_id, {"": refusal.message}), 422
    return redirect(f"/metrics/imports/{import_id}", 303)


@bp.get("/metrics/imports/<int:import_id>/problems.csv")
@requires("metric.import")
def problems(import_id: int) -> ResponseReturnValue:
    """The problems as a file."""
    checked = _checked(service.staged_text(queries.staged_import(import_id)))
    return _download(pages.problems_csv(checked.problems), f"problems-{import_id}.csv")


def _choose_page(form: UploadForm, extra: dict[str, str]) -> str:
    known = queries.known(latest_day(clock.now()))
    codes, today = _codes(), clock.now().date()
    rows = pages.sample(codes, known.sites, today=today)
    return render_template("metrics/import_new.html", form=form, extra=extra, problem=bool(extra or form.errors),
                           codes=codes, sites=known.sites, sample=rows, here="metrics")  # fmt: skip


def _look_page(import_id: int, extra: dict[str, str]) -> str:
    staged = queries.staged_import(import_id)
    if staged.applied_at is not None:
        summary = json.loads(staged.summary)
        names = {found.id: found for found in queries.metrics()}
        measured = [names[metric_id] for metric_id in summary.get("metrics", ()) if metric_id in names]
        return render_template("metrics/import_done.html", staged=staged, summary=summary, measured=measured,
                               outcome=pages.outcome_words(summary), here="metrics")  # fmt: skip
    checked = _checked(service.staged_text(staged))
    return render_template(
        "metrics/import_look.html", staged=staged, checked=checked, extra=extra, problem=bool(extra), here="metrics",
        tally=queries.tally(checked.entries, bad=len(checked.bad_rows)), previews=_previews(checked),
        shown=checked.problems[:PROBLEMS_SHOWN], before=queries.imported_before(staged.sha256, but=import_id),
    )  # fmt: skip


def _previews(checked: Checked) -> list[pages.Preview]:
    site_of = queries.site_of_places()
    used = {entry.metric_id for entry in checked.entries}
    return [_preview(found, checked, site_of) for found in queries.metrics() if found.id in used][: pages.PREVIEWS_MAX]


def _preview(found: Metric, checked: Checked, site_of: dict[int, tuple[int, bool]]) -> pages.Preview:
    entries = [entry for entry in checked.entries if entry.metric_id == found.id]
    last = max(entry.day for entry in entries)
    first = max(min(entry.day for entry in entries), last - timedelta(weeks=WEEKS_SHOWN))
    stored = queries.weekly(found.id, None, first, last)
    return pages.preview(found.name, found.unit, found.decimals, entries, site_of, stored)


def _weeks(found: Metric) -> list[Week]:
    last = queries.last_day(found.id)
    return queries.weekly(found.id, None, last - timedelta(weeks=WEEKS_SHOWN), last) if last else []


def _checked(text: str) -> Checked:
    today = latest_day(clock.now())
    return check(text, queries.known(today), today=today)


def _codes() -> list[str]:
    return [found.code for found in queries.metrics()]


def _imports() -> list[tuple[MetricImport, dict[str, Any]]]:
    if not may("metric.import"):
        return []
    return [(staged, json.loads(staged.summary)) for staged in queries.recent_imports()]


def _download(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=headers)
