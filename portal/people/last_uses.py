"""On which day each key was last used: remembered in this process, written by it apart from any request."""

from collections.abc import Mapping
from datetime import date, datetime

from portal.people import tokens
from portal.web.later import Pile


def note(token_id: int, known: date | None, today: date) -> None:
    """Remember a use, unless the day is written down already."""
    if known != today:
        USES.note(token_id, today)


def _write(days: Mapping[int, date], now: datetime) -> None:
    tokens.note_uses(dict(days))


USES: Pile[int, date] = Pile("last uses of keys", _write, most=10_000, at_once=1_000)
