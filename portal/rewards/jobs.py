"""What the worker does about points: the weekly batch, what waits for a budget, and what expires."""

from collections.abc import Callable
from datetime import UTC, datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.rewards import expiry, service
from portal.rewards.rules import week_key

HIDDEN_BATCH = "rewards.hidden_batch"
EXPIRE = "rewards.expire"


def pay_hidden_batch(message: Claimed, now: datetime) -> None:
    """Pay this week's batch, if one is due. A second run finds the week's batch and does nothing."""
    with writing():
        service.pay_hidden_batch(now=now)


def pay_owed(message: Claimed, now: datetime) -> None:
    """Pay what waits for a budget, in short transactions, until nothing more can be paid."""
    served = 1
    while served:
        with writing():
            served = service.pay_owed(now=now)


def expire(message: Claimed, now: datetime) -> None:
    """Announce and expire points of people without activity, in short transactions."""
    after: int | None = 0
    while after is not None:
        with writing():
            after = expiry.run(after, now=now)
    with writing():
        expiry.call_off(now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic runs: the batch once a week, what is owed and expires once a day (UTC)."""
    today = now.astimezone(UTC).date().isoformat()
    return [
        (HIDDEN_BATCH, f"{HIDDEN_BATCH}:{week_key(now)}"), (service.OWED, f"{service.OWED}:{today}"),
        (EXPIRE, f"{EXPIRE}:{today}"),
    ]  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    HIDDEN_BATCH: pay_hidden_batch,
    service.OWED: pay_owed,
    EXPIRE: expire,
}
