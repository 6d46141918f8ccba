"""What the swarm does regularly: refresh the typical idea, and compare scores with votes every night."""

import logging
from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.swarm import audit, scores
from portal.swarm import occurrence_sums as sums
from portal.swarm.occurrence_queries import today_of

REFRESH, VERIFY, WEEKS = "swarm.refresh", "swarm.verify", "swarm.occurrence_weeks"
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


def move_weeks_on(message: Claimed, now: datetime) -> None:
    """Work the figures of occurrences out again, because the weeks have moved on: some ideas in each transaction."""
    last = 0
    while numbers := sums.next_of(last):
        with writing():
            today = today_of(now)
            for number in numbers:
                sums.refresh(number, today=today, now=now)
        last = numbers[-1]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {REFRESH: refresh, VERIFY: verify, WEEKS: move_weeks_on}


def due(now: datetime) -> list[tuple[str, str]]:
    """Every five minutes, and every day."""
    slot = now.replace(minute=now.minute - now.minute % SLOT_MINUTES, second=0, microsecond=0)
    daily = [(topic, f"{topic}:{now:%Y-%m-%d}") for topic in (VERIFY, WEEKS)]
    return [(REFRESH, f"{REFRESH}:{slot:%Y-%m-%dT%H:%M}"), *daily]
