"""Moments as the pages about people write them. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def moment_words(moment: datetime, zone: str) -> str:
    """ "3 March 2026, 14:05" in a time zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y, %H:%M}"


def day_words(day: date) -> str:
    """ "3 March 2026"."""
    return f"{day.day} {day:%B %Y}"
