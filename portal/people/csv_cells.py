"""Cells of a CSV file that a spreadsheet would take for a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(cell: str) -> bool:
    """True if a spreadsheet would run the cell: it starts with = + - @ (or their wide twins) and is no number."""
    return cell.startswith(FORMULA_SIGNS) and not _is_number(cell)


def neutral(cell: object) -> str:
    """The cell as text that no spreadsheet runs: a formula gets an apostrophe in front, a number stays a number."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if is_formula(text) else text


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV, each cell neutralised, with a byte order mark so that spreadsheets read UTF-8."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()


def _is_number(cell: str) -> bool:
    digits = cell[1:].replace(".", "", 1).replace(",", "", 1)
    return cell[:1] in "+-" and digits.isascii() and digits.isdigit()
