"""What the swarm does regularly: refresh the typical idea, and compare scores with votes every night."""

import logging
from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.swarm import audit, merging, scores

REFRESH, VERIFY, FORGET = "swarm.refresh", "swarm.verify", "swarm.forget_moves"
SLOT_MINUTES = 5
log = logging.getLogger("sayso.swarm")


def refresh(message: Claimed, now: datetime) -> None:
    """Add up all ideas again, and bring their rows in order; running it twice gives the same."""
    with writing():
        scores.refresh_typical(now=now)
        scores.keep_rows(now=now)


def verify(message: Claimed, now: datetime) -> None:
    """Compare what is kept with what the votes say, and raise the alarm where they differ."""
    for sentence in audit.verify():
        log.error(sentence)


def forget_moves(message: Claimed, now: datetime) -> None:
    """Whose rows a merge moved is not kept once it can no longer be undone."""
    with writing():
        merging.forget_moves(now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    REFRESH: refresh,
    VERIFY: verify,
    FORGET: forget_moves,
}


def due(now: datetime) -> list[tuple[str, str]]:
    """Every five minutes, and every day."""
    slot = now.replace(minute=now.minute - now.minute % SLOT_MINUTES, second=0, microsecond=0)
    daily = [(topic, f"{topic}:{now:%Y-%m-%d}") for topic in (VERIFY, FORGET)]
    return [(REFRESH, f"{REFRESH}:{slot:%Y-%m-%dT%H:%M}"), *daily]
