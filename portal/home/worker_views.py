"""The worker on a page: whether it runs by its clock, and the question when that clock has jumped."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.home import worker_clock
from portal.outbox import clock_guard
from portal.outbox.service import oldest_waiting_seconds
from portal.people.access import requires, the_viewer
from portal.people.moments import moment_words
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("worker", __name__)


@bp.get("/settings/worker")
@requires("worker.see")
def worker() -> ResponseReturnValue:
    """When it last ran, what is held, and the one button that lets it go on."""
    viewer = the_viewer()
    worker_clock.demand_may(viewer, "worker.see")
    last, stops = clock_guard.last_tick(), clock_guard.open_stops()
    facts = {
        "last": moment_words(last, viewer.timezone) if last else None,
        "stops": [
            (stop.number, stop.words, moment_words(stop.last_tick_at, viewer.timezone),
             moment_words(stop.stopped_at, viewer.timezone))
            for stop in stops
        ],
        "waits": round(oldest_waiting_seconds(now=clock.now())),
    }  # fmt: skip
    return render_template("home/worker.html", here="me", **facts)


@bp.post("/settings/worker/stops/<int:number>/resumption")
@requires("worker.resume")
def resume(number: int) -> ResponseReturnValue:
    """Say that the clock is right."""
    refuse_unknown({"csrf_token"})
    with writing():
        worker_clock.go_on(the_viewer(), number, now=clock.now())
    flash("The worker goes on: what is due by now starts within a minute.")
    return redirect(url_for("worker.worker"), 303)
