"""Reading spreadsheets: what is in the first sheet, and what hostile files earn."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from portal.errors import Invalid
from portal.metrics import workbook
from portal.metrics.csv_outcome import Known, Layout
from portal.metrics.files import read_upload
from portal.metrics.metrics_csv import check

HEAD = ["date", "site", "metric", "value", "n"]
KNOWN = Known({"csat": 1}, {"leeds": (4,)}, ("Leeds",))
TODAY = date(2026, 3, 2)
MORNING = datetime(2026, 2, 3, 9, 30)  # noqa: DTZ001 - a workbook knows no zone


def book(*rows: list[Any], sheets: int = 1) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for _ in range(sheets - 1):
        made.create_sheet()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A real workbook whose sheet says something else."""
    with zipfile.ZipFile(io.BytesIO(book(HEAD))) as good:
        members = {name: good.read(name) for name in good.namelist()}
    return zipped(members | {"xl/worksheets/sheet1.xml": xml})


def test_cells_of_every_kind_become_the_text_of_a_csv() -> None:
    day = datetime(2026, 2, 2)  # noqa: DTZ001 - a workbook knows no zone
    found = read_upload(book(HEAD, [day, "Leeds", "csat", 4.1, 120], [], [date(2026, 2, 9), "Leeds", "csat", 0.1 + 0.2],
                             sheets=3), rows_max=10)  # fmt: skip

    assert found.text.splitlines() == [
        "date,site,metric,value,n", "2026-02-02,Leeds,csat,4.1,120", "", "2026-02-09,Leeds,csat,0.3"]  # fmt: skip
    assert (found.sheet, found.others) == ("Sheet", 2)
    checked = check(found.text, KNOWN, today=TODAY)
    assert [(entry.row, entry.value, entry.n) for entry in checked.entries] == [(2, 4.1, 120), (4, 0.3, None)]


def test_formulas_errors_serials_and_times_are_named_with_row_and_column() -> None:
    text = read_upload(book(
        HEAD, ["=TODAY()", "Leeds", "csat", 4], ["2026-02-02", "Leeds", "csat", "=1+1"],
        [46083, "Leeds", "csat", 4], [MORNING, "Leeds", "csat", "#N/A"],
        ["2026-02-04", "Leeds", "csat", True],
    ), rows_max=10).text  # fmt: skip

    problems = check(text, KNOWN, today=TODAY).problems

    assert [(one.row, one.column, one.value, one.problem) for one in problems] == [
        (2, "date", "=TODAY()", "is a formula"),
        (3, "value", "=1+1", "is a formula"),
        (4, "date", "46083", "is the number by which a spreadsheet keeps a day"),
        (5, "date", "2026-02-03 09:30:00", "is not a date we can be sure about"),
        (5, "value", "#N/A", "is not a number"),
        (6, "value", "TRUE", "is not a number"),
    ]
    assert "2026-03-02" in problems[2].remedy


OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"
BOMB = OPEN + b"<row/>" * 400_000 + CLOSE
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + OPEN + b'<row><c t="inlineStr"><is><t>&a;</t></is></c></row>' + CLOSE
FAR = OPEN + b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>' + CLOSE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and no more", "workbook_unreadable"),
        (zipped({"letter.txt": b"no workbook"}), "workbook_unreadable"),
        (zipped({"xl/workbook.xml": b"<"}), "workbook_unreadable"),
        (with_sheet(OPEN + b"<row><c>"), "workbook_unreadable"),
        (with_sheet(ENTITIES), "workbook_unreadable"),
        (with_sheet(BOMB), "workbook_too_large"),
        (zipped({"xl/workbook.xml": b"x"} | {f"{number}": b"" for number in range(2_100)}), "workbook_too_large"),
        (book(), "workbook_empty"),
        (book(HEAD, *([["2026-02-02", "Leeds", "csat", 4]] * 11)), "too_many_rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "file_is_a_workbook"),
    ],
    ids=["cut", "other zip", "no xml", "broken sheet", "entities", "bomb", "members", "empty", "rows", "old kind"],
)
def test_a_workbook_that_cannot_be_taken_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_upload(content, rows_max=10)

    assert refused.value.code == code


def test_what_unpacks_to_more_than_we_take_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_BYTES_MAX", 1_000)

    with pytest.raises(Invalid, match="workbook_too_large"):
        read_upload(book(HEAD), rows_max=10)


def test_blank_rows_without_end_are_not_read_to_their_end() -> None:
    with pytest.raises(Invalid, match="too_many_rows"):
        read_upload(with_sheet(FAR), rows_max=10)


def test_columns_that_somebody_chose_are_read_as_said() -> None:
    text = "Tag,Ort,Note,Antworten\n2026-02-02,Leeds,4.1,120\n"
    layout = Layout({"date": 0, "site": 1, "value": 2, "n": 3}, "csat")

    checked = check(text, KNOWN, today=TODAY, layout=layout)

    assert [(one.metric_id, one.value, one.n) for one in checked.entries] == [(1, 4.1, 120)]
    with pytest.raises(Invalid, match="unknown_metric"):
        check(text, KNOWN, today=TODAY, layout=Layout(layout.columns, "gone"))
