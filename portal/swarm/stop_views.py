"""Stop signals over HTTP: what waits for an answer, the answer, and what its giver does then."""

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError
from portal.people.access import may, requires, the_viewer
from portal.swarm import stop_queries, stops
from portal.swarm.stop_forms import AnswerForm
from portal.web.forms import refuse_unknown
from portal.web.limits import limiter, per_viewer
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("stops", __name__)


@bp.get("/stops")
@requires("stops.see")
def index() -> ResponseReturnValue:
    """One's own stop signals, and those that wait for an answer that one may give."""
    viewer = the_viewer()
    mine, more_mine = stop_queries.own_stops(viewer, cursor=request.args.get("mine"))
    waits = may("stop.answer")
    waiting, more = stop_queries.waiting_stops(viewer, cursor=request.args.get("after")) if waits else ([], None)
    return render_template(
        "swarm/stops_all.html", mine=mine, waiting=waiting, answers=waits, zone=viewer.timezone, here="me",
        more_href=url_for("stops.index", after=more) if more else None,
        more_mine_href=url_for("stops.index", mine=more_mine) if more_mine else None,
    )  # fmt: skip


@bp.post("/stops/<int:number>/answers")
@requires("stop.answer")
@limiter.limit("30/minute", key_func=per_viewer)
def answer(number: int) -> ResponseReturnValue:
    """Answer a stop signal in public; refused words come back as they were typed."""
    form, viewer = AnswerForm(), the_viewer()
    if not form.validate():
        return _again(number, form, 422)
    try:
        with writing():
            idea = stops.answer_stop(viewer, number, form.words.data or "", now=clock.now())
    except DomainError as refusal:
        if wants_json() or not stop_queries.readable_stop(viewer, number):
            raise
        form.words.errors = [*form.words.errors, refusal.message]
        return _again(number, form, status_of(refusal))
    flash("Answered, in public. Whoever gave the stop signal is told, and lifts it or keeps it.")
    return redirect(f"/ideas/{idea}/stops#stop-line-{number}", 303)


@bp.post("/stops/<int:number>/lifting")
@requires("stop.decide")
def lift(number: int) -> ResponseReturnValue:
    """Lift one's own stop signal after an answer."""
    return _decided(number, stops.lift_stop, "Lifted. You can weigh in again, any way you like.")


@bp.post("/stops/<int:number>/keeping")
@requires("stop.decide")
def keep(number: int) -> ResponseReturnValue:
    """Keep one's own stop signal in spite of the answer."""
    return _decided(number, stops.keep_stop, "Kept. It shows that the answer did not settle it.")


def _decided(number: int, verb: Callable[..., int], done: str) -> ResponseReturnValue:
    refuse_unknown({"csrf_token"})
    viewer = the_viewer()
    with writing():
        idea = verb(viewer, number, now=clock.now())
    flash(done)
    return redirect(f"/ideas/{idea}/stops", 303)


def _again(number: int, form: AnswerForm, status: int) -> ResponseReturnValue:
    viewer = the_viewer()
    page = stop_queries.stops_page(viewer, stop_queries.idea_of(viewer, number))
    body = render_template(
        "swarm/stops.html", page=page, card=page.card(), here="board", form=form, form_number=number, problem=True,
        zone=viewer.timezone,
    )  # fmt: skip
    return make_response(body, status)
