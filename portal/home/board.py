"""The board: which ideas, in which order, for which viewer."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Float, Integer, Select, bindparam, func, or_, select, union_all

from portal.db import db
from portal.home import facts as board_facts
from portal.home.cards import Card, cards_of
from portal.home.dealing import pool_for
from portal.home.facts import Facts
from portal.home.tabs import tabs
from portal.home.wanted import FEED_MAX, FEED_PAGE, LIST_PAGE, STAGES, VIEWS, Filters, Wanted, conditions
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.swarm.dealt import Deals, Page, new_page
from portal.swarm.feed import Keyed, deal
from portal.swarm.models import IdeaScore, Vote
from portal.swarm.queries import HALF, listed_looks
from portal.web.paging import decode_cursor, encode_cursor

__all__ = ["FEED_MAX", "FEED_PAGE", "LIST_PAGE", "ORDER_LINES", "VIEWS", "Listing", "Wanted", "counts", "listing"]
MOST = bindparam("most", type_=Integer)  # one more than is shown tells whether there is more
ORDER_LINES = (
    "Ideas are ordered by support per look, not by how many votes they have: a late idea has the same chance.",
    "The first look and vote of each team count in full, later ones from the same team count less.",
    "A stop signal slows an idea down until someone answers it.",
    "Two places in eight go to ideas that hardly anybody has seen.",
    "An idea that beats the typical one by enough, in enough teams, goes to the executives by itself.",
)


@dataclass(frozen=True)
class Listing:
    """Cards, the address of more of them, and the cursor in it.

    limited: more fit the filter than were looked at. sealed: the page as it stands, for what is on screen of it.
    """

    cards: list[Card]
    more: str | None
    cursor: str | None = None
    limited: bool = False
    sealed: str = ""


class Dealt(NamedTuple):
    """The ideas dealt, how many there were to deal, and whether more fit a filter than were looked at."""

    numbers: list[int]
    known: int
    limited: bool


def listing(
    viewer: Viewer, wanted: Wanted, *, now: datetime, facts: Facts | None = None, deals: Deals | None = None
) -> Listing:
    """The cards of one view of the board: two queries, and one more where the facts are not at hand.

    deals: seals what is dealt, so that it stays while it is read; without it every call deals anew.
    """
    known = facts or board_facts.read(now=now)
    if wanted.view == "needs-you" and not wanted.mine:
        return _feed(viewer, wanted, known, deals, now=now)
    if wanted.view == "rising":
        return _by_score(viewer, wanted, known)
    return _by_time(viewer, wanted, known, deals, now=now)


def counts(viewer: Viewer) -> dict[str, int]:
    """How many ideas each view holds for this viewer, counted up to a hundred: one query."""
    return tabs(viewer).counts


def _feed(viewer: Viewer, wanted: Wanted, facts: Facts, deals: Deals | None, *, now: datetime) -> Listing:
    """The page being read as it was dealt, what was decided on it too, and behind it as much more as was asked for."""
    page = (deals.opened(viewer.id, wanted.dealt) if deals else None) or _nothing_dealt(now)
    wanted_more = (wanted.show or len(page.numbers) or FEED_PAGE) - len(page.numbers)
    known = page.numbers[:FEED_MAX]
    new = dealt(viewer, wanted, wanted_more, without=known, day=now.date(), now=now)
    page = page._replace(numbers=(*known, *new.numbers))
    sealed = deals.seal(viewer.id, page) if deals else ""
    came = {number: _came(viewer, wanted, number, deals) for number in page.numbers}
    cards = cards_of(viewer, page.numbers, facts, back=wanted.address(dealt=sealed), came=came)
    shown = [card for card in cards if card.stage is Stage.OPEN or card.number in known]
    size = len(page.numbers)
    more = None
    if new.known > len(new.numbers) and size < FEED_MAX:
        more = wanted.address(dealt=sealed, show=size + FEED_PAGE) + f"#idea-{page.numbers[-1]}"
    return Listing(shown, more, limited=new.limited, sealed=sealed)


def _nothing_dealt(now: datetime) -> Page:
    return new_page((), secrets.randbits(32), now=now)


def _came(viewer: Viewer, wanted: Wanted, number: int, deals: Deals | None) -> str:
    if wanted.text:
        return "search"
    return deals.mark(viewer.id, number) if deals else ""


def dealt(
    viewer: Viewer, wanted: Wanted, size: int, *, day: date, now: datetime, without: Collection[int] = ()
) -> Dealt:
    """`size` ideas that the viewer has neither decided nor fairly seen, as dealt for them and this day.

    without: what they have before them already. Deciding one of them moves none of the others out of their order.
    """
    pool = pool_for(viewer, wanted, now=now)
    chance = Keyed(f"{viewer.id}:{day}:{wanted.barrier}:{wanted.site}:{wanted.text}")
    before = set(without)
    promising, fresh = ([card for card in cards if card.id not in before] for cards in (pool.promising, pool.fresh))
    known = {card.id for card in (*promising, *fresh)}
    return Dealt(deal(promising, fresh, size, chance, pool.params), len(known), pool.limited)


def _by_score(viewer: Viewer, wanted: Wanted, facts: Facts) -> Listing:
    """Ideas that the viewer has decided, in the official order: score, looks, number."""
    after = decode_cursor(wanted.after, float, float, int)
    behind = dict(zip(("score", "seen", "number"), after, strict=True)) if after else {}
    return _page(viewer, wanted, facts, _decided, behind, lambda card: encode_cursor(*card.sort))


def _by_time(viewer: Viewer, wanted: Wanted, facts: Facts, deals: Deals | None, *, now: datetime) -> Listing:
    """Newest first."""
    after = decode_cursor(wanted.after, int)
    behind = {"number": after[0]} if after else {}
    found = _page(viewer, wanted, facts, _newest, behind, lambda card: encode_cursor(card.number))
    if deals is None or wanted.view != "newest" or wanted.mine:
        return found
    page = _nothing_dealt(now)._replace(numbers=tuple(card.number for card in found.cards))
    return replace(found, sealed=deals.seal(viewer.id, page, dealt=False))


def _page(
    viewer: Viewer,
    wanted: Wanted,
    facts: Facts,
    statement: Any,
    behind: dict[str, Any],
    cursor: Callable[[Card], str],
) -> Listing:
    build = statement if not wanted.text else statement.__wrapped__  # what is searched for is never the same
    query = build(shape_of(viewer), wanted.filters, wanted.view, bool(behind))
    parameters = person_of(viewer) | wanted.parameters | behind
    numbers = list(db.session.connection().execute(query, parameters | {"most": wanted.limit + 1}).scalars())
    came = "search" if wanted.text else "newest" if wanted.view == "newest" else ""
    shown = numbers[: wanted.limit]
    cards = cards_of(viewer, shown, facts, back=wanted.address(), came=dict.fromkeys(shown, came))
    following = cursor(cards[-1]) if len(numbers) > wanted.limit and cards else None
    return Listing(cards, wanted.address(after=following) if following else None, following)


@lru_cache(SHAPES_KEPT)
def _decided(shape: Shape, filters: Filters, view: str, behind: bool) -> Select:
    """Numbers of open ideas with the viewer's vote: read from the votes of one person."""
    looker, looks = stand_in(shape), listed_looks()
    mine = Vote.person_id == looker.id, Vote.revoked_at.is_(None)
    query = (
        select(Idea.id)
        .select_from(Vote)
        .join(Idea, Idea.id == Vote.idea_id)
        .join(IdeaScore, IdeaScore.idea_id == Idea.id)
        # Not by the index on the stage, which SQLite would prefer: most ideas are open, and a person has few votes.
        .where(*mine, func.lower(Idea.stage) == Stage.OPEN.value, *conditions(looker, filters))
    )
    if behind:
        score, seen = bindparam("score", type_=Float), bindparam("seen", type_=Float)
        later = or_(looks < seen - HALF, (looks < seen + HALF) & (Idea.id > bindparam("number", type_=Integer)))
        query = query.where(or_(IdeaScore.score < score, (IdeaScore.score == score) & later))
    return query.order_by(IdeaScore.score.desc(), looks.desc(), Idea.id).limit(MOST)


@lru_cache(SHAPES_KEPT)
def _newest(shape: Shape, filters: Filters, view: str, behind: bool) -> Select:
    """Numbers of the newest ideas of a view; each stage is read from the end of its index."""
    query = select(Idea.id).where(*conditions(stand_in(shape), filters))
    if behind:
        query = query.where(Idea.id < bindparam("number", type_=Integer))
    query = query.order_by(Idea.id.desc()).limit(MOST)
    stages = STAGES.get(view)
    if not stages:
        return query
    parts = union_all(*(select(query.where(Idea.stage == stage).subquery()) for stage in stages)).subquery()
    return select(parts.c.id).order_by(parts.c.id.desc()).limit(MOST)
