"""A file of people, read and checked row by row. Pure: knows nothing of who is here already.

Every problem names the row (as a spreadsheet numbers it), the column, the value, what is wrong and what to do.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal import csv_files
from portal.csv_files import Broken, is_formula, plain_name
from portal.errors import Invalid
from portal.people.addresses import EMAIL_CHARS_MAX, STAFF_NUMBER_CHARS_MAX, is_full_address, is_staff_number
from portal.people.roles import Role

ROWS_MAX_COMMAND = 250_000
ROWS_MAX_PAGE = 20_000
TEXT_CHARS_MAX = 120
VALUE_CHARS_SHOWN = 60
DELIMITERS = (",", ";", "\t")
COLUMNS = {
    "employer": ("company", "partner", "legal_entity", "vendor"),
    "site": ("location", "office", "centre", "center", "site_name"),
    "team": ("team_name", "group", "squad"),
    "staff_number": ("staff_no", "staff_id", "employee_id", "employee_number", "employee_no", "personnel_number",
                     "payroll_number", "number", "id"),
    "name": ("full_name", "display_name", "person", "employee", "employee_name"),
    "email": ("e_mail", "mail", "email_address", "e_mail_address", "work_email"),
    "job_title": ("title", "position", "job"),
    "role": ("sayso_role",),
    "manager": ("line_manager", "supervisor", "reports_to", "manager_email", "manager_id", "manager_number"),
    "timezone": ("time_zone", "tz"),
    "active": ("status", "employed", "enabled", "is_active"),
}  # fmt: skip
YES = {"", "yes", "y", "true", "1", "active", "employed", "enabled"}
NO = {"no", "n", "false", "0", "inactive", "left", "leaver", "terminated", "disabled"}
IN_FILES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
SHORTENED = re.compile(r"\d([.,]\d+)?e\+\d+", re.I)
WHOLE_FILE = "file"
Report = Callable[[str, str, str, str], None]  # column, value, what is wrong, what to do


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, and how to mend it."""

    row: int
    column: str
    value: str
    problem: str
    remedy: str

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        value = f"'{self.value}' " if self.value else ""
        return f"Row {self.row}, {self.column}: {value}{self.problem}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row in which nothing is wrong by itself. Empty text stands for an empty cell, which changes nothing."""

    row: int
    name: str
    site: str
    email: str = ""
    staff_number: str = ""
    employer: str = ""
    team: str = ""
    job_title: str = ""
    role: Role | None = None
    manager: str = ""
    timezone: str = ""
    active: bool = True


@dataclass
class Parsed:
    """A file after reading: the rows without a problem, the problems, and what the file consisted of."""

    header: list[str] = field(default_factory=list)
    records: dict[int, list[str]] = field(default_factory=dict)  # row number → its cells as they were
    rows: list[PersonRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # headers that we have no use for
    mentioned: set[str] = field(default_factory=set)  # every e-mail and staff number, of bad rows too


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark. Raises Invalid `not_utf8` with the way out."""
    try:
        text, _ = csv_files.text_of(content)
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise Invalid("not_utf8", "This file says it is UTF-16 but is damaged. Export it again.") from None
        line = content[: error.start].count(b"\n") + 1
        sentence = f"Line {line} is not UTF-8 text. In Excel choose “CSV UTF-8” when you save, then send it again."
        raise Invalid("not_utf8", sentence, {"file": sentence}) from None
    if text[:200].count("\x00") > len(text[:200]) // 4:
        sentence = "This looks like UTF-16 without its mark. Save it as “CSV UTF-8”, then send it again."
        raise Invalid("not_utf8", sentence, {"file": sentence})
    return text


def parse(text: str, *, rows_max: int) -> Parsed:
    """Read and check a file. Problems with the header, or too many rows, leave no rows at all."""
    parsed = Parsed()
    try:
        records = _records(text)
        number, header = next(records, (1, []))
        columns = _columns(header, number, parsed)
        if parsed.problems:
            return parsed
        for number, record in records:
            if len(parsed.records) == rows_max:
                words = f"The file has more than {rows_max:,} rows"
                parsed.problems = [Problem(number, WHOLE_FILE, "", words, "Send it in parts.")]
                parsed.rows = []
                return parsed
            parsed.records[number] = record
            _read(number, record, columns, parsed)
    except Broken as error:
        remedy = "Look for a quotation mark that is not closed, and export the file again."
        parsed.problems.append(Problem(error.row, WHOLE_FILE, "", f"cannot be read ({error.reason})", remedy))
    _refuse_twins(parsed)
    return parsed


def key(login: str) -> str:
    """How an e-mail address or staff number is compared."""
    return unicodedata.normalize("NFC", login).strip().casefold()


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(row number in a spreadsheet, cells) of every row that is not empty."""
    first_row, body = csv_files.without_hint(text)
    every = csv_files.records(body, csv_files.delimiter_of(body, DELIMITERS), first_row=first_row)
    return ((row, cells) for row, cells in every if not csv_files.is_blank(cells))


def _columns(header: list[str], number: int, parsed: Parsed) -> dict[str, int]:
    parsed.header = [cell.strip() for cell in header]
    known = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
    columns: dict[str, int] = {}
    for at, cell in enumerate(parsed.header):
        name = known.get(plain_name(cell))
        if name is None:
            parsed.ignored += [cell] if cell else []
        elif name in columns:
            other = parsed.header[columns[name]]
            words = f"stands for {name}, as '{other}' does"
            parsed.problems.append(Problem(number, cell, "", words, "Keep one of the two columns."))
        else:
            columns[name] = at
    for name in ("name", "site"):
        if name not in columns:
            parsed.problems.append(_no_column(number, name, f"Add a column called {name}."))
    if "email" not in columns and "staff_number" not in columns:
        parsed.problems.append(_no_column(number, "email", "Add a column called email or staff_number."))
    return columns


def _no_column(number: int, name: str, remedy: str) -> Problem:
    return Problem(number, name, "", "There is no such column", remedy)


def _read(number: int, record: list[str], columns: dict[str, int], parsed: Parsed) -> None:
    wrong: list[Problem] = []

    def problem(column: str, value: str, words: str, remedy: str) -> None:
        shown = HIDDEN.sub("?", value)[:VALUE_CHARS_SHOWN]
        wrong.append(Problem(number, column, shown, words, remedy))

    cells = {name: _tidy(record[at]) if at < len(record) else "" for name, at in columns.items()}
    for name in ("email", "staff_number"):
        parsed.mentioned |= {key(cells.get(name, ""))} - {""}
    if len(record) > len(parsed.header) and any(cell.strip() for cell in record[len(parsed.header) :]):
        words = f"has {len(record)} cells, the header {len(parsed.header)}"
        problem("row", "", words, "Put a cell that holds a comma into quotation marks.")
    for name, value in cells.items():
        _check_text(name, value, problem)
    role, active = _role(cells.get("role", ""), problem), _active(cells.get("active", ""), problem)
    _check_facts(cells, problem)
    if wrong:
        parsed.problems += wrong
        return
    parsed.rows.append(PersonRow(
        row=number, role=role, active=active, email=key(cells.get("email", "")),
        staff_number=key(cells.get("staff_number", "")), manager=key(cells.get("manager", "")),
        **{name: cells.get(name, "") for name in ("name", "site", "employer", "team", "job_title", "timezone")},
    ))  # fmt: skip


def _tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip(" \u00a0")


def _check_text(name: str, value: str, problem: Report) -> None:
    longest = {"email": EMAIL_CHARS_MAX, "staff_number": STAFF_NUMBER_CHARS_MAX}.get(name, TEXT_CHARS_MAX)
    if HIDDEN.search(value):
        problem(name, value, "holds invisible control characters", "Type it again.")
    elif "\n" in value or "\r" in value or "\t" in value:
        problem(name, value.split("\n")[0], "has more than one line", "Keep it to one line.")
    elif is_formula(value):
        problem(name, value, f"starts with '{value[0]}', which a spreadsheet would run", "Start it with a letter.")
    elif len(value) > (EMAIL_CHARS_MAX if name == "manager" else longest):
        problem(name, value, f"is {len(value)} characters long", f"Keep it to {longest}.")


def _check_facts(cells: dict[str, str], problem: Report) -> None:
    email, number = cells.get("email", ""), cells.get("staff_number", "")
    for name in ("name", "site"):
        if not cells[name]:
            problem(name, "", "is empty", f"Fill in the {name}.")
    if not email and not number:
        problem("email", "", "and staff_number are both empty", "Fill in one of them: people sign in with it.")
    if email and not is_full_address(email):
        problem("email", email, "is not a full address", "Write it like name@company.example.")
    if SHORTENED.fullmatch(number):
        problem("staff_number", number, "was shortened by a spreadsheet", "Format the column as text and export again.")
    elif number and not is_staff_number(number):
        problem("staff_number", number, "is not a staff number", "Write one word without an @.")
    if cells.get("manager") and key(cells["manager"]) in {key(email), key(number)}:
        problem("manager", cells["manager"], "is the person's own", "Name somebody else, or leave it empty.")
    if cells.get("timezone") and _zone(cells["timezone"]) is None:
        problem("timezone", cells["timezone"], "is not a known time zone", "Write it like Europe/London.")


def _role(value: str, problem: Report) -> Role | None:
    if not value:
        return None
    word = re.sub(r"[\W_]+", "_", value.casefold())
    if word == Role.ADMINISTRATOR:
        problem("role", value, "is not given by a file", "Give it on the person's page after the import.")
    elif word in IN_FILES:
        return Role(word)
    else:
        problem("role", value, "is not a role", f"Use one of: {', '.join(IN_FILES)}.")
    return None


def _active(value: str, problem: Report) -> bool:
    if value.casefold() not in YES | NO:
        problem("active", value, "is neither yes nor no", "Write yes or no.")
    return value.casefold() not in NO


@lru_cache(maxsize=1000)
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _refuse_twins(parsed: Parsed) -> None:
    """Two rows about one person: the later one has the problem."""
    seen: dict[tuple[str, str], int] = {}
    twins: set[int] = set()
    for person in parsed.rows:
        for column, value in (("email", person.email), ("staff_number", person.staff_number)):
            if not value:
                continue
            first = seen.setdefault((column, value), person.row)
            if first != person.row:
                twins.add(person.row)
                words = f"stands in row {first} already"
                parsed.problems.append(Problem(person.row, column, value, words, "Keep one row for each person."))
    parsed.rows = [person for person in parsed.rows if person.row not in twins]
