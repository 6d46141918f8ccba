"""Similar ideas as they stand beside the box: where they have got to, and what can be done instead of a copy. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.ideas.words import Stage

CLOSED = (Stage.WITHDRAWN, Stage.MERGED)
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
        Line(one.number, one.title, _line(one.stage), one.stage in OPEN, one.stage is Stage.DONE) for one in matches
    ]


def _line(stage: Stage) -> str:
    if stage is Stage.DECLINED:
        return "We said no"
    return "Closed" if stage in CLOSED else stage.label
