"""Checks on the floor as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.commitments.floor_queries import Result
from portal.commitments.floor_words import after, result_line
from portal.people.group_rules import Grouped


@dataclass(frozen=True)
class Checked:
    """See templates/commitments/_floor_result.html."""

    days: int
    line: str
    reopened: bool
    rows: list[list[Any]]


def checked(days: int, shown: Grouped, asked: int | None, *, reopened: bool) -> Checked:
    """One check that has ended."""
    total = (shown.total.label, *shown.total.parts) if shown.total else None
    line = f"Asked {after(days)}. {result_line(total, asked)}"
    return Checked(days, line, reopened, [[one.label, *one.parts] for one in shown.groups])


def all_checked(results: Sequence[Result]) -> list[Checked]:
    """Every check of a promise that has ended, or is told of while it runs."""
    return [
        checked(one.days, one.result, one.asked, reopened=one.reopened)
        if one.result is not None
        else Checked(one.days, f"Being asked now, {after(one.days)}.", False, [])
        for one in results
    ]
