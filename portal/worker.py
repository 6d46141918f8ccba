"""The worker: delivers the outbox and starts what is due. Any number may run; each message is claimed by one."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.ideas import jobs as ideas
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

POLL_SECONDS = 0.5
Handler = Callable[[Claimed, datetime], None]
log = logging.getLogger("sayso.worker")


def handlers() -> dict[str, Handler]:
    """Topic → what to do. A handler may run twice for one message and must not mind."""
    return {**ideas.HANDLERS}


def schedule(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of every periodic run that is due at `now`; the key makes it happen once."""
    return [*ideas.due(now)]


def run_once(app: Flask, *, now: datetime | None = None) -> int:
    """Start what is due and deliver everything that is waiting; returns how many messages were handled."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    with app.app_context():
        _start_what_is_due(now or clock.now())
        handled = 0
        while claimed := _claim(worker, now or clock.now()):
            for message in claimed:
                _deliver(message, worker, now)
            handled += len(claimed)
        return handled


def run_forever(app: Flask) -> None:
    """Poll until SIGTERM or SIGINT; finish the message in hand first."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("worker started")
    while not stopping:
        try:
            run_once(app)
        except Exception:
            # The database may be restarting: say so, wait, and go on; the leases keep everything safe.
            log.exception("worker could not reach the database")
            time.sleep(2)
        time.sleep(POLL_SECONDS)
    log.info("worker stopped")


def _start_what_is_due(now: datetime) -> None:
    due = schedule(now)
    if not due:
        return
    with writing():
        for topic, key in due:
            outbox.emit(topic, {"due": now.isoformat()}, now=now, unique_key=key)


def _claim(worker: str, now: datetime) -> list[Claimed]:
    if not outbox.anything_waiting(now=now):
        db.session.rollback()
        return []
    with writing():
        return outbox.claim(worker, now=now)


def _deliver(message: Claimed, worker: str, fixed_now: datetime | None) -> None:
    now = fixed_now or clock.now()
    facts = {"topic": message.topic, "event_id": message.event_id, "attempts": message.attempts}
    try:
        handlers()[message.topic](message, now)
    except Exception as error:
        db.session.rollback()
        log.exception("message failed", extra=facts)
        with writing():
            outbox.postpone(message, worker, f"{type(error).__name__}: {error}", now=fixed_now or clock.now())
        return
    with writing():
        outbox.finish(message, worker, now=fixed_now or clock.now())
    log.info("message handled", extra=facts)
