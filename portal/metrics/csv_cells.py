"""What a single cell of a file of observations may hold. Pure."""

import math
import re
import unicodedata
from datetime import date, timedelta

VALUE_MAX = 1e12  # in any unit; beyond it something is wrong with the file
N_MAX = 2_147_483_647
OLDEST = date(2000, 1, 1)
REASON_CHARS_MAX = 80
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
COMMA_NUMBER = re.compile(r"[+-]?(\d+,?\d*|,\d+)", re.ASCII)
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.ASCII)
SERIAL = re.compile(r"[2-6]\d{4}(\.\d+)?", re.ASCII)  # 1954 to 2091
SERIALS_FROM = date(1899, 12, 30)
FORMULA = ("=", "@", "+", "-", "\t")


class CellProblem(Exception):
    """What is wrong with a cell, and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def plain(cell: str) -> str:
    """The cell without blanks around it, in Unicode's composed form. Raises CellProblem for control characters."""
    text = unicodedata.normalize("NFC", cell).strip(" \t\r\n\u00a0")
    if CONTROLS.search(text):
        raise CellProblem("holds invisible control characters", "Type this cell again.")
    return text


def day(text: str, *, today: date) -> date:
    """An ISO day (2026-03-02) or ISO week (2026-W10, its Monday), not before 2000 and not after `today`."""
    found = calendar_day(text)
    if found > today:
        raise CellProblem("lies in the future", f"Only what has been measured: today is {today.isoformat()}.")
    if found < OLDEST:
        raise CellProblem("lies before the year 2000", "Check the year.")
    return found


def value(text: str, *, comma: bool = False) -> float:
    """A finite number. comma: the file writes decimals with a comma."""
    if not text:
        raise CellProblem("is empty", "Write the number, or leave the row out.")
    if text.startswith("="):
        raise CellProblem("is a formula", "Save the file with results instead of formulas.")
    shape = COMMA_NUMBER if comma else NUMBER
    if not shape.fullmatch(text):
        raise CellProblem("is not a number", _number_remedy(text, comma))
    number = float(text.replace(",", ".") if comma else text)
    if not math.isfinite(number) or abs(number) > VALUE_MAX:
        raise CellProblem("is too large", "Check the unit: no metric goes beyond a million millions.")
    return number


def count(text: str) -> int | None:
    """A whole number of contacts or answers, or None for an empty cell."""
    if not text:
        return None
    if not re.fullmatch(r"[+-]?\d+([.,]0{1,2})?", text, re.ASCII):
        raise CellProblem("is not a whole number", "Write the contacts or answers behind the value, such as 1240.")
    number = int(re.split("[.,]", text)[0])
    if number < 0:
        raise CellProblem("is below zero", "Write 0 or more, or leave it empty if it is not known.")
    if number > N_MAX:
        raise CellProblem("is too large", "Write the contacts or answers behind this one value.")
    return number


def reason(text: str) -> str | None:
    """A contact reason or queue of at most 80 characters, or None for an empty cell."""
    if not text:
        return None
    if text.startswith(FORMULA):
        raise CellProblem("starts like a formula", "Start the name with a letter or a digit.")
    if len(text) > REASON_CHARS_MAX:
        raise CellProblem(f"has {len(text)} characters", f"Use at most {REASON_CHARS_MAX}.")
    return " ".join(text.split())


def calendar_day(text: str) -> date:
    """An ISO day (2026-03-02) or ISO week (2026-W10, its Monday) of any year."""
    if SERIAL.fullmatch(text):
        meant = SERIALS_FROM + timedelta(days=int(text[:5]))
        remedy = f"It may mean {meant.isoformat()}: give the column a date format, or write the day like this."
        raise CellProblem("is the number by which a spreadsheet keeps a day", remedy)
    if not text:
        raise CellProblem("is empty", "Write the day as 2026-03-02, or the Monday of the week.")
    try:
        if found := DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := ISO_WEEK.fullmatch(text):
            return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise CellProblem("is not a day of the calendar", "Check day and month: year-month-day.") from None
    raise CellProblem("is not a date we can be sure about", "Write it as year-month-day: 2026-03-02.")


def _number_remedy(text: str, comma: bool) -> str:
    if text.endswith("%"):
        return "Leave the % sign out: it belongs to the metric's unit."
    if comma and "." in text:
        return "This file writes decimals with a comma: do the same here, without thousands separators."
    if "," in text:
        return "Write decimals with a point and no thousands separators: 1234.5. (A comma needs ; between the cells.)"
    return "Write digits only, such as 21.4."
