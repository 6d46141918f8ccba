"""The only reader of the wall clock. Read once at the edge, then pass `now` on."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment as an aware UTC datetime."""
    return datetime.now(UTC)
