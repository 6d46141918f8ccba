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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from portal.swarm.rows import Row, by_idea, looks_by_team, standing_votes, unknown_kind
from portal.swarm.rules import VoteKind
from portal.swarm.score import (
    Means,
    Params,
    evidence,
    idea_terms,
    list_key,
    portal_means,
    portal_sums,
    score,
    sd,
)

_COLUMNS = {VoteKind.SUPPORT: 0, VoteKind.STRONG: 1, VoteKind.PASS: 2, VoteKind.STOP: 3}
_BACKING = 2  # columns below are supporters
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
    with _no_garbage_hunt():
        return _board(ideas, votes, exposures, params)


@contextmanager
def _no_garbage_hunt() -> Iterator[None]:
    # Nothing made here has cycles, and looking for some among the caller's millions of rows takes long.
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _board(ideas: Sequence[Row], votes: Sequence[Row], exposures: Sequence[Row], params: Params) -> Board:
    ideas = list(ideas)
    places = _Places({idea.get("team") for idea in ideas}, {idea.get("site") for idea in ideas})
    decided, shown = by_idea(votes), by_idea(exposures or ())
    received = {}
    for idea_id in dict.fromkeys(idea["id"] for idea in ideas):
        votes_here, shown_here = decided.get(idea_id, ()), shown.get(idea_id, ())
        places.sites.update([row.get("site") for row in shown_here])
        received[idea_id] = _receive(standing_votes(votes_here), looks_by_team(shown_here), places, params)
    means = portal_means(*portal_sums(one[:3] for one in received.values()), params)
    standings = [_standing(idea_id, one, means, params) for idea_id, one in received.items()]
    standings.sort(key=lambda one: list_key(one.score, one.m, one.id))
    return Board(
        standings=tuple(standings),
        means=means,
        teams=len(places.teams - {None}) if params.teams is None else params.teams,
        sites=len(places.sites - {None}) if params.sites is None else params.sites,
    )


class _Places(NamedTuple):
    """All teams and sites met so far."""

    teams: set[Any]
    sites: set[Any]


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


def _receive(votes: Sequence[Row], looks: dict[Any, float], places: _Places, params: Params) -> _Received:
    by_team, support_sites = _votes_by_team(votes, places.sites)
    places.teams.update(by_team, looks)
    weight = 1.0 + params.w_strong
    cells: list[tuple[float, int, float]] = []
    supporters = strong = stops = support_teams = stop_teams = 0
    for team, (plain, helping, passes, against) in by_team.items():
        backing = plain + helping
        m = float(backing + passes)
        if team in looks:
            m = max(m, looks.pop(team))
        cells.append((plain + weight * helping, against, m))
        if backing:
            supporters += backing
            strong += helping
            support_teams += team is not None
        if against:
            stops += against
            stop_teams += team is not None
    cells.extend((0.0, 0, m) for m in looks.values())
    s, d, m = idea_terms(cells, params)
    people = math.fsum([cell[2] for cell in cells])
    return (
        s,
        d,
        m,
        people,
        supporters,
        strong,
        stops,
        support_teams,
        len(support_sites - {None}),
        stop_teams,
    )


def _votes_by_team(votes: Sequence[Row], sites: set[Any]) -> tuple[dict[Any, list[int]], set[Any]]:
    """Supports, strong supports, passes and stops of each team, and the sites of supporters."""
    by_team: dict[Any, list[int]] = {}
    support_sites = set()
    for team, site, kind in map(_origin, votes):
        column = _COLUMNS.get(kind)
        if column is None:
            raise unknown_kind(kind)
        kinds = by_team.get(team)
        if kinds is None:
            kinds = by_team[team] = [0, 0, 0, 0]
        kinds[column] += 1
        sites.add(site)
        if column < _BACKING:
            support_sites.add(site)
    return by_team, support_sites
