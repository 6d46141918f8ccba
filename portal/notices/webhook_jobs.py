"""Sending webhooks: a line of its own for each receiver, so that a slow one holds up nobody but itself.

The worker's one loop only starts the lines. What a line leaves behind when its process is killed is found by the next
round, for everything that must not be lost stands in the receiver's queue.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app

from portal import clock
from portal.db import db, writing
from portal.errors import Invalid
from portal.notices import webhook_queue
from portal.notices.webhook_queue import DRAIN, Letter
from portal.notices.webhook_rules import PURPOSE
from portal.outbox.service import Claimed
from portal.web.safe_http import CallFailed, SafeHttp
from portal.web.secret import secret_for

FIND, FORGET = "webhooks.find", "webhooks.forget"
AT_ONCE = 100  # letters in one turn of a line; then whoever else waits for this worker's threads has theirs
log = logging.getLogger("sayso.webhooks")
_lines: dict[int, threading.Thread] = {}
_lock = threading.Lock()
_ending = threading.Event()


def drain(message: Claimed, now: datetime) -> None:
    """Start the line of a receiver, unless it runs: then it finds what is new by itself, or leaves a message."""
    _start(message.payload["receiver"], now)


def find(message: Claimed, now: datetime) -> None:
    """Start the lines whose worker was killed, and those whose message is lost."""
    waiting = webhook_queue.waiting_receivers(now=now)
    db.session.rollback()
    for receiver_id in waiting:
        _start(receiver_id, now)


def forget(message: Claimed, now: datetime) -> None:
    """Forget old deliveries. A second run finds nothing."""
    with writing():
        webhook_queue.forget_old(now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key): lost lines every five minutes, old deliveries once a day (UTC)."""
    moment = now.astimezone(UTC)
    return [
        (FIND, f"{FIND}:{moment:%Y-%m-%dT%H}:{moment.minute // 5}"),
        (FORGET, f"{FORGET}:{moment:%Y-%m-%d}"),
    ]


def wait(seconds: float = 60.0) -> bool:
    """Wait for every line that runs here; True if there was one."""
    with _lock:
        running = list(_lines.values())
    for line in running:
        line.join(seconds)
    return bool(running)


def end(seconds: float = 15.0) -> None:
    """Let every line finish the letter it has in hand, and begin no other: the process is asked to end."""
    _ending.set()
    wait(seconds)


def key() -> bytes:
    """What the secrets of receivers are made of."""
    return secret_for(PURPOSE)


def _start(receiver_id: int, now: datetime) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    # A worker that is given a fixed moment, as in tests, lives in that moment with its lines as well.
    fixed = None if abs((clock.now() - now).total_seconds()) < 60 else now
    with _lock:
        if receiver_id in _lines:
            return
        line = threading.Thread(target=_run, args=(app, receiver_id, fixed), name=f"webhook {receiver_id}", daemon=True)
        _lines[receiver_id] = line
        line.start()


def _run(app: Flask, receiver_id: int, fixed: datetime | None) -> None:
    worker = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]
    try:
        with app.app_context():
            try:
                _empty(receiver_id, worker, lambda: fixed or clock.now())
            finally:
                db.session.remove()
    except Exception:
        # The database may be restarting: the queue stands in it, and the next round finds it.
        log.exception("webhook line broke", extra={"receiver": receiver_id})
    finally:
        with _lock:
            _lines.pop(receiver_id, None)


def _empty(receiver_id: int, worker: str, now: Callable[[], datetime]) -> None:
    """Send what waits, the oldest first, until one is not taken."""
    settings = current_app.config["SAYSO"]
    # In a demonstration anybody may be administrator: they must not aim our calls at others.
    client = SafeHttp(inside=settings.outgoing_inside, public=not settings.demo)
    for _ in range(AT_ONCE):
        with writing():
            mine = not _ending.is_set() and webhook_queue.take(receiver_id, worker, now=now())
            letter = _next(receiver_id, now()) if mine else None
        if letter is None or not _send(client, letter, now):
            break
    with writing():
        webhook_queue.leave(receiver_id, worker, now=now())


def _next(receiver_id: int, now: datetime) -> Letter | None:
    base_url = current_app.config["SAYSO"].base_url
    return webhook_queue.next_letter(receiver_id, key=key(), base_url=base_url, now=now)


def _send(client: SafeHttp, letter: Letter, now: Callable[[], datetime]) -> bool:
    """One attempt, with no transaction open while the other side is waited for. True if it was taken."""
    began = time.monotonic()
    try:
        answer = client.post(letter.url, letter.body, letter.headers)
    except (CallFailed, Invalid) as error:
        words = error.message if isinstance(error, Invalid) else str(error)
        with writing():
            ms = round((time.monotonic() - began) * 1000)
            webhook_queue.note_failure(letter.delivery_id, words, ms=ms, now=now())
        return False
    with writing():
        return webhook_queue.note_answer(letter.delivery_id, answer, now=now())


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {DRAIN: drain, FIND: find, FORGET: forget}
