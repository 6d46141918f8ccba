"""Judging rows that a program pushes: every problem names its row, its field and a stable code. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.metrics.csv_cells import FORMULA, OLDEST, CellProblem, plain
from portal.metrics.csv_cells import reason as reason_of
from portal.metrics.csv_outcome import Entry, Series


class RowRefusal(StrEnum):
    """Why a row is not taken. The value is the stable code."""

    UNKNOWN_SITE = "unknown_site"
    AMBIGUOUS_SITE = "ambiguous_site"
    DAY_IN_FUTURE = "day_in_future"
    DAY_TOO_EARLY = "day_too_early"
    REASON_IS_A_FORMULA = "reason_is_a_formula"
    REPEATED_ROW = "repeated_row"

    @property
    def sentence(self) -> str:
        """What the person who reads the log is told."""
        return {
            "unknown_site": "There is no such site or team. A team is written as site/team.",
            "ambiguous_site": "This could be several places. Write the employer before it, or send the number.",
            "day_in_future": "This day lies in the future: send only what has been measured.",
            "day_too_early": "This day lies before the year 2000.",
            "reason_is_a_formula": "Start the contact reason with a letter or a digit.",
            "repeated_row": "The same day, site and reason comes more than once. Send one of the rows.",
        }[self.value]


class PushedRow(NamedTuple):
    """One row as it was sent. site: the number of a site or team, or its name as in a file."""

    day: date
    site: int | str
    value: float
    n: int | None
    reason: str | None


class RowProblem(NamedTuple):
    """What is wrong with a row. row: its place in the list, the first being 0."""

    row: int
    field: str
    code: RowRefusal


@dataclass
class Pushed:
    """The outcome: every row is an entry, or has one problem."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def judge_rows(
    rows: Sequence[PushedRow], metric_id: int, *, places: Mapping[str, tuple[int, ...]], today: date
) -> Pushed:
    """Look at every row. places: spelling → ids. today: the last day that may be reported."""
    known = {place_id for ids in places.values() for place_id in ids}
    read = [_read(index, row, metric_id, places, known, today) for index, row in enumerate(rows)]
    entries = [one for one in read if isinstance(one, Entry)]
    problems = [one for one in read if isinstance(one, RowProblem)]
    again = _repeated(entries)
    problems += [RowProblem(one.row, "day", RowRefusal.REPEATED_ROW) for one in entries if one.row in again]
    return Pushed([one for one in entries if one.row not in again], sorted(problems))


def _read(
    index: int, row: PushedRow, metric_id: int, places: Mapping[str, tuple[int, ...]], known: set[int], today: date
) -> Entry | RowProblem:
    place = _place(row.site, places, known)
    if isinstance(place, RowRefusal):
        return RowProblem(index, "site", place)
    if row.day > today or row.day < OLDEST:
        refusal = RowRefusal.DAY_IN_FUTURE if row.day > today else RowRefusal.DAY_TOO_EARLY
        return RowProblem(index, "day", refusal)
    reason = " ".join((row.reason or "").split())
    if reason.startswith(FORMULA):
        return RowProblem(index, "reason", RowRefusal.REASON_IS_A_FORMULA)
    return Entry(index, metric_id, place, reason_of(reason), row.day, row.value, row.n)


def _place(site: int | str, places: Mapping[str, tuple[int, ...]], known: set[int]) -> int | RowRefusal:
    if isinstance(site, int):
        return site if site in known else RowRefusal.UNKNOWN_SITE
    try:
        ids = places.get("/".join(part.strip() for part in plain(site).split("/")).casefold(), ())
    except CellProblem:
        ids = ()
    if len(ids) > 1:
        return RowRefusal.AMBIGUOUS_SITE
    return ids[0] if ids else RowRefusal.UNKNOWN_SITE


def _repeated(entries: Sequence[Entry]) -> set[int]:
    """The rows of everything that is said more than once: nobody can tell which is right."""
    rows: dict[tuple[Series, date], list[int]] = {}
    for entry in entries:
        rows.setdefault((entry.series, entry.day), []).append(entry.row)
    return {row for members in rows.values() if len(members) > 1 for row in members}
