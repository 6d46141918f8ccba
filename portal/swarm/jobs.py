"""What the swarm does regularly: refresh the typical idea, and compare scores with votes every night."""

import logging
from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.swarm import audit, scores

REFRESH, VERIFY = "swarm.refresh", "swarm.verify"
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


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {REFRESH: refresh, VERIFY: verify}


def due(now: datetime) -> list[tuple[str, str]]:
    """Every five minutes, and every day."""
    slot = now.replace(minute=now.minute - now.minute % SLOT_MINUTES, second=0, microsecond=0)
    return [(REFRESH, f"{REFRESH}:{slot:%Y-%m-%dT%H:%M}"), (VERIFY, f"{VERIFY}:{now:%Y-%m-%d}")]
