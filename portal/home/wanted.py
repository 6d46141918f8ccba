"""What somebody asked the board for, and the conditions that it puts on ideas."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Integer, bindparam, exists, or_
from sqlalchemy.orm import aliased

from portal.errors import Invalid
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.search_queries import says
from portal.ideas.words import Barrier, Stage
from portal.people.viewer import Viewer
from portal.swarm.looks_queries import fairly_seen_by
from portal.swarm.models import Vote

FEED_PAGE = 8
FEED_MAX = 80
LIST_PAGE = 12
SEARCH_CHARS_MAX = 200
VIEWS = {
    "needs-you": "Needs your view",
    "rising": "Gathering pace",
    "executives": "With executives",
    "promised": "Promised",
    "done": "Done",
    "not-doing": "Not doing",
    "newest": "Newest",
}
STAGES = {
    "executives": (Stage.PROMOTED,),
    "promised": (Stage.PROMISED, Stage.DELIVERED),
    "done": (Stage.DONE,),
    "not-doing": (Stage.DECLINED,),
}


class Filters(NamedTuple):
    """What of a wish decides the form of a statement."""

    barrier: bool = False
    site: bool = False
    mine: bool = False
    text: str = ""


@dataclass(frozen=True)
class Wanted:
    """What somebody asked the board for. Raises nothing: `from_args` has checked it.

    dealt: the page being read, sealed. show: how many cards of the feed; None = as many as that page has, or eight.
    """

    view: str = "needs-you"
    barrier: str = ""
    site: int | None = None
    text: str = ""
    mine: bool = False
    show: int | None = None
    dealt: str = ""
    after: str | None = None
    limit: int = LIST_PAGE

    @classmethod
    def from_args(cls, args: Any) -> "Wanted":
        """Read the query string; raises Invalid (`unknown_filter`) for anything the board does not have."""
        view, barrier, site = args.get("view") or "needs-you", args.get("barrier") or "", args.get("site") or ""
        show = args.get("show") or ""
        if view not in VIEWS or (barrier and barrier not in set(Barrier)) or not _small_number(site, empty=True):
            raise Invalid("unknown_filter", "The board has no such view or filter.")
        if not _small_number(show, empty=True):
            raise Invalid("unknown_filter", "The board cannot show that many ideas.")
        text = (args.get("q") or "").strip().replace("\0", "")[:SEARCH_CHARS_MAX]
        size = max(FEED_PAGE, min(FEED_MAX, int(show))) if show else None
        return cls(
            view, barrier, int(site) if site else None, text, args.get("mine") == "1", size, args.get("dealt") or "",
            args.get("after"),
        )  # fmt: skip

    def address(self, **over: Any) -> str:
        """The board's address with these filters, some of them changed; every view can be pasted into a chat."""
        given = {
            "view": self.view,
            "barrier": self.barrier,
            "site": self.site,
            "q": self.text,
            "mine": "1" if self.mine else "",
        }
        kept = {name: value for name, value in (given | over).items() if value not in (None, "")}
        if kept.get("view") == "needs-you":
            del kept["view"]
        return "/ideas" + (f"?{urlencode(kept)}" if kept else "")

    @property
    def filters(self) -> Filters:
        """The form of the conditions."""
        return Filters(bool(self.barrier), self.site is not None, self.mine, self.text)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the conditions are given when they run."""
        return {"barrier": Barrier(self.barrier) if self.barrier else None, "site": self.site}


def _small_number(text: str, *, empty: bool = False) -> bool:
    return (empty and not text) or (text.isascii() and text.isdigit() and len(text) <= 9)


def conditions(looker: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions on `Idea`; barrier and site are parameters. looker: a viewer, or one who stands in."""
    found = [visible_to(looker), Idea.hidden_at.is_(None)]
    if filters.barrier:
        found.append(Idea.barrier == bindparam("barrier"))
    if filters.site:
        found.append(Idea.site_id == bindparam("site", type_=Integer))
    if filters.mine:
        found.append(Idea.author_id == looker.id)
    else:
        found.append(Idea.stage != Stage.MERGED)
    if filters.text:
        found.append(says(filters.text))
    return found


def undecided(looker: Viewer) -> list[ColumnElement[bool]]:
    """The conditions on `Idea` for what waits for the viewer's word: neither decided nor fairly seen."""
    of_another = or_(Idea.author_id.is_(None), Idea.author_id != looker.id)
    return [Idea.stage == Stage.OPEN, ~decided_by(looker), ~fairly_seen_by(looker), of_another]


def decided_by(looker: Viewer) -> ColumnElement[bool]:
    """The viewer has a standing vote on the idea."""
    # An alias: a query may join the viewer's vote too, and would take this one for the same.
    mine = aliased(Vote)
    return exists().where(mine.idea_id == Idea.id, mine.person_id == looker.id, mine.revoked_at.is_(None))
