"""Writing messages into the outbox, and taking them out again under a lease."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db, is_postgres
from portal.outbox.models import Message, Processed
from portal.outbox.rules import CLAIM_MAX, LEASE, backoff_seconds, is_hopeless


@dataclass(frozen=True)
class Claimed:
    """A message in the hands of one worker."""

    id: int
    event_id: str
    topic: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


def emit(
    topic: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    available_at: datetime | None = None,
    unique_key: str | None = None,
) -> str | None:
    """Leave a message for the worker, in the transaction of its cause.

    payload: ids and plain facts, no secrets. unique_key: where one is given and already used, nothing is written
    and None is returned, so that a periodic run exists once however many workers ask for it.
    """
    message = Message(
        event_id=str(uuid.uuid4()),
        topic=topic,
        payload=json.dumps(payload, sort_keys=True),
        unique_key=unique_key,
        created_at=now,
        available_at=available_at or now,
    )
    if unique_key is None:
        db.session.add(message)
        db.session.flush()
        return message.event_id
    try:
        # A savepoint: on PostgreSQL a refused INSERT would otherwise end the whole transaction.
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError:
        return None
    return message.event_id


def emit_many(topic: str, payloads: Iterable[Mapping[str, Any]], *, now: datetime) -> list[str]:
    """Leave many messages at once; returns their event ids, in the same order."""
    told = [json.dumps(payload, sort_keys=True) for payload in payloads]
    events = [str(uuid.uuid4()) for _ in told]
    rows = [
        {"event_id": event, "topic": topic, "payload": text, "created_at": now, "available_at": now}
        for event, text in zip(events, told, strict=True)
    ]
    if rows:
        db.session.execute(insert(Message), rows)
    return events


def let_begin(now: datetime) -> None:
    """What was left at moments long past counts as left now: for a history that was written in one go."""
    past = Message.available_at < now, Message.done_at.is_(None)
    db.session.execute(update(Message).where(*past).values(available_at=now))


def unused_keys(keys: Iterable[str]) -> list[str]:
    """Those of the unique keys under which no message has been left, in the order given."""
    wanted = list(keys)
    if not wanted:
        return []
    used = set(db.session.scalars(select(Message.unique_key).where(Message.unique_key.in_(wanted))))
    return [key for key in wanted if key not in used]


def anything_waiting(*, now: datetime) -> bool:
    """True if a claim would find something. A read, so that an idle worker never takes the writer."""
    return db.session.scalar(select(_waiting(now).exists())) is True


def claim(worker: str, *, now: datetime, limit: int = CLAIM_MAX) -> list[Claimed]:
    """Lease the oldest waiting messages to `worker`. The caller commits before it acts on them."""
    waiting = _waiting(now).order_by(Message.available_at, Message.id).limit(limit)
    if is_postgres():
        waiting = waiting.with_for_update(skip_locked=True)
    ids = list(db.session.scalars(waiting))
    if not ids:
        return []
    lease = {"lease_until": now + LEASE, "lease_by": worker, "attempts": Message.attempts + 1}
    db.session.execute(
        update(Message).where(Message.id.in_(ids)).values(**lease).execution_options(synchronize_session=False)
    )
    rows = db.session.scalars(select(Message).where(Message.id.in_(ids)).order_by(Message.available_at, Message.id)
                              .execution_options(populate_existing=True))  # fmt: skip
    return [_claimed(row) for row in rows]


def _waiting(now: datetime) -> Select[int]:
    return select(Message.id).where(
        Message.done_at.is_(None),
        Message.given_up_at.is_(None),
        Message.available_at <= now,
        or_(Message.lease_until.is_(None), Message.lease_until < now),
    )


def _claimed(row: Message) -> Claimed:
    return Claimed(row.id, row.event_id, row.topic, json.loads(row.payload), row.attempts, row.created_at)


def finish(message: Claimed, worker: str, *, now: datetime) -> bool:
    """Mark as done, if this worker still holds the lease; False if another has taken over."""
    return _release(message, worker, done_at=now, lease_until=None, last_error=None)


def postpone(message: Claimed, worker: str, error: str, *, now: datetime) -> bool:
    """Give back after a failure: try again later, or give up when it is hopeless. Nothing is deleted."""
    if is_hopeless(message.attempts):
        return _release(message, worker, given_up_at=now, lease_until=None, last_error=error[:500])
    later = now + timedelta(seconds=backoff_seconds(message.attempts, spread=message.id))
    return _release(message, worker, available_at=later, lease_until=None, last_error=error[:500])


def _release(message: Claimed, worker: str, **values: Any) -> bool:
    held = Message.id == message.id, Message.lease_by == worker, Message.done_at.is_(None)
    statement = update(Message).where(*held).values(**values).execution_options(synchronize_session=False)
    return db.session.execute(statement).rowcount == 1  # type: ignore[attr-defined]


def first_time(consumer: str, event_id: str, *, now: datetime) -> bool:
    """True once for each consumer and event, in the transaction of the effect; False when it was done before."""
    try:
        with db.session.begin_nested():
            db.session.add(Processed(consumer=consumer, event_id=event_id, at=now))
    except IntegrityError:
        return False
    return True


def oldest_waiting_seconds(*, now: datetime) -> float:
    """How long the oldest message that could have been delivered has waited; 0 when none is waiting."""
    oldest = db.session.scalar(
        select(func.min(Message.available_at)).where(Message.done_at.is_(None), Message.given_up_at.is_(None))
    )
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
