"""Checking a file of earlier ideas: every problem names its row, column, value and remedy. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from portal.csv_files import FALL_BACK, is_blank, shown
from portal.errors import Invalid
from portal.ideas import earlier_cells as cells
from portal.ideas import guess
from portal.ideas.earlier_cells import Calendar, CellProblem
from portal.ideas.earlier_columns import Sheet, refuse_unclear
from portal.ideas.spotting import NAME_CHARS_MIN, find
from portal.ideas.spotting import Known as Nameable
from portal.ideas.words import TITLE_CHARS_MAX, Barrier, Kind

ROWS_MAX_PAGE = 20_000
ROWS_MAX_COMMAND = 250_000
PROBLEMS_KEPT = 100
ROWS_NAMED = 10
SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
REF_CHARS_MAX = 80
DIGEST_CHARS = 32
READERS: Mapping[str, Callable[[str], Any]] = {
    "kind": cells.kind, "barrier": cells.barrier, "author": cells.author, "votes": cells.votes, "state": cells.state,
    "text": str, "title": cells.one_line, "external_id": cells.one_line,
}  # fmt: skip
MAYBE_PERSONAL = re.compile(r"[\d@]")  # whatever is spotted without a list of names holds one of them


@dataclass(frozen=True)
class Known:
    """What a file may speak of.

    people: e-mail address or staff number → person. names: person → what they are called. sites: casefolded
    spelling → ids. small: sites that too few people work at to be named beside a hidden author. refs: ideas here.
    """

    people: Mapping[str, int]
    names: Mapping[int, tuple[str, ...]]
    sites: Mapping[str, tuple[int, ...]]
    small: frozenset[int] = frozenset()
    refs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """How a file is to be read. columns: field → position. source: the earlier system, part of every reference."""

    columns: Mapping[str, int]
    calendar: Calendar
    source: str
    show_names: bool = False


class Entry(NamedTuple):
    """One good row. said_at None: the file does not say when. person_id None: nobody we know."""

    row: int
    ref: str
    say: str
    title: str
    kind: Kind
    barrier: Barrier
    site_id: int | None
    person_id: int | None
    said_at: datetime | None
    votes: int
    state: str


class Finding(NamedTuple):
    """A problem with one cell. code: stable."""

    row: int
    column: str
    value: str
    code: str
    problem: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Without the remedy."""
        return f"Row {self.row}, {self.column}: “{self.value}” {self.problem}."


@dataclass
class Checked:
    """The outcome: read = len(entries) + already + len(bad_rows). notes: what was noticed → rows."""

    entries: list[Entry] = field(default_factory=list)
    already: int = 0
    problems_max: int = PROBLEMS_KEPT
    problems: list[Finding] = field(default_factory=list)  # at most problems_max
    problem_count: int = 0
    bad_rows: set[int] = field(default_factory=set)
    notes: Counter[str] = field(default_factory=Counter)
    personal: list[int] = field(default_factory=list)  # the first rows that look like they hold personal data

    @property
    def rows_read(self) -> int:
        """Every row below the header that is not blank."""
        return len(self.entries) + self.already + len(self.bad_rows)

    def refuse(self, finding: Finding) -> None:
        """Note a problem; its row is bad."""
        self.bad_rows.add(finding.row)
        self.problem_count += 1
        if len(self.problems) < self.problems_max:
            self.problems.append(finding)


def check(
    sheet: Sheet, reading: Reading, known: Known, *, rows_max: int, problems_max: int = PROBLEMS_KEPT
) -> Checked:  # fmt: skip
    """Look at every row; the sheet can be read once.

    Raises Invalid for a file that cannot be read at all: source_unreadable, text_without_column, column_used_twice,
    column_unknown, csv_broken, no_rows, too_many_rows.
    """
    if not SOURCE.fullmatch(reading.source):
        words = "Name the system in up to 20 small letters, digits and hyphens, such as idea-box."
        raise Invalid("source_unreadable", words, {"source": words})
    refuse_unclear(sheet, reading.columns)
    checked, reader = Checked(problems_max=problems_max), _Reader(sheet, reading, known)
    for count, (row, values) in enumerate(sheet.rows, start=1):
        if count > rows_max:
            raise Invalid("too_many_rows", _too_many(rows_max))
        reader.take(row, values, checked)
    if not checked.rows_read:
        raise Invalid("no_rows", "There is a header but no row below it.")
    return checked


def warnings(checked: Checked, sheet: Sheet, reading: Reading, encoding: str) -> list[str]:
    """What may be right but should be known before it is imported, one sentence each."""
    found, notes, named = [], checked.notes, reading.columns
    if encoding == FALL_BACK:
        found.append(
            "The file is not UTF-8 and was read as Windows-1252. Check the accented letters in the first rows."
        )
    if sheet.twice:
        found.append(f"Several columns are called {', '.join(map(shown, sheet.twice[:5]))}: choose which one is meant.")
    if notes["personal"]:
        rows = ", ".join(map(str, checked.personal))
        more = " and more" if notes["personal"] > len(checked.personal) else ""
        found.append(f"{_rows(notes['personal'], 'looks', 'look')} as if personal data stood in the words: "
                     f"row {rows}{more}. Everybody will read them.")  # fmt: skip
    if notes["unmatched"]:
        found.append(f"{_rows(notes['unmatched'], 'names', 'name')} an author who is nobody here: without a name.")
    if "external_id" not in named:
        found.append("No column holds a number or id: ideas are told apart by words, date and author. If one of them "
                     "changes in the file, a later import brings the idea in again.")  # fmt: skip
    for note, sentence in NOTES.items():
        if notes[note]:
            found.append(f"{_rows(notes[note], 'has', 'have')} {sentence}")
    return found


NOTES = {
    "undated": "no date: said on the day of the import.",
    "title_as_text": "no words of their own: the title is what they say.",
    "long_title": f"a title of more than {TITLE_CHARS_MAX} characters: it is put in front of the words.",
    "small_site": "a site with fewer than 10 people beside an author without a name: the site is left out.",
}


class _Reader:
    """Reads rows, remembering what it has seen."""

    def __init__(self, sheet: Sheet, reading: Reading, known: Known) -> None:
        self._reading, self._known = reading, known
        self._width = len(sheet.header)
        self._labels = {name: sheet.label(at) for name, at in reading.columns.items()}
        self._readers: dict[str, Callable[[str], Any]] = {**READERS, "site": partial(cells.site, sites=known.sites),
                         "said_on": partial(cells.said_at, calendar=reading.calendar)}  # fmt: skip
        self._first: dict[str, int] = {}  # reference → row
        self._again: Counter[str] = Counter()

    def take(self, row: int, values: list[str], checked: Checked) -> None:
        """Add the row to `checked`, as an entry or as problems."""
        if len(values) > self._width and not is_blank(values[self._width :]):
            extra = next(cell for cell in values[self._width :] if cell.strip())
            problem = f"stands in cell {len(values)} of a row that should have {self._width}"
            remedy = "Remove it. A text that holds the separator needs quotation marks."
            checked.refuse(Finding(row, "end of row", shown(extra), "too_many_cells", problem, remedy))
            return
        read = self._read(row, values, checked)
        if row in checked.bad_rows:
            return
        say, title = _words(read["text"] or "", read["title"] or "", checked.notes)
        try:
            cells.fits(say)
            ref = self._ref(row, values, read)
        except CellProblem as wrong:
            column = "external_id" if wrong.code == "id_twice" else "text"
            cell = read["external_id"] if wrong.code == "id_twice" else say
            self._refuse(checked, row, column, cell, wrong)
            return
        if ref in self._known.refs:
            checked.already += 1
            return
        checked.entries.append(self._entry(row, ref, say, title, read, checked))

    def _read(self, row: int, values: list[str], checked: Checked) -> dict[str, Any]:
        read: dict[str, Any] = dict.fromkeys(self._readers)
        for name, position in self._reading.columns.items():
            cell = values[position] if position < len(values) else ""
            try:
                read[name] = self._readers[name](cells.plain(cell))
            except CellProblem as wrong:
                self._refuse(checked, row, name, cell, wrong)
        return read

    def _refuse(self, checked: Checked, row: int, name: str, cell: str, wrong: CellProblem) -> None:
        finding = Finding(row, self._labels[name], shown(cell), wrong.code, wrong.problem, wrong.remedy)
        checked.refuse(finding)

    def _ref(self, row: int, values: list[str], read: Mapping[str, Any]) -> str:
        """What tells the idea from every other, the same in the next file. Raises CellProblem `id_twice`."""
        prefix = f"import:{self._reading.source}:"
        if given := read["external_id"]:
            ref = prefix + given
            if len(ref) > REF_CHARS_MAX or given.startswith("#"):
                ref = prefix + _digest(given)
            if (first := self._first.setdefault(ref, row)) != row:
                raise CellProblem("id_twice", f"stands in row {first} already", "Give every idea an id of its own.")
            return ref
        told = (values[at] if at < len(values) else "" for name, at in self._reading.columns.items()
                if name in ("author", "said_on"))  # fmt: skip
        ref = prefix + _digest("\x1f".join([read["title"] or "", read["text"] or "", *told]))
        # Two people may have said the same: the second of a file is the second of the next one too.
        self._again[ref] += 1
        return ref if self._again[ref] == 1 else f"{ref}:{self._again[ref]}"

    def _entry(
        self, row: int, ref: str, say: str, title: str, read: Mapping[str, Any], checked: Checked
    ) -> Entry:  # fmt: skip
        notes = checked.notes
        person_id = self._known.people.get(read["author"]) if read["author"] else None
        notes["matched" if person_id else "unmatched" if read["author"] else "without_author"] += 1
        notes["undated"] += read["said_on"] is None
        hidden = person_id is None or not self._reading.show_names
        site_id = read["site"]
        if hidden and site_id in self._known.small:
            site_id = None
            notes["small_site"] += 1
        if self._personal(f"{title}\n{say}", person_id if hidden else None):
            notes["personal"] += 1
            checked.personal += [row] if len(checked.personal) < ROWS_NAMED else []
        return Entry(row, ref, say, title, read["kind"] or guess.kind_of(say), read["barrier"] or guess.barrier_of(say),
                     site_id, person_id, read["said_on"], read["votes"] or 0, read["state"] or "")  # fmt: skip

    def _personal(self, text: str, hidden_author: int | None) -> bool:
        """Whether something looks personal; the name of a hidden author in their own words does."""
        folded = text.casefold()
        own = tuple(name for name in self._known.names.get(hidden_author or 0, ())
                    if len(name) >= NAME_CHARS_MIN and name.casefold() in folded)  # fmt: skip
        return bool(own or MAYBE_PERSONAL.search(text)) and bool(find(text, Nameable(own)))


def _words(text: str, title: str, notes: Counter[str]) -> tuple[str, str]:
    """What the idea says and its title, with not a word lost."""
    if not text and title:
        notes["title_as_text"] += 1
        return title, guess.title_of(title)
    if not title:
        return text, guess.title_of(text) if text else ""
    if len(title) <= TITLE_CHARS_MAX:
        return text, title
    notes["long_title"] += 1
    say = text if cells.one_line(text).startswith(title) else f"{title}\n{text}"
    return say, guess.title_of(say)


def _digest(text: str) -> str:
    return "#" + hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARS]


def _rows(count: int, one: str, several: str) -> str:
    return f"1 row {one}" if count == 1 else f"{count:,} rows {several}"


def _too_many(rows_max: int) -> str:
    other = "Split it, or import it by command." if rows_max < ROWS_MAX_COMMAND else "Split it."
    return f"The file has more than {rows_max:,} rows. {other}"
