"""Turns by themselves: who is next is named, whoever left passes theirs on, beginnings and ends are told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from portal.db import db, writing
from portal.frontline import representative_turns as turns
from portal.frontline.representative_models import Turn
from portal.frontline.representative_queries import STANDS
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

LOOK = "frontline.turns_due"
LATE = timedelta(days=2)  # a worker that was away tells it so much later
ENDS_BEFORE = timedelta(days=2)  # so long before the last day somebody is asked to leave a few words


def look(message: Claimed, now: datetime) -> None:
    """Bring every rotation up to the day. A second run finds nothing."""
    today, last = turns.today_of(now), 0
    db.session.rollback()
    while found := turns.due_rotations(today, after_id=last):
        for number in found:
            with writing():
                _bring_up(number, now)
            last = number
    with writing():
        _tell(today, now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once an hour (UTC), since days begin elsewhere than at Greenwich."""
    return [(LOOK, f"{LOOK}:{now.astimezone(UTC):%Y-%m-%dT%H}")]


def _bring_up(number: int, now: datetime) -> None:
    running = turns.locked(number, now=now)
    if running.rotation.ended_at is not None:
        return
    for turn in turns.deserted(number, running.today):
        turns.leave(running, turn, now=now)
    turns.draw_due(running, now=now)


def _tell(today: date, now: datetime) -> None:
    """Each of today's beginnings and of the ends that are near, once."""
    begins, ends = Turn.starts_on.between(today - LATE, today), Turn.ends_on.between(today, today + ENDS_BEFORE)
    for what, near in (("begins", begins), ("ends", ends)):
        keys = {f"{turns.TOLD}:{one}:{what}": one for one in db.session.scalars(select(Turn.id).where(STANDS, near))}
        for key in outbox.unused_keys(keys):
            outbox.emit(turns.TOLD, {"turn": keys[key], "what": what}, now=now, unique_key=key)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {LOOK: look}
