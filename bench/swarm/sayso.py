"""Sayso's own order, line and dealing: every formula is the one of `portal.swarm`, kept up to date vote by vote.

Counts are hidden until the decision, promoted ideas leave the feed, and nobody is dealt an idea that they decided or
have fairly seen (0.85).
"""

import random
from collections import Counter
from typing import Any

from bench.swarm.behaviour import FAIRLY_SEEN, PAGE
from bench.swarm.world import DAYS, SITES, TEAMS, World
from portal.swarm.feed import Card, candidates, deal
from portal.swarm.line import quorum_gap, stands_without_keenest
from portal.swarm.ranking import rank
from portal.swarm.score import Params, TeamCell, Terms, cast, evidence, portal_means, score, sd, shifted


class State:
    """What one idea received: a cell for each team, the discounted sums, and where its supporters are."""

    def __init__(self) -> None:
        self.cells: dict[int, TeamCell] = {}
        self.terms = Terms()
        self.backed: Counter[int] = Counter()
        self.supports = 0
        self.promoted_at: float | None = None

    def copy(self) -> "State":
        """The same, to be changed for itself."""
        other = State()
        other.cells, other.terms, other.backed = dict(self.cells), self.terms, self.backed.copy()
        other.supports, other.promoted_at = self.supports, self.promoted_at
        return other


class Sayso:
    """The swarm with some parameters."""

    counts_shown = False

    def __init__(self, world: World, params: Params | None = None, name: str = "Sayso") -> None:
        self.world, self.name = world, name
        self.params = params or Params()
        self.ideas: list[State] = []
        self.sums = Terms()
        self.means = portal_means(*self.sums, self.params)
        self.votes: list[dict[str, Any]] = []

    def arrive(self, at: float) -> None:
        self.ideas.append(self.blank(at))

    def blank(self, at: float) -> State:
        """An idea that nobody has seen."""
        return State()

    def page(self, decided: set[int], seen: dict[int, float], at: float, rng: random.Random) -> list[int]:
        self.means = portal_means(*self.sums, self.params)
        mu0, var, params = self.means.mu0, self.means.var, self.params
        cards = []
        for number, one in enumerate(self.ideas):
            if one.promoted_at is None and number not in decided and seen.get(number, 0.0) < FAIRLY_SEEN:
                s, d, m = one.terms
                cards.append(Card(number, score(s, d, m, mu0, params), sd(m, var, params), m))
        return deal(candidates(cards, PAGE, params), cards, PAGE, rng, params)

    def decide(self, idea: int, person: int, kind: str, via: str, at: float, seen: float) -> None:
        one, before = self.ideas[idea], self.ideas[idea].terms
        self.add(one, person, kind, via, at, seen)
        self._sum(before, one.terms)
        self.votes.append({"idea": idea, "user": person, "team": self.world.team_of[person], "via": via,
                           "site": self.world.site_of[person], "kind": _kind(kind), "at": at})  # fmt: skip

    def scrolled(self, idea: int, person: int, seen: float) -> None:
        one, before = self.ideas[idea], self.ideas[idea].terms
        self.glance(one, person, seen)
        self._sum(before, one.terms)

    def add(self, one: State, person: int, kind: str, via: str, at: float, seen: float) -> None:
        kind, team = _kind(kind), self.world.team_of[person]
        before = one.cells.get(team, TeamCell())
        after = self.cast(before, kind, via, seen)
        self._put(one, team, before, after)
        if kind in ("support", "strong"):
            one.supports += 1
            one.backed[team] += 1
        if one.promoted_at is None and self.is_ready(one):
            one.promoted_at = at

    def cast(self, cell: TeamCell, kind: str, via: str, seen: float) -> TeamCell:
        """The team's cell after a vote that came this way."""
        return cast(cell, kind, self.params, seen=seen)

    def glance(self, one: State, person: int, seen: float) -> None:
        team = self.world.team_of[person]
        before = one.cells.get(team, TeamCell())
        self._put(one, team, before, before._replace(m=before.m + seen))

    def is_ready(self, one: State) -> bool:
        """Whether the idea goes to the executives now."""
        mu0 = self.means.mu0
        sites = len({team % SITES for team in one.backed})
        found = evidence(*one.terms, mu0, self.params)
        gap = quorum_gap(found, len(one.backed), sites, teams=TEAMS, sites=SITES, mu0=mu0, params=self.params)
        return gap.closed and stands_without_keenest(one.cells.values(), teams=TEAMS, mu0=mu0, params=self.params)

    def order(self, at: float) -> list[int]:
        """The official list from the rows themselves, as `rank` makes it."""
        ideas = [{"id": number, "team": team, "site": team % SITES} for number, team in self._authors()]
        return rank(ideas, self.votes, self.exposures(), DAYS, self.params)

    def exposures(self) -> list[dict[str, Any]]:
        """The looks of each idea and team as rows."""
        return [
            {"idea": number, "team": team, "site": team % SITES, "looks": cell.m}
            for number, one in enumerate(self.ideas)
            for team, cell in one.cells.items()
        ]

    def promoted(self) -> set[int]:
        return {number for number, one in enumerate(self.ideas) if one.promoted_at is not None}

    def is_over(self, one: State) -> bool:
        return one.promoted_at is not None

    def supports(self, idea: int) -> int:
        return self.ideas[idea].supports

    def _authors(self) -> list[tuple[int, int]]:
        return [(number, self.world.authors[number] % TEAMS) for number in range(len(self.ideas))]

    def _put(self, one: State, team: int, before: TeamCell, after: TeamCell) -> None:
        one.cells[team] = after
        one.terms = shifted(one.terms, before, after, self.params)

    def _sum(self, before: Terms, after: Terms) -> None:
        self.sums = Terms(*(total + b - a for total, a, b in zip(self.sums, before, after, strict=True)))


def _kind(kind: str) -> str:
    return "pass" if kind == "down" else kind
