"""Patterns in words. Pure."""

from datetime import date
from typing import Any

from portal.frontline.pattern_rules import WEEKDAYS


def days_words(pattern: Any) -> str:
    """ "Every Tuesday and Friday at 10:00, for 2 hours, from 3 March to 21 April 2026"."""
    names = [WEEKDAYS[int(day)] for day in pattern.weekdays]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    first, last = _day(pattern.first_day), _day(pattern.last_day)
    if pattern.first_day.year == pattern.last_day.year:
        first = first.rsplit(" ", 1)[0]
    return f"Every {listed} at {pattern.starts:%H:%M}, for {length_words(pattern.minutes)}, from {first} to {last}"


def length_words(minutes: int) -> str:
    """ "30 minutes", "1 hour", "2 hours", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours} h {rest} min" if hours else f"{rest} minutes"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
