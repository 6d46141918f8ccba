"""Counting ideas from their votes and looks alone: what is kept of them must say the same."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from sqlalchemy import Row, String, select, type_coerce

from portal.db import db, table_of
from portal.swarm import looks_rows
from portal.swarm import score as formula
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind
from portal.swarm.score import DEFAULTS, Params, TeamCell, Terms

VOTES = table_of(Vote)
NO_MORE: tuple[float, Iterable[Row]] = (math.inf, ())  # behind the last idea that was looked at
SUPPORTS = (VoteKind.SUPPORT, VoteKind.STRONG)
Team = tuple[int, TeamCell, int]  # its site, what it did, how many of it support


class Counted:
    """One idea as its votes, and what is kept of looks at it, say it stands."""

    def __init__(self, idea_id: int, params: Params = DEFAULTS) -> None:
        self.idea_id, self.params = idea_id, params
        self._adds = _what_votes_add(params)
        self._teams: dict[int, list[float]] = {}  # u, d, m, supporters, site
        self._votes: dict[str, int] = dict.fromkeys(VoteKind, 0)

    def add(self, team_id: int, site_id: int, kind: str) -> None:
        """Count one vote; who casts it counts as one look, and their own looking no more. kind: of `VoteKind`."""
        team = self._teams.get(team_id) or self._new(team_id, site_id)
        u, d, m, supporters = self._adds[kind]
        team[0] += u
        team[1] += d
        team[2] += m
        team[3] += supporters
        self._votes[kind] += 1

    def add_looks(self, team_id: int, site_id: int, m: float) -> None:
        """Count what people of one team have seen without deciding."""
        team = self._teams.get(team_id) or self._new(team_id, site_id)
        team[2] += m

    def _new(self, team_id: int, site_id: int) -> list[float]:
        team = self._teams[team_id] = [0.0, 0, 0.0, 0, site_id]
        return team

    @property
    def cells(self) -> dict[int, Team]:
        """Every team that took part."""
        return {
            team: (int(site), TeamCell(u, int(d), m), int(supporters))
            for team, (u, d, m, supporters, site) in self._teams.items()
        }

    def rows(self) -> Iterator[tuple[int, int, int, int, float, int, float]]:
        """The cells as they are stored: idea, team, site, supporters, u, d, m."""
        for team, (u, d, m, supporters, site) in self._teams.items():
            yield self.idea_id, team, int(site), int(supporters), u, int(d), m

    @property
    def counts(self) -> dict[str, int]:
        """How many votes of each kind; strong ones count as support too."""
        votes = self._votes
        return {
            "n_support": votes[VoteKind.SUPPORT] + votes[VoteKind.STRONG], "n_strong": votes[VoteKind.STRONG],
            "n_stop": votes[VoteKind.STOP], "n_pass": votes[VoteKind.PASS],
        }  # fmt: skip

    @property
    def terms(self) -> Terms:
        """The discounted sums."""
        return formula.idea_terms(((u, int(d), m) for u, d, m, _, _ in self._teams.values()), self.params)

    @property
    def n_team(self) -> int:
        """Teams with a supporter."""
        return sum(supporters > 0 for _, _, _, supporters, _ in self._teams.values())

    @property
    def n_site(self) -> int:
        """Sites with a supporter."""
        return len({site for _, _, _, supporters, site in self._teams.values() if supporters > 0})


@lru_cache(16)
def _what_votes_add(params: Params) -> dict[str, tuple[float, int, float, int]]:
    """Kind of vote → what it adds to u, d, m and the supporters of its team: worked out once, used for millions."""
    return {kind: (*formula.cast(TeamCell(), kind, params), kind in SUPPORTS) for kind in VoteKind}


def counted(params_of: Callable[[int], Params], only: Collection[int] | None = None) -> Iterator[Counted]:
    """Every idea (or those of `only`) with standing votes or looks, counted from these alone, by number.

    params_of: the parameters by which the idea with a number is counted.
    """
    looks = groupby(looks_rows.counting(only), key=lambda row: row.idea_id)
    number, cells = next(looks, NO_MORE)
    for idea in _voted(params_of, only):
        while number < idea.idea_id:
            yield _with_looks(Counted(int(number), params_of(int(number))), cells)
            number, cells = next(looks, NO_MORE)
        if number == idea.idea_id:
            _with_looks(idea, cells)
            number, cells = next(looks, NO_MORE)
        yield idea
    while cells:
        yield _with_looks(Counted(int(number), params_of(int(number))), cells)
        number, cells = next(looks, NO_MORE)


def _with_looks(idea: Counted, cells: Iterable[Row]) -> Counted:
    for row in cells:
        idea.add_looks(row.team_id, row.site_id, row.m)
    return idea


def _voted(params_of: Callable[[int], Params], only: Collection[int] | None) -> Iterator[Counted]:
    # Plain columns and words as they are stored: of millions of votes, each is looked at once.
    columns = VOTES.c.idea_id, VOTES.c.team_id, VOTES.c.site_id, type_coerce(VOTES.c.kind, String)
    query = select(*columns).where(VOTES.c.revoked_at.is_(None)).order_by(VOTES.c.idea_id, VOTES.c.id)
    if only is not None:
        query = query.where(VOTES.c.idea_id.in_(only))
    idea: Counted | None = None
    for idea_id, team_id, site_id, kind in db.session.execute(query.execution_options(yield_per=10_000)):
        if idea is None or idea.idea_id != idea_id:
            if idea is not None:
                yield idea
            idea = Counted(idea_id, params_of(idea_id))
        idea.add(team_id, site_id, kind)
    if idea is not None:
        yield idea
