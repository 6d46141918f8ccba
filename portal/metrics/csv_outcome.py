"""What comes of checking a file of observations: good rows, problems, warnings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

PROBLEMS_KEPT = 1_000

Series = tuple[int, int, str | None]  # metric, place, reason


class Entry(NamedTuple):
    """One good row. row: its number in the file, the header being 1."""

    row: int
    metric_id: int
    place_id: int
    reason: str | None
    day: date
    value: float
    n: int | None

    @property
    def series(self) -> Series:
        """What it is one value of."""
        return self.metric_id, self.place_id, self.reason


class Finding(NamedTuple):
    """A problem or a warning about one cell: “Row 47, value: ‘12,5’ is not a number.” and how to mend it."""

    row: int
    column: str
    value: str
    problem: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Without the remedy."""
        return f"Row {self.row}, {self.column}: “{self.value}” {self.problem}."


@dataclass(frozen=True)
class Known:
    """What a file may speak of.

    metrics: code → id. places: casefolded spelling → ids (several: nobody can tell which). sites: names to list.
    levels: the usual size of the values of a series, as stored before.
    """

    metrics: Mapping[str, int]
    places: Mapping[str, tuple[int, ...]]
    sites: tuple[str, ...]
    levels: Mapping[Series, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """How somebody said that a file is to be read.

    columns: our name → position. metric: the code that every row is about, "" where a column says it.
    """

    columns: Mapping[str, int]
    metric: str = ""


@dataclass
class Checked:
    """The outcome: read = len(entries) + len(bad_rows)."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)  # at most PROBLEMS_KEPT
    problem_count: int = 0
    bad_rows: set[int] = field(default_factory=set)
    warnings: list[Finding] = field(default_factory=list)
    unused: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        """Every row below the header that is not blank."""
        return len(self.entries) + len(self.bad_rows)

    def refuse(self, finding: Finding) -> None:
        """Note a problem; its row is bad."""
        self.bad_rows.add(finding.row)
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(finding)
