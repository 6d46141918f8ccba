"""The candidates of the feed that are the same for everybody, kept for some seconds in each process.

Only where there are more open ideas than a pool holds: a small portal is asked afresh each time. What is kept decides
no right: whether somebody may see a card is asked when it is drawn.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import URL, BindParameter, Engine, Integer, Select, bindparam, select, true, union_all

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Stage
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm.feed import Card
from portal.swarm.looks import FAIRLY_SEEN
from portal.swarm.looks_models import Look
from portal.swarm.models import IdeaScore, Vote
from portal.swarm.score import DEFAULTS, Params, sd
from portal.swarm.scores import kept

LASTS = timedelta(seconds=10)
SIZE = DEFAULTS.feed_pool
Orders = tuple[list[tuple[Card, int | None]], ...]  # ideas with their authors
HELD = 2 * SIZE  # of each order: somebody who has decided half of them is still dealt from a full pool


@dataclass(frozen=True)
class Entry:
    """An open idea that may be dealt, and what decides for whom."""

    number: int
    card: Card
    audience: Audience
    employer_id: int | None
    site_id: int | None
    author_id: int | None

    def suits(self, employer_id: int, site_id: int | None) -> bool:
        """Meant for people of this employer on this site. For those without a role that sees more."""
        if self.audience is Audience.ORGANISATION:
            return True
        if self.audience is Audience.EMPLOYER:
            return self.employer_id == employer_id
        return site_id is not None and self.site_id == site_id


@dataclass(frozen=True)
class Shared:
    """The first of each order: by score, by hope, by looks from below."""

    orders: tuple[list[Entry], ...]
    params: Params = DEFAULTS
    _there: dict[tuple[int, int | None], Orders] = field(default_factory=dict)

    def without(self, viewer: Viewer, show: int) -> tuple[list[Card], list[Card]] | None:
        """(promising, fresh) for one viewer, or None where they have decided or seen too much of it."""
        me, decided = viewer.id, set(run(DECIDED, {"viewer": viewer.id}).scalars())
        best, hopeful, unseen = (
            list(islice((card for card, author in kind if card.id not in decided and author != me), SIZE))
            for kind in self._for(viewer)
        )
        if min(len(best), len(hopeful), len(unseen)) < max(SIZE // 2, 2 * show):
            return None
        return list({card.id: card for card in (*best, *hopeful)}.values()), unseen

    def _for(self, viewer: Viewer) -> Orders:
        """What people in the same place may read; worked out by the first of them."""
        place = viewer.employer_id, viewer.site_id
        if place not in self._there:
            self._there[place] = tuple(
                [(one.card, one.author_id) for one in order if one.suits(*place)] for order in self.orders
            )
        return self._there[place]


class Kept(NamedTuple):
    """The candidates of one database, and since when."""

    database: URL
    since: datetime
    shared: Shared | None


_kept: list[Kept] = []  # at most one


def shared_pool(engine: Engine, *, now: datetime) -> Shared | None:
    """The shared candidates, at most `LASTS` old; None on a portal that is smaller than they are."""
    # Also anew where the clock was set back.
    for one in _kept:
        if one.database == engine.url and timedelta(0) <= now - one.since < LASTS:
            return one.shared
    one = Kept(engine.url, now, _gathered())
    _kept[:] = [one]
    return one.shared


def _gathered() -> Shared | None:
    found = kept()
    if found is None:
        return None
    means, params = found
    connection = db.session.connection()
    kinds = [connection.execute(statement, {"size": HELD}).all() for statement in ORDERS]
    if len(kinds[0]) < HELD:
        return None
    return Shared(tuple([_entry(row, means.var, params) for row in rows] for rows in kinds), params)


def _entry(row: Any, var: float, params: Params) -> Entry:
    card = Card(row.idea_id, row.score, sd(row.m, var, params), row.m)
    return Entry(row.idea_id, card, row.audience, row.employer_id, row.site_id, row.author_id)


def _ordered(*order: Any) -> Select:
    columns = IdeaScore.idea_id, IdeaScore.score, IdeaScore.m, Idea.audience, Idea.employer_id
    return (
        select(*columns, Idea.site_id, Idea.author_id)
        .join(Idea, Idea.id == IdeaScore.idea_id)
        .where(IdeaScore.open == true(), Idea.stage == Stage.OPEN, Idea.hidden_at.is_(None))
        .order_by(*order)
        .limit(bindparam("size"))
    )


ORDERS = (
    _ordered(IdeaScore.score.desc(), IdeaScore.idea_id.desc()),
    _ordered(IdeaScore.ucb.desc(), IdeaScore.idea_id.desc()),
    _ordered(IdeaScore.m, IdeaScore.idea_id),
)
VIEWER: BindParameter[int] = bindparam("viewer", type_=Integer)
DECIDED = union_all(
    select(Vote.idea_id).where(Vote.person_id == VIEWER, Vote.revoked_at.is_(None)),
    select(Look.idea_id).where(Look.person_id == VIEWER, Look.p_seen >= FAIRLY_SEEN),
)
