"""What requests leave to be written apart from them: one bounded buffer in each process, flushed by the process.

A GET never writes, and what would be a write for each page view is one for many. What waits here is lost when the
process is killed; what is kept here must bear that.
"""

import atexit
import logging
import threading
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal import clock
from portal.db import db, writing

FLUSH_SECONDS = 10.0
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
log = logging.getLogger("sayso.web")
_piles: list["Pile[Any, Any]"] = []
_lock = threading.Lock()
_timer: list[threading.Timer] = []
_at_exit: list[Flask] = []


class Pile(Generic[Key, Value]):
    """One kind of thing that waits, by key; the same key again replaces what waits.

    name: for the log. write: called in a transaction of its own with at most `at_once` of them, in the order of their
    keys, and the moment. most: what comes beyond it is not taken.
    """

    def __init__(
        self, name: str, write: Callable[[Mapping[Key, Value], datetime], object], *, most: int, at_once: int
    ) -> None:
        self.name, self.write, self.most, self.at_once = name, write, most, at_once
        self.waiting: dict[Key, Value] = {}
        _piles.append(self)

    def note(self, key: Key, value: Value) -> bool:
        """Leave something to be written within `FLUSH_SECONDS`; False where too much is waiting already."""
        with _lock:
            if key not in self.waiting and len(self.waiting) >= self.most:
                return False
            self.waiting[key] = value
            _start(current_app._get_current_object())  # type: ignore[attr-defined]
        return True

    def take(self) -> list[dict[Key, Value]]:
        """All that waits, in parts of `at_once`."""
        with _lock:
            keys, taken = sorted(self.waiting), dict(self.waiting)  # type: ignore[type-var]
            self.waiting.clear()
        return [{key: taken[key] for key in keys[n : n + self.at_once]} for n in range(0, len(keys), self.at_once)]

    def give_back(self, part: Mapping[Key, Value]) -> None:
        """Let wait again what could not be written; what was noted meanwhile is newer."""
        with _lock:
            self.waiting = dict(part) | self.waiting


def stop() -> None:
    """Write nothing more, and wait for a write that has begun: before the database is taken away."""
    with _lock:
        timers = list(_timer)
        _timer.clear()
        for pile in _piles:
            pile.waiting.clear()
    for timer in timers:
        timer.cancel()
        timer.join()


def flush(app: Flask) -> None:
    """Write down all that waits. What the database cannot take now waits for the next time, once; the rest is lost."""
    try:
        for pile in _piles:
            for part in pile.take():
                _write(app, pile, part)
    finally:
        with _lock:
            _timer.clear()
            if any(pile.waiting for pile in _piles):
                _start(app)


def _write(app: Flask, pile: Pile[Any, Any], part: dict[Any, Any]) -> None:
    with app.app_context():
        try:
            with writing():
                pile.write(part, clock.now())
        except SQLAlchemyError as error:
            log.warning("%s were not written down: %s", pile.name, type(error).__name__)
            if isinstance(error, DBAPIError) and _may_pass(error):
                pile.give_back(part)
        finally:
            db.session.remove()


def _may_pass(error: DBAPIError) -> bool:
    """A lock that was not given, a turn that was lost, a server that restarts: not what is wrong with the rows."""
    return type(error).__name__ in ("OperationalError", "InterfaceError")


def _start(app: Flask) -> None:
    if _timer:
        return
    if app not in _at_exit:
        _at_exit.append(app)
        atexit.register(_last, app)
    timer = threading.Timer(FLUSH_SECONDS, flush, [app])
    timer.daemon = True
    _timer.append(timer)
    timer.start()


def _last(app: Flask) -> None:
    """A process that ends in order loses nothing."""
    if any(pile.waiting for pile in _piles):
        flush(app)
