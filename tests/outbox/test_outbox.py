"""The outbox: at least once, never lost, one worker at a time."""

from datetime import timedelta

from flask import Flask

from portal.db import db, writing
from portal.outbox import service as outbox
from portal.outbox.models import Message
from tests.factories import NOON


def test_a_message_is_claimed_by_one_worker_until_its_lease_ends(context: Flask) -> None:
    with writing():
        outbox.emit("greeting", {"to": 1}, now=NOON)

    with writing():
        first = outbox.claim("one", now=NOON)
    with writing():
        second = outbox.claim("two", now=NOON)
    with writing():
        later = outbox.claim("two", now=NOON + timedelta(minutes=3))

    assert [message.topic for message in first] == ["greeting"]
    assert second == []
    assert [message.event_id for message in later] == [first[0].event_id]


def test_a_periodic_run_is_written_once_whoever_asks(context: Flask) -> None:
    with writing():
        first = outbox.emit("batch", {}, now=NOON, unique_key="batch:2026-W10")
        second = outbox.emit("batch", {}, now=NOON, unique_key="batch:2026-W10")

    assert first is not None
    assert second is None
    assert db.session.query(Message).count() == 1


def test_a_failed_message_waits_and_comes_back(context: Flask) -> None:
    with writing():
        outbox.emit("greeting", {}, now=NOON)
    with writing():
        (message,) = outbox.claim("one", now=NOON)

    with writing():
        outbox.postpone(message, "one", "the mail server is down", now=NOON)
    with writing():
        at_once = outbox.claim("one", now=NOON)
    with writing():
        in_time = outbox.claim("one", now=NOON + timedelta(seconds=20))

    assert at_once == []
    assert [again.attempts for again in in_time] == [2]


def test_a_worker_that_lost_its_lease_cannot_mark_as_done(context: Flask) -> None:
    with writing():
        outbox.emit("greeting", {}, now=NOON)
    with writing():
        (message,) = outbox.claim("slow", now=NOON)
    with writing():
        outbox.claim("fast", now=NOON + timedelta(minutes=3))

    with writing():
        done = outbox.finish(message, "slow", now=NOON + timedelta(minutes=3))

    assert done is False


def test_an_effect_happens_once_for_each_consumer(context: Flask) -> None:
    with writing():
        answers = [outbox.first_time("mail", "event-1", now=NOON) for _ in range(2)]
        other = outbox.first_time("points", "event-1", now=NOON)

    assert answers == [True, False]
    assert other is True
