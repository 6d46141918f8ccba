"""What the swarm does regularly: refresh the typical idea, fold old looks away, compare scores with votes."""

import logging
from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.swarm import audit, looks_service, merging, scores
from portal.swarm import occurrence_sums as sums
from portal.swarm.occurrence_queries import today_of

REFRESH, VERIFY, FOLD, WEEKS = "swarm.refresh", "swarm.verify", "swarm.fold_looks", "swarm.occurrence_weeks"
FORGET_MOVES = "swarm.forget_moves"
SLOT_MINUTES = 5
LOOKS_AT_ONCE, IDEAS_AT_ONCE = 500, 20  # votes on the same ideas wait for as long as these take
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


def fold(message: Claimed, now: datetime) -> None:
    """Fold away the looks that are old enough; where looks are off, delete them all. Twice gives the same."""
    done = 1
    while done:
        with writing():
            done = looks_service.fold(now=now, most=LOOKS_AT_ONCE)
    forget(message, now)


def forget(message: Claimed, now: datetime) -> None:
    """Looks were switched off: delete what is kept, some ideas at a time."""
    done = 1
    while done:
        with writing():
            done = looks_service.forget(now=now, most=IDEAS_AT_ONCE)


def move_weeks_on(message: Claimed, now: datetime) -> None:
    """Work the figures of occurrences out again, because the weeks have moved on: some ideas in each transaction."""
    last = 0
    while numbers := sums.next_of(last):
        with writing():
            today = today_of(now)
            for number in numbers:
                sums.refresh(number, today=today, now=now)
        last = numbers[-1]


def forget_moves(message: Claimed, now: datetime) -> None:
    """Whose rows a merge moved is not kept once it can no longer be undone."""
    with writing():
        merging.forget_moves(now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    REFRESH: refresh, VERIFY: verify, FOLD: fold, looks_service.FORGET: forget, WEEKS: move_weeks_on,
    FORGET_MOVES: forget_moves,
}  # fmt: skip


def due(now: datetime) -> list[tuple[str, str]]:
    """Every five minutes, and every day."""
    slot = now.replace(minute=now.minute - now.minute % SLOT_MINUTES, second=0, microsecond=0)
    nightly = ((topic, f"{topic}:{now:%Y-%m-%d}") for topic in (FOLD, VERIFY, WEEKS, FORGET_MOVES))
    return [(REFRESH, f"{REFRESH}:{slot:%Y-%m-%dT%H:%M}"), *nightly]
