"""From the bytes of a CSV file to named columns and numbered rows. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

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
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


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
    if not content.strip():
        raise Invalid("file_empty", "The file is empty. Choose a file with a header and at least one row.")
    if content.startswith(WORKBOOKS):
        raise Invalid("file_is_a_workbook", "This is a workbook, not a CSV file. Save it as CSV UTF-8 and try again.")
    text = _decoded(content)
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise Invalid("file_not_text", f"Row {row} holds a NUL sign, so this is no plain text. Save it as CSV again.")
    return text


def table(text: str) -> Table:
    """The columns and rows of a text. Raises Invalid: no_header, column_missing, column_twice, csv_broken."""
    first_row, body = _without_hint(text)
    delimiter = _delimiter(body)
    records = _records(body, delimiter, first_row)
    header = next(((row, cells) for row, cells in records if any(cell.strip() for cell in cells)), None)
    if header is None:
        raise Invalid("no_header", f"There is no header. The first row names the columns: {', '.join(REQUIRED)}.")
    columns, unused = _columns(header[1])
    return Table(columns, unused, len(header[1]), delimiter, records)


def rows_again(found: Table, rows: Sequence[tuple[int, list[str]]]) -> Table:
    """The same table with rows that were already read."""
    return Table(found.columns, found.unused, found.width, found.delimiter, chain(rows, found.rows))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("file_not_text", "This file is not readable text. Save it as CSV UTF-8 and try again.")


def _without_hint(text: str) -> tuple[int, str]:
    """Spreadsheets may put `sep=;` above the header."""
    if text[:4].lower() == "sep=":
        return 2, text.partition("\n")[2]
    return 1, text


def _delimiter(body: str) -> str:
    """The delimiter that makes the most known names of the header."""
    line = next((line for line in body.splitlines() if line.strip()), "")

    def names_known(delimiter: str) -> int:
        cells = next(csv.reader([line[:10_000]], delimiter=delimiter), [])
        return sum(_ours(cell) is not None for cell in cells)

    return max(DELIMITERS, key=names_known)


def _records(body: str, delimiter: str, first_row: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    row = first_row
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            words = f"Row {row} cannot be read: a quotation mark is missing or out of place ({error})."
            raise Invalid("csv_broken", words) from error
        yield row, cells
        row += 1


def _columns(header: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    columns: dict[str, int] = {}
    unused: list[str] = []
    for position, cell in enumerate(header):
        name = _ours(cell)
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


def _ours(header: str) -> str | None:
    name = re.sub(r"[^a-z0-9]+", "_", header.casefold()).strip("_")
    if name in ALIASES:
        return name
    return next((ours for ours, others in ALIASES.items() if name in others), None)
