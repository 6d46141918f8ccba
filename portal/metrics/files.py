"""From an uploaded file to text, whatever kind it is: CSV in several encodings, or a workbook. Pure."""

from typing import NamedTuple

from portal.csv_files import WORKBOOKS
from portal.errors import Invalid
from portal.metrics.csv_table import decode
from portal.metrics.workbook import read_workbook

XLSX, OLD = WORKBOOKS


class Upload(NamedTuple):
    """The text of a file. sheet: its name, "" for CSV. others: sheets that were not read."""

    text: str
    sheet: str = ""
    others: int = 0


def read_upload(content: bytes, *, rows_max: int) -> Upload:
    """The rows of a file as the text of a CSV.

    Raises Invalid: file_empty, file_not_text, file_is_a_workbook (of the old kind, or protected by a password),
    workbook_unreadable, workbook_too_large, workbook_empty, too_many_rows.
    """
    if content.startswith(XLSX):
        return Upload(*read_workbook(content, rows_max=rows_max))
    if content.startswith(OLD):
        words = (
            "This is a workbook of an old kind, or one with a password. Save it as .xlsx or CSV UTF-8 and try again."
        )
        raise Invalid("file_is_a_workbook", words)
    return Upload(decode(content))
