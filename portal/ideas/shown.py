"""Ideas and comments as pages get them: frozen, and without anything that could tell who a hidden author is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.ideas.words import Audience, Barrier, CommentKind, Kind, Names, ReportReason, Stage, StoryKind


@dataclass(frozen=True)
class Byline:
    """Who said it, as far as that is to be known. `who` is a name, "the author", or an origin such as
    "a colleague in Leeds"; `where` stands beside a name; `initials` are empty without one."""

    who: str
    where: str = ""
    initials: str = ""
    hidden: bool = True

    @property
    def text(self) -> str:
        """As one phrase, beginning with a capital letter."""
        words = f"{self.who}, {self.where}" if self.where else self.who
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class IdeaView:
    """An idea for one viewer. `mine` is the only thing that depends on who looks."""

    number: int
    kind: Kind
    title: str
    say: str
    barrier: Barrier
    site_id: int | None
    site_label: str
    audience: Audience
    stage: Stage
    names: Names
    byline: Byline
    mine: bool
    hidden: bool
    said_at: datetime
    edited_at: datetime | None
    comment_count: int


@dataclass(frozen=True)
class CommentView:
    """A comment for one viewer. `body` (Markdown) is empty where the comment was taken back or is hidden from them."""

    id: int
    number: int
    kind: CommentKind
    body: str
    names: Names
    byline: Byline
    mine: bool
    withdrawn: bool
    hidden: bool
    at: datetime


@dataclass(frozen=True)
class StoryStep:
    """One step of the story. `actor` is empty where no name is shown."""

    at: datetime
    kind: StoryKind
    actor: str
    words: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class LogEntry:
    """A line of the public moderation log: never the hidden words, never who wrote them."""

    id: int
    number: int
    is_comment: bool
    action: str
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """A text that moderation has to decide about. Who reported it is not told."""

    number: int
    comment_id: int | None
    title: str
    words: str
    hidden: bool
    since: datetime
    reports: tuple[tuple[str, str], ...]  # reason, words

    @property
    def key(self) -> str:
        """What tells this form from the others on the page."""
        return f"{self.number}-{self.comment_id or 0}"


@dataclass(frozen=True)
class OpenReport:
    """One report that nobody has decided about. Who sent it is not told."""

    id: int
    number: int
    comment_id: int | None
    title: str
    text: str
    hidden: bool
    reason: ReportReason
    words: str
    at: datetime


@dataclass(frozen=True)
class Ask:
    """The open box. See `ask_box` in templates/macros/forms.html."""

    say: str
    names: str
    modes: tuple[tuple[str, str], ...]
    draft_key: str
    kept: bool = False
    error: str | None = None
    names_error: str | None = None
    spots: tuple[tuple[str, str], ...] = ()
    similar_url: str | None = "/ideas/similar"
    challenge: int | None = None
