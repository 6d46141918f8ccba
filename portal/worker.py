"""The worker: delivers the outbox and starts what is due. Any number may run; each message is claimed by one."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from types import FrameType, ModuleType

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.notices import webhook_jobs as lines
from portal.outbox import clock_guard
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

POLL_SECONDS = 0.5
PAUSE_SECONDS = 2
Handler = Callable[[Claimed, datetime], None]
log = logging.getLogger("sayso.worker")


def handlers() -> dict[str, Handler]:
    """Topic → what to do. A handler may run twice for one message and must not mind."""
    return {topic: handler for one in _capabilities() for topic, handler in one.HANDLERS.items()}


def schedule(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of every periodic run that is due at `now`; the key makes it happen once."""
    return [run for one in _capabilities() if hasattr(one, "due") for run in one.due(now)]


def _capabilities() -> tuple[ModuleType, ...]:
    """Everything that the worker does: HANDLERS in each, and `due` where something is periodic."""
    from portal.commitments import floor_jobs as floor
    from portal.commitments import jobs as commitments
    from portal.frontline import attendance_jobs as attendance
    from portal.frontline import reminder_jobs as reminders
    from portal.frontline import representative_jobs as representatives
    from portal.frontline import seat_jobs as seats
    from portal.home import jobs as home
    from portal.home import leaving_jobs as leaving
    from portal.home import programme_jobs as programme
    from portal.home import search_jobs as search
    from portal.ideas import jobs as ideas
    from portal.impact import jobs as impact
    from portal.impact import rollout_jobs as rollouts
    from portal.ledger import jobs as ledger
    from portal.notices import (
        again_mails,
        ask_notices,
        broadcast_notices,
        bulletin_notices,
        clock_notices,
        floor_notices,
        insight_notices,
        ledger_notices,
        merge_mails,
        outcome_jobs,
        people_mails,
        post_jobs,
        reminder_notices,
        representative_notices,
        rewards_notices,
        seat_notices,
        shift_notices,
        shop_notices,
        slot_notices,
        swarm_mails,
    )
    from portal.notices import promise_notices as promises
    from portal.notices import verdict_notices as verdicts
    from portal.notices import webhook_jobs as webhooks
    from portal.notices import webhook_notices as webhook_news
    from portal.people import jobs as people
    from portal.rewards import jobs as rewards
    from portal.rewards import redemption_jobs as orders
    from portal.swarm import jobs as swarm
    from portal.triage import again_jobs as again
    from portal.triage import clock_jobs as clocks
    from portal.triage import moves_jobs as moves

    return (
        people_mails, swarm_mails, merge_mails, again_mails, ask_notices, bulletin_notices, clock_notices,
        broadcast_notices, floor_notices, promises, outcome_jobs, people, ledger, ledger_notices, ideas, rewards, swarm,
        floor, again, clocks, moves, home, search, programme, commitments, leaving, post_jobs, webhooks, webhook_news,
        orders, shop_notices, rewards_notices, rollouts, impact, verdicts, reminders, shift_notices, slot_notices,
        reminder_notices, seats, insight_notices, representatives, representative_notices, attendance,
        seat_notices,
    )  # fmt: skip


def run_once(
    app: Flask,
    *,
    now: datetime | None = None,
    handlers: Mapping[str, Handler] | None = None,
    stopping: Callable[[], bool] = lambda: False,
    guarded: bool | None = None,
    linger: bool = True,
) -> int:
    """Start what is due and deliver everything that is waiting; returns how many messages were handled.

    now: a fixed moment instead of the clock. handlers: other ones than `handlers()`. stopping: asked between claims.
    guarded: whether a moment far from the last one is asked about before anything periodic is started; usually where
    the clock is read, for a moment that somebody gives is meant. linger: wait for webhooks that are being sent.
    """
    known = _all_handlers() if handlers is None else handlers
    with app.app_context():
        _start_what_is_due(known, now or clock.now(), guarded=now is None if guarded is None else guarded)
        handled = _deliver_all(known, now, stopping)
        while linger and lines.wait():
            handled += _deliver_all(known, now, stopping)  # what the lines have left: that one was paused
        return handled


def _deliver_all(known: Mapping[str, Handler], now: datetime | None, stopping: Callable[[], bool]) -> int:
    worker, handled = f"{socket.gethostname()}:{os.getpid()}", 0
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
            run_once(app, handlers=handlers, stopping=stopping, linger=False)
        except Exception:
            # The database may be restarting: say so, wait, and go on; the leases keep everything safe.
            log.exception("worker could not reach the database")
            asked.wait(PAUSE_SECONDS)
        asked.wait(POLL_SECONDS)
    lines.end()
    log.info("worker stopped")


def _all_handlers() -> Mapping[str, Handler]:
    return handlers()


def _start_what_is_due(known: Mapping[str, Handler], now: datetime, *, guarded: bool) -> None:
    """Leave a message for each periodic run that has none yet; only of topics that this worker knows.

    Nothing while the clock has jumped and nobody has said that it is right.
    """
    host = socket.gethostname()[:120]
    due = {key: topic for topic, key in schedule(now) if topic in known}
    # A read first: most of the time everything due has been started long ago, and the writer is left alone.
    missing = outbox.unused_keys(due)
    held = guarded and bool(missing) and clock_guard.is_held(host, now=now)
    db.session.rollback()
    if held or not missing:
        return
    with writing():
        if guarded and not clock_guard.tick(host, now=now):
            log.warning("the clock has jumped; nothing periodic is started until somebody says go on")
            return
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
