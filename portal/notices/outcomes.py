"""Telling everybody who took part what became of it."""

from collections.abc import Callable
from datetime import datetime

from portal.ideas.story import TOLD
from portal.outbox.service import Claimed


def tell(message: Claimed, now: datetime) -> None:
    """Nothing is told yet."""


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TOLD: tell}
