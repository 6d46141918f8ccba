"""The worker, as a real process where it matters: at least once, never lost, each message by one of many."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from portal import clock, worker
from portal.db import db, writing
from portal.outbox import service as outbox
from portal.outbox.models import Message
from portal.outbox.rules import ATTEMPTS_MAX, LEASE
from portal.outbox.service import Claimed
from tests.factories import NOON

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 30


def test_every_waiting_message_is_handed_to_its_handler(app: Flask) -> None:
    emit(app, 12)
    seen: list[str] = []

    handled = worker.run_once(app, now=NOON, handlers={"greeting": lambda message, now: seen.append(message.event_id)})

    assert handled == len(set(seen)) == 12
    assert waiting(app) == 0


def test_one_message_that_fails_does_not_hold_up_the_others(app: Flask) -> None:
    emit(app, 3)
    seen: list[int] = []

    def handle(message: Claimed, now: datetime) -> None:
        if message.payload["n"] == 1:
            raise ValueError("not this one")
        seen.append(message.payload["n"])

    worker.run_once(app, now=NOON, handlers={"greeting": handle})

    assert seen == [0, 2]
    assert [message.last_error for message in messages(app) if message.done_at is None] == ["ValueError: not this one"]


def test_a_message_nobody_knows_waits_for_a_later_version(app: Flask) -> None:
    emit(app, 1)

    worker.run_once(app, now=NOON, handlers={})
    seen: list[str] = []
    worker.run_once(app, now=NOON + timedelta(minutes=1),
                    handlers={"greeting": lambda message, now: seen.append(message.topic)})  # fmt: skip

    assert seen == ["greeting"]


def test_what_a_handler_wrote_before_it_failed_is_taken_back(app: Flask) -> None:
    emit(app, 1)

    def handle(message: Claimed, now: datetime) -> None:
        with writing():
            outbox.emit("half", {}, now=now)
            raise ValueError("in the middle")

    worker.run_once(app, now=NOON, handlers={"greeting": handle})

    assert [message.topic for message in messages(app)] == ["greeting"]


def test_a_hopeless_message_is_given_up_but_kept(app: Flask) -> None:
    emit(app, 1)
    now = NOON

    def fail(message: Claimed, now: datetime) -> None:
        raise ValueError("never")

    for _ in range(ATTEMPTS_MAX + 1):
        worker.run_once(app, now=now, handlers={"greeting": fail})
        now += timedelta(hours=9)

    (message,) = messages(app)
    assert (message.attempts, message.given_up_at is not None) == (ATTEMPTS_MAX, True)


def test_a_mail_server_that_is_down_delays_and_loses_nothing(app: Flask) -> None:
    emit(app, 2)
    port = free_port()
    handlers = {"greeting": mail_to(port)}

    worker.run_once(app, now=NOON, handlers=handlers)
    while_down = [message.last_error or "" for message in messages(app)]
    with mail_server(port) as received:
        worker.run_once(app, now=NOON + timedelta(minutes=1), handlers=handlers)

    assert all("ConnectionRefusedError" in error for error in while_down)
    assert sorted(received) == ["message 0", "message 1"]
    assert waiting(app) == 0


def test_an_idle_worker_never_takes_the_writer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    @contextmanager
    def counted() -> Iterator[None]:
        taken.append("writer")
        with writing():
            yield

    monkeypatch.setattr(worker, "writing", counted)
    monkeypatch.setattr(worker, "schedule", lambda now: [])

    worker.run_once(app, now=NOON, handlers={})

    assert taken == []


@pytest.mark.slow
def test_a_worker_killed_between_acting_and_marking_leaves_the_message_to_the_next(app: Flask, tmp_path: Path) -> None:
    events = emit(app, 3, at=clock.now())

    with real_worker(app, tmp_path, "dies") as process:
        status = process.wait(SECONDS_MAX)
    acted_on = lines(tmp_path / "handled")
    seen: list[str] = []
    later = clock.now() + LEASE + timedelta(seconds=5)
    worker.run_once(app, now=later, handlers={"greeting": lambda message, now: seen.append(message.event_id)})

    assert status == -signal.SIGKILL
    assert len(acted_on) == 1
    assert sorted(seen) == sorted(events), "everything is handled, the message that was acted on a second time"
    assert waiting(app) == 0


@pytest.mark.slow
def test_two_workers_share_two_hundred_messages_without_doing_one_twice(app: Flask, tmp_path: Path) -> None:
    events: list[str] = []

    with real_worker(app, tmp_path, "steady"), real_worker(app, tmp_path, "steady"):
        # On a busy machine one of them starts when the other has done all: then there is more to do.
        while len(events) < 200 or (len(events) < 2_000 and len(workers(app)) < 2):
            events += emit(app, 200, at=clock.now())
            until(lambda: waiting(app) == 0)

    done = Counter(lines(tmp_path / "handled"))
    assert set(done) == set(events)
    assert set(done.values()) == {1}
    assert len(workers(app)) == 2


def workers(app: Flask) -> set[str | None]:
    return {message.lease_by for message in messages(app)}


@pytest.mark.slow
def test_a_worker_asked_to_end_finishes_what_it_has_begun(app: Flask, tmp_path: Path) -> None:
    emit(app, 1, at=clock.now())

    with real_worker(app, tmp_path, "slow") as process:
        until(lambda: bool(lines(tmp_path / "started")))
        process.send_signal(signal.SIGTERM)
        status = process.wait(SECONDS_MAX)

    assert status == 0
    assert len(lines(tmp_path / "handled")) == 1
    assert waiting(app) == 0


def emit(app: Flask, count: int, *, at: datetime = NOON) -> list[str]:
    with app.app_context(), writing():
        return [str(outbox.emit("greeting", {"n": number}, now=at)) for number in range(count)]


def messages(app: Flask) -> list[Message]:
    with app.app_context():
        found = list(db.session.scalars(db.select(Message).order_by(Message.id)))
        db.session.expunge_all()
        return found


def waiting(app: Flask) -> int:
    return sum(message.done_at is None for message in messages(app))


def mail_to(port: int) -> Callable[[Claimed, datetime], None]:
    def handle(message: Claimed, now: datetime) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
            server.sendmail("sayso@example.org", ["asha@example.org"], f"message {message.payload['n']}")

    return handle


@contextmanager
def mail_server(port: int) -> Iterator[list[str]]:
    received: list[str] = []

    class Keep:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            received.append(envelope.content.decode().strip())  # type: ignore[attr-defined]
            return "250 OK"

    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield received
    finally:
        controller.stop()


@contextmanager
def real_worker(app: Flask, folder: Path, manner: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        sys.executable,
        "-m",
        "tests.outbox.real_worker",
        app.config["SQLALCHEMY_DATABASE_URI"],
        str(folder),
        manner,
    ]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(SECONDS_MAX)


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS_MAX
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
