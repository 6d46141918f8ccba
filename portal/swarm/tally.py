"""From plain rows of votes and looks to one standing per idea. Pure, and tight enough for millions of rows.

What counts, exactly:

* One vote per (idea, user): the latest `at` stands. Among equal `at` the least favourable kind stands (stop,
  pass, support, strong), then the smaller team and site, so that the order of rows never decides. Rows
  without a user (erased people) are one person each.
* Votes and exposures on ideas that are not in the list are left out everywhere.
* Looks of an (idea, team): its exposure row, but never fewer than the members who decided support, strong or
  pass, since each of them looked; without a row, exactly those members. A stop counts nought. Several rows add
  up (a team on two sites). Looks that are missing, negative or not finite are nought.
* A vote counts for the team and site it names. People without a team are discounted together as if they were
  one team and add nothing to the number of teams; likewise sites.
* Teams and sites of the data are all those named by ideas and by the votes and exposures on them.
"""

from __future__ import annotations  # array[int] is not a type at run time before 3.12

import math
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portal.swarm.rules import VoteKind
from portal.swarm.score import (
    Means,
    Params,
    Terms,
    evidence,
    idea_terms,
    list_key,
    portal_means,
    portal_sums,
    score,
    sd,
)

Row = Mapping[str, Any]

# A vote is kept as one integer, the user's number above the number of its origin (team, site, kind), in one array per
# idea: rows are read once, and all later work is on a few hundred bytes at a time. Memory is what costs here.
_USER_SHIFT = 30
_ORIGIN = (1 << _USER_SHIFT) - 1
_LOOKED = None  # the kind of an exposure's origin
_COLUMNS = {VoteKind.SUPPORT: 0, VoteKind.STRONG: 1, VoteKind.PASS: 2, VoteKind.STOP: 3, _LOOKED: 4}
_BACKING = 2  # columns below are supporters
_FAVOUR = {VoteKind.STOP: 0, VoteKind.PASS: 1, VoteKind.SUPPORT: 2, VoteKind.STRONG: 3}
_MANY = 100_000


class Counts(NamedTuple):
    """What one idea has received. `supporters` includes `strong`; `looks` is undiscounted people."""

    terms: Terms
    looks: float = 0.0
    supporters: int = 0
    strong: int = 0
    stops: int = 0
    teams: int = 0
    sites: int = 0
    stop_teams: int = 0


class Standing(NamedTuple):
    """One idea on the list: what it received and what follows from it."""

    id: Any
    counts: Counts
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


def board(ideas: Iterable[Row], votes: Collection[Row], exposures: Iterable[Row], params: Params) -> Board:
    """Count everything once. Raises ValueError for a vote of an unknown kind."""
    teams, sites = set(), set()
    decided: dict[Any, array[int]] = {}
    for idea in ideas:
        decided[idea["id"]] = array("q")
        teams.add(idea.get("team"))
        sites.add(idea.get("site"))
    origins = _Numbering()
    _collect_votes(decided, _in_memory_order(votes), origins)
    looked = _collect_looks(decided, _in_memory_order(exposures), origins)
    counted = _count(decided, looked, _table(origins), params)
    means = portal_means(*portal_sums(counts.terms for counts in counted.values()), params)
    standings = [_standing(idea_id, counts, means, params) for idea_id, counts in counted.items()]
    standings.sort(key=lambda one: list_key(one.score, one.counts.terms.m, one.id))
    teams.update(team for team, _, _ in origins)
    sites.update(site for _, site, _ in origins)
    return Board(
        standings=tuple(standings),
        means=means,
        teams=len(teams - {None}) if params.teams is None else params.teams,
        sites=len(sites - {None}) if params.sites is None else params.sites,
    )


class _Numbering(dict[Any, int]):
    """Numbers from nought in the order things are first asked for."""

    def __missing__(self, thing: Any) -> int:
        self[thing] = number = len(self)
        return number


def _standing(idea_id: Any, counts: Counts, means: Means, params: Params) -> Standing:
    s, d, m = counts.terms
    return Standing(
        id=idea_id,
        counts=counts,
        score=score(s, d, m, means.mu0, params),
        sd=sd(m, means.var, params),
        evidence=evidence(s, d, m, means.mu0, params),
    )


# -- rows in -------------------------------------------------------------------------------------------------


def _in_memory_order(rows: Collection[Row]) -> Collection[Row]:
    """The same rows, where there are many in the order in which they lie in memory.

    Their order means nothing, but reading two million shuffled rows takes three times as long as sorting them and
    reading them in a line.
    """
    return rows if len(rows) < _MANY else sorted(rows, key=id)


def _collect_votes(decided: dict[Any, array[int]], votes: Collection[Row], origins: _Numbering) -> None:
    """One pass that trusts each (idea, user) to come once; ideas where that was wrong are read again."""
    users = _Numbering()
    for vote in votes:
        box = decided.get(vote["idea"])
        if box is not None:
            origin = origins[vote["team"], vote["site"], vote["kind"]]
            box.append(users[vote["user"]] << _USER_SHIFT | origin)
    _check_kinds(origins)
    doubtful = {idea_id for idea_id, box in decided.items() if _repeats(box)}
    if doubtful:
        _collect_again(doubtful, decided, votes, origins)


def _check_kinds(origins: Iterable[tuple[Any, Any, Any]]) -> None:
    for _, _, kind in origins:
        if kind not in _FAVOUR:
            raise ValueError(f"a vote is support, strong, pass or stop, not {kind!r}")


def _repeats(box: array[int]) -> bool:
    return len({code >> _USER_SHIFT for code in box}) < len(box)


def _collect_again(
    doubtful: set[Any], decided: dict[Any, array[int]], votes: Collection[Row], origins: _Numbering
) -> None:
    standing: dict[Any, Row] = {}
    for row_number, vote in enumerate(votes):
        if vote["idea"] in doubtful:
            user = vote["user"]
            key = row_number if user is None else (vote["idea"], user)
            earlier = standing.setdefault(key, vote)
            if earlier is not vote:
                standing[key] = max(earlier, vote, key=_recency)
    for idea_id in doubtful:
        decided[idea_id] = array("q")
    for vote in standing.values():
        decided[vote["idea"]].append(origins[vote["team"], vote["site"], vote["kind"]])


def _recency(vote: Row) -> tuple[float, int, str]:
    # max() prefers what sorts last: the least favourable kind, then the smaller names.
    names = repr((vote["team"], vote["site"]))
    return (_moment(vote.get("at")), -_FAVOUR[vote["kind"]], "".join(chr(0x10FFFF - ord(c)) for c in names))


def _moment(at: Any) -> float:
    """Seconds: of a datetime (naive = UTC) since 1970, of a number itself; nothing is before everything."""
    if isinstance(at, datetime):
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return -math.inf if at is None else float(at)


def _collect_looks(
    decided: Mapping[Any, Any], exposures: Iterable[Row], origins: _Numbering
) -> dict[Any, array[float]]:
    """Origin number and looks in turn, for each idea that was shown."""
    looked: dict[Any, array[float]] = {}
    for row in exposures:
        idea_id, looks = row["idea"], row["looks"]
        if idea_id not in decided:
            continue
        box = looked.get(idea_id)
        if box is None:
            box = looked[idea_id] = array("d")
        box.append(origins[row["team"], row.get("site"), _LOOKED])
        box.append(looks if looks is not None and 0.0 < looks < math.inf else 0.0)
    return looked


# -- sums out ------------------------------------------------------------------------------------------------

_Table = list[tuple[Any, Any, int]]


def _table(origins: Iterable[tuple[Any, Any, Any]]) -> _Table:
    """Team, site and column of each origin number."""
    return [(team, site, _COLUMNS[kind]) for team, site, kind in origins]


def _count(
    decided: Mapping[Any, array[int]],
    looked: Mapping[Any, array[float]],
    table: _Table,
    params: Params,
) -> dict[Any, Counts]:
    none = array("d")
    return {
        idea_id: _count_one(box, _looks_by_team(looked.get(idea_id, none), table), table, params)
        for idea_id, box in decided.items()
    }


def _looks_by_team(box: array[float], table: _Table) -> dict[Any, float]:
    looks: dict[Any, float] = {}
    several: dict[Any, list[float]] = {}
    pairs = iter(box)
    for origin, seen in zip(pairs, pairs, strict=True):
        team = table[int(origin)][0]
        if team in looks:
            several.setdefault(team, [looks[team]]).append(seen)
        else:
            looks[team] = seen
    looks.update((team, math.fsum(parts)) for team, parts in several.items())
    return looks


def _count_one(box: array[int], looks: dict[Any, float], table: _Table, params: Params) -> Counts:
    votes, support_sites = _votes_by_team(box, table)
    weight = 1.0 + params.w_strong
    cells: list[tuple[float, int, float]] = []
    supporters = strong = stops = support_teams = stop_teams = 0
    for team, (plain, helping, passes, against) in votes.items():
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
    return Counts(
        terms=idea_terms(cells, params),
        looks=math.fsum([m for _, _, m in cells]),
        supporters=supporters,
        strong=strong,
        stops=stops,
        teams=support_teams,
        sites=len(support_sites - {None}),
        stop_teams=stop_teams,
    )


def _votes_by_team(box: array[int], table: _Table) -> tuple[dict[Any, list[int]], set[Any]]:
    """Votes of each kind by team, and the sites of supporters."""
    votes: dict[Any, list[int]] = {}
    support_sites = set()
    for code in box:
        team, site, column = table[code & _ORIGIN]
        kinds = votes.get(team)
        if kinds is None:
            kinds = votes[team] = [0, 0, 0, 0]
        kinds[column] += 1
        if column < _BACKING:
            support_sites.add(site)
    return votes, support_sites
