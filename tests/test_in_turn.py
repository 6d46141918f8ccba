"""Pages are answered one after the other, and nobody waits long for anybody."""

import threading
import time

import pytest

from portal import serving
from portal.serving import TURN_SECONDS, in_turn

LONG = 5  # seconds, where the test must not depend on how fast the machine is


def asking(answer, method: str) -> threading.Thread:
    thread = threading.Thread(target=answer, args=({"REQUEST_METHOD": method}, None))
    thread.start()
    return thread


class Slow:
    """An application that answers when it is let go, and notes how many it is answering."""

    def __init__(self) -> None:
        self.inside, self.let_go, self.entered = 0, threading.Event(), threading.Semaphore(0)

    def __call__(self, environ, start_response):
        self.inside += 1
        self.entered.release()
        self.let_go.wait(10)
        return []


def test_a_second_page_waits_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "TURN_SECONDS", LONG)
    app = Slow()
    answer = in_turn(app)
    first = asking(answer, "GET")
    app.entered.acquire(timeout=5)

    second = asking(answer, "GET")
    came_at_once = app.entered.acquire(timeout=0.2)
    app.let_go.set()

    first.join(5)
    second.join(5)
    assert not came_at_once
    assert app.inside == 2


def test_nobody_waits_for_a_long_one() -> None:
    app = Slow()
    answer = in_turn(app)
    begun = time.monotonic()
    threads = [asking(answer, "GET") for _ in range(3)]

    entered = [app.entered.acquire(timeout=5) for _ in threads]
    app.let_go.set()

    for thread in threads:
        thread.join(5)
    assert all(entered)
    assert time.monotonic() - begun >= TURN_SECONDS


def test_what_somebody_sends_waits_for_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "TURN_SECONDS", LONG)
    app = Slow()
    answer = in_turn(app)
    page = asking(answer, "GET")
    app.entered.acquire(timeout=5)

    vote = asking(answer, "POST")
    came = app.entered.acquire(timeout=LONG / 2)
    app.let_go.set()

    page.join(5)
    vote.join(5)
    assert came


def test_a_page_that_fails_lets_the_next_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "TURN_SECONDS", LONG)

    def broken(environ, start_response):
        raise LookupError(environ["REQUEST_METHOD"])

    answer = in_turn(broken)
    for _ in range(2):
        begun = time.monotonic()
        with pytest.raises(LookupError):
            answer({"REQUEST_METHOD": "GET"}, None)
        assert time.monotonic() - begun < LONG
