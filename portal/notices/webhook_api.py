"""The interface to webhooks: receivers, their secrets and their logs. For keys of administrators."""

from typing import Annotated, Any

from flask import Response, current_app
from pydantic import Field
from sqlalchemy import select

from portal import clock
from portal.notices import webhook_queries, webhook_service
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_queries import ReceiverView
from portal.notices.webhook_rules import EVENTS, NAME_CHARS_MAX, PURPOSE, Ended, Paused
from portal.notices.webhook_service import Wanted
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import (
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
)
from portal.web.safe_addresses import URL_CHARS_MAX
from portal.web.secret import secret_for
from portal.web.transactions import writing

bp = api("webhooks", "Telling other programs what becomes of ideas, as it happens.")
EventName = Annotated[str, Field(json_schema_extra={"enum": list(EVENTS)})]


class ReceiverSent(Sent):
    """A receiver as it is to be. place: an employer or a site whose own ideas it may read as well."""

    name: Line = Field(min_length=1, max_length=NAME_CHARS_MAX)
    url: str = Field(
        min_length=10, max_length=URL_CHARS_MAX, pattern="^https?://[!-~]+$",
        description="https on port 443 or 8443 of a public address, or what OUTGOING_INSIDE opens.",
        examples=["https://hooks.example.org/sayso"],
    )  # fmt: skip
    events: list[EventName] = Field(min_length=1, max_length=len(EVENTS))
    place: Number | None = None


class ReceiverShown(Shown):
    """A receiver. waiting: events it has not taken yet; two_secrets_until: the secret before still signs."""

    number: int
    name: str
    url: str
    events: list[str]
    place: int | None
    made_at: Moment
    paused_at: Moment | None
    paused_because: Paused | None
    failing_since: Moment | None
    next_try_at: Moment | None
    two_secrets_until: Moment | None
    waiting: int


class ReceiverMade(Shown):
    """A receiver and its new secret. The secret is null where the same request is answered a second time."""

    receiver: ReceiverShown
    secret: str | None


class WebhookDeliveryShown(Shown):
    """One event for one receiver. id: the `webhook-id` of every attempt; answer: the beginning of the last one."""

    number: int
    id: str
    event: str
    queued_at: Moment
    attempts: int
    tried_at: Moment | None
    status: int | None
    ms: int | None
    answer: str
    error: str
    ended: Ended | None


@bp.get("/webhooks", responses={200: page_of(ReceiverShown)})
@requires("webhooks.see", scope=Scope.WEBHOOKS_READ)
def list_webhooks() -> Response:
    """Every receiver of webhooks, in the order in which they were added."""
    return listed([_shown(one) for one in webhook_queries.receivers(the_viewer())], None)


@bp.post("/webhooks", responses={201: ReceiverMade})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def add_webhook(body: ReceiverSent) -> Response:
    """Add a receiver; its secret is shown this once (409 `too_many_receivers`, 422 `address_not_public` and others)."""
    viewer = the_viewer()

    def verb() -> ReceiverMade:
        row, secret = webhook_service.add(
            viewer, _wanted(body), key=secret_for(PURPOSE), inside=_inside(), now=clock.now()
        )
        return _made(viewer, row, secret)

    return once(verb, status=201, kept=lambda answer: answer.model_copy(update={"secret": None}))


@bp.get("/webhooks/<int:number>", responses={200: ReceiverShown})
@requires("webhooks.see", scope=Scope.WEBHOOKS_READ)
def see_webhook(path: NumberPath) -> Response:
    """One receiver, without its secret."""
    return shown(_seen(the_viewer(), path.number))


@bp.put("/webhooks/<int:number>", responses={200: ReceiverShown}, openapi_extensions={"x-takes-if-match": True})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def change_webhook(path: NumberPath, body: ReceiverSent) -> Response:
    """Change name, address, place and events; what waits goes to the new address."""
    viewer = the_viewer()
    with writing():
        demand_unchanged(select(Receiver.id).where(Receiver.id == path.number), lambda: _seen(viewer, path.number))
        webhook_service.change(viewer, path.number, _wanted(body), inside=_inside(), now=clock.now())
        answer = _seen(viewer, path.number)
    return shown(answer)


@bp.delete("/webhooks/<int:number>", responses={204: None})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def remove_webhook(path: NumberPath) -> Any:
    """Remove a receiver: it hears nothing any more, not even what waited."""
    with writing():
        webhook_service.remove(the_viewer(), path.number, now=clock.now())
    return "", 204


@bp.post("/webhooks/<int:number>/pause", responses={200: ReceiverShown})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def pause_webhook(path: NumberPath) -> Response:
    """Send it nothing for the time being; events are queued (409 `already_paused`)."""
    viewer = the_viewer()

    def verb() -> ReceiverShown:
        webhook_service.pause(viewer, path.number, now=clock.now())
        return _seen(viewer, path.number)

    return once(verb)


@bp.post("/webhooks/<int:number>/resumption", responses={200: ReceiverShown})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def resume_webhook(path: NumberPath) -> Response:
    """Send again, beginning with what waited, a week of it at most (409 `not_paused`)."""
    viewer = the_viewer()

    def verb() -> ReceiverShown:
        webhook_service.go_on(viewer, path.number, now=clock.now())
        return _seen(viewer, path.number)

    return once(verb)


@bp.post("/webhooks/<int:number>/test", responses={202: WebhookDeliveryShown})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def test_webhook(path: NumberPath) -> Response:
    """Queue a test behind what waits and have the queue tried at once (409 `receiver_paused`); the log says more."""
    viewer = the_viewer()
    return once(lambda: _line(webhook_service.test(viewer, path.number, now=clock.now())), status=202)


@bp.post("/webhooks/<int:number>/secret", responses={201: ReceiverMade})
@requires("webhooks.change", scope=Scope.WEBHOOKS_WRITE)
def rotate_webhook_secret(path: NumberPath) -> Response:
    """Make a new secret, shown this once; for 24 hours both sign (409 `secret_just_made` during them)."""
    viewer = the_viewer()

    def verb() -> ReceiverMade:
        row, secret = webhook_service.rotate(viewer, path.number, key=secret_for(PURPOSE), now=clock.now())
        return _made(viewer, row, secret)

    return once(verb, status=201, kept=lambda answer: answer.model_copy(update={"secret": None}))


@bp.get("/webhooks/<int:number>/deliveries", responses={200: page_of(WebhookDeliveryShown)})
@requires("webhooks.see", scope=Scope.WEBHOOKS_READ)
def list_webhook_deliveries(path: NumberPath, query: PageAsked) -> Response:
    """What was sent to a receiver in the last 30 days, the newest first, with how the last attempt went."""
    rows, following = webhook_queries.deliveries_page(
        the_viewer(), path.number, limit=query.limit, cursor=query.cursor
    )  # fmt: skip
    return listed([_line(row) for row in rows], following)


def _wanted(body: ReceiverSent) -> Wanted:
    return Wanted(body.name, body.url, body.events, body.place)


def _inside() -> tuple[str, ...]:
    return current_app.config["SAYSO"].outgoing_inside


def _made(viewer: Viewer, row: Receiver, secret: str) -> ReceiverMade:
    return ReceiverMade(receiver=_seen(viewer, row.id), secret=secret)


def _seen(viewer: Viewer, number: int) -> ReceiverShown:
    return _shown(webhook_queries.receiver_view(viewer, number))


def _shown(one: ReceiverView) -> ReceiverShown:
    return ReceiverShown(
        number=one.number, name=one.name, url=one.url, events=list(one.events), place=one.place_id,
        made_at=one.made_at, paused_at=one.paused_at, paused_because=one.paused_because,
        failing_since=one.failing_since, next_try_at=one.next_try_at, two_secrets_until=one.both_until,
        waiting=one.waiting,
    )  # fmt: skip


def _line(row: Delivery) -> WebhookDeliveryShown:
    return WebhookDeliveryShown(
        number=row.id, id=row.event_id, event=row.event, queued_at=row.queued_at, attempts=row.attempts,
        tried_at=row.tried_at, status=row.status, ms=row.ms, answer=row.answer, error=row.error, ended=row.ended,
    )  # fmt: skip
