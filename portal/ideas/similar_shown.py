"""Similar ideas as they stand beside the box: where they have got to, and what can be done instead of a copy. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.ideas.words import Stage

LINES = {
    Stage.OPEN: "Gathering views", Stage.PROMOTED: "With executives", Stage.PROMISED: "Promised",
    Stage.DELIVERED: "Done, being checked", Stage.DONE: "Done", Stage.DECLINED: "We said no",
}  # fmt: skip
OPEN = (Stage.OPEN, Stage.PROMOTED)  # a voice more still counts there


@dataclass(frozen=True)
class Line:
    """One idea beside the box. title: pieces with .text and .marked. done: it may have come back."""

    number: int
    title: Any
    line: str
    open: bool
    done: bool


def lines(matches: Sequence[Any]) -> list[Line]:
    """Matches as `ideas/_similar.html` takes them."""
    return [
        Line(one.number, one.title, LINES.get(one.stage, "Closed"), one.stage in OPEN, one.stage is Stage.DONE)
        for one in matches
    ]
