"""CSV files of every kind: from bytes to numbered rows, and cells that no spreadsheet runs. Pure.

What the columns of a file mean is the business of the capability that reads it.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from portal.errors import Invalid

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # what a spreadsheet program writes unless it is asked for CSV
MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
FALL_BACK = "cp1252"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a CSV for Windows-1252 without it
HINT = re.compile(r"\s*sep=.?[ \t]*", re.IGNORECASE)
HEAD_CHARS = 64 * 1024  # a header is somewhere in the first of them
CELL_CHARS_SHOWN = 60
NUMBER = re.compile(r"[+-](\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d{1,4})?", re.ASCII)
UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


class Broken(Exception):
    """A row that cannot be told from the next: a quotation mark is missing or out of place, or a cell is endless.

    row: as a spreadsheet numbers it.
    """

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(f"row {row}: {reason}")
        self.row = row
        self.reason = reason


def text_of(content: bytes, *, fall_back: str | None = None) -> tuple[str, str]:
    """(text, encoding) of UTF-8, of UTF-16 with its mark, else of `fall_back`. Raises UnicodeDecodeError."""
    if content.startswith(MARKS_OF_UTF_16):
        return content.decode("utf-16"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        if fall_back is None:
            raise
        return content.decode(fall_back), fall_back


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding) of a file in UTF-8, UTF-16 with its mark, or Windows-1252.

    Raises Invalid: file_empty, file_is_a_workbook, file_not_text.
    """
    if not content.strip():
        raise Invalid("file_empty", "The file is empty. Choose a file with a header and at least one row.")
    if content.startswith(WORKBOOKS):
        raise Invalid("file_is_a_workbook", "This is a workbook, not a CSV file. Save it as CSV UTF-8 and try again.")
    try:
        text, encoding = text_of(content, fall_back=FALL_BACK)
    except UnicodeDecodeError:
        words = "This file is not readable text. Save it as CSV UTF-8 and try again."
        raise Invalid("file_not_text", words) from None
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise Invalid("file_not_text", f"Row {row} holds a NUL sign, so this is no plain text. Save it as CSV again.")
    return text, encoding


def without_hint(text: str) -> tuple[int, str]:
    """(number of the first row, text below the hint): spreadsheets may put `sep=;` above the header."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    first, _, rest = text.partition("\n")
    return (2, rest) if HINT.fullmatch(first.rstrip("\r")) else (1, text)


def delimiter_of(body: str, delimiters: Sequence[str], worth: Callable[[list[str]], int] = len) -> str:
    """The delimiter that makes most of the header; `worth` says how much its cells are. Of equal ones the first."""
    lines = io.StringIO(body[:HEAD_CHARS].lstrip("\r\n"), newline="")
    line = next((line for line in lines if line.strip()), "")[:10_000].rstrip("\r\n")
    return max(delimiters, key=lambda delimiter: worth(next(csv.reader([line], delimiter=delimiter), [])))


def records(body: str, delimiter: str, *, first_row: int = 1) -> Iterator[tuple[int, list[str]]]:
    """(row as a spreadsheet numbers it, cells) of every row, blank ones included. Raises Broken on the way."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    row = first_row
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Broken(row, str(error)) from error
        yield row, cells
        row += 1


def is_blank(cells: Iterable[str]) -> bool:
    """True for a row without a word."""
    return not any(cell.strip() for cell in cells)


def plain_name(header: str) -> str:
    """How a header is compared: "E-Mail " is e_mail."""
    return re.sub(r"[\W_]+", "_", header.casefold()).strip("_")


def shown(cell: str) -> str:
    """The cell as a message shows it: short, and without signs that would garble the page."""
    text = UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", cell.strip())
    return text if len(text) <= CELL_CHARS_SHOWN else f"{text[:CELL_CHARS_SHOWN]}…"


def is_formula(cell: str) -> bool:
    """True if a spreadsheet would run the cell: it starts with = + - @ (or their wide twins) and is no number."""
    return cell.startswith(FORMULA_SIGNS) and not NUMBER.fullmatch(cell)


def neutral(cell: object) -> str:
    """The cell as text that no spreadsheet runs: a formula gets an apostrophe in front, a number stays a number."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if is_formula(text) else text


def as_written(cell: str) -> str:
    """What `neutral` was given: the apostrophe in front of a formula is ours."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV, each cell neutralised, with a byte order mark so that spreadsheets read UTF-8."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + file.getvalue()
