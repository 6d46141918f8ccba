"""Files of observations: what is taken, and the row and column that every refusal names."""

from datetime import date

import pytest

from portal.errors import Invalid
from portal.metrics.csv_outcome import Checked, Known
from portal.metrics.csv_table import decode
from portal.metrics.metrics_csv import check, spellings

TODAY = date(2026, 3, 8)
PLACES = [
    (1, "Harbour", None, "Leeds"), (2, "Harbour", "Leeds", "Billing"), (3, "Brightline", None, "Durban"),
    (4, "Brightline", "Durban", "Chat"), (5, "Harbour", None, "New York"), (6, "Farline", None, "Cork"),
    (7, "Brightline", None, "Cork"),
]  # fmt: skip
KNOWN = Known({"csat": 10, "transfers": 11}, spellings(PLACES), ("Cork", "Durban", "Leeds", "New York"))
HEAD = "date,site,metric,value,n,reason\n"


def checked(text: str, **over: object) -> Checked:
    return check(text, KNOWN, today=TODAY, **over)  # type: ignore[arg-type]


def only_problem(row: str) -> tuple[int, str, str, str]:
    found = checked(f"{HEAD}2026-02-23,Leeds,csat,4.1,100,\n{row}\n")
    assert (found.rows_read, len(found.entries), found.problem_count) == (2, 1, 1)
    problem = found.problems[0]
    assert problem.row == 3
    return problem.row, problem.column, problem.problem, problem.remedy


def test_a_good_file_gives_one_entry_for_each_row() -> None:
    found = checked(f"{HEAD}2026-02-23,Leeds,csat,4.1,100,\n2026-02-23,leeds/billing,CSAT,3.9,,Refunds\n")

    assert not found.problems
    first, second = found.entries
    assert first[1:] == (10, 1, None, date(2026, 2, 23), 4.1, 100)
    assert second[1:] == (10, 2, "Refunds", date(2026, 2, 23), 3.9, None)


@pytest.mark.parametrize(
    ("row", "column", "problem", "remedy"),
    [
        ("23/02/2026,Leeds,csat,4.1,9,", "date", "not a date we can be sure about", "2026-03-02"),
        ("2026-02-30,Leeds,csat,4.1,9,", "date", "not a day of the calendar", "year-month-day"),
        ("2026-W60,Leeds,csat,4.1,9,", "date", "not a day of the calendar", "year-month-day"),
        ("2026-03-09,Leeds,csat,4.1,9,", "date", "in the future", "2026-03-08"),
        ("1026-03-02,Leeds,csat,4.1,9,", "date", "before the year 2000", "year"),
        (",Leeds,csat,4.1,9,", "date", "empty", "2026-03-02"),
        ("2026-03-02,Leedz,csat,4.1,9,", "site", "no site we know", "Did you mean Leeds?"),
        ("2026-03-02,Atlantis,csat,4.1,9,", "site", "no site we know", "Known sites: Cork, Durban, Leeds, New York"),
        ("2026-03-02,Cork,csat,4.1,9,", "site", "several places", "employer/site"),
        ("2026-03-02,,csat,4.1,9,", "site", "empty", "Known sites"),
        ("2026-03-02,Leeds,churn,4.1,9,", "metric", "no metric we know", "Known metrics: csat, transfers"),
        ("2026-03-02,Leeds,,4.1,9,", "metric", "empty", "csat"),
        ("2026-03-02,Leeds,csat,good,9,", "value", "not a number", "21.4"),
        ("2026-03-02,Leeds,csat,nan,9,", "value", "not a number", "21.4"),
        ("2026-03-02,Leeds,csat,inf,9,", "value", "not a number", "21.4"),
        ("2026-03-02,Leeds,csat,1_000,9,", "value", "not a number", "21.4"),
        ("2026-03-02,Leeds,csat,٤,9,", "value", "not a number", "21.4"),
        ("2026-03-02,Leeds,csat,1e999,9,", "value", "too large", "unit"),
        ("2026-03-02,Leeds,csat,82%,9,", "value", "not a number", "% sign"),
        ('2026-03-02,Leeds,csat,"4,1",9,', "value", "not a number", "point"),
        ("2026-03-02,Leeds,csat,,9,", "value", "empty", "leave the row out"),
        ("2026-03-02,Leeds,csat,=A1,9,", "value", "formula", "results"),
        ("2026-03-02,Leeds,csat,4.1,-1,", "n", "below zero", "0 or more"),
        ("2026-03-02,Leeds,csat,4.1,9.5,", "n", "not a whole number", "1240"),
        ('2026-03-02,Leeds,csat,4.1,"1,000",', "n", "not a whole number", "1240"),
        ("2026-03-02,Leeds,csat,4.1,99999999999,", "n", "too large", "one value"),
        ("2026-03-02,Leeds,csat,4.1,9,=cmd()", "reason", "like a formula", "letter"),
        ("2026-03-02,Leeds,csat,4.1,9,@sum", "reason", "like a formula", "letter"),
        (f"2026-03-02,Leeds,csat,4.1,9,{'q' * 81}", "reason", "81 characters", "80"),
        ("2026-03-02,Leeds,csat,4.1,9,a\x07b", "reason", "invisible control", "again"),
        ("2026-03-02,Le\u202eeds,csat,4.1,9,", "site", "invisible control", "again"),
        ("2026-03-02,Leeds,csat,4.1,9,,surprise", "end of row", "cell 7 of a row that should have 6", "quotation"),
    ],
)
def test_every_bad_cell_is_named_with_row_column_problem_and_remedy(
    row: str, column: str, problem: str, remedy: str
) -> None:
    _row, named, said, told = only_problem(row)

    assert named == column
    assert problem in said
    assert remedy in told


def test_all_problems_of_a_row_are_told_at_once_but_it_counts_as_one_bad_row() -> None:
    found = checked(f"{HEAD}tomorrow,Nowhere,what,much,-3,\n")

    assert [finding.column for finding in found.problems] == ["date", "site", "metric", "value", "n"]
    assert (found.rows_read, len(found.bad_rows)) == (1, 1)


def test_a_problem_reads_as_a_sentence() -> None:
    found = checked(f"{HEAD}2026-03-02,Leeds,csat,much,1,\n")

    assert found.problems[0].sentence == "Row 2, value: “much” is not a number."


def test_where_two_rows_say_the_same_thing_neither_is_taken() -> None:
    found = checked(f"{HEAD}2026-03-02,Leeds,csat,4.1,9,\n2026-03-02,Durban,csat,4,9,\n2026-W10,leeds,csat,4.9,9,\n")

    assert [entry.place_id for entry in found.entries] == [3]
    assert [(finding.row, finding.column) for finding in found.problems] == [(2, "date"), (4, "date")]
    assert "row 2" in found.problems[1].problem
    assert found.rows_read == 3


def test_the_same_day_with_another_reason_is_another_value() -> None:
    found = checked(f"{HEAD}2026-03-02,Leeds,csat,4.1,9,\n2026-03-02,Leeds,csat,4.0,9,Refunds\n")

    assert len(found.entries) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Week starting;Location;KPI;Score\n2026-03-02;Leeds;csat;4,1\n",
        "sep=;\nday;place;measure;result\n2026-03-02;Leeds;csat;4,1\n",
        "date\tsite\tmetric\tvalue\n2026-03-02\tLeeds\tcsat\t4.1\n",
        "date|site|metric|value\n2026-03-02|Leeds|csat|4.1\n",
        "date,site,metric,value\r\n2026-03-02,Leeds,csat,4.1\r\n",
        "date,site,metric,value\r2026-03-02,Leeds,csat,4.1\r",
        "\n\ndate,site,metric,value\n\n2026-03-02,Leeds,csat,4.1\n,,,\n",
        "DATE , Site Name,Metric-Code,Value\n 2026-03-02 , Leeds ,csat, 4.1\n",
        "date,site,metric,value\n2026-03-02T00:00:00,Leeds,csat,+4.1e0\n",
        "value;date;site;metric;note\n4.1;2026-03-02;Leeds;csat;whatever\n",
    ],
)
def test_delimiters_headers_line_ends_and_blank_lines_vary_and_mean_the_same(text: str) -> None:
    found = checked(text)

    assert [entry[1:6] for entry in found.entries] == [(10, 1, None, date(2026, 3, 2), 4.1)]


def test_a_file_that_writes_decimals_with_a_comma_may_not_also_use_points() -> None:
    text = "date;site;metric;value\n2026-03-02;Leeds;csat;4,1\n2026-03-02;Durban;csat;1.234\n"

    found = checked(text)

    assert [(finding.row, finding.column) for finding in found.problems] == [(3, "value")]
    assert "comma" in found.problems[0].remedy


def test_row_numbers_are_those_of_a_spreadsheet_even_after_blank_rows_and_cells_of_two_lines() -> None:
    found = checked('date,site,metric,value,reason\n\n2026-03-02,Leeds,csat,4.1,"two\nlines"\n2026-03-02,x,csat,4,\n')

    assert [(finding.row, finding.column) for finding in found.problems] == [(3, "reason"), (4, "site")]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("date,site,metric\n", "column_missing", "Row 1: the column value is missing"),
        ("a,b\n1,2\n", "column_missing", "date and site and metric and value"),
        ("date,day,site,metric,value\n", "column_twice", "“date” and “day” both mean date"),
        (HEAD, "no_rows", "no row below"),
        ("   \n \n", "no_header", "first row names the columns"),
        (f'{HEAD}2026-03-02,Leeds,csat,4.1,9,\n2026-03-02,"Leeds,csat,4\n', "csv_broken", "Row 3"),
        (f'{HEAD}2026-03-02,"Le"eds,csat,4.1,9,\n', "csv_broken", "Row 2"),
    ],
)
def test_a_file_that_cannot_be_read_as_rows_is_refused_as_a_whole(text: str, code: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(text)

    assert refusal.value.code == code
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "file_empty", "empty"),
        (b"  \r\n", "file_empty", "empty"),
        (b"PK\x03\x04rest", "file_is_a_workbook", "Save it as CSV"),
        (b"date,site\n1,\x00\n", "file_not_text", "Row 2 holds a NUL"),
        (b"date,site\n\x81\x8d\n", "file_not_text", "not readable text"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, code: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(content)

    assert refusal.value.code == code
    assert words in refusal.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_of_spreadsheets_are_understood(encoding: str) -> None:
    assert decode("Orléans, 5 €\n".encode(encoding)) == "Orléans, 5 €\n"


def test_too_many_rows_are_refused() -> None:
    rows = "".join(f"2026-03-0{day},Leeds,csat,4.1,9,\n" for day in range(1, 6))

    assert len(checked(HEAD + rows, rows_max=5).entries) == 5
    with pytest.raises(Invalid, match="more than 4 rows"):
        checked(HEAD + rows, rows_max=4)


def test_a_jump_of_the_unit_is_a_warning_and_not_a_problem() -> None:
    rows = "".join(
        f"2026-02-{day:02},Leeds,csat,{value},9,\n" for day, value in ((2, 84), (9, 85), (16, 0.84), (23, 83))
    )

    found = checked(HEAD + rows)

    assert not found.problems
    assert [(finding.row, finding.column) for finding in found.warnings] == [(4, "value")]
    assert "far smaller than usual here (83.5)" in found.warnings[0].problem


def test_a_jump_against_what_is_stored_is_seen_in_a_file_of_one_row() -> None:
    known = Known(KNOWN.metrics, KNOWN.places, KNOWN.sites, {(10, 1, None): 0.84})

    found = check(f"{HEAD}2026-03-02,Leeds,csat,84,9,\n", known, today=TODAY)

    assert "far larger than usual" in found.warnings[0].problem


def test_missing_weeks_are_a_warning() -> None:
    rows = "".join(f"2026-{day},Leeds,csat,4.1,9,\n" for day in ("01-05", "01-12", "02-02", "02-09"))

    found = checked(HEAD + rows)

    assert [(finding.row, finding.value) for finding in found.warnings] == [(4, "2026-02-02")]
    assert "nothing since 12 January 2026" in found.warnings[0].problem


def test_daily_values_may_pause_at_the_weekend_without_a_warning() -> None:
    days = [date(2026, 2, day) for day in range(2, 28) if date(2026, 2, day).weekday() < 5]

    assert not checked(HEAD + "".join(f"{day},Leeds,csat,4.1,9,\n" for day in days)).warnings


def test_columns_that_are_not_used_are_told() -> None:
    found = checked("date,site,metric,value,n,treated_from\n2026-03-02,Leeds,csat,4.1,9,2026-02-02\n")

    assert found.unused == ("treated_from",)
    assert len(found.entries) == 1


def test_only_the_first_thousand_problems_are_kept_and_all_are_counted() -> None:
    found = checked(HEAD + "x,Leeds,csat,4.1,9,\n" * 1_500)

    assert (len(found.problems), found.problem_count, len(found.bad_rows)) == (1_000, 1_500, 1_500)


def test_a_site_may_be_written_by_name_code_or_with_its_employer() -> None:
    names = ("new york", "new-york", "Harbour/New York", "Brightline/Cork", "durban/chat", "BRIGHTLINE/Durban/Chat")
    rows = "".join(f"2026-03-0{index + 1},{name},csat,4.1,9,\n" for index, name in enumerate(names))

    assert [entry.place_id for entry in checked(HEAD + rows).entries] == [5, 5, 5, 7, 4, 4]
