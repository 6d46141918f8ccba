"""A clock that jumps by more than 36 hours starts nothing until somebody says that it is right."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal import worker
from portal.db import db, writing
from portal.home.worker_clock import check
from portal.outbox import clock_guard
from portal.outbox import service as outbox
from portal.outbox.clock_models import ClockStop
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people.models import AuditEntry
from portal.worker import run_once
from tests.api.calling import Caller, error
from tests.factories import NOON, Cast, send, signed_in

FRIDAY = NOON + timedelta(days=4, hours=5)
MONDAY = FRIDAY + timedelta(hours=63)


@pytest.fixture(autouse=True)
def one_periodic_job(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thing a day is due; what it is does not matter here."""
    monkeypatch.setattr(worker, "schedule", lambda now: [("daily", f"daily:{now:%Y-%m-%d}")])
    yield


def run(app: Flask, now: datetime, done: list[datetime] | None = None) -> list[str]:
    """One round of a worker whose clock says `now`; returns the topics that were handled."""
    handled: list[str] = []

    def note(message: Claimed, _now: datetime) -> None:
        handled.append(message.topic)

    run_once(app, now=now, handlers={"daily": note, "waits": note}, guarded=True)
    return handled


def leave_a_message(app: Flask, now: datetime) -> None:
    with app.app_context(), writing():
        outbox.emit("waits", {}, now=now)


@pytest.mark.parametrize(
    ("last", "now", "apart"),
    [(NOON, NOON, False), (NOON, NOON + timedelta(hours=36), False), (NOON, NOON - timedelta(hours=36), False),
     (NOON, NOON + timedelta(hours=36, seconds=1), True), (NOON, NOON - timedelta(hours=37), True),
     (NOON, NOON + timedelta(days=3650), True)],
)  # fmt: skip
def test_more_than_36_hours_is_a_jump(last: datetime, now: datetime, apart: bool) -> None:
    assert clock_guard.jumped(last, now) is apart


def test_the_first_round_and_a_round_every_day_start_what_is_due(app: Flask) -> None:
    assert [run(app, NOON + timedelta(days=day)) for day in range(3)] == [["daily"]] * 3
    assert stops(app) == []


@pytest.mark.parametrize("jump", [timedelta(hours=63), timedelta(days=3650), timedelta(days=-30)])
def test_after_a_jump_only_what_waits_is_delivered_until_somebody_says_go_on(
    app: Flask, cast: Cast, jump: timedelta
) -> None:
    run(app, FRIDAY)
    leave_a_message(app, FRIDAY if jump > timedelta() else FRIDAY + jump)

    first, second = run(app, FRIDAY + jump), run(app, FRIDAY + jump + timedelta(hours=1))

    assert (first, second) == (["waits"], [])
    (stop,) = stops(app)
    assert (stop.last_tick_at, stop.stopped_at, stop.ended_at) == (FRIDAY, FRIDAY + jump, None)
    with app.app_context():
        assert not check().fine and "flask worker resume" in check().words
        with writing():
            clock_guard.go_on(stop.id, by_id=cast.tess, now=FRIDAY + jump + timedelta(hours=2))
    assert run(app, FRIDAY + jump + timedelta(hours=2)) == ["daily"]
    with app.app_context():
        assert check().fine
    (ended,) = stops(app)
    assert (ended.ended_because, ended.by_id) == ("confirmed", cast.tess)


def test_while_it_is_held_the_worker_writes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    run(app, FRIDAY)
    run(app, MONDAY)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it wrote")

    monkeypatch.setattr(worker, "writing", never)
    for minute in range(3):
        run(app, MONDAY + timedelta(minutes=minute))


def test_a_clock_that_is_put_right_again_asks_no_more(app: Flask) -> None:
    run(app, FRIDAY)
    run(app, FRIDAY + timedelta(days=400))

    assert run(app, FRIDAY + timedelta(days=1)) == ["daily"]
    assert [stop.ended_because for stop in stops(app)] == ["clock_back"]


def test_a_worker_elsewhere_whose_clock_is_right_goes_on_and_the_question_stays(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(app, FRIDAY)
    monkeypatch.setattr(worker.socket, "gethostname", lambda: "the other host")
    run(app, FRIDAY + timedelta(days=400))
    monkeypatch.undo()
    monkeypatch.setattr(worker, "schedule", lambda now: [("daily", f"daily:{now:%Y-%m-%d}")])

    assert run(app, FRIDAY + timedelta(days=1)) == ["daily"]
    assert [(stop.host, stop.ended_at) for stop in stops(app)] == [("the other host", None)]


def test_a_question_that_was_open_for_days_is_answered_for_the_moment_of_the_answer(app: Flask, cast: Cast) -> None:
    run(app, FRIDAY)
    run(app, MONDAY)
    with app.app_context(), writing():
        clock_guard.go_on(stops_here()[0].id, by_id=None, now=MONDAY + timedelta(days=3))

    assert run(app, MONDAY + timedelta(days=3, minutes=1)) == ["daily"]


def test_an_injected_moment_is_meant_and_is_not_asked_about(app: Flask) -> None:
    for day in (0, 10, 20):
        assert run_once(app, now=NOON + timedelta(days=day), handlers={"daily": lambda message, now: None}) == 1
    assert stops(app) == []


def test_two_workers_at_once_start_each_periodic_run_once(app: Flask) -> None:
    seen: list[str] = []
    ready = threading.Barrier(2)

    def work() -> None:
        for day in range(8):
            ready.wait(10)
            run_once(app, now=NOON + timedelta(days=day), guarded=True,
                     handlers={"daily": lambda message, now: seen.append(message.event_id)})  # fmt: skip

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert len(seen) == len(set(seen)) == 8
    with app.app_context():
        assert db.session.query(Message).count() == 8


def test_the_administrator_sees_it_on_every_page_and_lets_it_go_on_with_one_button(app: Flask, cast: Cast) -> None:
    tess, asha = signed_in(app, cast.tess), signed_in(app, cast.asha)
    run(app, FRIDAY)
    assert "clock has jumped" not in tess.get("/ideas").text
    run(app, MONDAY)

    assert "clock has jumped" in tess.get("/ideas").text and "clock has jumped" not in asha.get("/ideas").text
    assert "63 hours after it last ran" in tess.get("/settings/worker").text
    assert asha.get("/settings/worker").status_code == 403
    number = stops(app)[0].id
    assert send(asha, f"/settings/worker/stops/{number}/resumption").status_code == 403
    assert send(tess, "/settings/worker/stops/999/resumption").status_code == 404
    assert send(tess, f"/settings/worker/stops/{number}/resumption").status_code == 303
    assert "clock has jumped" not in tess.get("/ideas").text
    with app.app_context():
        assert db.session.query(AuditEntry).filter_by(action="worker.resumed", actor_id=cast.tess).count() == 1


def test_ready_says_so_and_stays_ready_and_the_commands_know_it(app: Flask) -> None:
    run(app, FRIDAY)
    run(app, MONDAY)

    answer = app.test_client().get("/readyz")
    doctor, resumed, again = (
        app.test_cli_runner().invoke(args=words) for words in (["doctor"], ["worker", "resume"], ["worker", "resume"])
    )

    assert answer.status_code == 200 and answer.json is not None
    assert "Nothing periodic is started" in answer.json["checks"]["worker clock"]
    assert doctor.exit_code == 2 and "WRONG worker clock: The worker on" in doctor.output
    assert resumed.exit_code == 0 and "it goes on" in resumed.output
    assert again.exit_code == 0 and "Nothing is asked" in again.output


def test_the_interface_tells_and_takes_the_answer(app: Flask, cast: Cast) -> None:
    run(app, FRIDAY)
    run(app, MONDAY)
    tess, mia = Caller(app, cast.tess), Caller(app, cast.mia)

    seen = tess.get("/worker").json
    assert seen is not None and seen["last_tick_at"] == "2026-03-06T17:00:00Z"
    number = seen["stops"][0]["number"]
    assert error(mia.get("/worker")) == (403, "not_allowed")
    assert error(mia.post(f"/worker/stops/{number}/resumption")) == (403, "not_allowed")
    assert error(tess.post("/worker/stops/999/resumption")) == (404, "not_found")
    assert [tess.post(f"/worker/stops/{number}/resumption").status_code for _ in range(2)] == [200, 200]
    assert tess.get("/worker").json == {"last_tick_at": tess.get("/worker").json["last_tick_at"], "stops": []}  # type: ignore[index]


def stops(app: Flask) -> list[ClockStop]:
    with app.app_context():
        found = stops_here()
        db.session.expunge_all()
        return found


def stops_here() -> list[ClockStop]:
    return list(db.session.scalars(db.select(ClockStop).order_by(ClockStop.id)))
