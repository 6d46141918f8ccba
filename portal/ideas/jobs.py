"""What the worker does about ideas."""

from collections.abc import Callable
from datetime import UTC, datetime

from portal.db import writing
from portal.ideas import drafts
from portal.outbox.service import Claimed

FORGET_DRAFTS = "ideas.forget_drafts"


def forget_drafts(message: Claimed, now: datetime) -> None:
    """Delete drafts whose time is over. A second run finds nothing."""
    with writing():
        drafts.forget_old_drafts(now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once a day (UTC)."""
    return [(FORGET_DRAFTS, f"{FORGET_DRAFTS}:{now.astimezone(UTC).date().isoformat()}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {FORGET_DRAFTS: forget_drafts}
