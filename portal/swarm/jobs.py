"""What the swarm does regularly: refresh the typical idea, and compare scores with votes every night."""

import logging
from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.swarm import alarms as alarm_work
from portal.swarm import audit, drift, rescoring, sampling, scores
from portal.swarm.parameters import RESCORE
from portal.swarm.sampling_rules import is_due

REFRESH, VERIFY, ALARMS, SAMPLE = "swarm.refresh", "swarm.verify", "swarm.alarms", "swarm.sample"
LOOKS_AT_MOST = 10  # in one run; what is left waits for the next
SLOT_MINUTES = 5
log = logging.getLogger("sayso.swarm")


def refresh(message: Claimed, now: datetime) -> None:
    """Add up all ideas again, and bring their rows in order; running it twice gives the same."""
    with writing():
        scores.refresh_typical(now=now)
        scores.keep_rows(now=now)


def verify(message: Claimed, now: datetime) -> None:
    """Compare what is kept with what the votes say, and raise the alarm where they differ."""
    wrong = audit.verify_at_once()
    for sentence in wrong:
        log.error(sentence)
    with writing():
        drift.note_check(wrong, now=now)


def alarms(message: Claimed, now: datetime) -> None:
    """Look at the votes since the last time, in steps; twice over finds nothing new."""
    for _ in range(LOOKS_AT_MOST):
        seen = alarm_work.look(now=now)
        with writing():
            alarm_work.note(seen, now=now)
        if not seen.more:
            return


def sample(message: Claimed, now: datetime) -> None:
    """Draw the month's blind sample; a second run finds it drawn."""
    with writing():
        sampling.draw_sample(message.payload.get("month") or f"{now:%Y-%m}", now=now)


def rescore(message: Claimed, now: datetime) -> None:
    """Bring every idea to the parameters in force, some in each transaction; then the typical idea."""
    behind = 1
    while behind:
        with writing():
            behind = rescoring.bring_up_some(now=now)
    with writing():
        scores.refresh_typical(now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    REFRESH: refresh,
    VERIFY: verify,
    ALARMS: alarms,
    SAMPLE: sample,
    RESCORE: rescore,
}


def due(now: datetime) -> list[tuple[str, str]]:
    """Every five minutes, every day, and from the first working day of a month (UTC)."""
    slot = now.replace(minute=now.minute - now.minute % SLOT_MINUTES, second=0, microsecond=0)
    every = [(topic, f"{topic}:{slot:%Y-%m-%dT%H:%M}") for topic in (REFRESH, ALARMS)]
    monthly = [(SAMPLE, f"{SAMPLE}:{now:%Y-%m}")] if is_due(now.date()) else []
    return [*every, (VERIFY, f"{VERIFY}:{now:%Y-%m-%d}"), *monthly]
