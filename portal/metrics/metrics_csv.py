"""Checking a file of observations: every problem names its row, column, value and remedy. Pure.

Columns: date, site, metric, value, and if known n (contacts or answers behind the value) and reason (contact reason).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import Any

from portal.csv_files import is_blank, shown
from portal.errors import Invalid
from portal.metrics import csv_cells as cells
from portal.metrics.csv_cells import CellProblem
from portal.metrics.csv_outcome import Checked, Entry, Finding, Known, Layout, Series
from portal.metrics.csv_table import Table, rows_again, table
from portal.metrics.csv_warnings import warnings
from portal.metrics.words import listed

ROWS_MAX_PAGE = 100_000
ROWS_MAX_COMMAND = 1_000_000
FORMULA_CELL = CellProblem("is a formula", "Save the file with results instead of formulas.")


def spellings(places: list[tuple[int, str, str | None, str]]) -> dict[str, tuple[int, ...]]:
    """Spelling → ids, for (id, employer, site or None, name): Leeds, leeds, Leeds/Billing, Brightline/Durban/Chat.

    A site's code is its name in small letters with hyphens: new-york.
    """
    found: dict[str, tuple[int, ...]] = {}
    for place_id, employer, site, name in places:
        path = [name] if site is None else [site, name]
        for parts in (path, [employer, *path], [_code(part) for part in path]):
            key = "/".join(part.strip() for part in parts).casefold()
            if place_id not in found.get(key, ()):
                found[key] = (*found.get(key, ()), place_id)
    return found


def check(
    text: str, known: Known, *, today: date, rows_max: int = ROWS_MAX_PAGE, layout: Layout | None = None
) -> Checked:
    """Look at every row. today: the last day that may be reported. layout: None to go by the header.

    Raises Invalid for a file that cannot be read as rows at all: no_header, column_missing, column_twice, csv_broken,
    no_rows, too_many_rows.
    """
    found, comma = with_decimal_sign(table(text, chosen=layout.columns if layout else None))
    reader = _Reader(known, found, today, comma)
    if layout and layout.metric:
        reader.all_about(known.metrics.get(layout.metric))
    checked = Checked(unused=found.unused)
    for count, (row, values) in enumerate(_filled(found), start=1):
        if count > rows_max:
            raise Invalid("too_many_rows", _too_many(rows_max))
        reader.take(row, values, checked)
    if not checked.rows_read:
        raise Invalid("no_rows", "There is a header but no row below it.")
    reader.drop_repeated(checked)
    checked.problems.sort(key=lambda finding: finding.row)
    checked.warnings = warnings(checked.entries, known)
    return checked


class _Reader:
    """Reads cells, remembering what it has seen: the same day, site and metric come thousands of times."""

    def __init__(self, known: Known, found: Table, today: date, comma: bool) -> None:
        self._columns, self._width = found.columns, found.width
        self._readers: dict[str, Callable[[str], Any]] = {
            "date": _remembered(partial(cells.day, today=today)),
            "site": _remembered(partial(_place, known)),
            "metric": _remembered(partial(_metric, known)),
            "value": partial(cells.value, comma=comma),
            "n": cells.count,
            "reason": _remembered(cells.reason),
        }
        self._metric: int | None = None
        self._first: dict[tuple[Series, date], int] = {}
        self._repeated: set[tuple[Series, date]] = set()

    def all_about(self, metric_id: int | None) -> None:
        """No column says what was measured: it is this. Raises Invalid `unknown_metric`."""
        if metric_id is None:
            raise Invalid("unknown_metric", "The metric that was chosen for this file is not in use any more.")
        self._metric = metric_id

    def take(self, row: int, values: list[str], checked: Checked) -> None:
        """Add the row to `checked`, as an entry or as problems."""
        if len(values) > self._width and any(cell.strip() for cell in values[self._width :]):
            extra = next(cell for cell in values[self._width :] if cell.strip())
            problem = f"stands in cell {len(values)} of a row that should have {self._width}"
            remedy = "Remove it. A text with a comma needs quotation marks."
            checked.refuse(Finding(row, "end of row", shown(extra), problem, remedy))
            return
        read, fine = {"n": None, "reason": None, "metric": self._metric}, True
        for name, position in self._columns.items():
            cell = values[position] if position < len(values) else ""
            try:
                read[name] = self._readers[name](cells.plain(cell))
            except CellProblem as wrong:
                fine = False
                wrong = FORMULA_CELL if cell.strip().startswith("=") and name != "reason" else wrong
                checked.refuse(Finding(row, name, shown(cell), wrong.problem, wrong.remedy))
        if fine:
            self._keep(self._entry(row, read), values, checked)

    def drop_repeated(self, checked: Checked) -> None:
        """Where two rows say the same thing, neither is taken: nobody can tell which is right."""
        if not self._repeated:
            return
        for entry in checked.entries:
            if (entry.series, entry.day) in self._repeated:
                problem = "comes again further down for the same day, site and metric"
                checked.refuse(Finding(entry.row, "date", entry.day.isoformat(), problem, "Keep one of the rows."))
        checked.entries = [entry for entry in checked.entries if entry.row not in checked.bad_rows]

    def _keep(self, entry: Entry, values: list[str], checked: Checked) -> None:
        key = (entry.series, entry.day)
        first = self._first.setdefault(key, entry.row)
        if first == entry.row:
            checked.entries.append(entry)
            return
        self._repeated.add(key)
        problem = f"was already reported for this site and metric in row {first}"
        cell = values[self._columns["date"]]
        checked.refuse(Finding(entry.row, "date", shown(cell), problem, "Keep one of the two rows."))

    @staticmethod
    def _entry(row: int, read: Mapping[str, Any]) -> Entry:
        return Entry(row, read["metric"], read["site"], read["reason"], read["date"], read["value"], read["n"])


def with_decimal_sign(found: Table) -> tuple[Table, bool]:
    """Whether decimals are written with a comma: only where the cells are separated by semicolons."""
    if found.delimiter != ";":
        return found, False
    rows = list(found.rows)
    position = found.columns["value"]
    comma = any(_has_comma(values[position]) for _, values in rows if position < len(values))
    return rows_again(found, rows), comma


def _has_comma(cell: str) -> bool:
    return re.fullmatch(r"[+-]?\d*,\d+", cell.strip(), re.ASCII) is not None


def _filled(found: Table) -> Iterator[tuple[int, list[str]]]:
    return ((row, values) for row, values in found.rows if not is_blank(values))


def _remembered(read: Callable[[str], Any]) -> Callable[[str], Any]:
    seen: dict[str, Any] = {}

    def remembering(text: str) -> Any:
        if text not in seen:
            try:
                seen[text] = read(text)
            except CellProblem as wrong:
                seen[text] = wrong
        if isinstance(seen[text], CellProblem):
            raise seen[text]
        return seen[text]

    return remembering


def _place(known: Known, text: str) -> int:
    ids = known.places.get("/".join(part.strip() for part in text.split("/")).casefold(), ())
    if len(ids) == 1:
        return ids[0]
    names = f"Known sites: {listed(known.sites)}. A team is written as site/team."
    if not text:
        raise CellProblem("is empty", names)
    if ids:
        raise CellProblem("could be several places", "Write the employer before it: employer/site.")
    close = get_close_matches(text.casefold(), [site.casefold() for site in known.sites], n=1)
    meant = next((site for site in known.sites if close and site.casefold() == close[0]), None)
    raise CellProblem("is no site we know", f"Did you mean {meant}? {names}" if meant else names)


def _metric(known: Known, text: str) -> int:
    found = known.metrics.get(text.casefold())
    if found is not None:
        return found
    if not text:
        raise CellProblem("is empty", f"Known metrics: {listed(sorted(known.metrics))}.")
    if not known.metrics:
        raise CellProblem("is no metric we know", "There are none yet: add the starter set first.")
    raise CellProblem("is no metric we know", f"Known metrics: {listed(sorted(known.metrics))}.")


def _code(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-")


def _too_many(rows_max: int) -> str:
    other = "Split it, or import it by command." if rows_max < ROWS_MAX_COMMAND else "Split it."
    return f"The file has more than {rows_max:,} rows. {other}"
