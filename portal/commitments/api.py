"""The interface to promises: reading them, and what their owners and a second person do with them."""

from collections.abc import Callable
from typing import Any

from flask import Response
from sqlalchemy import select

from portal import clock
from portal.commitments import lists, queries, service
from portal.commitments import relapse_service as relapses
from portal.commitments.api_shapes import (
    DateSent,
    DeliverySent,
    FullPromiseShown,
    PromisesAsked,
    PromiseShown,
    ReasonSent,
    StandsShown,
    UpdateSent,
    full_shown,
    promise_shown,
)
from portal.commitments.models import Commitment
from portal.commitments.pages import When
from portal.commitments.rules import Verb
from portal.db import db
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import NumberPath, api, demand_unchanged, listed, page_of, shown

bp = api("promises", "What was promised: by whom, until when, and whether it is kept.")
TAKES_MATCH = {"x-takes-if-match": True}
MOVES_POINTS = {"x-idempotency-key-needed": True}


@bp.get("/commitments", responses={200: page_of(PromiseShown)})
@requires("commitment.see", scope=Scope.PROMISES_READ)
def list_promises(query: PromisesAsked) -> Response:
    """Promises, the newest first; what was handed back only where it is asked for."""
    when = _when()
    found, following = lists.promises_page(
        the_viewer(), only=query.standing, mine=query.mine, today=when.today, zone=when.zone,
        limit=query.limit, cursor=query.cursor, owner_id=query.owner, site_id=query.site,
    )  # fmt: skip
    return listed([promise_shown(promise) for promise in found], following)


@bp.get("/commitments/<int:number>", responses={200: FullPromiseShown})
@requires("commitment.see", scope=Scope.PROMISES_READ)
def see_promise(path: NumberPath) -> Response:
    """One promise: every date, update, delivery and look, and what this person may do with it now."""
    return shown(_full(path.number, _when()))


@bp.post("/commitments/<int:number>/acceptance", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.accept", scope=Scope.PROMISES_WRITE)
def accept_promise(path: NumberPath) -> Response:
    """The owner takes it on (403 `not_the_owner`, 409 `already_accepted`, `handed_back` and the like)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: service.accept(viewer, promise, now=now))


@bp.post("/commitments/<int:number>/hand-back", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.hand_back", scope=Scope.PROMISES_WRITE)
def hand_back_promise(path: NumberPath, body: ReasonSent) -> Response:
    """The owner gives back what was offered, with the reason; the idea is with the executives again.

    403 `not_the_owner`; 409 `already_accepted`, `handed_back` and the like.
    """
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: service.hand_back(viewer, promise, body.reason, now=now))


@bp.post("/commitments/<int:number>/updates", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.update", scope=Scope.PROMISES_WRITE)
def post_update_on_promise(path: NumberPath, body: UpdateSent) -> Response:
    """The owner tells what moved (403 `not_the_owner`, 409 `not_accepted`, `already_confirmed`, `handed_back`)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: service.post_update(viewer, promise, body.body, now=now))


@bp.post("/commitments/<int:number>/dates", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.move_date", scope=Scope.PROMISES_WRITE)
def move_date_of_promise(path: NumberPath, body: DateSent) -> Response:
    """The owner names another date, with the reason; the old one stays on the record.

    403 `not_the_owner`; 409 `not_accepted`, `already_delivered`; 422 `same_date`, `date_not_after_today`,
    `date_too_far`.
    """
    viewer, when = the_viewer(), _when()
    return carried_out(
        path.number,
        lambda promise: service.move_date(viewer, promise, body.due_on, body.reason, today=when.today, now=when.now),
    )


@bp.post("/commitments/<int:number>/deliveries", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.deliver", scope=Scope.PROMISES_WRITE)
def deliver_promise(path: NumberPath, body: DeliverySent) -> Response:
    """The owner says that it is done; a second person looks before it counts as kept.

    403 `not_the_owner`; 409 `not_accepted`, `already_delivered`; 422 `live_in_future`, `live_too_early`,
    `unknown_site`, and of a roll-out in waves `day_without_site`, `site_before_live`, `site_in_future`.
    """
    viewer, when = the_viewer(), _when()
    return carried_out(
        path.number,
        lambda promise: service.deliver(viewer, promise, body.delivery(), today=when.today, now=when.now),
    )


@bp.post("/commitments/<int:number>/confirmations", responses={201: StandsShown},
         openapi_extensions=TAKES_MATCH | MOVES_POINTS)  # fmt: skip
@requires("commitment.confirm", scope=Scope.PROMISES_WRITE)
def confirm_promise(path: NumberPath) -> Response:
    """A second person confirms that it is done: it is kept, and whoever is owed points gets them.

    403 `second_person` for its owner, `not_a_confirmer`; 409 `not_delivered`, `already_confirmed`, `handed_back`.
    """
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: service.confirm(viewer, promise, now=now), key_needed=True)


@bp.post("/commitments/<int:number>/send-backs", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.confirm", scope=Scope.PROMISES_WRITE)
def send_back_promise(path: NumberPath, body: ReasonSent) -> Response:
    """A second person says that it is not done yet, and what is missing; the promise is open again.

    403 `second_person` for its owner, `not_a_confirmer`; 409 `not_delivered`, `already_confirmed`, `handed_back`.
    """
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: service.send_back(viewer, promise, body.reason, now=now))


@bp.post("/commitments/<int:number>/not-back", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.not_back", scope=Scope.PROMISES_WRITE)
def answer_not_back(path: NumberPath, body: ReasonSent) -> Response:
    """The owner answers in public that what was reopened is not back; it stands as before (409 `not_reopened`).

    403 `not_the_owner`. What is back is answered with a delivery instead.
    """
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: relapses.not_back(viewer, promise, body.reason, now=now))


def carried_out(number: int, verb: Callable[[Commitment], Any], *, key_needed: bool = False) -> Response:
    """Load through the viewer, hold it against If-Match, do one thing, tell where the promise stands.

    Not the whole promise: whoever hands back what they saw only as its owner does not see it any more.
    """
    viewer, when = the_viewer(), _when()

    def change() -> StandsShown:
        demand_unchanged(select(Commitment.id).where(Commitment.id == number), lambda: _full(number, when))
        promise = queries.commitment_for(viewer, number)
        verb(promise)
        db.session.refresh(promise)
        return StandsShown(number=number, idea=promise.idea_id, state=promise.state, due_on=promise.due_on)

    return once(change, status=201, key_needed=key_needed)


def _full(number: int, when: When) -> FullPromiseShown:
    viewer = the_viewer()
    full = lists.promise_in_full(viewer, number, today=when.today, zone=when.zone)
    able = service.verbs_now(viewer, full.facts(when.zone), full.path)
    return full_shown(full, [verb for verb in Verb if verb in able])


def _when() -> When:
    return When(clock.now(), queries.organisation_zone())
