"""What payroll is given: one line an order of money, and a sheet that explains the columns. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.csv_files import as_csv
from portal.errors import Conflict, Invalid, Refusal

HEAD = ("employer", "month", "order", "staff_number", "name", "reward", "points", "amount", "delivered_on")
# The sheet of what payroll needs: column and what to do with it.
SHEET: tuple[tuple[str, str], ...] = (
    ("employer", "Whose payroll the line belongs to; each employer has a file of its own, partners too."),
    ("month", "The calendar month in which it was handed over."),
    ("order", "Our number of the order. It stands in one file only, so a line is never paid twice."),
    ("staff_number", "As in your people file. Empty where nobody told us one: ask the person named."),
    ("name", "The name of the person at the time."),
    ("reward", "What was ordered, as the catalogue calls it."),
    ("points", "What it cost. Points are not money: pay the amount."),
    ("amount", "What to pay, in your currency, with a point before the cents. Treat it as a benefit for tax."),
    ("delivered_on", "The day on which it was handed over."),
)


class PayrollRefusal(Refusal):
    """Why there is no file for a month."""

    UNKNOWN_EMPLOYER = "unknown_employer", Invalid, "There is no such employer, or it is not yours.", "employer"
    MONTH_NOT_OVER = "month_not_over", Conflict, "This month is not over yet: more may be delivered.", "month"


@dataclass(frozen=True)
class Line:
    """One order as payroll is told of it. cents: of the organisation's currency."""

    order: int
    staff_number: str
    name: str
    reward: str
    points: int
    cents: int
    delivered_on: date


def file_of(employer: str, month: str, lines: Iterable[Line]) -> str:
    """The file as CSV: the same lines make the same bytes. Cells that a spreadsheet would run get an apostrophe."""
    rows: list[Sequence[object]] = [HEAD]
    rows += [
        (employer, month, line.order, line.staff_number, line.name, line.reward, line.points, amount(line.cents),
         line.delivered_on.isoformat())
        for line in sorted(lines, key=lambda line: line.order)
    ]  # fmt: skip
    return as_csv(rows)


def amount(cents: int) -> str:
    """ "25.00": with a point, without separators, as programs read it."""
    return f"{cents // 100}.{cents % 100:02d}"


def fingerprint(file: str) -> str:
    """SHA-256 of the file as it is downloaded."""
    return hashlib.sha256(file.encode("utf-8")).hexdigest()
