"""What the worker does about orders: those that nobody decided about in time give their points back."""

from collections.abc import Callable
from datetime import UTC, datetime

from portal.db import db, writing
from portal.errors import Conflict
from portal.outbox.service import Claimed
from portal.rewards import redemption_service as orders

TIME_OUT = "rewards.orders_time_out"
AT_ONCE = 100


def time_out(message: Claimed, now: datetime) -> None:
    """Give back what is held for orders whose time is over, each in its own transaction. A second worker finds none."""
    tried: set[int] = set()
    while due := [order_id for order_id in _overdue(now) if order_id not in tried]:
        tried.update(due)
        for order_id in due:
            try:
                with writing():
                    orders.time_out(order_id, now=now)
            except Conflict:
                continue  # decided about, or timed out by another worker, at the same moment


def _overdue(now: datetime) -> list[int]:
    found = orders.overdue(now=now, limit=AT_ONCE)
    db.session.rollback()
    return found


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once an hour (UTC)."""
    return [(TIME_OUT, f"{TIME_OUT}:{now.astimezone(UTC):%Y-%m-%dT%H}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TIME_OUT: time_out}
