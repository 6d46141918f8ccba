"""Which column of a file of earlier ideas means what: the usual names are guessed, people correct the guess. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal import csv_files
from portal.csv_files import Broken, is_blank, plain_name
from portal.errors import Invalid

DELIMITERS = (",", ";", "\t", "|")
HEADER_CHARS_SHOWN = 60
COLUMNS_MAX = 300
REFUSED = "Row of the file", "What to mend"  # what we write in front of rows that were refused
# Field → how exports call it, the likeliest first.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "description", "idea_description", "details", "detail", "body", "content", "idea_text", "suggestion",
        "idea", "message", "post", "problem", "beschreibung", "descripcion",
    ),
    "title": ("title", "idea_title", "subject", "headline", "idea_name", "summary", "idea", "titel", "titulo"),
    "kind": ("kind",),
    "barrier": ("barrier",),
    "site": ("site", "site_name", "location", "office", "centre", "center", "standort"),
    "author": (
        "author_email", "author_e_mail", "email", "e_mail", "email_address", "creator_email", "created_by_email",
        "submitter_email", "submitted_by_email", "user_email", "requester_email", "staff_number", "employee_id",
        "author", "creator", "created_by", "submitted_by", "submitter", "posted_by", "suggested_by", "user", "autor",
    ),
    "said_on": (
        "said_on", "created", "created_at", "created_on", "date_created", "created_date", "creation_date", "submitted",
        "submitted_at", "submitted_on", "date_submitted", "submission_date", "posted", "posted_at", "posted_on", "date",
        "timestamp", "datum", "erstellt", "fecha",
    ),
    "votes": (
        "votes", "vote_count", "votes_count", "number_of_votes", "total_votes", "upvotes", "up_votes", "vote_total",
        "supporters", "supporters_count", "likes", "score", "points", "stimmen", "votos",
    ),
    "state": ("state", "status", "idea_status", "idea_state", "current_status", "workflow_state", "stage", "estado"),
    "external_id": (
        "external_id", "id", "idea_id", "number", "idea_number", "reference", "reference_number", "ref", "key",
        "suggestion_id", "post_id",
    ),
}  # fmt: skip
LABELS: Mapping[str, str] = {
    "text": "The words", "title": "Title", "kind": "Idea or stupid rule", "barrier": "What stands in the way",
    "site": "Site", "author": "Author’s e-mail or staff number", "said_on": "Said on", "votes": "Votes",
    "state": "State", "external_id": "Number or id",
}  # fmt: skip
assert FIELDS.keys() == LABELS.keys()


@dataclass(frozen=True)
class Sheet:
    """A file whose header is read. rows: (row as a spreadsheet numbers it, cells), blank rows left out; reading them
    may raise Invalid `csv_broken`."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]

    @property
    def twice(self) -> list[str]:
        """Headers that several columns have."""
        counts = Counter(_name(cell) for cell in self.header if cell)
        return list(dict.fromkeys(cell for cell in self.header if cell and counts[_name(cell)] > 1))

    def label(self, position: int) -> str:
        """What a column is called on the page and in messages."""
        name = csv_files.shown(self.header[position])[:HEADER_CHARS_SHOWN] or "no name"
        return f"{name} (column {position + 1})" if not self.header[position] or name in self.twice else name

    def unused(self, columns: Mapping[str, int]) -> list[str]:
        """Columns without a use, by name."""
        return [self.label(at) for at, cell in enumerate(self.header) if cell and at not in columns.values()]


def open_sheet(text: str) -> Sheet:
    """The header and the rows of a text. Raises Invalid: no_header, too_many_columns, csv_broken."""
    first_row, body = csv_files.without_hint(text)
    rows = _rows(body, csv_files.delimiter_of(body, DELIMITERS, _worth), first_row)
    _, header = next(rows, (1, []))
    if not header:
        raise Invalid("no_header", "There is no header. The first row names the columns: Title, Description, Votes …")
    while header and not header[-1].strip():
        header.pop()
    if len(header) > COLUMNS_MAX:
        raise Invalid("too_many_columns", f"The header has {len(header):,} cells. At most {COLUMNS_MAX} are read.")
    named = tuple(cell.strip() for cell in header)
    if named[: len(REFUSED)] == REFUSED:
        rows = ((row, [csv_files.as_written(cell) for cell in cells]) for row, cells in rows)
    return Sheet(named, rows)


def sheet_of(rows: Sequence[Mapping[str, str]]) -> Sheet:
    """Rows by the names of our fields, as a file with every one of them as a column; the first is row 0."""
    cells = ([row.get(field, "") for field in FIELDS] for row in rows)
    return Sheet(tuple(FIELDS), enumerate(cells))


def guess(sheet: Sheet) -> dict[str, int]:
    """Field → position, by the usual names. A name that several columns have is nobody's; a title alone is the text."""
    twice = {_name(cell) for cell in sheet.twice}
    positions = {_name(cell): at for at, cell in enumerate(sheet.header) if _name(cell) not in twice}
    found: dict[str, int] = {}
    for field, names in FIELDS.items():
        free = (positions[name] for name in names if name in positions and positions[name] not in found.values())
        if (at := next(free, None)) is not None:
            found[field] = at
    if "text" not in found and "title" in found:
        found["text"] = found.pop("title")
    return found


def chosen(sheet: Sheet, asked: Mapping[str, str]) -> dict[str, int]:
    """The guess, corrected by field → header; an empty header means that the field has no column.

    Raises Invalid: field_unknown, column_unknown, column_twice, and what `refuse_unclear` raises.
    """
    columns = guess(sheet)
    for field, header in asked.items():
        if field not in FIELDS:
            raise Invalid("field_unknown", f"{field!r} is no field of an idea. Use one of: {', '.join(FIELDS)}.")
        columns.pop(field, None)
        if not header.strip():
            continue
        at = _position(sheet, header)
        columns = {name: other for name, other in columns.items() if other != at or name in asked} | {field: at}
    refuse_unclear(sheet, columns)
    return columns


def refuse_unclear(sheet: Sheet, columns: Mapping[str, int]) -> None:
    """Raise Invalid `text_without_column`, `column_used_twice` or `column_unknown` for columns that cannot be read."""
    if any(not 0 <= at < len(sheet.header) for at in columns.values()):
        raise Invalid("column_unknown", "The file has no such column.")
    if "text" not in columns:
        twice = f" Two are called {' and '.join(sheet.twice[:5])}." if sheet.twice else ""
        words = f"Say which column holds the words of the ideas. The file has: {_listed(sheet)}.{twice}"
        raise Invalid("text_without_column", words, {"text": "Choose the column that holds the words."})
    used = Counter(columns.values())
    for field, at in columns.items():
        if used[at] > 1:
            words = f"“{sheet.label(at)}” is used for two things. Choose another column for one of them."
            raise Invalid("column_used_twice", words, {field: "This column is used for two things."})


def _name(header: str) -> str:
    return plain_name(header) or header  # a sign alone is a name too


def _worth(header: list[str]) -> int:
    known = {name for names in FIELDS.values() for name in names}
    return 1000 * sum(plain_name(cell) in known for cell in header) + len(header)


def _rows(body: str, delimiter: str, first_row: int) -> Iterator[tuple[int, list[str]]]:
    try:
        for row, cells in csv_files.records(body, delimiter, first_row=first_row):
            if not is_blank(cells):
                yield row, cells
    except Broken as broken:
        words = f"Row {broken.row} cannot be read: a quotation mark is missing or out of place ({broken.reason})."
        raise Invalid("csv_broken", words) from broken


def _position(sheet: Sheet, header: str) -> int:
    wanted = _name(header)
    found = [at for at, cell in enumerate(sheet.header) if cell == header.strip()]
    found = found or [at for at, cell in enumerate(sheet.header) if cell and _name(cell) == wanted]
    if not found:
        words = f"The file has no column called {csv_files.shown(header)!r}. It has: {_listed(sheet)}."
        raise Invalid("column_unknown", words)
    if len(found) > 1:
        words = f"{len(found)} columns are called {csv_files.shown(header)!r}. Rename one of them in the file."
        raise Invalid("column_twice", words)
    return found[0]


def _listed(sheet: Sheet) -> str:
    names: Sequence[str] = [csv_files.shown(cell) for cell in sheet.header if cell]
    return ", ".join(names)[:400] or "nothing"
