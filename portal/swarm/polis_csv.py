"""Reading a public Polis conversation: `comments.csv`, `votes.csv` and, for its name, `summary.csv`. Pure.

votes.csv: timestamp (ms since 1970), comment-id, voter-id, vote (1 agree, 0 pass, −1 disagree); the last of repeated
votes counts. comments.csv: comment-id, author-id, timestamp, moderated (−1 withdrawn), comment-body.
Columns are found by name; conversations differ in the others.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from portal.errors import Invalid

COMMENT_COLUMNS = ("timestamp", "comment-id", "author-id", "moderated", "comment-body")
VOTE_COLUMNS = ("timestamp", "comment-id", "voter-id", "vote")
MILLISECONDS_MAX = 32_503_680_000_000  # the year 3000

T = TypeVar("T")


@dataclass(frozen=True)
class Statement:
    """One statement of the conversation."""

    comment_id: int
    author_id: int
    at: datetime
    withdrawn: bool
    words: str


@dataclass(frozen=True)
class Ballot:
    """One vote as it stands in the file. vote: 1, 0 or −1."""

    comment_id: int
    voter_id: int
    vote: int
    at: datetime


@dataclass
class Conversation:
    """Everything that was read, and every row that could not be."""

    name: str
    statements: list[Statement] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    comment_rows: int = 0
    vote_rows: int = 0
    bad_comments: list[str] = field(default_factory=list)
    bad_votes: list[str] = field(default_factory=list)


def read_conversation(folder: Path) -> Conversation:
    """Read a folder; raises Invalid (`not_a_conversation`) when a file or a column is missing."""
    found = Conversation(_name(folder))
    for line, row in _rows(folder / "comments.csv", COMMENT_COLUMNS):
        found.comment_rows += 1
        _keep(found.statements, found.bad_comments, partial(_statement, row), f"comments.csv line {line}")
    for line, row in _rows(folder / "votes.csv", VOTE_COLUMNS):
        found.vote_rows += 1
        _keep(found.ballots, found.bad_votes, partial(_ballot, row), f"votes.csv line {line}")
    # Stable: of two votes in one millisecond the later line counts.
    found.ballots.sort(key=lambda ballot: ballot.at)
    return found


def _keep(kept: list[T], bad: list[str], make: Callable[[], T], where: str) -> None:
    try:
        kept.append(make())
    except ValueError as error:
        bad.append(f"{where}: {error}")


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        file = path.open(encoding="utf-8-sig", newline="", errors="replace")
    except OSError as error:
        raise Invalid("not_a_conversation", f"{path} cannot be read: {error.strerror}.") from error
    with file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise Invalid("not_a_conversation", f"{path} has no column {missing[0]!r}; it needs {', '.join(columns)}.")
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise Invalid("not_a_conversation", f"{path} line {reader.line_num}: {error}.") from error


def _statement(row: dict[str, str]) -> Statement:
    words = " ".join((row["comment-body"] or "").replace("\0", "").split())
    if not words:
        raise ValueError("the statement has no words")
    withdrawn = _whole(row, "moderated") == -1
    return Statement(_whole(row, "comment-id"), _whole(row, "author-id"), _moment(row), withdrawn, words)


def _ballot(row: dict[str, str]) -> Ballot:
    vote = _whole(row, "vote")
    if vote not in (-1, 0, 1):
        raise ValueError(f"vote is {vote}, not 1, 0 or -1")
    return Ballot(_whole(row, "comment-id"), _whole(row, "voter-id"), vote, _moment(row))


def _whole(row: dict[str, str], column: str) -> int:
    text = (row[column] or "").strip()
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{column} is {text!r}, not a whole number") from None


def _moment(row: dict[str, str]) -> datetime:
    milliseconds = _whole(row, "timestamp")
    if not 0 <= milliseconds <= MILLISECONDS_MAX:
        raise ValueError(f"timestamp is {milliseconds}, not milliseconds since 1970")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _name(folder: Path) -> str:
    try:
        with (folder / "summary.csv").open(encoding="utf-8-sig", newline="", errors="replace") as file:
            facts = dict(row[:2] for row in csv.reader(file) if len(row) >= 2)
    except (OSError, csv.Error):
        facts = {}
    topic = " ".join(facts.get("topic", "").replace("\0", "").split())
    return (topic or folder.name or "A conversation")[:120]
