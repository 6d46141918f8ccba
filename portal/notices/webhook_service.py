"""Setting up receivers of webhooks: what administrators do. Every verb is written to the audit trail."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, select, update

from portal.db import db, take_turns
from portal.errors import Invalid, Missing
from portal.notices import webhook_queue
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_policy import MAY
from portal.notices.webhook_rules import (
    BOTH_SECRETS,
    NAME_CHARS_MAX,
    RECEIVERS_MAX,
    Ended,
    Paused,
    WebhookRefusal,
    as_shown,
    events_of,
    secret_of,
)
from portal.outbox import service as outbox
from portal.people import service as people
from portal.people.imports import Top
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.web.safe_addresses import target_of


@dataclass(frozen=True)
class Wanted:
    """What a receiver is to be. place_id: an employer or a site whose restricted ideas it may read, or None."""

    name: str
    url: str
    events: Sequence[str]
    place_id: int | None = None


def add(
    viewer: Viewer, wanted: Wanted, *, key: bytes, inside: Collection[str], now: datetime
) -> tuple[Receiver, str]:  # fmt: skip
    """Add a receiver; returns it and its secret, which is never shown again.

    key: of which secrets are made. inside: the setting OUTGOING_INSIDE. Raises Refused, Invalid (of the address, the
    name, the events, the place), Conflict `too_many_receivers`.
    """
    demand_may(viewer, "webhooks.change")
    take_turns("webhooks")
    if (db.session.scalar(select(func.count(Receiver.id)).where(Receiver.removed_at.is_(None))) or 0) >= RECEIVERS_MAX:
        raise WebhookRefusal.TOO_MANY.as_error()
    row = Receiver(seed=secrets.token_hex(32), made_at=now, made_by_id=viewer.id)
    _set(row, wanted, inside)
    db.session.add(row)
    db.session.flush()
    _audit("webhook.added", row, viewer, now)
    return row, as_shown(secret_of(key, row.seed))


def change(viewer: Viewer, number: int, wanted: Wanted, *, inside: Collection[str], now: datetime) -> Receiver:
    """Change name, address, place and events; what waits goes to the new address. Raises as `add` does, and Missing."""
    row = receiver_for(viewer, number, to="webhooks.change")
    _set(row, wanted, inside)
    db.session.flush()
    _audit("webhook.changed", row, viewer, now)
    return row


def rotate(viewer: Viewer, number: int, *, key: bytes, now: datetime) -> tuple[Receiver, str]:
    """Make a new secret and return it; for 24 hours the one before signs as well.

    Raises Conflict `secret_just_made` while the one before still does, Missing, Refused.
    """
    row = receiver_for(viewer, number, to="webhooks.change")
    if row.before_until is not None and row.before_until > now:
        raise WebhookRefusal.STILL_BOTH.as_error()
    row.seed_before, row.before_until, row.seed = row.seed, now + BOTH_SECRETS, secrets.token_hex(32)
    db.session.flush()
    _audit("webhook.secret_made", row, viewer, now)
    return row, as_shown(secret_of(key, row.seed))


def pause(viewer: Viewer, number: int, *, now: datetime) -> Receiver:
    """Send nothing until it goes on; events are queued meanwhile. Raises Conflict `already_paused`, Missing."""
    row = receiver_for(viewer, number, to="webhooks.change")
    values = {"paused_at": now, "paused_because": Paused.BY_HAND}
    if not _changed(number, Receiver.paused_at.is_(None), values):
        raise WebhookRefusal.IS_PAUSED.as_error()
    _audit("webhook.paused", row, viewer, now)
    db.session.refresh(row)
    return row


def go_on(viewer: Viewer, number: int, *, now: datetime) -> Receiver:
    """Send again, beginning with what waited, a week of it at most. Raises Conflict `not_paused`, Missing."""
    row = receiver_for(viewer, number, to="webhooks.change")
    values = {"paused_at": None, "paused_because": None, "failing_since": None, "failures": 0, "next_try_at": None}
    if not _changed(number, Receiver.paused_at.is_not(None), values):
        raise WebhookRefusal.NOT_PAUSED.as_error()
    webhook_queue.forget_old(now=now)
    outbox.emit(webhook_queue.DRAIN, {"receiver": number}, now=now)
    _audit("webhook.went_on", row, viewer, now)
    db.session.refresh(row)
    return row


def test(viewer: Viewer, number: int, *, now: datetime) -> Delivery:
    """Queue a test event, and have the queue tried at once. Raises Conflict `receiver_paused`, Missing."""
    row = receiver_for(viewer, number, to="webhooks.change")
    if row.paused_at is not None:
        raise WebhookRefusal.PAUSED.as_error()
    return webhook_queue.queue_test(row, now=now)


def remove(viewer: Viewer, number: int, *, now: datetime) -> None:
    """Send nothing any more; what waited is ended. Raises Missing."""
    row = receiver_for(viewer, number, to="webhooks.change")
    row.removed_at = now
    waiting = Delivery.receiver_id == number, Delivery.done_at.is_(None)
    db.session.execute(update(Delivery).where(*waiting).values(done_at=now, ended=Ended.REMOVED))
    _audit("webhook.removed", row, viewer, now)


def receiver_for(viewer: Viewer, number: int, *, to: str = "webhooks.see") -> Receiver:
    """A receiver that has not been removed. Raises Missing, Refused."""
    demand_may(viewer, to)
    standing = Receiver.id == number, Receiver.removed_at.is_(None)
    row = db.session.scalar(select(Receiver).where(*standing)) if 0 < number < 2**31 else None
    if row is None:
        raise Missing("receiver")
    return row


def demand_may(viewer: Viewer, action: str) -> None:
    """Raise Refused unless the right is held on the whole organisation."""
    demand(MAY, action, viewer, Top(f"/{viewer.organisation_id}/"))


def _set(row: Receiver, wanted: Wanted, inside: Collection[str]) -> None:
    name = wanted.name.strip()
    if not name or len(name) > NAME_CHARS_MAX:
        words = f"Give it a name of 1 to {NAME_CHARS_MAX} characters."
        raise Invalid("bad_name", words, {"name": words})
    target_of(wanted.url, inside=inside)
    row.name, row.url, row.events = name, wanted.url, " ".join(events_of(wanted.events))
    row.place_id = _place(wanted.place_id)


def _place(place_id: int | None) -> int | None:
    if place_id is None:
        return None
    kind = db.session.scalar(select(Place.kind).where(Place.id == place_id))
    if kind is None or kind is PlaceKind.TEAM:
        raise WebhookRefusal.UNKNOWN_PLACE.as_error()
    return place_id


def _changed(number: int, condition: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    found = update(Receiver).where(Receiver.id == number, condition).values(values)
    done = db.session.execute(found.execution_options(synchronize_session=False))
    return done.rowcount == 1  # type: ignore[attr-defined]


def _audit(action: str, row: Receiver, viewer: Viewer, now: datetime) -> None:
    # Of the address the host alone: its path may be a secret of the receiver's.
    facts = {"name": row.name, "host": urlsplit(row.url).netloc, "place": row.place_id, "events": row.events.split()}
    people.audit(action, f"webhook:{row.id}", facts, actor_id=viewer.id, now=now)
