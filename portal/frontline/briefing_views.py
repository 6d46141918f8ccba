"""The data protection briefing over HTTP: who has had it, and noting it."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError
from portal.frontline import briefing_queries, briefings
from portal.frontline.briefing_forms import BriefingForm
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.web.dates import local_day
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("briefings", __name__)
TEMPLATE = "frontline/briefings.html"
SHOWN = 50


@bp.get("/shifts/briefings")
@requires("shift.brief")
def index() -> ResponseReturnValue:
    """Everybody who may take a shift, with the day on which their briefing ends."""
    form = _form()
    if form.done_on.data is None:
        form.done_on.data = _today()
    return page(TEMPLATE, form, **_around())


@bp.post("/shifts/briefings")
@requires("shift.brief")
def note() -> ResponseReturnValue:
    """Note that somebody has had it."""
    form = _form()
    if not form.validate():
        return page(TEMPLATE, form, status=422, **_around())
    try:
        with writing():
            made = briefings.note(
                the_viewer(), form.person.data, form.done_on.data or date.min, today=_today(), now=clock.now()
            )
            until = made.valid_until
    except DomainError as error:
        return refused(TEMPLATE, form, error, **_around())
    flash(f"Noted. It counts until {until.day} {until:%B} {until.year}.")
    return redirect(url_for("briefings.index"), 303)


@bp.post("/shifts/briefings/<int:number>/withdrawal")
@requires("shift.brief")
def withdraw(number: int) -> ResponseReturnValue:
    """It was noted by mistake."""
    refuse_unknown({"csrf_token"})
    with writing():
        briefings.withdraw(the_viewer(), briefing_queries.briefing_for(the_viewer(), number), now=clock.now())
    flash("Taken back. It stays on the record.")
    return redirect(url_for("briefings.index"), 303)


def _form() -> BriefingForm:
    form = BriefingForm()
    people = briefing_queries.visitors(the_viewer(), today=_today())
    form.offer((one.id, one.name) for one in people if one.id != the_viewer().id)
    return form


def _around() -> dict[str, Any]:
    noted, following = briefing_queries.briefings_page(the_viewer(), limit=SHOWN, cursor=request.args.get("cursor"))
    return {
        "people": briefing_queries.visitors(the_viewer(), today=_today()), "noted": noted, "here": "shifts",
        "more": url_for("briefings.index", cursor=following) if following else None, "me": the_viewer().id,
    }  # fmt: skip


def _today() -> date:
    return local_day(clock.now(), the_viewer().timezone)
