"""The interface to metrics: what is measured, and bringing in what was measured."""

import hashlib
import json

from flask import Response, request
from sqlalchemy import select
from werkzeug.routing import BaseConverter

from portal import clock
from portal.metrics import definitions, lists, pushing, queries, service, undo
from portal.metrics.api_definition_shapes import (
    DefinitionShown,
    MetricChange,
    MetricSent,
    MetricShown,
    definition_shown,
    metric_facts,
)
from portal.metrics.api_shapes import (
    CodePath,
    FullMetricShown,
    ImportShown,
    ObservationsAsked,
    ObservationShown,
    PushedShown,
    RowsSent,
    StarterShown,
    UndoneShown,
    WeeksAsked,
    import_shown,
    note_in_weeks,
    observation_shown,
    problem_shown,
    week_shown,
)
from portal.metrics.definition_queries import versions_page
from portal.metrics.definition_rules import survey_load
from portal.metrics.models import Metric
from portal.metrics.push_rules import Pushed, judge_rows
from portal.metrics.rules import CODE, latest_day
from portal.metrics.weeks_shown import Part, answers_lately, notes_of, weeks_of
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import NumberPath, PageAsked, api, demand_unchanged, listed, page_of, shown
from portal.web.limits import takes_many_rows
from portal.web.transactions import writing

bp = api("metrics", "What is measured, and bringing in what was measured.")


class CodeInAddress(BaseConverter):
    """The code of a metric: it has no hyphen, so that `/metrics/starter-set` is never taken for one."""

    regex = CODE.pattern


bp.record_once(lambda state: state.app.url_map.converters.update(code=CodeInAddress))


@bp.get("/metrics", responses={200: page_of(MetricShown)})
@requires("metric.list", scope=Scope.METRICS_READ)
def list_metrics(query: PageAsked) -> Response:
    """Everything that is measured, value before time."""
    rows, following = lists.metrics_page(limit=query.limit, cursor=query.cursor)
    return listed([MetricShown(**metric_facts(*row)) for row in rows], following)


@bp.get("/metrics/<code:code>", responses={200: FullMetricShown})
@requires("metric.see", scope=Scope.METRICS_READ)
def see_metric(path: CodePath, query: WeeksAsked) -> Response:
    """One metric with its last two years by week: all sites together, or one site or contact reason.

    Of one site or reason, weeks with fewer than ten contacts or answers are left out.
    """
    found = lists.metric_and_reach(queries.metric_called(path.code).id)
    part = Part(query.site, query.reason)
    weeks = weeks_of(found.Metric, part)
    return shown(FullMetricShown(
        **metric_facts(*found), weeks=[week_shown(week) for week in weeks],
        survey_load=survey_load(found.Metric.survey_note, answers_lately(weeks)),
        notes=[note_in_weeks(note) for note in notes_of(found.Metric, weeks, part)],
    ))  # fmt: skip


@bp.post("/metrics", responses={201: MetricShown})
@requires("metric.define", scope=Scope.METRICS_WRITE)
def define_metric(body: MetricSent) -> Response:
    """Define a metric of one's own (409 `metric_code_taken`, 422 `unknown_value_owner`)."""

    def verb() -> MetricShown:
        made = definitions.define(the_viewer(), body.code, body.facts(), now=clock.now())
        return MetricShown(**metric_facts(made, None, 0))

    return once(verb, status=201)


@bp.put("/metrics/<code:code>", responses={200: MetricShown}, openapi_extensions={"x-takes-if-match": True})
@requires("metric.define", scope=Scope.METRICS_WRITE)
def change_metric(path: CodePath, body: MetricChange) -> Response:
    """Say what a metric is from now on; counted in another way it gets a new version and a note in the calendar.

    422 `since_in_future`, `since_too_early`, `unknown_value_owner`.
    """
    with writing():
        demand_unchanged(
            select(Metric.id).where(Metric.code == path.code),
            lambda: _metric_shown(queries.metric_called(path.code)),
        )  # fmt: skip
        metric = queries.metric_called(path.code)
        definitions.change(the_viewer(), metric, body.facts(), since=body.since, now=clock.now())
        answer = _metric_shown(metric)
    return shown(answer)


@bp.put("/metrics/<code:code>/retirement", responses={204: None})
@requires("metric.define", scope=Scope.METRICS_WRITE)
def retire_metric(path: CodePath) -> tuple[str, int]:
    """Take a metric out of lists and choices; its values stay."""
    with writing():
        definitions.retire(the_viewer(), queries.metric_called(path.code), now=clock.now())
    return "", 204


@bp.delete("/metrics/<code:code>/retirement", responses={204: None})
@requires("metric.define", scope=Scope.METRICS_WRITE)
def bring_metric_back(path: CodePath) -> tuple[str, int]:
    """Put a retired metric into lists and choices again."""
    with writing():
        definitions.bring_back(the_viewer(), queries.metric_called(path.code), now=clock.now())
    return "", 204


@bp.get("/metrics/<code:code>/definitions", responses={200: page_of(DefinitionShown)})
@requires("metric.see", scope=Scope.METRICS_READ)
def list_metric_definitions(path: CodePath, query: PageAsked) -> Response:
    """How a metric was counted, the newest version first; nothing while it is as the starter set brought it."""
    metric = queries.metric_called(path.code)
    rows, following = versions_page(metric.id, limit=query.limit, cursor=query.cursor)
    return listed([definition_shown(row) for row in rows], following)


@bp.post("/metrics/starter-set", responses={200: StarterShown})
@requires("metric.define", scope=Scope.METRICS_WRITE)
def add_starter_set() -> Response:
    """Add what most contact centres measure; a code that is taken stays as it is."""
    return once(lambda: StarterShown(added=[made.code for made in service.add_starter_set()]))


@bp.get("/metrics/<code:code>/observations", responses={200: page_of(ObservationShown)})
@requires("metric.import", scope=Scope.METRICS_READ)
def list_observations(path: CodePath, query: ObservationsAsked) -> Response:
    """Every single value, in the order in which they came; for those who may bring them in.

    A later revision takes the place of an earlier one, which stays in the list with `counts` false.
    """
    rows, following = lists.observations_page(
        queries.metric_called(path.code).id, site=query.site, reason=query.reason, since=query.since,
        until=query.until, limit=query.limit, cursor=query.cursor,
    )  # fmt: skip
    return listed([observation_shown(row) for row in rows], following)


@bp.post("/metrics/<code:code>/observations", responses={200: PushedShown})
@requires("metric.import", scope=Scope.METRICS_WRITE)
@takes_many_rows
def push_observations(path: CodePath, body: RowsSent) -> Response:
    """Bring in up to 2,000 values; nothing is saved unless every row is good or `only_good` is sent.

    422 `rows_have_problems` names each row in `fields` (`rows.3.site`: `unknown_site`, `ambiguous_site`;
    `rows.3.day`: `day_in_future`, `day_too_early`, `repeated_row`; `rows.3.reason`: `reason_is_a_formula`), the first
    100 of them; `no_good_rows` where none is left. A body of up to 2 MB is taken.
    """
    viewer, now = the_viewer(), clock.now()
    sha256 = hashlib.sha256(request.get_data(cache=True)).hexdigest()

    def verb() -> PushedShown:
        metric = queries.metric_called(path.code)
        pushed = _judged(body, metric.id)
        tally, source = pushing.push(viewer, metric, pushed, sha256=sha256, only_good=body.only_good, now=now)
        return PushedShown(
            new=tally.new, revised=tally.revised, unchanged=tally.unchanged, bad=tally.bad, source=source,
            problems=[problem_shown(problem) for problem in pushed.problems],
        )  # fmt: skip

    return once(verb)


@bp.get("/metric-imports", responses={200: page_of(ImportShown)})
@requires("metric.import", scope=Scope.METRICS_READ)
def list_metric_imports(query: PageAsked) -> Response:
    """Where the values came from, the newest first."""
    found, following = lists.imports_page(limit=query.limit, cursor=query.cursor)
    return listed([import_shown(one) for one in found], following)


@bp.post("/metric-imports/<int:number>/undo", responses={200: UndoneShown})
@requires("metric.import", scope=Scope.METRICS_WRITE)
def undo_metric_import(path: NumberPath) -> Response:
    """Restore what was before an import, for 24 hours after it (410 `undo_too_late`, 409 `import_undone_already`).

    Further revisions do it: nothing is deleted. 409 `undo_of_an_undo` for an import that took another back.
    """

    def verb() -> UndoneShown:
        made = undo.undo_import(the_viewer(), path.number, now=clock.now())
        sums = json.loads(made.summary)
        return UndoneShown(number=made.id, restored=sums["restored"], withdrawn=sums["withdrawn"], kept=sums["kept"])

    return once(verb)


def _metric_shown(metric: Metric) -> MetricShown:
    return MetricShown(**metric_facts(*lists.metric_and_reach(metric.id)))


def _judged(body: RowsSent, metric_id: int) -> Pushed:
    rows = [sent.row() for sent in body.rows]
    return judge_rows(rows, metric_id, places=queries.place_spellings(), today=latest_day(clock.now()))
