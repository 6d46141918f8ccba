"""A clock that jumps stops what is started by the clock, and asks: docs/decisions/0013.

Only what is periodic is held: due dates, reminders, expiry, batches. Messages that wait are delivered all the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from portal.db import db, insert_if_new
from portal.errors import Missing
from portal.outbox.clock_models import ClockStop, WorkerTick

JUMP = timedelta(hours=36)
ONE = 1
OPEN_COUNT = select(func.count(ClockStop.id)).where(ClockStop.ended_at.is_(None))


@dataclass(frozen=True)
class Stop:
    """An open question: the clock of `host` said `stopped_at`, and periodic work was last started at `last_tick_at`."""

    number: int
    host: str
    last_tick_at: datetime
    stopped_at: datetime

    @property
    def words(self) -> str:
        """What happened, in one sentence."""
        apart = self.stopped_at - self.last_tick_at
        way = "after" if apart > timedelta() else "before"
        return (
            f"The worker on {self.host} found its clock at {self.stopped_at:%Y-%m-%d %H:%M} UTC, "
            f"{_span(apart)} {way} it last ran"
        )


def jumped(last: datetime, now: datetime) -> bool:
    """True if the clock is more than 36 hours ahead of the last tick, or behind it."""
    return abs(now - last) > JUMP


def is_held(host: str, *, now: datetime) -> bool:
    """True if nothing periodic may be started and that is already known. A read, so that waiting writes nothing."""
    last = last_tick()
    if last is None or not jumped(last, now):
        return False
    return (
        db.session.scalar(select(ClockStop.id).where(ClockStop.host == host, ClockStop.ended_at.is_(None))) is not None
    )


def tick(host: str, *, now: datetime) -> bool:
    """Note that periodic work is started now; False if the clock has jumped, which leaves an open question.

    A question of this machine that is answered by the clock itself, because it agrees again, is closed.
    """
    row = db.session.scalar(select(WorkerTick).where(WorkerTick.id == ONE).with_for_update())
    if row is None:
        insert_if_new(WorkerTick, {"id": ONE, "at": now}, key=("id",))
        return True
    if jumped(row.at, now):
        if not is_held(host, now=now):
            db.session.add(ClockStop(host=host, last_tick_at=row.at, stopped_at=now))
            db.session.flush()
        return False
    row.at = now
    mine = ClockStop.host == host, ClockStop.ended_at.is_(None)
    db.session.execute(update(ClockStop).where(*mine).values(ended_at=now, ended_because="clock_back"))
    return True


def go_on(number: int, *, by_id: int | None, now: datetime) -> Stop:
    """Take the clock that jumped for the right one: what is due by it starts with the worker's next round.

    A stop that has ended stays ended, whoever asks. Raises Missing for a number that there never was.
    """
    row = db.session.get(ClockStop, number) if 0 < number < 2**31 else None
    if row is None:
        raise Missing("stop")
    open_still = ClockStop.id == number, ClockStop.ended_at.is_(None)
    ended = {"ended_at": now, "ended_because": "confirmed", "by_id": by_id}
    if db.session.execute(update(ClockStop).where(*open_still).values(**ended)).rowcount:  # type: ignore[attr-defined]
        # To where that clock is by now: the question may have been open for days.
        db.session.execute(update(WorkerTick).where(WorkerTick.id == ONE).values(at=_trusted(row.stopped_at, now)))
    return _stop(row)


def open_stops() -> list[Stop]:
    """What administrators are asked, the oldest first."""
    rows = db.session.scalars(select(ClockStop).where(ClockStop.ended_at.is_(None)).order_by(ClockStop.id))
    return [_stop(row) for row in rows]


def last_tick() -> datetime | None:
    """When periodic work was last started; None before the first time."""
    return db.session.scalar(select(WorkerTick.at).where(WorkerTick.id == ONE))


def _trusted(stopped_at: datetime, now: datetime) -> datetime:
    """The later moment of the two clocks that agree; else what the worker's clock said when it was confirmed."""
    return now if not jumped(stopped_at, now) or now > stopped_at else stopped_at


def _stop(row: ClockStop) -> Stop:
    return Stop(row.id, row.host, row.last_tick_at, row.stopped_at)


def _span(apart: timedelta) -> str:
    hours = round(abs(apart).total_seconds() / 3600)
    return f"{hours} hours" if hours < 96 else f"{round(hours / 24)} days"
