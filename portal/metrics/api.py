"""The interface to metrics: what is measured, and bringing in what was measured."""

import hashlib
from datetime import timedelta

from flask import Response, request
from werkzeug.routing import BaseConverter

from portal import clock
from portal.metrics import lists, pushing, queries, service
from portal.metrics.api_shapes import (
    CodePath,
    FullMetricShown,
    ImportShown,
    MetricSent,
    MetricShown,
    ObservationsAsked,
    ObservationShown,
    PushedShown,
    RowsSent,
    StarterShown,
    import_shown,
    metric_facts,
    observation_shown,
    problem_shown,
    week_shown,
)
from portal.metrics.push_rules import Pushed, judge_rows
from portal.metrics.rules import CODE, latest_day
from portal.metrics.weeks import Week
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import PageAsked, api, listed, page_of, shown
from portal.web.limits import takes_many_rows

bp = api("metrics", "What is measured, and bringing in what was measured.")
WEEKS_SHOWN = 104


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
def see_metric(path: CodePath) -> Response:
    """One metric with its last two years by week, all sites together."""
    found = lists.metric_and_reach(queries.metric_called(path.code).id)
    weeks: list[Week] = []
    if found.last_day:
        first = found.last_day - timedelta(weeks=WEEKS_SHOWN)
        weeks = queries.weekly(found.Metric.id, None, first, found.last_day)
    return shown(FullMetricShown(**metric_facts(*found), weeks=[week_shown(week) for week in weeks]))


@bp.post("/metrics", responses={201: MetricShown})
@requires("metric.define", scope=Scope.METRICS_WRITE)
def define_metric(body: MetricSent) -> Response:
    """Define a metric of one's own (409 `metric_code_taken`)."""

    def verb() -> MetricShown:
        made = service.define_metric(
            body.code, body.name, body.unit, body.direction, decimals=body.decimals, note=body.note,
            position=body.position,
        )  # fmt: skip
        return MetricShown(**metric_facts(made, None, 0))

    return once(verb, status=201)


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
        queries.metric_called(path.code).id, site=query.site, since=query.since, until=query.until,
        limit=query.limit, cursor=query.cursor,
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


def _judged(body: RowsSent, metric_id: int) -> Pushed:
    rows = [sent.row() for sent in body.rows]
    return judge_rows(rows, metric_id, places=queries.place_spellings(), today=latest_day(clock.now()))
