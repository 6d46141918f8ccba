"""The queue of each receiver: filled by outcomes, emptied one by one, in order, by one worker at a time."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from portal.db import db, insert_if_new
from portal.ideas.models import Idea, Story
from portal.ideas.story import is_undone
from portal.ideas.words import StoryKind
from portal.notices.webhook_body import body_of, scope_of
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_rules import (
    EVENTS,
    GONE,
    KEPT,
    TEST,
    WAITS_MAX,
    Ended,
    Paused,
    answer_kept,
    is_taken,
    reads,
    secret_of,
    signature,
    try_again_at,
)
from portal.outbox import service as outbox
from portal.web.safe_http import Answer

DRAIN = "webhooks.drain"  # payload: {"receiver": …}
PAUSED = "webhooks.paused"  # payload: {"receiver": …, "because": …}
LEASE = timedelta(seconds=90)  # renewed before each attempt, which takes ten seconds at most


@dataclass(frozen=True)
class Letter:
    """One attempt, ready to be sent."""

    delivery_id: int
    url: str
    body: bytes
    headers: dict[str, str]


def queue_for(story_step: Story, now: datetime) -> int:
    """Queue an outcome for every receiver that wants it and may read it; a second call queues nothing twice.

    Returns how many were queued. Call it when the step is told, within the transaction in which it is told.
    """
    event = f"idea.{story_step.kind.value}"
    about_a_comment = story_step.kind in (StoryKind.HIDDEN, StoryKind.RESTORED) and "comment" in story_step.facts
    if event not in EVENTS or about_a_comment or is_undone(story_step.id):
        return 0
    standing = select(Receiver).where(Receiver.removed_at.is_(None)).order_by(Receiver.id)
    wanting = [receiver for receiver in db.session.scalars(standing) if event in receiver.events.split()]
    idea = db.session.get_one(Idea, story_step.idea_id) if wanting else None
    return sum(_queue(receiver, idea, story_step.id, event, now) for receiver in wanting if idea is not None)


def queue_test(receiver: Receiver, *, now: datetime) -> Delivery:
    """Queue a test behind all that waits, and let the queue be tried at once."""
    made = Delivery(receiver_id=receiver.id, event_id=str(uuid.uuid4()), event=TEST, queued_at=now)
    db.session.add(made)
    db.session.flush()
    receiver.next_try_at = None
    outbox.emit(DRAIN, {"receiver": receiver.id}, now=now)
    return made


def waiting_receivers(*, now: datetime) -> list[int]:
    """The receivers whose queue could be emptied now: what a worker that was killed has left behind."""
    has = select(Delivery.id).where(Delivery.receiver_id == Receiver.id, Delivery.done_at.is_(None)).exists()
    return list(db.session.scalars(select(Receiver.id).where(*_may_be_tried(now), has).order_by(Receiver.id)))


def take(receiver_id: int, worker: str, *, now: datetime) -> bool:
    """Take the queue of a receiver for this worker, or keep it; False while it rests, is paused or another has it."""
    mine = update(Receiver).where(Receiver.id == receiver_id, *_may_be_tried(now, worker))
    taken = mine.values(lease_until=now + LEASE, lease_by=worker).execution_options(synchronize_session=False)
    return db.session.execute(taken).rowcount == 1  # type: ignore[attr-defined]


def leave(receiver_id: int, worker: str, *, now: datetime) -> None:
    """Give the queue back; what came in meanwhile, or was more than one turn takes, gets a turn of its own."""
    held = Receiver.id == receiver_id, Receiver.lease_by == worker
    db.session.execute(
        update(Receiver).where(*held).values(lease_until=None, lease_by="").execution_options(synchronize_session=False)
    )
    waits = db.session.scalar(select(Delivery.id).where(*_waiting(receiver_id)).limit(1))
    if waits is not None and receiver_id in waiting_receivers(now=now):
        outbox.emit(DRAIN, {"receiver": receiver_id}, now=now)


def next_letter(receiver_id: int, *, key: bytes, base_url: str, now: datetime) -> Letter | None:
    """The oldest that waits, signed for this attempt; None when nothing waits.

    What the receiver may not read any more is ended on the way.
    """
    receiver = db.session.get_one(Receiver, receiver_id, populate_existing=True)
    while delivery := db.session.scalar(select(Delivery).where(*_waiting(receiver_id)).order_by(Delivery.id).limit(1)):
        if (body := body_of(delivery, receiver, base_url=base_url)) is not None:
            return Letter(delivery.id, receiver.url, body, _headers(delivery, receiver, body, key, now))
        _end(delivery, Ended.NOT_SHOWN, now)
    return None


def note_answer(delivery_id: int, answer: Answer, *, now: datetime) -> bool:
    """Write down what a receiver answered; True if it took the event, so that the next may go."""
    delivery, receiver = _both(delivery_id)
    _note(delivery, now, status=answer.status, ms=answer.ms, answer=answer_kept(answer.body), error="")
    if is_taken(answer.status):
        _end(delivery, Ended.TAKEN, now)
        receiver.failing_since, receiver.failures, receiver.next_try_at = None, 0, None
        db.session.flush()
        return True
    _failed(receiver, now, gone=answer.status == GONE)
    return False


def note_failure(delivery_id: int, words: str, *, ms: int, now: datetime) -> None:
    """Write down that nobody answered."""
    delivery, receiver = _both(delivery_id)
    _note(delivery, now, status=None, ms=ms, answer="", error=words[:300])
    _failed(receiver, now)


def forget_old(*, now: datetime) -> None:
    """End what has waited for a week, and forget what ended a month ago."""
    stale = Delivery.done_at.is_(None), Delivery.queued_at < now - WAITS_MAX
    db.session.execute(update(Delivery).where(*stale).values(done_at=now, ended=Ended.TOO_OLD))
    db.session.execute(delete(Delivery).where(Delivery.done_at.is_not(None), Delivery.queued_at < now - KEPT))


def _queue(receiver: Receiver, idea: Idea, story_id: int, event: str, now: datetime) -> int:
    scope = scope_of(receiver.place_id)
    if not reads(scope, idea.audience, employer_id=idea.employer_id, site_id=idea.site_id):
        return 0
    values = {"receiver_id": receiver.id, "story_id": story_id, "event_id": str(uuid.uuid4()), "event": event,
              "queued_at": now}  # fmt: skip
    made = insert_if_new(Delivery, values, key=("receiver_id", "story_id"))
    if made is None:
        return 0
    if receiver.paused_at is None:
        outbox.emit(DRAIN, {"receiver": receiver.id}, now=now)
    return 1


def _may_be_tried(now: datetime, worker: str = "") -> tuple:
    return (
        Receiver.removed_at.is_(None),
        Receiver.paused_at.is_(None),
        or_(Receiver.next_try_at.is_(None), Receiver.next_try_at <= now),
        or_(Receiver.lease_until.is_(None), Receiver.lease_until < now, Receiver.lease_by == worker),
    )


def _waiting(receiver_id: int) -> tuple:
    return Delivery.receiver_id == receiver_id, Delivery.done_at.is_(None)


def _headers(delivery: Delivery, receiver: Receiver, body: bytes, key: bytes, now: datetime) -> dict[str, str]:
    seeds = [receiver.seed]
    if receiver.before_until is not None and receiver.before_until > now:
        seeds.append(receiver.seed_before)
    secrets = [secret_of(key, seed) for seed in seeds]
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(secrets, event_id=delivery.event_id, at=now, body=body),
    }


def _both(delivery_id: int) -> tuple[Delivery, Receiver]:
    delivery = db.session.get_one(Delivery, delivery_id)
    receiver = select(Receiver).where(Receiver.id == delivery.receiver_id).with_for_update()
    return delivery, db.session.scalars(receiver.execution_options(populate_existing=True)).one()


def _note(delivery: Delivery, now: datetime, **values: object) -> None:
    delivery.attempts += 1
    delivery.tried_at = now
    for name, value in values.items():
        setattr(delivery, name, value)


def _end(delivery: Delivery, ended: Ended, now: datetime) -> None:
    if delivery.done_at is None:  # removed while it was sent: that stands
        delivery.done_at, delivery.ended = now, ended
    db.session.flush()


def _failed(receiver: Receiver, now: datetime, *, gone: bool = False) -> None:
    """Rest and try again; after a day of it, or where nothing is wanted any more, pause and tell."""
    receiver.failing_since = receiver.failing_since or now
    receiver.failures += 1
    again = try_again_at(now, failing_since=receiver.failing_since, failures=receiver.failures, spread=receiver.id)
    receiver.next_try_at = again
    if gone or again is None:
        _pause(receiver, Paused.GONE if gone else Paused.UNREACHABLE, now)
    else:
        outbox.emit(DRAIN, {"receiver": receiver.id}, now=now, available_at=again)
    db.session.flush()


def _pause(receiver: Receiver, because: Paused, now: datetime) -> None:
    if receiver.paused_at is None and receiver.removed_at is None:
        receiver.paused_at, receiver.paused_because, receiver.next_try_at = now, because, None
        outbox.emit(PAUSED, {"receiver": receiver.id, "because": because.value}, now=now)
