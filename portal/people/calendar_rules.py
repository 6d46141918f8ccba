"""What a working calendar may be, and reading pasted holidays. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from portal.errors import Conflict, Invalid, Refusal
from portal.people.working_time import WorkingCalendar

PASTE_CHARS_MAX = 20_000
PASTE_DAYS_MAX = 400
NAME_CHARS_MAX = 80
YEARS = range(2000, 2101)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{1,2}) ([A-Za-z]{3,9})\.? (\d{4})")
_MONTHS = {f"{date(2000, month, 1):%B}".casefold(): month for month in range(1, 13)}


class CalendarRefusal(Refusal):
    """Why a calendar is not taken. The value is the stable code."""

    UNKNOWN_ZONE = "unknown_zone", Invalid, "Choose a time zone such as Europe/London.", "zone"
    NO_WEEKDAY = "no_weekday", Invalid, "Choose at least one working day of the week.", "weekdays"
    NO_HOURS = "no_hours", Invalid, "The hours end after they begin; 00:00 is the midnight at the end.", "closes"
    NO_DAYS = "no_days", Invalid, "Write one day a line, such as 2026-12-25 Christmas Day.", "days"
    BAD_DAY = "bad_day", Invalid, "One of the lines does not begin with a day such as 2026-12-25.", "days"
    OUT_OF_REACH = "day_out_of_reach", Invalid, f"Days off lie between {YEARS.start} and {YEARS.stop - 1}.", "days"
    TOO_MANY_HOLIDAYS = "too_many_holidays", Invalid, "That are more days off than a calendar keeps.", "days"
    NOT_A_SITE = "not_a_calendar_place", Conflict, "Only the organisation, an employer or a site has working hours."


@dataclass(frozen=True)
class Hours:
    """Zone, weekdays (0 is Monday) and hours of a day. closes: 00:00 is the midnight at the end."""

    zone: str
    weekdays: frozenset[int]
    opens: time
    closes: time


def hours_refusal(hours: Hours) -> CalendarRefusal | None:
    """Why these are no working hours, or None."""
    if not known_zone(hours.zone):
        return CalendarRefusal.UNKNOWN_ZONE
    if not hours.weekdays or not hours.weekdays <= set(range(7)):
        return CalendarRefusal.NO_WEEKDAY
    return CalendarRefusal.NO_HOURS if time(0) != hours.closes <= hours.opens else None


def known_zone(name: str) -> bool:
    """True for a zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder of zones, a path, an unknown one
        return False
    return bool(name)


def pasted_days(text: str) -> Mapping[date, str]:
    """Days with their names out of pasted lines: 2026-12-25, 25.12.2026 or 25 December 2026, then the name.

    Empty lines are skipped. Raises Invalid `no_days`, `bad_day` (names the line), `too_many_holidays`.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise CalendarRefusal.NO_DAYS.as_error()
    if len(lines) > PASTE_DAYS_MAX:
        raise CalendarRefusal.TOO_MANY_HOLIDAYS.as_error()
    return dict(_pasted(number, line) for number, line in lines)


def _pasted(number: int, line: str) -> tuple[date, str]:
    found = _DAY.match(line)
    day = _day(found) if found else None
    if found is None or day is None or day.year not in YEARS:
        sentence = f"Line {number} does not begin with a day such as 2026-12-25."
        raise Invalid(CalendarRefusal.BAD_DAY.value, sentence, {"days": sentence})
    return day, line[found.end() :].strip(" \t,;:-–").strip()[:NAME_CHARS_MAX]


def _day(found: re.Match[str]) -> date | None:
    year, month, day, day2, month2, year2, day3, name, year3 = found.groups()
    if name is not None:
        month3 = next((at for word, at in _MONTHS.items() if word.startswith(name.casefold())), 0)
        return _valid(int(year3), month3, int(day3))
    return _valid(int(year or year2), int(month or month2), int(day or day2))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def usual(zone: str, days: tuple[str, ...], hours: str) -> WorkingCalendar:
    """The calendar of the settings: ("mon", …) and "09:00-17:00" (or …-24:00)."""
    short = [name[:3].casefold() for name in WEEKDAYS]
    begins, ends = hours.split("-")
    closes = time(0) if ends == "24:00" else time.fromisoformat(ends)
    return WorkingCalendar(zone, frozenset(short.index(day) for day in days), time.fromisoformat(begins), closes)
