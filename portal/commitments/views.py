"""Promises over HTTP: the board, the page of one, and what its owner and a second person do there."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments import pages, queries, service
from portal.commitments import relapse_service as relapses
from portal.commitments.forms import (
    AcceptForm,
    DeliveryForm,
    HandBackForm,
    NewDateForm,
    NotBackForm,
    UpdateForm,
    VerdictForm,
)
from portal.commitments.models import Commitment
from portal.commitments.pages import Wanted
from portal.commitments.promise_views import carry_out, promise_page, when_now
from portal.commitments.work_queries import decisions_waited_for
from portal.people import queries as people
from portal.people.access import may, requires, the_viewer

bp = Blueprint("commitments", __name__)


@bp.get("/commitments")
@requires("commitment.see")
def index() -> ResponseReturnValue:
    """Every promise, the late ones first."""
    wanted, when = Wanted.from_args(request.args), when_now()
    viewer = the_viewer()
    board = queries.board(
        viewer, today=when.today, zone=when.zone, only=wanted.state, mine=wanted.mine, after=wanted.after,
        owner_id=wanted.owner, site_id=wanted.site, sort=wanted.sort,
    )  # fmt: skip
    shown = pages.board_context(board, wanted, when, viewer_id=viewer.id, sites=people.sites())
    waited_for = decisions_waited_for(viewer) if may("commitment.decide") else []
    return render_template("commitments/index.html", here="promises", waited_for=waited_for, **shown)


@bp.get("/commitments/<int:number>")
@requires("commitment.see")
def show(number: int) -> ResponseReturnValue:
    """One promise: everybody reads it, its owner works here."""
    return promise_page(number)


@bp.post("/commitments/<int:number>/acceptance")
@requires("commitment.accept")
def accept(number: int) -> ResponseReturnValue:
    """The owner takes it on."""
    viewer, now = the_viewer(), clock.now()
    sent = ("accept", AcceptForm())
    return carry_out(number, sent, "It is yours now.", lambda promise: service.accept(viewer, promise, now=now))


@bp.post("/commitments/<int:number>/handbacks")
@requires("commitment.hand_back")
def hand_back(number: int) -> ResponseReturnValue:
    """The owner gives it back."""
    viewer, now, form = the_viewer(), clock.now(), HandBackForm()
    said = "Handed back. The idea is with the executives again."
    return carry_out(
        number,
        ("hand_back", form),
        said,
        lambda promise: service.hand_back(viewer, promise, form.reason.data or "", now=now),
        # Somebody who saw the idea only because of the promise does not see it any more.
        to=url_for("commitments.index", mine=1),
    )


@bp.post("/commitments/<int:number>/updates")
@requires("commitment.update")
def post_update(number: int) -> ResponseReturnValue:
    """The owner tells what moved."""
    viewer, now, form = the_viewer(), clock.now(), UpdateForm()
    return carry_out(
        number,
        ("update", form),
        "Posted.",
        lambda promise: service.post_update(viewer, promise, form.body.data or "", now=now),
    )


@bp.post("/commitments/<int:number>/new-dates")
@requires("commitment.move_date")
def move_date(number: int) -> ResponseReturnValue:
    """The owner names another date."""
    viewer, when, form = the_viewer(), when_now(), NewDateForm()

    def verb(promise: Commitment) -> Any:
        assert form.due_on.data is not None
        reason = form.reason.data or ""
        return service.move_date(viewer, promise, form.due_on.data, reason, today=when.today, now=when.now)

    return carry_out(number, ("move_date", form), "The new date is public, and so is the reason.", verb)


@bp.post("/commitments/<int:number>/deliveries")
@requires("commitment.deliver")
def deliver(number: int) -> ResponseReturnValue:
    """The owner says that it is done."""
    viewer, when, form = the_viewer(), when_now(), DeliveryForm()
    form.offer(people.sites(), request.form)
    return carry_out(
        number,
        ("deliver", form),
        "Marked as done. Somebody else looks now, then it counts as kept.",
        lambda promise: service.deliver(viewer, promise, form.delivery(), today=when.today, now=when.now),
    )


@bp.post("/commitments/<int:number>/not-back")
@requires("commitment.not_back")
def not_back(number: int) -> ResponseReturnValue:
    """The owner answers that what was reopened is not back."""
    viewer, now, form = the_viewer(), clock.now(), NotBackForm()
    return carry_out(
        number,
        ("not_back", form),
        "Answered, in public. It stands as before.",
        lambda promise: relapses.not_back(viewer, promise, form.reason.data or "", now=now),
    )


@bp.post("/commitments/<int:number>/verdicts")
@requires("commitment.confirm")
def judge(number: int) -> ResponseReturnValue:
    """A second person confirms that it is done, or sends it back."""
    viewer, now, form = the_viewer(), clock.now(), VerdictForm()
    if form.verdict.data == "send_back":
        return carry_out(
            number,
            ("verdict", form),
            "Sent back to its owner, with your reason.",
            lambda promise: service.send_back(viewer, promise, form.reason.data or "", now=now),
        )
    return carry_out(
        number,
        ("verdict", form),
        "Confirmed. The promise is kept.",
        lambda promise: service.confirm(viewer, promise, now=now),
    )
