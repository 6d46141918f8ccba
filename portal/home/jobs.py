"""What the board does regularly: the facts that are the same for everybody, once a minute."""

from collections.abc import Callable
from datetime import UTC, datetime

from portal.db import writing
from portal.home import facts
from portal.outbox.service import Claimed

REFRESH = "home.board_facts"


def refresh(message: Claimed, now: datetime) -> None:
    """Work the row out again; a second run gives the same."""
    with writing():
        facts.refresh(now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once a minute (UTC)."""
    return [(REFRESH, f"{REFRESH}:{now.astimezone(UTC):%Y-%m-%dT%H:%M}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {REFRESH: refresh}
