"""From the bytes of a CSV file to named columns and numbered rows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from portal import csv_files
from portal.csv_files import Broken, is_blank, plain_name
from portal.errors import Invalid

DELIMITERS = (",", ";", "\t", "|")
REQUIRED = ("date", "site", "metric", "value")
ALIASES: Mapping[str, tuple[str, ...]] = {
    "date": ("day", "week", "week_start", "week_starting", "week_commencing", "monday", "datum"),
    "site": ("site_name", "site_code", "place", "location", "centre", "center"),
    "metric": ("metric_code", "measure", "measure_code", "kpi", "code"),
    "value": ("result", "score", "mean", "average", "rate"),
    "n": ("count", "contacts", "answers", "responses", "volume", "sample", "sample_size", "denominator"),
    "reason": ("contact_reason", "queue", "topic"),
}


@dataclass(frozen=True)
class Table:
    """A file whose columns are known.

    columns: our name → position. unused: headers that mean nothing to us. rows: (row number as a spreadsheet shows
    it, cells); reading them may raise Invalid `csv_broken`.
    """

    columns: Mapping[str, int]
    unused: tuple[str, ...]
    width: int
    delimiter: str
    rows: Iterator[tuple[int, list[str]]]


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or Windows-1252.

    Raises Invalid: file_empty, file_is_a_workbook, file_not_text.
    """
    return csv_files.decode(content)[0]


def table(text: str, aliases: Mapping[str, tuple[str, ...]] = ALIASES) -> Table:
    """The columns and rows of a text. Raises Invalid: no_header, column_missing, column_twice, csv_broken.

    aliases: the columns that are looked for, with their other names.
    """
    first_row, body = csv_files.without_hint(text)
    delimiter = csv_files.delimiter_of(body, DELIMITERS, lambda header: _names_known(header, aliases))
    records = _records(body, delimiter, first_row)
    header = next(((row, cells) for row, cells in records if not is_blank(cells)), None)
    if header is None:
        raise Invalid("no_header", f"There is no header. The first row names the columns: {', '.join(REQUIRED)}.")
    columns, unused = _columns(header[1], aliases)
    return Table(columns, unused, len(header[1]), delimiter, records)


def rows_again(found: Table, rows: Sequence[tuple[int, list[str]]]) -> Table:
    """The same table with rows that were already read."""
    return Table(found.columns, found.unused, found.width, found.delimiter, chain(rows, found.rows))


def _names_known(header: Sequence[str], aliases: Mapping[str, tuple[str, ...]]) -> int:
    return sum(_ours(cell, aliases) is not None for cell in header)


def _records(body: str, delimiter: str, first_row: int) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from csv_files.records(body, delimiter, first_row=first_row)
    except Broken as broken:
        words = f"Row {broken.row} cannot be read: a quotation mark is missing or out of place ({broken.reason})."
        raise Invalid("csv_broken", words) from broken


def _columns(header: Sequence[str], aliases: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, int], tuple[str, ...]]:
    columns: dict[str, int] = {}
    unused: list[str] = []
    for position, cell in enumerate(header):
        name = _ours(cell, aliases)
        if name is None:
            unused += [cell.strip()[:40]] if cell.strip() else []
        elif name in columns:
            both = f"“{header[columns[name]].strip()}” and “{cell.strip()}”"
            raise Invalid("column_twice", f"Row 1: {both} both mean {name}. Keep one of them.")
        else:
            columns[name] = position
    if missing := [name for name in REQUIRED if name not in columns]:
        seen = ", ".join(cell.strip()[:40] for cell in header if cell.strip()) or "nothing"
        words = f"Row 1: the column {' and '.join(missing)} is missing. The header reads: {seen[:300]}."
        raise Invalid("column_missing", words, dict.fromkeys(missing, "This column is missing."))
    return columns, tuple(unused)


def _ours(header: str, aliases: Mapping[str, tuple[str, ...]]) -> str | None:
    name = plain_name(header)
    if name in aliases:
        return name
    return next((ours for ours, others in aliases.items() if name in others), None)
