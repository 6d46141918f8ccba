"""From the bytes of a CSV file to named columns and numbered rows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from portal import csv_files
from portal.csv_files import Broken, is_blank, plain_name
from portal.errors import Invalid
from portal.metrics.csv_outcome import Layout

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


def table(
    text: str, aliases: Mapping[str, tuple[str, ...]] = ALIASES, *, chosen: Mapping[str, int] | None = None
) -> Table:
    """The columns and rows of a text. Raises Invalid: no_header, column_missing, column_twice, csv_broken.

    aliases: the columns that are looked for, with their other names. chosen: our name → position, where somebody has
    said which column means what; what lies beyond the header is left out.
    """
    header, delimiter, records = _opened(text, aliases)
    if chosen is None:
        columns, unused = _columns(header, aliases)
    else:
        columns = {name: position for name, position in chosen.items() if position < len(header)}
        unused = tuple(cell.strip()[:40] for position, cell in enumerate(header)
                       if cell.strip() and position not in columns.values())  # fmt: skip
    return Table(columns, unused, len(header), delimiter, records)


def header_and_sample(text: str) -> tuple[list[str], list[str]]:
    """The names of the columns, and the first row below them ([] for none). Raises Invalid: no_header, csv_broken."""
    header, _delimiter, records = _opened(text, ALIASES)
    return header, next((cells for _row, cells in records if not is_blank(cells)), [])


def rows_of(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and every row below it with its number. Raises Invalid: no_header, csv_broken."""
    header, _delimiter, records = _opened(text, ALIASES)
    return header, records


def guessed(header: Sequence[str]) -> dict[str, int]:
    """Our name → position, as far as the header tells; of two that mean the same the first."""
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        if name := _ours(cell, ALIASES):
            found.setdefault(name, position)
    return found


def layout_refusal(layout: Layout) -> Invalid | None:
    """Why a file cannot be read as somebody said: a column is missing, or means two things."""
    needed = [name for name in REQUIRED if name not in layout.columns and not (name == "metric" and layout.metric)]
    if needed:
        words = f"Say which column holds the {' and the '.join(needed)}."
        return Invalid("column_missing", words, dict.fromkeys(needed, "Choose a column."))
    if "metric" in layout.columns and layout.metric:
        words = "Choose the column of the metric, or one metric for every row, not both."
        return Invalid("column_twice", words, {"metric": words})
    names = {position: name for name, position in layout.columns.items()}
    twice = sorted(name for name, position in layout.columns.items() if names[position] != name)
    if twice:
        return Invalid("column_twice", "One column cannot mean two things.", dict.fromkeys(twice, "Already used."))
    return None


def _opened(
    text: str, aliases: Mapping[str, tuple[str, ...]]
) -> tuple[list[str], str, Iterator[tuple[int, list[str]]]]:  # fmt: skip
    first_row, body = csv_files.without_hint(text)
    delimiter = csv_files.delimiter_of(body, DELIMITERS, lambda header: _names_known(header, aliases))
    records = _records(body, delimiter, first_row)
    header = next(((row, cells) for row, cells in records if not is_blank(cells)), None)
    if header is None:
        raise Invalid("no_header", f"There is no header. The first row names the columns: {', '.join(REQUIRED)}.")
    return header[1], delimiter, records


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
