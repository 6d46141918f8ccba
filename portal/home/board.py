"""The board: which ideas, in which order, for which viewer."""

import random
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Invalid
from portal.home.cards import Card, cards_query, load_cards
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Barrier, Stage
from portal.people.viewer import Viewer
from portal.swarm.feed import Card as Dealt
from portal.swarm.feed import candidates, deal
from portal.swarm.models import IdeaScore, Vote
from portal.swarm.queries import HALF, listed_looks
from portal.swarm.score import DEFAULTS, sd
from portal.swarm.scores import kept_typical
from portal.web.paging import decode_cursor, encode_cursor

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
ORDER_LINES = (
    "Ideas are ordered by support per look, not by how many votes they have: a late idea has the same chance.",
    "The first look and vote of each team count in full, later ones from the same team count less.",
    "A stop signal slows an idea down until someone answers it.",
    "Two places in eight go to ideas that hardly anybody has seen.",
    "An idea that beats the typical one by enough, in enough teams, goes to the executives by itself.",
)


@dataclass(frozen=True)
class Wanted:
    """What somebody asked the board for. Raises nothing: `from_args` has checked it."""

    view: str = "needs-you"
    barrier: str = ""
    site: int | None = None
    text: str = ""
    mine: bool = False
    show: int = FEED_PAGE
    after: str | None = None
    limit: int = LIST_PAGE

    @classmethod
    def from_args(cls, args: Any) -> "Wanted":
        """Read the query string; raises Invalid (`unknown_filter`) for anything the board does not have."""
        view, barrier, site = args.get("view") or "needs-you", args.get("barrier") or "", args.get("site") or ""
        show = args.get("show") or str(FEED_PAGE)
        if view not in VIEWS or (barrier and barrier not in set(Barrier)) or not _small_number(site, empty=True):
            raise Invalid("unknown_filter", "The board has no such view or filter.")
        if not _small_number(show):
            raise Invalid("unknown_filter", "The board cannot show that many ideas.")
        text = (args.get("q") or "").strip().replace("\0", "")[:SEARCH_CHARS_MAX]
        size = max(FEED_PAGE, min(FEED_MAX, int(show)))
        return cls(view, barrier, int(site) if site else None, text, args.get("mine") == "1", size, args.get("after"))

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


def _small_number(text: str, *, empty: bool = False) -> bool:
    return (empty and not text) or (text.isascii() and text.isdigit() and len(text) <= 9)


@dataclass(frozen=True)
class Listing:
    """Cards, the address of more of them, and the cursor in it."""

    cards: list[Card]
    more: str | None
    cursor: str | None = None


def listing(viewer: Viewer, wanted: Wanted, *, now: datetime) -> Listing:
    """The cards of one view of the board."""
    if wanted.view == "needs-you" and not wanted.mine:
        return _feed(viewer, wanted, now=now)
    return _by_score(viewer, wanted) if wanted.view == "rising" else _by_time(viewer, wanted)


def counts(viewer: Viewer) -> dict[str, int]:
    """How many ideas each view holds for this viewer: one query."""
    decided = _decided_by(viewer)
    open_ones = Idea.stage == Stage.OPEN
    sums: dict[str, ColumnElement[bool]] = {name: Idea.stage.in_(stages) for name, stages in STAGES.items()}
    sums["needs-you"] = and_(open_ones, ~decided, or_(Idea.author_id.is_(None), Idea.author_id != viewer.id))
    sums["rising"] = and_(open_ones, decided)
    columns = [func.count().filter(condition).label(name) for name, condition in sums.items()]
    row = db.session.execute(select(*columns).where(visible_to(viewer), Idea.hidden_at.is_(None))).one()
    return {name: getattr(row, name) for name in sums}


def _decided_by(viewer: Viewer) -> ColumnElement[bool]:
    # An alias: the cards' query joins the viewer's vote too, and would take this one for the same.
    mine = aliased(Vote)
    return exists().where(mine.idea_id == Idea.id, mine.person_id == viewer.id, mine.revoked_at.is_(None))


def _conditions(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [visible_to(viewer), Idea.hidden_at.is_(None)]
    if wanted.barrier:
        found.append(Idea.barrier == Barrier(wanted.barrier))
    if wanted.site:
        found.append(Idea.site_id == wanted.site)
    if wanted.mine:
        found.append(Idea.author_id == viewer.id)
    if wanted.text:
        found.append(_says(wanted.text))
    return found


def _says(text: str) -> ColumnElement[bool]:
    """Every word of `text` in title or words; `%` and `_` are signs like any other. A number finds that idea."""
    words = text.split()[:8]
    says = [
        or_(Idea.title.icontains(word, autoescape=True), Idea.say.icontains(word, autoescape=True)) for word in words
    ]
    number = text.lstrip("#")
    if number.isascii() and number.isdigit() and len(number) <= 9:
        return or_(Idea.id == int(number), and_(*says))
    return and_(*says)


def _feed(viewer: Viewer, wanted: Wanted, *, now: datetime) -> Listing:
    """A page dealt for this visitor: stable for the day while nothing is decided, longer when asked for more."""
    numbers, known = dealt(viewer, wanted, wanted.show, day=now.date())
    more = wanted.address(show=wanted.show + FEED_PAGE) if known > len(numbers) and wanted.show < FEED_MAX else None
    return Listing(cards_of(viewer, numbers, wanted), more)


def dealt(viewer: Viewer, wanted: Wanted, size: int, *, day: date) -> tuple[list[int], int]:
    """The numbers of `size` undecided ideas as dealt for this visitor and day, and how many there were to deal."""
    undecided = [*_conditions(viewer, wanted), Idea.stage == Stage.OPEN, ~_decided_by(viewer)]
    undecided.append(or_(Idea.author_id.is_(None), Idea.author_id != viewer.id))
    cards = _candidates(undecided)
    rng = random.Random(f"{viewer.id}:{day}:{wanted.barrier}:{wanted.site}:{wanted.text}")
    return deal(candidates(cards, size), cards, size, rng), len(cards)


def _candidates(conditions: list[ColumnElement[bool]]) -> list[Dealt]:
    """The best by score, the most hopeful, and the least seen of the ideas that meet the conditions."""
    means = kept_typical()
    mu0, var = (means.mu0, means.var) if means else (0.0, DEFAULTS.var_min)
    score, looks = func.coalesce(IdeaScore.score, mu0), func.coalesce(IdeaScore.m, 0.0)
    hope = func.coalesce(IdeaScore.ucb, mu0 + DEFAULTS.feed_ucb * sd(0.0, var))
    query = select(Idea.id, score.label("score"), looks.label("m")).outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
    found: dict[int, Dealt] = {}
    for order in (score.desc(), hope.desc(), looks):
        for row in db.session.execute(query.where(*conditions).order_by(order, Idea.id).limit(DEFAULTS.feed_pool)):
            found[row.id] = Dealt(row.id, row.score, sd(row.m, var), row.m)
    return sorted(found.values())


def cards_of(viewer: Viewer, numbers: list[int], wanted: Wanted) -> list[Card]:
    """The cards of these ideas, in this order."""
    if not numbers:
        return []
    found = load_cards(viewer, cards_query(viewer).where(Idea.id.in_(numbers)), back=wanted.address())
    by_number = {card.number: card for card in found}
    return [by_number[number] for number in numbers if number in by_number]


def _by_score(viewer: Viewer, wanted: Wanted) -> Listing:
    """Ideas that the viewer has decided, in the official order: score, looks, number."""
    looks = listed_looks()
    conditions = [*_conditions(viewer, wanted), Idea.stage == Stage.OPEN, _decided_by(viewer)]
    query = cards_query(viewer).where(*conditions)
    if after := decode_cursor(wanted.after, float, float, int):
        score, seen, number = after
        behind = or_(looks < seen - HALF, and_(looks < seen + HALF, Idea.id > number))
        query = query.where(or_(IdeaScore.score < score, and_(IdeaScore.score == score, behind)))
    query = query.order_by(IdeaScore.score.desc(), looks.desc(), Idea.id).limit(wanted.limit + 1)
    return _page(viewer, query, wanted, lambda card: encode_cursor(*card.sort))


def _by_time(viewer: Viewer, wanted: Wanted) -> Listing:
    """Newest first."""
    conditions = _conditions(viewer, wanted)
    if stages := STAGES.get(wanted.view):
        conditions.append(Idea.stage.in_(stages))
    query: Select = cards_query(viewer).where(*conditions)
    if after := decode_cursor(wanted.after, int):
        query = query.where(Idea.id < after[0])
    query = query.order_by(Idea.id.desc()).limit(wanted.limit + 1)
    return _page(viewer, query, wanted, lambda card: encode_cursor(card.number))


def _page(viewer: Viewer, query: Select, wanted: Wanted, cursor: Any) -> Listing:
    cards = load_cards(viewer, query, back=wanted.address())
    shown = cards[: wanted.limit]
    if len(cards) <= wanted.limit:
        return Listing(shown, None)
    behind = cursor(shown[-1])
    return Listing(shown, wanted.address(after=behind), behind)
