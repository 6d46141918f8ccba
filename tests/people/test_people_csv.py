"""Reading a file of people: every problem names row, column, value, what is wrong and what to do."""

import pytest

from portal.errors import Invalid
from portal.people.csv_cells import as_csv, neutral
from portal.people.people_csv import Parsed, decoded, parse
from portal.people.roles import Role

HEADER = "name,email,staff_number,site,team,role,manager,timezone,active,job_title,employer"


def read(*lines: str, header: str = HEADER, rows_max: int = 1000) -> Parsed:
    return parse("\n".join([header, *lines]), rows_max=rows_max)


def sentences(parsed: Parsed) -> list[str]:
    return [problem.sentence for problem in parsed.problems]


def test_a_good_row_becomes_a_person() -> None:
    parsed = read("Asha Rao,Asha@Harbour.example,A-1,Leeds,Billing,Team leader,1000,Europe/London,yes,Adviser,Harbour")

    (row,) = parsed.rows
    assert parsed.problems == []
    assert (row.name, row.email, row.staff_number, row.site, row.team) == (
        "Asha Rao", "asha@harbour.example", "a-1", "Leeds", "Billing")  # fmt: skip
    assert (row.role, row.manager, row.timezone, row.active) == (Role.TEAM_LEADER, "1000", "Europe/London", True)
    assert row.row == 2


def test_the_sentence_is_whole() -> None:
    filler = [f"P{n},p{n}@x.example,,Leeds,,,,,,," for n in range(2, 47)]

    parsed = read(*filler, "Jo,jo@harbour,,Leeds,,,,,,,")

    assert sentences(parsed) == [
        "Row 47, email: 'jo@harbour' is not a full address. Write it like name@company.example."
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",a@x.example,,Leeds,,,,,,,", "Row 2, name: is empty. Fill in the name."),
        ("Jo,a@x.example,,,,,,,,,", "Row 2, site: is empty. Fill in the site."),
        ("Jo,,,Leeds,,,,,,,", "Row 2, email: and staff_number are both empty."),
        ("Jo,jo at x.example,,Leeds,,,,,,,", "Row 2, email: 'jo at x.example' is not a full address."),
        ("Jo,,12 34,Leeds,,,,,,,", "Row 2, staff_number: '12 34' is not a staff number."),
        ("Jo,,1.23E+05,Leeds,,,,,,,", "was shortened by a spreadsheet. Format the column as text"),
        ("Jo,a@x.example,,Leeds,,boss,,,,,", "Row 2, role: 'boss' is not a role. Use one of: frontline, team_leader"),
        ("Jo,a@x.example,,Leeds,,administrator,,,,,", "is not given by a file. Give it on the person's page"),
        ("Jo,a@x.example,,Leeds,,,,Mars/Base,,,", "'Mars/Base' is not a known time zone. Write it like Europe/London."),
        ("Jo,a@x.example,,Leeds,,,,,maybe,,", "Row 2, active: 'maybe' is neither yes nor no."),
        ("Jo,a@x.example,,Leeds,,,A@X.example,,,,", "Row 2, manager: 'A@X.example' is the person's own."),
        ("=1+1,a@x.example,,Leeds,,,,,,,", "starts with '=', which a spreadsheet would run. Start it with a letter."),
        ("@SUM(A1),a@x.example,,Leeds,,,,,,,", "starts with '@'"),
        ("Jo,a@x.example,,Leeds,,,,,,-2+3+cmd,", "Row 2, job_title: '-2+3+cmd' starts with '-'"),
        ("Jo\u202egnik,a@x.example,,Leeds,,,,,,,", "holds invisible control characters. Type it again."),
        ("Jo\x00,a@x.example,,Leeds,,,,,,,", "Row 2, name: 'Jo?' holds invisible control characters."),
        ('"Jo\nKing",a@x.example,,Leeds,,,,,,,', "Row 2, name: 'Jo' has more than one line."),
        (f"{'J' * 121},a@x.example,,Leeds,,,,,,,", "is 121 characters long. Keep it to 120."),
        ("Jo,a@x.example,,Leeds,,,,,,,,extra", "Row 2, row: has 12 cells, the header 11."),
    ],
)
def test_what_is_wrong_with_a_cell(row: str, said: str) -> None:
    parsed = read(row)

    assert said in " ".join(sentences(parsed))
    assert parsed.rows == []


def test_all_problems_of_a_row_are_told_at_once() -> None:
    assert len(read(",jo@harbour,,,,boss,,,maybe,,").problems) == 5


def test_two_rows_about_one_person_are_refused_at_the_later() -> None:
    parsed = read("Jo,jo@x.example,1,Leeds,,,,,,,", "Jo,JO@x.example,2,Leeds,,,,,,,", "Al,,1,Leeds,,,,,,,")

    assert [row.row for row in parsed.rows] == [2]
    assert sentences(parsed) == [
        "Row 3, email: 'jo@x.example' stands in row 2 already. Keep one row for each person.",
        "Row 4, staff_number: '1' stands in row 2 already. Keep one row for each person.",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    header, row = "name,email,site".replace(",", delimiter), "Jo,jo@x.example,Leeds".replace(",", delimiter)

    assert [person.site for person in parse(f"{header}\r\n{row}\r\n", rows_max=10).rows] == ["Leeds"]


def test_excels_own_hint_and_empty_lines_are_passed_over_and_counted() -> None:
    parsed = parse("sep=;\nname;email;site\n;;\nJo;jo@harbour;Leeds\n", rows_max=10)

    assert sentences(parsed)[0].startswith("Row 4, email")


def test_headers_may_be_called_as_personnel_systems_call_them() -> None:
    parsed = parse(
        "Full Name,E-Mail,Employee ID,Location,Line manager,Salary\nJo,jo@x.example,7,Leeds,,1\n", rows_max=9
    )

    assert parsed.problems == [] and parsed.ignored == ["Salary"]
    assert (parsed.rows[0].staff_number, parsed.rows[0].site) == ("7", "Leeds")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("name,email", "Row 1, site: There is no such column. Add a column called site."),
        ("name,site", "Row 1, email: There is no such column. Add a column called email or staff_number."),
        ("name,email,e-mail,site", "Row 1, e-mail: stands for email, as 'email' does. Keep one of the two columns."),
        ("what is this", "Row 1, name: There is no such column."),
    ],
)
def test_a_header_that_lacks_something_reads_no_rows(header: str, said: str) -> None:
    parsed = parse(f"{header}\nJo,jo@x.example,Leeds\n", rows_max=9)

    assert any(sentence.startswith(said) for sentence in sentences(parsed))
    assert parsed.rows == []


def test_one_row_too_many_reads_none() -> None:
    parsed = read(*[f"P{n},p{n}@x.example,,Leeds,,,,,,," for n in range(6)], rows_max=5)

    assert parsed.rows == []
    assert sentences(parsed) == ["Row 7, file: The file has more than 5 rows. Send it in parts."]


def test_a_quotation_mark_that_is_never_closed_is_named() -> None:
    assert "cannot be read" in sentences(read('"Jo,jo@x.example,,Leeds,,,,,,,'))[0]


def test_bytes_are_read_as_utf_8_with_or_without_a_mark_and_as_marked_utf_16() -> None:
    text = "name\nJosé 🦊\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name\nJo\nJosé\n".encode("cp1252"), "Line 3 is not UTF-8"),
        ("name,email\n".encode("utf-16-le"), "UTF-16 without its mark"),
        (b"\xff\xfe\x00\xd8\x00", "is damaged"),
    ],
)
def test_other_bytes_are_refused_with_the_way_out(content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        decoded(content)

    assert refused.value.code == "not_utf8" and said in refused.value.message


@pytest.mark.parametrize("cell", ["=1", "+cmd", "-x", "@a", "\tx", "＝1"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+44", "-1.5", "plain", "", 7])
def test_numbers_and_words_stay_what_they_are(cell: object) -> None:
    assert neutral(cell) == str(cell)


def test_a_written_file_starts_with_a_mark() -> None:
    assert as_csv([["a", "=b"], [1, None]]) == "\ufeffa,'=b\r\n1,\r\n"
