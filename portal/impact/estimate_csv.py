"""Readings from a CSV file: `date, site, metric, value, n, treated_from`, and if known `reason`. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.csv_files import is_blank, shown
from portal.errors import Invalid
from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Direction
from portal.metrics import csv_cells as cells
from portal.metrics import csv_table
from portal.metrics.csv_cells import CellProblem
from portal.metrics.metrics_csv import with_decimal_sign
from portal.metrics.starter import STARTER

COLUMNS: Mapping[str, tuple[str, ...]] = {
    **csv_table.ALIASES,
    "treated_from": ("live_from", "go_live", "treated", "changed_from", "from"),
}
# Codes that many houses use beside ours. The generic two say what they mean.
OTHERS = {
    "metric_up": Direction.UP, "metric_down": Direction.DOWN, "fcr": Direction.UP, "pulse": Direction.UP,
    "aht": Direction.DOWN, "transfer_rate": Direction.DOWN, "repeat_contacts": Direction.DOWN,
    "churn": Direction.DOWN, "attrition": Direction.DOWN,
}  # fmt: skip
DIRECTIONS: Mapping[str, Direction] = {one.code: Direction(one.direction) for one in STARTER} | OTHERS
PROBLEMS_MAX = 200
OLDEST, NEWEST = date(1800, 1, 1), date(2199, 12, 31)
CONTACTS_LEAST = 1e-6  # a weighted count may be below one; less than this is a slip


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be read. line: as a spreadsheet numbers it; column: by our name."""

    line: int
    column: str
    cell: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: “{self.cell}” {self.problem}. {self.remedy}"


@dataclass
class Read:
    """What a file says about one metric. problems: at most `PROBLEMS_MAX`; seen: every metric code in the file."""

    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


def direction_of(metric: str) -> Direction:
    """Which way is better for a metric code. Raises Invalid `unknown_metric`."""
    if metric in DIRECTIONS:
        return DIRECTIONS[metric]
    words = f"“{shown(metric)}” is not a metric we know. Use metric_up or metric_down for one of your own, or: "
    raise Invalid("unknown_metric", words + ", ".join(sorted(DIRECTIONS.keys() - {"metric_up", "metric_down"})) + ".")


def read(text: str, metric: str) -> Read:
    """The readings of one metric; rows of other metrics are passed over.

    Raises Invalid: no_header, column_missing, column_twice, csv_broken, metric_missing (with what the file holds).
    """
    found, comma = with_decimal_sign(csv_table.table(text, COLUMNS))
    reader = _Reader(found.columns, comma=comma)
    result = Read()
    for line, row in found.rows:
        if not is_blank(row):
            reader.take(result, line, row, metric)
    if not result.readings and not result.problems:
        held = ", ".join(sorted(result.seen)[:20]) or "nothing"
        words = f"The file has no rows of the metric “{shown(metric)}”. It has: {held}."
        raise Invalid("metric_missing", words)
    return result


class _Reader:
    """Reads rows, remembering what each unit has said before."""

    def __init__(self, columns: Mapping[str, int], *, comma: bool) -> None:
        self._columns = columns
        self._live: dict[str, tuple[date | None, int]] = {}
        self._said: dict[tuple[str, date], int] = {}
        self._days: dict[str, date] = {}
        self._how: Mapping[str, Callable[[str], Any]] = {
            "date": lambda cell: _likely(self._day(cell)),
            "site": _site,
            "value": lambda cell: cells.value(cell, comma=comma) if cell else None,
            "n": lambda cell: _count(cell, comma=comma),
            "treated_from": lambda cell: self._day(cell) if cell else None,
            "reason": lambda cell: cell,
        }

    def take(self, result: Read, line: int, row: list[str], metric: str) -> None:
        code = self._cell(row, "metric")
        result.seen.add(shown(code))
        if code != metric:
            return
        values: dict[str, Any] = {}
        for column, how in self._how.items():
            cell = self._cell(row, column)
            try:
                values[column] = how(cells.plain(cell))
            except CellProblem as wrong:
                _refuse(result, line, column, cell, wrong)
                return
        try:
            result.readings.append(self._reading(line, values))
        except _Contradicts as wrong:
            _refuse(result, line, wrong.column, self._cell(row, wrong.column), wrong)

    def _reading(self, line: int, values: Mapping[str, Any]) -> Reading:
        unit = f"{values['site']} / {values['reason']}" if values["reason"] else values["site"]
        live, said_in = self._live.setdefault(unit, (values["treated_from"], line))
        if live != values["treated_from"]:
            raise _Contradicts(
                "treated_from", f"differs from line {said_in}", "A unit has one go-live in all its rows."
            )
        first = self._said.setdefault((unit, values["date"]), line)
        if first != line:
            raise _Contradicts("date", f"is also in line {first} for {unit}", "Keep one of the two rows.")
        return Reading(values["date"], unit, values["value"], values["n"], live)

    def _cell(self, row: list[str], column: str) -> str:
        position = self._columns.get(column)
        return row[position].strip() if position is not None and position < len(row) else ""

    def _day(self, cell: str) -> date:
        if cell not in self._days:  # the same day comes once for every unit
            self._days[cell] = cells.calendar_day(cell)
        return self._days[cell]


class _Contradicts(CellProblem):
    def __init__(self, column: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.column = column


def _refuse(result: Read, line: int, column: str, cell: str, wrong: CellProblem) -> None:
    if len(result.problems) < PROBLEMS_MAX:
        result.problems.append(Problem(line, column, shown(cell), wrong.problem, wrong.remedy))


def _likely(day: date) -> date:
    if not OLDEST <= day <= NEWEST:
        raise CellProblem("is not a year that anybody measured", f"Check the year: {OLDEST.year} to {NEWEST.year}.")
    return day


def _site(cell: str) -> str:
    if not cell:
        raise CellProblem("is empty", "Name the site or unit.")
    return cell


def _count(cell: str, *, comma: bool) -> float | None:
    number = cells.value(cell, comma=comma) if cell else None
    if number is not None and number < 0:
        raise CellProblem("is below zero", "Write 0 or more, or leave it empty if it is not known.")
    if number is not None and 0 < number < CONTACTS_LEAST:
        raise CellProblem("is next to nothing", "Write the contacts or answers behind the value, such as 40.")
    return number
