"""The board: which ideas, in which order, for which viewer."""

import random
from collections.abc import Callable
from dataclasses import dataclass
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
from portal.swarm.feed import deal
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
    """Cards, the address of more of them, and the cursor in it. limited: more fit the filter than were looked at."""

    cards: list[Card]
    more: str | None
    cursor: str | None = None
    limited: bool = False


class Dealt(NamedTuple):
    """The ideas dealt, how many there were to deal, and whether more fit a filter than were looked at."""

    numbers: list[int]
    known: int
    limited: bool


def listing(viewer: Viewer, wanted: Wanted, *, now: datetime, facts: Facts | None = None) -> Listing:
    """The cards of one view of the board: two queries, and one more where the facts are not at hand."""
    known = facts or board_facts.read(now=now)
    if wanted.view == "needs-you" and not wanted.mine:
        return _feed(viewer, wanted, known, now=now)
    return _by_score(viewer, wanted, known) if wanted.view == "rising" else _by_time(viewer, wanted, known)


def counts(viewer: Viewer) -> dict[str, int]:
    """How many ideas each view holds for this viewer, counted up to a hundred: one query."""
    return tabs(viewer).counts


def _feed(viewer: Viewer, wanted: Wanted, facts: Facts, *, now: datetime) -> Listing:
    """A page dealt for this visitor: stable for the day while nothing is decided, longer when asked for more."""
    numbers, known, limited = dealt(viewer, wanted, wanted.show, day=now.date(), now=now)
    more = wanted.address(show=wanted.show + FEED_PAGE) if known > len(numbers) and wanted.show < FEED_MAX else None
    cards = cards_of(viewer, numbers, facts, back=wanted.address())
    return Listing([card for card in cards if card.stage is Stage.OPEN], more, limited=limited)


def dealt(viewer: Viewer, wanted: Wanted, size: int, *, day: date, now: datetime) -> Dealt:
    """`size` undecided ideas as dealt for this visitor and day."""
    pool = pool_for(viewer, wanted, now=now)
    rng = random.Random(f"{viewer.id}:{day}:{wanted.barrier}:{wanted.site}:{wanted.text}")
    known = {card.id for card in (*pool.promising, *pool.fresh)}
    return Dealt(deal(pool.promising, pool.fresh, size, rng, pool.params), len(known), pool.limited)


def _by_score(viewer: Viewer, wanted: Wanted, facts: Facts) -> Listing:
    """Ideas that the viewer has decided, in the official order: score, looks, number."""
    after = decode_cursor(wanted.after, float, float, int)
    behind = dict(zip(("score", "seen", "number"), after, strict=True)) if after else {}
    return _page(viewer, wanted, facts, _decided, behind, lambda card: encode_cursor(*card.sort))


def _by_time(viewer: Viewer, wanted: Wanted, facts: Facts) -> Listing:
    """Newest first."""
    after = decode_cursor(wanted.after, int)
    behind = {"number": after[0]} if after else {}
    return _page(viewer, wanted, facts, _newest, behind, lambda card: encode_cursor(card.number))


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
    cards = cards_of(viewer, numbers[: wanted.limit], facts, back=wanted.address())
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
