"""Flags that wait for somebody without a stake, over HTTP."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid, Missing
from portal.impact import flags, flags_queries
from portal.impact.estimate_words import Flag
from portal.impact.flags_forms import ReviewForm
from portal.people.access import requires, the_viewer
from portal.web.fields import asked_number
from portal.web.paging import decode_cursor, encode_cursor
from portal.web.transactions import writing

bp = Blueprint("impact_flags", __name__)


@bp.get("/impact/flags")
@requires("flag.list")
def index() -> ResponseReturnValue:
    """What waits for a look, and what was looked at; with `estimate` and `flag` one of them with its form."""
    if number := asked_number("estimate"):
        return _page(number, _flag(request.args.get("flag", "")), ReviewForm(), 200)
    every = request.args.get("show") == "all"
    after = decode_cursor(request.args.get("after"), int)
    lines, more = flags_queries.flagged_page(the_viewer(), open_only=not every, before=after[0] if after else None)
    show = "all" if every else None
    href = url_for("impact_flags.index", after=encode_cursor(more), show=show) if more else None
    return render_template("impact/flags.html", lines=lines, every=every, more_href=href, here="programme")


@bp.post("/impact/flags/<int:estimate>/<flag>")
@requires("flag.review")
def review(estimate: int, flag: str) -> ResponseReturnValue:
    """Clear a flag or uphold it, with the reason."""
    form, which, viewer = ReviewForm(), _flag(flag), the_viewer()
    if not form.validate_on_submit():
        return _page(estimate, which, form, 422)
    try:
        with writing():
            flags.review(viewer, estimate, which, cleared=form.cleared.data == "yes", reason=form.reason.data or "",
                         now=clock.now())  # fmt: skip
    except (Conflict, Invalid) as error:
        form.reason.errors = [*form.reason.errors, error.message]
        return _page(estimate, which, form, 409 if isinstance(error, Conflict) else 422)
    flash("Noted, with your name.")
    return redirect(url_for("impact_flags.index"), 303)


def _page(estimate: int, flag: Flag, form: ReviewForm, status: int) -> ResponseReturnValue:
    found = flags_queries.flagged_for(the_viewer(), estimate)
    line = next((one for one in found.flags if one.flag is flag), None)
    if line is None:
        raise Missing("flag")
    return render_template("impact/flag.html", found=found, line=line, form=form, here="programme"), status


def _flag(text: str) -> Flag:
    if text not in list(Flag):
        raise Missing("flag")
    return Flag(text)
