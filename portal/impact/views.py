"""Results: what happened after a promise was kept."""

import csv
import io

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.impact import queries
from portal.metrics.rules import latest_day
from portal.metrics.words import day_words
from portal.people.access import requires, the_viewer
from portal.web.paging import cut, decode_cursor

bp = Blueprint("results", __name__)
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a CSV for Windows-1252 without it


@bp.get("/results")
@requires("result.list")
def index() -> ResponseReturnValue:
    """Every change that is live and measured, newest first."""
    after = decode_cursor(request.args.get("after"), int)
    rows = queries.results_for(the_viewer(), before=after[0] if after else None)
    shown, following = cut(rows, queries.RESULTS_A_PAGE, lambda row: (row.delivery_id,))
    next_href = url_for("results.index", after=following) if following else None
    return render_template("impact/results.html", rows=shown, next_href=next_href, day_words=day_words, here="results")


@bp.get("/results/<int:commitment_id>")
@requires("result.see")
def result(commitment_id: int) -> ResponseReturnValue:
    """What happened after one promise."""
    row, happened = queries.result_for(the_viewer(), commitment_id, today=latest_day(clock.now()))
    return render_template("impact/result.html", row=row, happened=happened, here="results")


@bp.get("/results/<int:commitment_id>.csv")
@requires("result.see")
def result_csv(commitment_id: int) -> ResponseReturnValue:
    """The same weeks as a file."""
    _row, happened = queries.result_for(the_viewer(), commitment_id, today=latest_day(clock.now()))
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["week_from", "with_value", "with_n", "with_sites", "without_value", "without_n", "without_sites"])
    for monday, one, two in happened.weeks:
        cells = [cell for week in (one, two) for cell in ((week.value, week.n, week.sites) if week else ("", "", ""))]
        out.writerow([monday.isoformat(), *("" if cell is None else cell for cell in cells)])
    headers = {"Content-Disposition": f'attachment; filename="result-{commitment_id}.csv"'}
    return Response(BYTE_ORDER_MARK + text.getvalue(), mimetype="text/csv", headers=headers)
