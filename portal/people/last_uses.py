"""On which day each key was last used: remembered in this process, written by it apart from any request.

A GET never writes. What is lost when the process is killed is a day in a list.
"""

import logging
import threading
from datetime import date
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from portal.db import db, writing
from portal.people import tokens

FLUSH_SECONDS = 10.0
_waiting: dict[int, date] = {}
_lock = threading.Lock()
_timer: list[threading.Timer] = []


def note(token_id: int, known: date | None, today: date) -> None:
    """Remember a use, unless the day is written down already."""
    if known == today:
        return
    with _lock:
        _waiting[token_id] = today
        if _timer:
            return
        app: Any = current_app._get_current_object()  # type: ignore[attr-defined]
        timer = threading.Timer(FLUSH_SECONDS, flush_or_forget, [app])
        timer.daemon = True
        _timer.append(timer)
    timer.start()


def stop() -> None:
    """Write nothing more, and wait for a write that has begun: before the database is taken away."""
    with _lock:
        timers = list(_timer)
        _waiting.clear()
        _timer.clear()
    for timer in timers:
        timer.cancel()
        timer.join()


def flush_or_forget(app: Flask) -> None:
    """Write down what is remembered; where the database cannot take it, it is lost, and the next use is noted."""
    try:
        flush(app)
    except SQLAlchemyError as error:
        logging.getLogger("sayso.web").warning("last uses of keys were not written down: %s", type(error).__name__)


def flush(app: Flask) -> None:
    """Write down what is remembered, in a transaction of its own. What is noted meanwhile waits for the next time."""
    with _lock:
        days = dict(_waiting)
        _waiting.clear()
    try:
        _write(app, days)
    finally:
        with _lock:
            _timer.clear()


def _write(app: Flask, days: dict[int, date]) -> None:
    if not days:
        return
    with app.app_context():
        try:
            with writing():
                tokens.note_uses(days)
        finally:
            db.session.remove()
