"""Looks over HTTP: one small message for each page that was on screen, and the switch."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Gone, Invalid
from portal.people.access import may, requires, the_viewer
from portal.people.viewer import Viewer
from portal.swarm import looks_service
from portal.swarm.dealt import Deals
from portal.swarm.looks import KEPT, slot_of
from portal.swarm.looks_forms import LooksForm, SwitchForm
from portal.swarm.looks_queries import are_kept, newest_setting
from portal.swarm.looks_service import Impression
from portal.web.dates import day_words, local_day
from portal.web.later import Pile
from portal.web.limits import limiter, per_viewer
from portal.web.secret import secret_for
from portal.web.transactions import writing

bp = Blueprint("looks", __name__)
Key = tuple[int, int, int]  # idea, person, page


def _write(impressions: Mapping[Key, Impression], now: datetime) -> None:
    looks_service.record(impressions.values(), now=now)


LOOKS: Pile[Key, Impression] = Pile("looks", _write, most=20_000, at_once=16)


@bp.post("/ideas/looks")
@requires("looks.note")
@limiter.limit("60/minute", key_func=per_viewer)
def note() -> ResponseReturnValue:
    """What was on screen of a page that we dealt. It waits in this process and is written apart from any request."""
    viewer, form = the_viewer(), LooksForm()
    if not form.validate():
        raise Invalid("not_looks", "That does not say what was on screen.")
    if not are_kept():
        raise Gone("looks_off", "Your organisation keeps no looks.")
    for one in _impressions(viewer, form, clock.now()):
        LOOKS.note((one.idea_id, one.person_id, one.page), one)
    return "", 204


@bp.get("/swarm/looks")
@requires("looks.see_setting")
def setting() -> ResponseReturnValue:
    """What is kept of looks, for what and how long, and the switch for those who may turn it."""
    row, viewer = newest_setting(), the_viewer()
    since = day_words(row.at, today=local_day(clock.now(), viewer.timezone), zone=viewer.timezone) if row else None
    return render_template(
        "swarm/looks.html", kept=row is None or row.kept, since=since, by=row.name if row else None, days=KEPT.days,
        may_switch=may("looks.switch"), here="",
    )  # fmt: skip


@bp.post("/swarm/looks")
@requires("looks.switch")
def switch() -> ResponseReturnValue:
    """Keep looks or not, from now on."""
    viewer, form = the_viewer(), SwitchForm()
    if not form.validate():
        raise Invalid("not_a_choice", "Choose whether looks are kept.")
    kept = form.kept.data == "yes"
    with writing():
        changed = looks_service.switch(viewer, kept=kept, now=clock.now())
    if changed:
        flash(
            "Looks are kept from now on." if kept else "No looks are kept from now on. Those kept so far are deleted."
        )
    return redirect(url_for("looks.setting"), 303)


def _impressions(viewer: Viewer, form: LooksForm, now: datetime) -> list[Impression]:
    """Each idea in the place where it stood. Raises Invalid (`unknown_page`, `not_on_page`)."""
    page = Deals(secret_for("dealt")).opened(viewer.id, form.page.data, dealt=None)
    if page is None or not page.is_fresh(now):
        raise Invalid("unknown_page", "We did not deal this page, or it is too old.")
    places = {number: place for place, number in enumerate(page.numbers)}
    wanted = form.numbers()
    if not places.keys() >= set(wanted):
        raise Invalid("not_on_page", "That idea was not on this page.")
    if viewer.team_id is None or viewer.site_id is None:
        return []
    return [
        Impression(number, viewer.id, viewer.team_id, viewer.site_id, slot_of(places[number]), page.key)
        for number in wanted
    ]
