"""Days of a budget as moments. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.errors import Invalid


def first_moment(day: date, zone: str, *, days: int = 0) -> datetime:
    """The first moment of a day, or of the one `days` later, in a time zone; in UTC. Raises Invalid `bad_period`."""
    try:
        return datetime.combine(day + timedelta(days=days), time(), ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        raise Invalid("bad_period", "Choose days of this century.") from None
