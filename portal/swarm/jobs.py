"""What the swarm does regularly: refresh the typical idea, fold old looks away, compare scores with votes."""

import logging
from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.swarm import alarms as alarm_work
from portal.swarm import audit, drift, looks_service, merging, rescoring, sampling, scores
from portal.swarm import occurrence_sums as sums
from portal.swarm.occurrence_queries import today_of
from portal.swarm.parameters import RESCORE
from portal.swarm.sampling_rules import is_due

REFRESH, VERIFY, FOLD, WEEKS = "swarm.refresh", "swarm.verify", "swarm.fold_looks", "swarm.occurrence_weeks"
FORGET_MOVES, ALARMS, SAMPLE = "swarm.forget_moves", "swarm.alarms", "swarm.sample"
LOOKS_AT_MOST = 10  # in one run; what is left waits for the next
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
    wrong = audit.verify_at_once()
    for sentence in wrong:
        log.error(sentence)
    with writing():
        drift.note_check(wrong, now=now)


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
    REFRESH: refresh, VERIFY: verify, FOLD: fold, looks_service.FORGET: forget, WEEKS: move_weeks_on,
    FORGET_MOVES: forget_moves, ALARMS: alarms, SAMPLE: sample, RESCORE: rescore,
}  # fmt: skip


def due(now: datetime) -> list[tuple[str, str]]:
    """Every five minutes, every day, and from the first working day of a month (UTC)."""
    slot = now.replace(minute=now.minute - now.minute % SLOT_MINUTES, second=0, microsecond=0)
    every = [(topic, f"{topic}:{slot:%Y-%m-%dT%H:%M}") for topic in (REFRESH, ALARMS)]
    monthly = [(SAMPLE, f"{SAMPLE}:{now:%Y-%m}")] if is_due(now.date()) else []
    nightly = [(topic, f"{topic}:{now:%Y-%m-%d}") for topic in (FOLD, VERIFY, WEEKS, FORGET_MOVES)]
    return [*every, *nightly, *monthly]
