"""The worker: delivers the outbox and starts what is due. Any number may run; each message is claimed by one."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from types import FrameType

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

POLL_SECONDS = 0.5
PAUSE_SECONDS = 2
Handler = Callable[[Claimed, datetime], None]
log = logging.getLogger("sayso.worker")


def handlers() -> dict[str, Handler]:
    """Topic → what to do. A handler may run twice for one message and must not mind."""
    from portal.home import jobs as home
    from portal.home import programme_jobs as programme
    from portal.home import search_jobs as search
    from portal.ideas import jobs as ideas
    from portal.notices import again_mails, clock_notices, merge_mails, outcomes, people_mails, rule_mails, swarm_mails
    from portal.people import jobs as people
    from portal.rewards import jobs as rewards
    from portal.swarm import jobs as swarm
    from portal.triage import clock_jobs as clocks

    capabilities = (
        people_mails, swarm_mails, merge_mails, again_mails, rule_mails, outcomes, clock_notices,
        people, ideas, rewards, swarm, clocks, home, search, programme,
    )  # fmt: skip
    return {topic: handler for capability in capabilities for topic, handler in capability.HANDLERS.items()}


def schedule(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of every periodic run that is due at `now`; the key makes it happen once."""
    from portal.home import jobs as home
    from portal.home import programme_jobs as programme
    from portal.home import search_jobs as search
    from portal.ideas import jobs as ideas
    from portal.people import jobs as people
    from portal.rewards import jobs as rewards
    from portal.swarm import jobs as swarm
    from portal.triage import clock_jobs as clocks

    capabilities = (people, ideas, rewards, swarm, clocks, home, search, programme)
    return [run for capability in capabilities for run in capability.due(now)]


def run_once(
    app: Flask,
    *,
    now: datetime | None = None,
    handlers: Mapping[str, Handler] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Start what is due and deliver everything that is waiting; returns how many messages were handled.

    now: a fixed moment instead of the clock. handlers: other ones than `handlers()`. stopping: asked between claims.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}"
    known = _all_handlers() if handlers is None else handlers
    with app.app_context():
        _start_what_is_due(known, now or clock.now())
        handled = 0
        while not stopping() and (claimed := _claim(worker, now or clock.now())):
            for message in claimed:
                _deliver(message, known, worker, now)
            handled += len(claimed)
        return handled


def run_forever(app: Flask, *, handlers: Mapping[str, Handler] | None = None, parent: int | None = None) -> None:
    """Poll until SIGTERM or SIGINT, or until the process `parent` is gone; finish what is claimed first."""
    asked = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    def stopping() -> bool:
        return asked.is_set() or (parent is not None and os.getppid() != parent)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("worker started")
    while not stopping():
        try:
            run_once(app, handlers=handlers, stopping=stopping)
        except Exception:
            # The database may be restarting: say so, wait, and go on; the leases keep everything safe.
            log.exception("worker could not reach the database")
            asked.wait(PAUSE_SECONDS)
        asked.wait(POLL_SECONDS)
    log.info("worker stopped")


def _all_handlers() -> Mapping[str, Handler]:
    return handlers()


def _start_what_is_due(known: Mapping[str, Handler], now: datetime) -> None:
    """Leave a message for each periodic run that has none yet; only of topics that this worker knows."""
    due = {key: topic for topic, key in schedule(now) if topic in known}
    # A read first: most of the time everything due has been started long ago, and the writer is left alone.
    missing = outbox.unused_keys(due)
    db.session.rollback()
    if not missing:
        return
    with writing():
        for key in missing:
            outbox.emit(due[key], {"due": now.isoformat()}, now=now, unique_key=key)


def _claim(worker: str, now: datetime) -> list[Claimed]:
    if not outbox.anything_waiting(now=now):
        db.session.rollback()
        return []
    with writing():
        return outbox.claim(worker, now=now)


def _deliver(message: Claimed, known: Mapping[str, Handler], worker: str, fixed_now: datetime | None) -> None:
    now = fixed_now or clock.now()
    facts = {"topic": message.topic, "event_id": message.event_id, "attempts": message.attempts}
    try:
        known[message.topic](message, now)
    except Exception as error:
        db.session.rollback()
        log.exception("message failed", extra=facts)
        with writing():
            outbox.postpone(message, worker, f"{type(error).__name__}: {error}", now=fixed_now or clock.now())
        return
    with writing():
        outbox.finish(message, worker, now=fixed_now or clock.now())
    log.info("message handled", extra=facts)
