"""One standing per idea: what it received, discounted, and what follows from it. Pure.

* Looks of an (idea, team): its exposure row, but never fewer than the members who decided support, strong or
  pass, since each of them looked; without a row, exactly those members. A stop counts nought.
* A vote counts for the team and site it names. People without a team are discounted together as if they were
  one team and add nothing to the number of teams; likewise sites.
* Votes and exposures on ideas that are not in the list are left out everywhere.
* Teams and sites of the data are all those named by ideas, by standing votes and by exposures.

Which of several votes or exposure rows count: see `rows`.
"""

import gc
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from portal.swarm.rows import (
    Made,
    Numbered,
    Row,
    ballots,
    drawers_for,
    ideas_in_drawers,
    looks,
    looks_by_team,
    looks_in_drawers,
    standing_votes,
    unknown_kind,
    votes_in_drawers,
)
from portal.swarm.rules import VoteKind
from portal.swarm.score import (
    Means,
    Params,
    TeamCell,
    evidence,
    idea_terms,
    list_key,
    portal_means,
    portal_sums,
    score,
    sd,
)

_BITS = 32  # the votes of a team on an idea are one number: how many of each kind, this many bits apart
_MASK = (1 << _BITS) - 1
_ONE = {VoteKind.SUPPORT: 1, VoteKind.STRONG: 1 << _BITS, VoteKind.PASS: 1 << 2 * _BITS, VoteKind.STOP: 1 << 3 * _BITS}
_BACKING = frozenset({VoteKind.SUPPORT, VoteKind.STRONG})
_NOWHERE = object()
_NO_SITE = frozenset({_NOWHERE, None})
_origin = itemgetter("team", "site", "kind")


class Standing(NamedTuple):
    """One idea on the list: what it received and what follows from it.

    s, d, m: discounted support, stops and looks. looks: undiscounted, people. supporters: includes strong.
    teams, sites: distinct among supporters. stop_teams: distinct among objectors.
    """

    id: Any
    s: float
    d: float
    m: float
    looks: float
    supporters: int
    strong: int
    stops: int
    teams: int
    sites: int
    stop_teams: int
    score: float
    sd: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Board:
    """All ideas, best first, with the typical idea they are judged by and the size of the audience."""

    standings: tuple[Standing, ...]
    means: Means
    teams: int
    sites: int


def board(ideas: Sequence[Row], votes: Sequence[Row], exposures: Sequence[Row], params: Params) -> Board:
    """Count everything once. Raises ValueError for a vote of an unknown kind."""
    with no_garbage_hunt():
        return _board(ideas, votes, exposures, params)


@contextmanager
def no_garbage_hunt() -> Iterator[None]:
    """Nothing made here has cycles, and looking for some among the caller's millions of rows takes long."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _board(ideas: Sequence[Row], votes: Sequence[Row], exposures: Sequence[Row], params: Params) -> Board:
    ideas, votes, exposures = list(ideas), at_hand(votes), at_hand(exposures or ())
    count = _Count(params)
    received = _received(dict.fromkeys(idea["id"] for idea in ideas), votes, exposures, count)
    means = portal_means(*portal_sums([one[:3] for one in received.values()]), params)
    standings = [_standing(idea_id, one, means, params) for idea_id, one in received.items()]
    standings.sort(key=lambda one: list_key(one.score, one.m, one.id))
    teams, sites = count.teams_and_sites()
    teams.update(idea.get("team") for idea in ideas)
    sites.update(idea.get("site") for idea in ideas)
    return Board(
        standings=tuple(standings),
        means=means,
        teams=len(teams - {None}) if params.teams is None else params.teams,
        sites=len(sites - {None}) if params.sites is None else params.sites,
    )


def team_cells(
    ids: Collection[Any], votes: Sequence[Row], exposures: Sequence[Row], params: Params
) -> dict[Any, list[TeamCell]]:
    """Undiscounted supports, stops and looks of each team, of these ideas only."""
    count = _Count(params)
    voted, shown = _rows_of(ids, votes), _rows_of(ids, exposures or ())
    origins = {one: [count.origins[_origin(row)] for row in standing_votes(rows)] for one, rows in voted.items()}
    looks_of = looks(looks_in_drawers([row for rows in shown.values() for row in rows], 1, count.places)[0], ids)
    count.prepare()
    return {one: [TeamCell(*cell) for cell in count.cells(origins[one], looks_of[one])[0]] for one in ids}


def at_hand(rows: Iterable[Row]) -> Sequence[Row]:
    """The rows as something that can be gone through twice."""
    return rows if isinstance(rows, (list, tuple)) else list(rows)


def _received(
    ids: Collection[Any], votes: Sequence[Row], exposures: Sequence[Row], count: "_Count"
) -> "dict[Any, _Received]":
    number = drawers_for(votes, exposures, ids)
    voted = votes_in_drawers(votes, number, count.origins)
    shown = looks_in_drawers(exposures, number, count.places)
    count.prepare()
    received: dict[Any, _Received] = {}
    repeated = {}
    for here, ballots_here, looks_here in zip(ideas_in_drawers(ids, number), voted, shown, strict=True):
        looks_of = looks(looks_here, here)
        for idea_id, (origins, several) in ballots(ballots_here, here):
            if several:
                repeated[idea_id] = looks_of[idea_id]
            else:
                received[idea_id] = count.receive(origins, looks_of[idea_id])
    for idea_id, rows in _rows_of(repeated, votes).items():
        origins = [count.origins[_origin(row)] for row in standing_votes(rows)]
        received[idea_id] = count.receive(origins, repeated[idea_id])
    return received


def _rows_of(ids: Collection[Any], votes: Sequence[Row]) -> dict[Any, list[Row]]:
    rows: dict[Any, list[Row]] = {idea_id: [] for idea_id in ids}
    if rows:
        for row in votes:
            if (mine := rows.get(row["idea"])) is not None:
                mine.append(row)
    return rows


# s, d, m, looks, supporters, strong, stops, teams, sites, stop_teams: a bare tuple, as there are many.
_Received = tuple[float, float, float, float, int, int, int, int, int, int]


def _standing(idea_id: Any, received: _Received, means: Means, params: Params) -> Standing:
    s, d, m = received[:3]
    return Standing(
        idea_id,
        *received,
        score=score(s, d, m, means.mu0, params),
        sd=sd(m, means.var, params),
        evidence=evidence(s, d, m, means.mu0, params),
    )


class _Count:
    """Counts what ideas received, whose rows name origins (team, site, kind) and places (team, site) by number."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.origins, self.places = Numbered(), Numbered()
        self.used_origins: set[int] = set()
        self.used_places: set[int] = set()
        self.cell_of: Made[int, tuple[tuple[float, int, float], bool, bool]] = Made(lambda votes: _cell(votes, params))

    def prepare(self) -> None:
        """Look at each origin once, when all are known."""
        self.team_of = [team for team, _, _ in self.origins.things]
        self.votes_of = [_ONE.get(kind, 0) for _, _, kind in self.origins.things]
        self.backed_on = [site if kind in _BACKING else _NOWHERE for _, site, kind in self.origins.things]
        self.place_team = [team for team, _ in self.places.things]

    def teams_and_sites(self) -> tuple[set[Any], set[Any]]:
        """All that are named by votes that stand and by exposures, of ideas on the list."""
        origins = [self.origins.things[number] for number in self.used_origins]
        places = [self.places.things[number] for number in self.used_places]
        named = [*origins, *places]
        return {one[0] for one in named}, {one[1] for one in named}

    def receive(self, origins: Sequence[int], shown: Sequence[Any]) -> _Received:
        """One idea, from the origins of its votes and the places and looks of its exposures, in turn."""
        cells, teams, stop_teams, by_team = self.cells(origins, shown)
        s, d, m = idea_terms(cells, self.params)
        people = math.fsum([cell[2] for cell in cells])
        plain, strong, _, stops = _apart(sum(by_team.values()))
        sites = len(set(map(self.backed_on.__getitem__, origins)) - _NO_SITE)
        return (s, d, m, people, plain + strong, strong, stops, teams, sites, stop_teams)

    def _by_team(self, origins: Sequence[int]) -> dict[Any, int]:
        self.used_origins.update(origins)
        team_of, votes_of = self.team_of, self.votes_of
        by_team: dict[Any, int] = {}
        for number in origins:
            team, one = team_of[number], votes_of[number]
            if not one:
                raise unknown_kind(self.origins.things[number][2])
            by_team[team] = by_team[team] + one if team in by_team else one
        return by_team

    def _looks(self, shown: Sequence[Any]) -> dict[Any, float]:
        places = shown[::2]
        self.used_places.update(places)
        return looks_by_team(zip(map(self.place_team.__getitem__, places), shown[1::2], strict=True))

    def cells(
        self, origins: Sequence[int], shown: Sequence[Any]
    ) -> tuple[list[tuple[float, int, float]], int, int, dict[Any, int]]:
        """Supports, stops and looks of each team; how many teams support, how many object; votes by team."""
        by_team = self._by_team(origins)
        looks = self._looks(shown) if shown else {}
        cells, teams, stop_teams, cell_of = [], 0, 0, self.cell_of
        for team, votes in by_team.items():
            cell, backs, objects = cell_of[votes]
            if team in looks:
                m = looks.pop(team)
                if m > cell[2]:
                    cell = (cell[0], cell[1], m)
            cells.append(cell)
            if team is not None:
                teams += backs
                stop_teams += objects
        cells.extend([(0.0, 0, m) for m in looks.values()])
        return cells, teams, stop_teams, by_team


def _cell(votes: int, params: Params) -> tuple[tuple[float, int, float], bool, bool]:
    plain, strong, passes, stops = _apart(votes)
    u = plain + (1.0 + params.w_strong) * strong
    return (u, stops, float(plain + strong + passes)), plain + strong > 0, stops > 0


def _apart(votes: int) -> tuple[int, int, int, int]:
    return votes & _MASK, votes >> _BITS & _MASK, votes >> 2 * _BITS & _MASK, votes >> 3 * _BITS
