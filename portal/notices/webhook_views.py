"""Webhooks on pages: receivers, their secrets (shown once) and the log of what was sent. For administrators."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.errors import DomainError
from portal.notices import webhook_queries, webhook_service
from portal.notices.webhook_forms import NOWHERE, ReceiverForm, event_words
from portal.notices.webhook_models import Delivery
from portal.notices.webhook_queries import ReceiverView
from portal.notices.webhook_rules import EVENTS, PURPOSE
from portal.people.access import requires, the_viewer
from portal.people.moments import moment_words
from portal.people.replies import page, refused
from portal.web.forms import refuse_unknown
from portal.web.limits import limiter, per_viewer
from portal.web.secret import secret_for
from portal.web.transactions import writing

bp = Blueprint("webhooks", __name__)


@bp.get("/settings/webhooks")
@requires("webhooks.see")
def receivers() -> ResponseReturnValue:
    """Every receiver, and the form for another."""
    form = _form()
    form.events.data = list(EVENTS)
    return page("notices/webhooks.html", form, **_listed())


@bp.post("/settings/webhooks")
@requires("webhooks.change")
def add() -> ResponseReturnValue:
    """Add a receiver and show its secret, this once."""
    form, viewer = _form(), the_viewer()
    if not form.validate():
        return page("notices/webhooks.html", form, status=422, **_listed())
    try:
        with writing():
            row, secret = webhook_service.add(
                viewer, form.wanted(), key=secret_for(PURPOSE), inside=_inside(), now=clock.now()
            )
            facts = {"number": row.id, "name": row.name, "secret": secret, "rotated": False}
    except DomainError as error:
        return refused("notices/webhooks.html", form, error, **_listed())
    return render_template("notices/webhook_secret.html", here="me", **facts)


@bp.get("/settings/webhooks/<int:number>")
@requires("webhooks.see")
def receiver(number: int) -> ResponseReturnValue:
    """One receiver: its settings and its log."""
    found = webhook_queries.receiver_view(the_viewer(), number)
    wanted = {"name": found.name, "url": found.url, "place": str(found.place_id or NOWHERE), "events": found.events}
    return page("notices/webhook.html", _form(data=wanted), **_around(found))


@bp.post("/settings/webhooks/<int:number>")
@requires("webhooks.change")
def change(number: int) -> ResponseReturnValue:
    """Change name, address, place and events."""
    form, viewer = _form(), the_viewer()
    found = webhook_queries.receiver_view(viewer, number)
    if not form.validate():
        return page("notices/webhook.html", form, status=422, **_around(found))
    try:
        with writing():
            webhook_service.change(viewer, number, form.wanted(), inside=_inside(), now=clock.now())
    except DomainError as error:
        return refused("notices/webhook.html", form, error, **_around(found))
    return _done(number, "Saved.")


@bp.post("/settings/webhooks/<int:number>/pause")
@requires("webhooks.change")
def pause(number: int) -> ResponseReturnValue:
    """Send nothing for the time being."""
    refuse_unknown({"csrf_token"})
    with writing():
        webhook_service.pause(the_viewer(), number, now=clock.now())
    return _done(number, "Paused. What happens meanwhile waits for it.")


@bp.post("/settings/webhooks/<int:number>/resumption")
@requires("webhooks.change")
def resume(number: int) -> ResponseReturnValue:
    """Send again, beginning with what waited."""
    refuse_unknown({"csrf_token"})
    with writing():
        webhook_service.go_on(the_viewer(), number, now=clock.now())
    return _done(number, "It goes on, beginning with what waited.")


@bp.post("/settings/webhooks/<int:number>/test")
@requires("webhooks.change")
@limiter.limit("20 per hour", key_func=per_viewer)
def test(number: int) -> ResponseReturnValue:
    """Send a test."""
    refuse_unknown({"csrf_token"})
    with writing():
        webhook_service.test(the_viewer(), number, now=clock.now())
    return _done(number, "A test is on its way. Look at the log in a moment.")


@bp.post("/settings/webhooks/<int:number>/secret")
@requires("webhooks.change")
def rotate(number: int) -> ResponseReturnValue:
    """Make a new secret and show it, this once."""
    refuse_unknown({"csrf_token"})
    with writing():
        row, secret = webhook_service.rotate(the_viewer(), number, key=secret_for(PURPOSE), now=clock.now())
        facts = {"number": row.id, "name": row.name, "secret": secret, "rotated": True}
    return render_template("notices/webhook_secret.html", here="me", **facts)


@bp.post("/settings/webhooks/<int:number>/removal")
@requires("webhooks.change")
def remove(number: int) -> ResponseReturnValue:
    """Send it nothing any more."""
    refuse_unknown({"csrf_token"})
    with writing():
        webhook_service.remove(the_viewer(), number, now=clock.now())
    flash("Removed. It hears nothing any more.")
    return redirect(url_for("webhooks.receivers"), 303)


def _form(**given: Any) -> ReceiverForm:
    form = ReceiverForm(**given)
    usual = SelectChoice(NOWHERE, "What everybody here may read")
    of_places = [SelectChoice(str(number), f"As somebody at {name}") for number, name in webhook_queries.places()]
    form.place.choices = [usual, *of_places]
    return form


def _inside() -> tuple[str, ...]:
    return current_app.config["SAYSO"].outgoing_inside


def _done(number: int, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("webhooks.receiver", number=number), 303)


def _listed() -> dict[str, Any]:
    viewer = the_viewer()
    return {"receivers": [_words(one) for one in webhook_queries.receivers(viewer)], "here": "me"}


def _around(found: ReceiverView) -> dict[str, Any]:
    viewer = the_viewer()
    rows, more = webhook_queries.deliveries_page(viewer, found.number, cursor=request.args.get("after"))
    more_href = url_for("webhooks.receiver", number=found.number, after=more) if more else None
    log = [_line(row, viewer.timezone) for row in rows]
    return {"one": _words(found), "log": log, "more": more_href, "here": "me"}


def _words(found: ReceiverView) -> dict[str, Any]:
    zone, now = the_viewer().timezone, clock.now()
    failing = found.failing_since if found.paused_at is None else None
    both = found.both_until if found.both_until and found.both_until > now else None
    return {
        "number": found.number, "name": found.name, "url": found.url, "place": found.place, "waiting": found.waiting,
        "events": [event_words(event) for event in found.events], "paused": found.paused_because,
        "paused_on": moment_words(found.paused_at, zone) if found.paused_at else None,
        "failing": moment_words(failing, zone) if failing else None,
        "next_try": moment_words(found.next_try_at, zone) if failing and found.next_try_at else None,
        "both_until": moment_words(both, zone) if both else None,
    }  # fmt: skip


def _line(row: Delivery, zone: str) -> dict[str, Any]:
    at = row.tried_at or row.queued_at
    return {
        "event": "Test" if row.story_id is None else event_words(row.event), "id": row.event_id,
        "when": moment_words(at, zone), "datetime": at.isoformat(timespec="seconds"),
        "ms": f"{row.ms:,} ms" if row.ms is not None else "", "attempts": row.attempts,
        "outcome": webhook_queries.outcome_words(row), "answer": row.answer,
    }  # fmt: skip
