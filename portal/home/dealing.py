"""Which ideas are dealt to a visitor: the best, the most hopeful, the least seen and those just said, in one query.

Each of these is read from the end of an index, so that the page costs the same at any number of ideas.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    SQLColumnExpression,
    literal,
    null,
    select,
    true,
    union_all,
)

from portal.db import db
from portal.home.sharing import shared_pool
from portal.home.wanted import FEED_PAGE, Filters, Wanted, conditions, undecided
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm.feed import Card
from portal.swarm.models import IdeaScore, PortalStat
from portal.swarm.parameters import of_version
from portal.swarm.score import DEFAULTS, Params, sd

TYPICAL, BEST, HOPEFUL, UNSEEN, NEW = range(5)
UNFILTERED = Filters()
FILTER_SCANNED = 1_000  # of each order; besides, the newest that fit a filter are always among the candidates
NEWEST_FOUND = DEFAULTS.feed_pool  # of those that fit a filter
NEW_SCANNED = 200  # ideas without a score row: the worker gives every idea one within minutes


class Pool(NamedTuple):
    """Candidates for most places, and for those kept for what hardly anybody has seen.

    limited: more ideas fit the filter than were looked at.
    """

    promising: list[Card]
    fresh: list[Card]
    limited: bool = False
    params: Params = DEFAULTS


def pool_for(viewer: Viewer, wanted: Wanted, *, now: datetime) -> Pool:
    """The ideas that may be dealt to the viewer, in a fixed order.

    Where there are many, most visitors are dealt from what is the same for all of them for some seconds, less what
    they have decided; who has decided nearly all of that, or filters, has a query of their own.
    """
    shape = shape_of(viewer)
    if wanted.filters == UNFILTERED and not shape.held:
        shared = shared_pool(db.engine, now=now)
        if shared and (mine := shared.without(viewer, wanted.show or FEED_PAGE)):
            return Pool(*mine, params=shared.params)
    return _own_pool(viewer, wanted)


def _own_pool(viewer: Viewer, wanted: Wanted) -> Pool:
    build = _statement if not wanted.text else _statement.__wrapped__  # what is searched for is never the same
    statement = build(shape_of(viewer), wanted.filters)
    mu0, var, params = 0.0, DEFAULTS.var_min, DEFAULTS
    promising: dict[int, Card] = {}
    fresh: dict[int, Card] = {}
    newest = 0
    for kind, number, score, m in run(statement, person_of(viewer) | wanted.parameters):
        if kind == TYPICAL:
            mu0, var, params = score, m, of_version(number)
            continue
        newest += kind == NEW
        m = m or 0.0
        card = Card(number, mu0 if score is None else score, sd(m, var, params), m)
        if kind != UNSEEN:
            promising.setdefault(number, card)
        if kind not in (BEST, HOPEFUL):
            fresh.setdefault(number, card)
    # With fewer of the newest that fit than could be read, these are all that fit.
    limited = wanted.filters != UNFILTERED and newest >= NEWEST_FOUND
    return Pool(sorted(promising.values()), sorted(fresh.values()), limited, params)


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape, filters: Filters) -> CompoundSelect:
    """(which pool, idea, score, looks); the first row is the typical idea: version, score, variance."""
    looker = stand_in(shape)
    wanted = [*conditions(looker, filters), *undecided(looker)]
    typical = select(_tag(TYPICAL), PortalStat.params_version, PortalStat.mu0, PortalStat.var).where(PortalStat.id == 1)
    if filters.text:
        return union_all(typical, _found(wanted))
    narrow = filters != UNFILTERED
    last = _found(wanted) if narrow else _just_said(wanted)
    return union_all(
        typical,
        _ordered(BEST, wanted, IdeaScore.score.desc(), IdeaScore.idea_id.desc(), filtered=narrow),
        _ordered(HOPEFUL, wanted, IdeaScore.ucb.desc(), IdeaScore.idea_id.desc(), filtered=narrow),
        _ordered(UNSEEN, wanted, IdeaScore.m, IdeaScore.idea_id, filtered=narrow),
        last,
    )


def _ordered(
    kind: int, wanted: list[ColumnElement[bool]], *order: SQLColumnExpression[Any], filtered: bool = False
) -> Select:
    query = select(IdeaScore.idea_id, IdeaScore.score, IdeaScore.m).join(Idea, Idea.id == IdeaScore.idea_id)
    if filtered:
        # A rare filter would walk the whole index: only its first part is looked through.
        first = select(IdeaScore.idea_id).where(IdeaScore.open == true()).order_by(*order).limit(FILTER_SCANNED)
        query = query.where(IdeaScore.idea_id.in_(select(first.subquery().c.idea_id)))
    pool = query.where(IdeaScore.open == true(), *wanted).order_by(*order).limit(DEFAULTS.feed_pool).subquery()
    return select(_tag(kind), pool.c.idea_id, pool.c.score, pool.c.m)


def _just_said(wanted: list[ColumnElement[bool]]) -> Select:
    newest = select(Idea.id).where(Idea.stage == Stage.OPEN).order_by(Idea.id.desc()).limit(NEW_SCANNED).subquery()
    return (
        select(_tag(NEW), Idea.id, null(), null())
        .select_from(newest)
        .join(Idea, Idea.id == newest.c.id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == newest.c.id)
        .where(IdeaScore.idea_id.is_(None), *wanted)
    )


def _found(wanted: list[ColumnElement[bool]]) -> Select:
    """The newest ideas that fit; for words one look at every text, not one for each order."""
    query = select(Idea.id, IdeaScore.score, IdeaScore.m).outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
    pool = query.where(*wanted).order_by(Idea.id.desc()).limit(NEWEST_FOUND).subquery()
    return select(_tag(NEW), pool.c.id, pool.c.score, pool.c.m)


def _tag(kind: int) -> ColumnElement[int]:
    return literal(kind, Integer).label("pool")
