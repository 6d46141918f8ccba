"""From a spreadsheet (.xlsx) to the text of a CSV file, so that everything after reads one kind of file. Pure.

Rows keep their numbers. A formula stays a formula: what it gives depends on a program that we do not run. Whatever is
hostile (a zip bomb, entities of XML, endless sheets) is refused before or while it is read.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from portal.errors import Invalid

UNPACKED_BYTES_MAX = 64 * 1024 * 1024
TIMES_SMALLER_MAX = 150  # sheets are packed ten to forty times smaller
LOOKED_AT_BYTES = 1024 * 1024  # below it, packing proves nothing
MEMBERS_MAX = 2_000
ROWS_BESIDE = 1_000  # blank rows and the header, on top of the rows that are allowed
COLUMNS_MAX = 64
TEXT_CHARS_MAX = 24_000_000
SHEET = "xl/workbook.xml"


class Sheet(NamedTuple):
    """The first sheet as CSV. others: how many more sheets there are."""

    text: str
    name: str
    others: int


def read_workbook(content: bytes, *, rows_max: int) -> Sheet:
    """The first sheet that is not hidden.

    Raises Invalid: workbook_unreadable, workbook_too_large, workbook_empty, too_many_rows.
    """
    _refuse_bombs(content)
    from defusedxml import DefusedXmlException  # lazily: a page without a workbook does not wait for them
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and dates that are odd; the cells themselves are checked
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheets = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
            if not sheets:
                raise _unreadable()
            first = sheets[0]
            first.reset_dimensions()  # type: ignore[attr-defined]  # what a sheet says of its size may be wrong
            text = _as_csv(first.iter_rows(max_col=COLUMNS_MAX, values_only=True), rows_max)
            return Sheet(text, str(first.title), len(book.worksheets) - 1)
    except Invalid:
        raise
    except MemoryError:
        raise _too_large() from None
    except DefusedXmlException:
        raise _unreadable() from None
    except Exception as error:
        # A damaged workbook breaks its reader in a hundred ways, and none of them is ours.
        raise _unreadable() from error


def _refuse_bombs(content: bytes) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _unreadable() from None
    if SHEET not in {member.filename for member in members} or any(member.flag_bits & 1 for member in members):
        raise _unreadable()
    # A zip file is read up to the size it declares and no further, so the declared sizes may be believed.
    if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_BYTES_MAX:
        raise _too_large()
    large = (member for member in members if member.file_size > LOOKED_AT_BYTES)
    if any(member.file_size > TIMES_SMALLER_MAX * max(member.compress_size, 1) for member in large):
        raise _too_large()


def _as_csv(rows: Iterable[Sequence[Any]], rows_max: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    filled = 0
    for number, cells in enumerate(rows, start=1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        filled += bool(texts)
        if filled > rows_max + 1 or number > rows_max + ROWS_BESIDE:
            raise Invalid("too_many_rows", f"The sheet has more than {rows_max:,} rows. Split it.")
        if out.tell() > TEXT_CHARS_MAX:
            raise _too_large()
        writer.writerow(texts)
    if not filled:
        raise Invalid("workbook_empty", "The first sheet is empty. Put the values on the first sheet.")
    return out.getvalue().rstrip("\n") + "\n"


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"  # as many digits as a spreadsheet keeps: 0.1 + 0.2 is 0.3
    return str(getattr(cell, "text", cell))  # a formula over several cells carries its text


def _unreadable() -> Invalid:
    words = (
        "This is a workbook that we cannot open: damaged, protected or of an old kind. Save it as .xlsx or CSV UTF-8."
    )
    return Invalid("workbook_unreadable", words)


def _too_large() -> Invalid:
    return Invalid("workbook_too_large", "This workbook unpacks to more than we take. Save the sheet as CSV UTF-8.")
