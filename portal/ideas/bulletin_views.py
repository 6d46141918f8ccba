"""Bulletins over HTTP: what changed for somebody, one tap to say so, and the shares for the owner of the rule."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Refused
from portal.ideas import bulletin_queries as queries
from portal.ideas import bulletin_service as service
from portal.ideas.bulletin_queries import BulletinView
from portal.ideas.bulletin_rules import percent
from portal.ideas.rule_record_service import judges
from portal.people.access import may, requires, the_viewer
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.web.dates import local_day
from portal.web.forms import StrictForm
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("bulletins", __name__)
ONE = "ideas/bulletin.html"


@bp.get("/bulletins")
@requires("bulletin.see")
def index() -> ResponseReturnValue:
    """What waits for the viewer, and what they were told before."""
    viewer, now, after = the_viewer(), clock.now(), request.args.get("after")
    waiting = [] if after else queries.waiting_for(viewer, now=now)
    earlier, following = queries.bulletins_page(viewer, now=now, waiting=False, cursor=after)
    return render_template(
        "ideas/bulletins.html", here="bulletins", waiting=waiting, earlier=earlier, today=_today(viewer),
        more=url_for(".index", after=following) if following else None, first=url_for(".index") if after else None,
    )  # fmt: skip


@bp.get("/bulletins/<int:number>")
@requires("bulletin.see")
def show(number: int) -> ResponseReturnValue:
    """One bulletin; whoever may decide about the rule sees how many have read it at each site."""
    return page(ONE, StrictForm(None), **_about(the_viewer(), number))


@bp.post("/bulletins/<int:number>/confirmations")
@requires("bulletin.confirm")
def confirm(number: int) -> ResponseReturnValue:
    """Got it."""
    viewer, now, form = the_viewer(), clock.now(), StrictForm()
    if not form.validate():
        return page(ONE, form, status=422, **_about(viewer, number))
    try:
        with writing():
            told, _, holds = queries.bulletin_for(viewer, number)
            service.confirm(viewer, told, holds=holds, now=now)
    except (Conflict, Refused) as refusal:
        return refused(ONE, form, refusal, **_about(viewer, number))
    flash("Noted. You find it again under the rules that changed for you.")
    return redirect(safe_next(request.form.get("next"), url_for(".index")), 303)


def _about(viewer: Viewer, number: int) -> dict[str, Any]:
    shown = queries.bulletin_shown(viewer, number, now=clock.now())
    return {"here": "bulletins", "told": shown, "today": _today(viewer), "shares": _shares(viewer, shown)}


def _shares(viewer: Viewer, shown: BulletinView) -> dict[str, Any] | None:
    """Lines (site, percent, words) for whoever may decide about the rule; None for everybody else."""
    if shown.superseded or not may("bulletin.count"):
        return None
    told, rule, _ = queries.bulletin_for(viewer, shown.number)
    if not judges(viewer, rule):
        return None
    found = queries.shares(told, rule)
    groups = (found.total, *found.groups) if found.total else ()
    return {"lines": [(one.label, percent(one.parts[0], one.people), one.parts[0], one.people) for one in groups]}


def _today(viewer: Viewer) -> date:
    return local_day(clock.now(), viewer.timezone)
