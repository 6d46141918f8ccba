"""Votes of a generated firm as they are cast, one by one: cells, sums and the swarm line, kept as the swarm does.

Every number comes from `portal.swarm.score` and `portal.swarm.line`; nothing here is a formula. Moments are whole
microseconds since the first day. Votes are columns of numbers: two million of them take some sixty megabytes.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from portal.demo.bulk_places import World
from portal.ideas.words import Audience, Names, Stage
from portal.swarm import score
from portal.swarm.line import quorum_gap, swarm_line
from portal.swarm.models import Via
from portal.swarm.rules import STRONG_AT_ONCE, StopReason, VoteKind
from portal.swarm.score import Means, TeamCell, Terms

KINDS, VIAS = tuple(VoteKind), tuple(Via)
REASONS: tuple[StopReason | None, ...] = (None, *StopReason)
BACKING = (VoteKind.SUPPORT, VoteKind.STRONG)
STANDS = -1  # no moment: not revoked, not voted on, not hidden
NOTHING = (TeamCell(), 0)
NOUGHT = Terms()

# A team's cell takes few different values; asking for each once saves nine tenths of the time.
terms_of, cast_on, revoked_from = cache(score.team_terms), cache(score.cast), cache(score.revoke)


class Votes:
    """Every vote ever cast, in order: row n of the table is place n − 1 of the columns."""

    def __init__(self) -> None:
        self.idea, self.person, self.words = array("i"), array("i"), array("h")
        self.kind, self.reason, self.via = array("b"), array("b"), array("b")
        self.at, self.revoked = array("q"), array("q")

    def __len__(self) -> int:
        return len(self.idea)

    def add(self, idea: int, person: int, kind: VoteKind, at: int, *, reason: int, words: int, via: int) -> int:
        """Append a standing vote; returns its place."""
        self.idea.append(idea)
        self.person.append(person)
        self.kind.append(KINDS.index(kind))
        self.reason.append(reason)
        self.words.append(words)
        self.via.append(via)
        self.at.append(at)
        self.revoked.append(STANDS)
        return len(self.idea) - 1


class Cells:
    """Every (idea, team) that took part, as columns."""

    def __init__(self) -> None:
        self.idea, self.team, self.d, self.supporters = array("i"), array("i"), array("i"), array("i")
        self.u, self.m = array("d"), array("d")

    def add(self, idea: int, team: int, cell: TeamCell, supporters: int) -> None:
        """Append one."""
        self.idea.append(idea)
        self.team.append(team)
        self.u.append(cell.u)
        self.d.append(cell.d)
        self.m.append(cell.m)
        self.supporters.append(supporters)


@dataclass(slots=True)
class Talk:
    """An idea while people weigh in, and what is left of it afterwards (`cells` and `voted` are then empty).

    author: who said it, stored or not. site: as kept with the words. appeal, risk: chances of a support and of a stop.
    pull: how much attention it draws. voted: person → place of the standing vote. helpers: standing strong supporters.
    """

    id: int
    author: int
    names: Names
    audience: Audience
    site: int | None
    employer: int | None
    team: int | None
    said: int
    appeal: float
    risk: float
    pull: float
    teams: int  # of its audience, as are the sites
    sites: int
    stage: Stage = Stage.OPEN
    moved: int = 0
    first_vote: int = STANDS
    hidden: int = STANDS
    comments: int = 0
    resting: bool = False
    last_vote: int = STANDS
    terms: Terms = NOUGHT
    counts: dict[VoteKind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    n_team: int = 0
    n_site: int = 0
    cells: dict[int, tuple[TeamCell, int]] = field(default_factory=dict)
    backing_sites: dict[int, int] = field(default_factory=dict)  # site → teams with a supporter
    voted: dict[int, int] = field(default_factory=dict)
    helpers: set[int] = field(default_factory=set)
    followers: set[int] = field(default_factory=set)

    @property
    def stands(self) -> bool:
        """False once hidden or taken back: it no longer belongs to what is typical."""
        return self.hidden == STANDS and self.stage is not Stage.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Carried:
    """An idea at the moment when it passed the line. vote: number of the newest vote on it."""

    talk: Talk
    at: int
    terms: Terms
    mu0: float
    evidence: float
    n_team: int
    n_site: int
    vote: int
    cells: tuple[tuple[int, TeamCell], ...]


class Swarm:
    """Everything that votes change. `on_carried` hears of each idea that passes the line."""

    def __init__(self, world: World, on_carried: Callable[[Carried], None]) -> None:
        self.world, self._on_carried = world, on_carried
        self.votes, self.cells = Votes(), Cells()
        self.open_strong = array("i", [0]) * len(world.name)
        self.total = NOUGHT
        self.means: Means = score.portal_means(*self.total)

    def refresh(self) -> None:
        """The typical idea of now; what follows is judged by it until the next refresh, as the worker does it."""
        self.means = score.portal_means(*self.total)

    def give(self, talk: Talk, person: int, kind: VoteKind, at: int, *, reason: int, words: int, via: int) -> None:
        """A first vote of somebody, or another one instead of theirs: the old row is revoked, a new one added."""
        before = talk.terms
        if (place := talk.voted.get(person)) is not None:
            self._revoke(talk, person, place, at)
            via = self.votes.via[place]  # they came to it as they came first
        talk.last_vote = talk.voted[person] = self.votes.add(
            talk.id, person, kind, at, reason=reason, words=words, via=via
        )
        self._count(talk, person, kind, cast_on, 1)
        if talk.first_vote == STANDS:
            talk.first_vote = at
        self._settle(talk, before, at)

    def take_back(self, talk: Talk, person: int, at: int) -> None:
        """Somebody has no vote on it any more."""
        before = talk.terms
        self._revoke(talk, person, talk.voted.pop(person), at)
        self._settle(talk, before, at)

    def has_offer_left(self, person: int) -> bool:
        """False while somebody has offered help with as many open ideas as one may."""
        return self.open_strong[person] < STRONG_AT_ONCE

    def close(self, talk: Talk) -> None:
        """It takes no votes any more because of its stage: offers to help with it are free again."""
        for person in talk.helpers:
            self.open_strong[person] -= 1
        talk.helpers.clear()
        self.rest(talk)

    def leave_out(self, talk: Talk) -> None:
        """It no longer counts towards the typical idea."""
        self.total = Terms(*(whole - part for whole, part in zip(self.total, talk.terms, strict=True)))

    def rest(self, talk: Talk) -> None:
        """Nobody votes on it from here on: write its cells down, and add its sums up once more, exactly."""
        if talk.resting:
            return
        talk.resting, talk.n_site = True, len(talk.backing_sites)
        for team, (cell, supporters) in talk.cells.items():
            self.cells.add(talk.id, team, cell, supporters)
        talk.terms = score.idea_terms(cell for cell, _ in talk.cells.values())
        talk.cells, talk.voted, talk.backing_sites, talk.followers = {}, {}, {}, set()

    def _revoke(self, talk: Talk, person: int, place: int, at: int) -> None:
        self.votes.revoked[place] = at
        self._count(talk, person, KINDS[self.votes.kind[place]], revoked_from, -1)

    def _count(
        self, talk: Talk, person: int, kind: VoteKind, change: Callable[[TeamCell, str], TeamCell], step: int
    ) -> None:
        team = self.world.team[person]
        before, backing = talk.cells.get(team, NOTHING)
        after = change(before, kind)
        was, now = terms_of(before), terms_of(after)
        talk.terms = Terms(
            talk.terms.s + now.s - was.s, talk.terms.d + now.d - was.d, talk.terms.m + now.m - was.m
        )  # fmt: skip
        talk.counts[kind] += step
        if kind in BACKING:
            self._count_backing(talk, self.world.site[person], backing, backing + step)
            backing += step
        if kind is VoteKind.STRONG:
            (talk.helpers.add if step > 0 else talk.helpers.discard)(person)
            self.open_strong[person] += step
        talk.cells[team] = (after, backing)

    def _count_backing(self, talk: Talk, site: int, before: int, after: int) -> None:
        change = (after > 0) - (before > 0)
        if not change:
            return
        talk.n_team += change
        teams = talk.backing_sites.get(site, 0) + change
        if teams:
            talk.backing_sites[site] = teams
        else:
            del talk.backing_sites[site]

    def _settle(self, talk: Talk, before: Terms, at: int) -> None:
        total, now = self.total, talk.terms
        self.total = Terms(total.s + now.s - before.s, total.d + now.d - before.d, total.m + now.m - before.m)
        if talk.stage is not Stage.OPEN:
            return
        evidence, line = score.evidence(*now, self.means.mu0), swarm_line(talk.teams)
        if evidence > line - 0.001 and talk.n_team >= score.DEFAULTS.teams_min:
            self._carry(talk, at)

    def _carry(self, talk: Talk, at: int) -> None:
        mu0, n_site = self.means.mu0, len(talk.backing_sites)
        terms = score.idea_terms(cell for cell, _ in talk.cells.values())
        evidence = score.evidence(*terms, mu0)
        gap = quorum_gap(evidence, talk.n_team, n_site, teams=talk.teams, sites=talk.sites, mu0=mu0)
        if not gap.closed:
            return
        talk.stage, talk.moved = Stage.PROMOTED, at
        cells = tuple((team, cell) for team, (cell, _) in talk.cells.items())
        self._on_carried(Carried(talk, at, terms, mu0, evidence, talk.n_team, n_site, talk.last_vote + 1, cells))
