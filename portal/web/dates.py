"""Days and moments in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask


def day_words(moment: date | datetime, *, today: date | None = None, zone: str = "UTC") -> str:
    """ "3 March", with the year when it is not `today`'s. A datetime counts in `zone`."""
    day = local_day(moment, zone)
    words = f"{day.day} {day:%B}"
    return words if today is not None and day.year == today.year else f"{words} {day.year}"


def weekday_words(moment: date | datetime, *, zone: str = "UTC") -> str:
    """ "Friday 4 December"."""
    day = local_day(moment, zone)
    return f"{day:%A} {day.day} {day:%B}"


def clock_words(moment: datetime, *, zone: str = "UTC") -> str:
    """ "14:05" on the wall clock of a zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def local_day(moment: date | datetime, zone: str = "UTC") -> date:
    """The calendar day of a moment in a time zone; a plain date is already one."""
    return moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment


def span_words(days: int) -> str:
    """ "the same day", "1 day", "9 days", "12 weeks"."""
    if days <= 0:
        return "the same day"
    if days < 56:
        return "1 day" if days == 1 else f"{days} days"
    return f"{round(days / 7)} weeks"


def init_dates(app: Flask) -> None:
    """Offer `day` and `weekday` as template filters."""
    app.jinja_env.filters["day"] = day_words
    app.jinja_env.filters["weekday"] = weekday_words
