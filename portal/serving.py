"""The web server in this process, and the worker beside it."""

import ctypes
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from portal.start import CannotStart
from portal.web import refusing

THREADS = 8
TURN_SECONDS = 0.05
CONNECTIONS_MAX = 1000  # with the default of 100, two hundred half-sent requests stop everybody else's
SILENCE_SECONDS_MAX = 20
BODY_BYTES_MAX = 12 * 1024 * 1024
HEADER_BYTES_MAX = 64 * 1024
DRAIN_SECONDS_MAX = 20
TICK_SECONDS = 0.5
RESTART_SECONDS = 2
M_ARENA_MAX, ARENAS = -8, 2  # of glibc's mallopt
log = logging.getLogger("sayso.serving")


def serve(app: Flask, told: list[str], *, with_worker: bool) -> None:
    """Bind, say so, and serve until SIGTERM or SIGINT; then finish what is being answered. Raises CannotStart."""
    connections: dict[int, Any] = {}
    _share_arenas()
    with _stop_signals() as stopping:
        server = _bind(app, connections)
        refusing.speak_for(connections)
        for line in told:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        worker = Worker(Path(app.config["SAYSO"].root)) if with_worker else None
        while not stopping:
            wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=connections, count=1)
            if worker and not stopping:
                worker.keep_alive()
        if worker:
            worker.stop()
        _drain(server, connections)
        if worker:
            worker.wait()


def _share_arenas() -> None:
    """Let all threads take memory from the same two heaps: one for each of them holds back 10 MB that nobody uses.

    Python's threads take turns anyway. Where the C library is another one, nothing is lost.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


class Worker:
    """The worker as a process of its own, started again when it dies."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process = self._start()

    def keep_alive(self) -> None:
        """Start it again if it has ended, but not in a tight circle."""
        if self._process.poll() is None or time.monotonic() - self._started < RESTART_SECONDS:
            return
        log.warning("the worker ended and is started again", extra={"status": self._process.returncode})
        self._process = self._start()

    def stop(self) -> None:
        """Ask it to finish the message in hand."""
        self._process.terminate()

    def wait(self) -> None:
        """Until it has ended, at most 20 s: its lease lets another worker go on afterwards."""
        try:
            self._process.wait(DRAIN_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        self._started = time.monotonic()
        # Told, not asked for: a parent that is killed while the worker still loads would never be missed.
        parent = ["--parent", str(os.getpid())]
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *parent]
        return subprocess.Popen(command, cwd=self._root, stdin=subprocess.DEVNULL)


def in_turn(app: Flask) -> Callable[[dict[str, Any], Any], Any]:
    """Answer one GET after the other, as far as each is done within TURN_SECONDS; who waits longer goes on regardless.

    A page is work for the processor, of which Python uses one. Side by side, pages take it from each other at every
    row that they read, and each of them comes later: the last of four as late, the other three too. With PostgreSQL a
    page waits for an answer elsewhere most of the time, and others can use that.
    """
    turn = threading.Semaphore()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "GET" or not turn.acquire(timeout=TURN_SECONDS):
            return app(environ, start_response)
        try:
            return app(environ, start_response)
        finally:
            turn.release()

    return answer


def _bind(app: Flask, connections: dict[int, Any]) -> Any:
    settings = app.config["SAYSO"]
    try:
        return create_server(
            in_turn(app) if settings.database_url.startswith("sqlite") else app,
            map=connections,
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            connection_limit=CONNECTIONS_MAX,
            channel_timeout=SILENCE_SECONDS_MAX,
            max_request_body_size=BODY_BYTES_MAX,
            max_request_header_size=HEADER_BYTES_MAX,
            ident=None,
            clear_untrusted_proxy_headers=False,  # portal.web.network decides whom to believe
        )
    except OSError as error:
        raise CannotStart(_why_not_bound(error, settings.host, settings.port)) from None
    except ValueError:
        raise CannotStart(f"HOST {settings.host} is not an address of this machine.") from None


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: set PORT to another number."
    if error.errno == errno.EACCES:
        return f"This account may not use port {port}: set PORT to a number above 1023."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST {host} is not an address of this machine."
    return f"{host}:{port} cannot be used: {error.strerror}."


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that fills when somebody asks the process to end."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _drain(server: Any, connections: dict[int, Any]) -> None:
    """Take no new connection; let those that wait for an answer have it, 20 s at most."""
    for listening in [part for part in connections.values() if getattr(part, "accepting", False)]:
        wasyncore.dispatcher.close(listening)
    until = time.monotonic() + DRAIN_SECONDS_MAX
    while time.monotonic() < until and any(map(_is_busy, list(connections.values()))):
        wasyncore.loop(timeout=0.1, use_poll=True, map=connections, count=1)
    server.task_dispatcher.shutdown(timeout=1)


def _is_busy(channel: Any) -> bool:
    return bool(getattr(channel, "requests", None) or getattr(channel, "total_outbufs_len", 0))
