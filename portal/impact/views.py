"""Results: the ledger of verdicts, what happened after one promise, and both as files."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.csv_files import as_csv
from portal.errors import Conflict, DomainError, Invalid, Missing
from portal.impact import queries, result_files, result_ledger
from portal.impact.result_facts import measured
from portal.impact.result_files import Line, Part
from portal.impact.result_ledger import ResultWord, Wanted
from portal.impact.result_page import result_page, usual_weeks
from portal.impact.xmr_baselines import new_limits_refusal, start_anew
from portal.impact.xmr_forms import StartForm
from portal.metrics.rules import latest_day
from portal.metrics.words import day_words
from portal.people.access import may, requires, the_viewer
from portal.web.paging import cut, decode_cursor
from portal.web.transactions import writing

bp = Blueprint("results", __name__)
bp.add_app_template_global(queries.said_of, "verdict_of")
ROWS_OF_A_FILE = 5000


@bp.get("/results")
@requires("result.list")
def index() -> ResponseReturnValue:
    """Every change that is live and measured, with its verdict, newest first."""
    viewer, wanted, asked = the_viewer(), _wanted(), _asked()
    after = decode_cursor(request.args.get("after"), int)
    page = result_ledger.RESULTS_A_PAGE
    rows = result_ledger.results_for(viewer, wanted, before=after[0] if after else None, limit=page)
    shown, following = cut(rows, page, lambda row: (row.delivery_id,))
    return render_template(
        "impact/results.html", rows=shown, ledger=result_ledger.ledger_for(viewer, wanted), asked=asked,
        sites=result_ledger.sites(),
        words=ResultWord, quarters=result_ledger.quarters_until(latest_day(clock.now())), day_words=day_words,
        next_href=url_for("results.index", after=following, **asked) if following else None,
        effect_words=result_ledger.effect_words, money_words=result_ledger.money_words, here="results",
    )  # fmt: skip


@bp.get("/results.csv")
@requires("result.list")
def index_csv() -> ResponseReturnValue:
    """The same list as a file."""
    rows = result_ledger.results_for(the_viewer(), _wanted(), limit=ROWS_OF_A_FILE)
    return _file(result_files.ledger_lines(rows[:ROWS_OF_A_FILE]), "results.csv")


@bp.get("/results/<int:commitment_id>")
@requires("result.see")
def result(commitment_id: int) -> ResponseReturnValue:
    """The verdict of one promise, and how we know."""
    return _page(commitment_id, StartForm(formdata=None))


@bp.post("/results/<int:commitment_id>/limits")
@requires("result.start_limits")
def start_limits(commitment_id: int) -> ResponseReturnValue:
    """Start the limits of its chart anew, with a reason."""
    form, viewer = StartForm(), the_viewer()
    if not form.validate():
        return _page(commitment_id, form), 422
    queries.result_for(viewer, commitment_id, today=_today())
    try:
        with writing():
            since = start_anew(viewer, commitment_id, form.reason.data or "", now=clock.now())
    except Conflict as refusal:
        return _page(commitment_id, form, refusal), 409
    flash(f"New limits hold from {day_words(since, year=True)}. The old ones stay visible.")
    return redirect(f"/results/{commitment_id}", 303)


@bp.get("/results/<int:commitment_id>.csv")
@requires("result.see")
def result_csv(commitment_id: int) -> ResponseReturnValue:
    """The numbers of one of its charts as a file; without `of` the plain weeks with and without it."""
    try:
        part = Part(request.args.get("of", Part.WEEKS))
    except ValueError:
        raise Missing("numbers") from None
    _row, happened = queries.result_for(the_viewer(), commitment_id, today=_today())
    name = f"result-{commitment_id}.csv" if part is Part.WEEKS else f"result-{commitment_id}-{part}.csv"
    return _file(_lines(happened, part), name)


def _lines(happened: queries.Happened, part: Part) -> Any:
    if part is Part.WEEKS:
        return result_files.week_lines(happened.weeks)
    found = measured(happened.commitment_id)
    if part in (Part.USUAL, Part.USUAL_WITHOUT):
        baselines = found.baselines if found else ()
        return result_files.usual_lines(usual_weeks(happened, baselines, treated=part is Part.USUAL))
    shown = (found.locked or found.look) if found else None
    if found is None or shown is None:
        raise Missing("numbers")
    lines = {
        Part.EXPECTED: lambda: result_files.expected_lines(shown[1]),
        Part.DIFFERENCE: lambda: result_files.difference_lines(shown[1]),
        Part.SITES: lambda: result_files.site_lines(shown[1]),
        Part.MONEY: lambda: result_files.money_lines(shown[1], happened.metric, found.plan.row.unit_value_minor),
    }
    return lines[part]()


def _page(commitment_id: int, form: StartForm, refusal: DomainError | None = None) -> str:
    page = result_page(the_viewer(), commitment_id, today=_today())
    moved = page.measured is not None and new_limits_refusal(page.measured.runs, page.happened.metric_id) is None
    return render_template(
        "impact/result.html", page=page, may_start_anew=moved and may("result.start_limits"), start_form=form,
        form=form if form.errors or refusal else None, problem=refusal.message if refusal else "", here="results",
    )  # fmt: skip


def _wanted() -> Wanted:
    asked = _asked()
    try:
        word = ResultWord(asked["word"]) if asked.get("word") else None
        site = int(asked["site"]) if asked.get("site") else None
    except ValueError:
        raise Invalid("bad_filter", "There is no such filter. Start again from all results.") from None
    if site is not None and not 0 < site < 2**31:
        raise Invalid("bad_filter", "There is no such filter. Start again from all results.")
    return Wanted(word, site, result_ledger.quarter_of(asked.get("quarter")))


def _asked() -> dict[str, Any]:
    return {name: request.args[name] for name in ("word", "site", "quarter") if request.args.get(name)}


def _today() -> date:
    return latest_day(clock.now())


def _file(lines: Any, name: str) -> Response:
    rows: list[Line] = list(lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(rows), mimetype="text/csv", headers=headers)
