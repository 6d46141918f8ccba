"""What the worker does for the interface."""

from collections.abc import Callable
from datetime import UTC, datetime

from portal.db import writing
from portal.outbox.service import Claimed
from portal.people import once

FORGET_ANSWERS = "people.forget_answers"


def forget_answers(message: Claimed, now: datetime) -> None:
    """Delete answers kept for requests that come again, once their day is over. A second run finds nothing."""
    with writing():
        once.forget_old(now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once a day (UTC)."""
    return [(FORGET_ANSWERS, f"{FORGET_ANSWERS}:{now.astimezone(UTC).date().isoformat()}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {FORGET_ANSWERS: forget_answers}
