"""The self-check over HTTP: everybody who works here may read it."""

import secrets
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError
from portal.impact import self_check_queries, self_checks
from portal.impact.flags_forms import OverruleForm
from portal.impact.self_check_queries import MetricLine
from portal.people.access import requires, the_viewer
from portal.web.forms import refuse_unknown
from portal.web.paging import cut, decode_cursor
from portal.web.transactions import writing

bp = Blueprint("self_check", __name__)
PAGE = 12


@bp.get("/impact/self-check")
@requires("self_check.see")
def index() -> ResponseReturnValue:
    """How often a change is called where nothing happened."""
    return _page(OverruleForm(), 200)


@bp.post("/impact/self-check")
@requires("self_check.start")
def start() -> ResponseReturnValue:
    """Ask the worker for a new one."""
    refuse_unknown({"csrf_token"})
    viewer = the_viewer()
    with writing():
        many = self_checks.start(viewer, seed=secrets.randbelow(2**31), now=clock.now())
    flash(f"Started. {many} metrics are tried, one after the other." if many > 1 else "Started. One metric is tried.")
    return redirect(url_for("self_check.index"), 303)


@bp.post("/impact/self-check/overrule")
@requires("self_check.overrule")
def overrule() -> ResponseReturnValue:
    """Pay all the same, with the reason that everybody can read."""
    form, viewer = OverruleForm(), the_viewer()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        with writing():
            self_checks.overrule(viewer, form.reason.data or "", now=clock.now())
    except DomainError as error:
        form.reason.errors = [*form.reason.errors, error.message]
        return _page(form, 409 if isinstance(error, Conflict) else 422)
    flash("Noted, with your name. Everybody can read it.")
    return redirect(url_for("self_check.index"), 303)


def _page(form: OverruleForm, status: int) -> ResponseReturnValue:
    after = decode_cursor(request.args.get("after"), int)
    rows = self_check_queries.checks_page(before=after[0] if after else None, limit=PAGE)
    shown, following = cut(rows, PAGE, lambda row: (row.SelfCheck.id,))
    checks = [self_check_queries.shown(row) for row in shown]
    href = url_for("self_check.index", after=following) if following else None
    page = render_template(
        "impact/self_check.html", checks=checks, first=not after, running=self_check_queries.running(), form=form,
        why_not=self_check_queries.why_not_paid(), more_href=href, words=self_check_queries.rate_words, rows_of=_rows,
        limit=self_check_queries.LIMIT_WORDS, zone=the_viewer().timezone, here="results",
    )  # fmt: skip
    return page, status


def _rows(metrics: Sequence[MetricLine]) -> list[list[str]]:
    return [
        [one.name, str(one.alarms.runs), str(one.alarms.alarms), self_check_queries.rate_words(one.alarms)]
        for one in metrics
    ]
