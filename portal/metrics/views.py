"""Pages of metrics: the list, and one metric by week with what else happened."""

import json
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.errors import Missing
from portal.metrics import definition_queries, pages, queries, service
from portal.metrics.chart import Line, draw, values_sentence
from portal.metrics.definition_rules import since_words, survey_load, value_words
from portal.metrics.forms import ButtonForm
from portal.metrics.models import Metric, MetricImport
from portal.metrics.notes_rules import KIND_WORDS, days_words
from portal.metrics.weeks_shown import Part, answers_lately, notes_of, weeks_of
from portal.metrics.words import counted
from portal.people.access import may, requires
from portal.web.fields import asked_number
from portal.web.transactions import writing

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
@requires("metric.list")
def index() -> ResponseReturnValue:
    """Everything that is measured."""
    defines = may("metric.define")
    return render_template(
        "metrics/index.html", rows=queries.overview(), imports=_imports(), here="metrics",
        missing=definition_queries.missing_from_starter_set() if defines else 0,
        retired=definition_queries.retired() if defines else (),
    )  # fmt: skip


@bp.get("/metrics/<int:metric_id>")
@requires("metric.see")
def metric(metric_id: int) -> ResponseReturnValue:
    """One metric by week: a sentence, a chart, a table, what else happened, how it is counted."""
    found = queries.metric(metric_id)
    part, sites = _part(), definition_queries.reporting_sites(found.id)
    if part.site_id is not None and part.site_id not in {row.id for row in sites}:
        raise Missing("site")
    weeks = weeks_of(found, part)
    notes = notes_of(found, weeks, part)
    points = [(week.monday, week.value) for week in weeks]
    heard = values_sentence(found.name, found.unit, points, found.decimals)
    drawings = draw(Line(points), sentence=heard, decimals=found.decimals, spans=pages.spans(notes))
    return render_template(
        "metrics/metric.html", metric=found, weeks=weeks, drawings=drawings, here="metrics", part=part, sites=sites,
        reasons=definition_queries.reasons(found.id), notes=notes, kinds=KIND_WORDS, days=days_words,
        latest=pages.latest_words(weeks, found.decimals), rows=pages.table_rows(weeks, found.decimals),
        load=survey_load(found.survey_note, answers_lately(weeks)), worth=_worth(found), since=since_words,
        versions=definition_queries.versions(found.id),
    )  # fmt: skip


@bp.get("/metrics/<int:metric_id>.csv")
@requires("metric.see")
def metric_csv(metric_id: int) -> ResponseReturnValue:
    """The same weeks as a file."""
    found = queries.metric(metric_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.code}.csv"'}
    return Response(pages.weeks_csv(weeks_of(found, _part())), mimetype="text/csv", headers=headers)


@bp.post("/metrics/starter-set")
@requires("metric.define")
def starter_set() -> ResponseReturnValue:
    """Add what most contact centres measure and is not there yet."""
    ButtonForm().validate()
    with writing():
        added = service.add_starter_set()
    flash(f"{counted(len(added), 'metric')} added." if added else "The whole starter set is there already.")
    return redirect("/metrics", 303)


def _part() -> Part:
    reason = (request.args.get("reason") or "").strip()[:80]
    return Part(asked_number("site"), reason or None)


def _worth(found: Metric) -> str:
    if found.unit_value_minor is None:
        return ""
    by = definition_queries.value_owner_name(found)
    return value_words(found.unit_value_minor, found.currency or "", found.unit, by)


def _imports() -> list[tuple[MetricImport, dict[str, Any]]]:
    if not may("metric.import"):
        return []
    return [(staged, json.loads(staged.summary)) for staged in queries.recent_imports()]
