"""Ranking, quorum, feed and explanation over plain lists of rows. Pure, standard library only.

ideas      {"id", "created_at", "team", "site"}
votes      {"idea", "user", "team", "site", "kind": support|strong|pass|stop, "at": datetime or number}
exposures  {"idea", "team", "site", "looks"}: expected number of members of the team who examined the idea

`rows` and `tally` say exactly which rows count and how; `score` and `line` hold the formulas, `feed` the
dealing.

params: None, a `Params`, or a mapping with any of its fields (`rho`, `line`, `teams`, `sites`, …) and, if
need be,
  "audiences": {idea id: (teams, sites)} where an idea is not for the whole organisation;
  "promoted": ids that have left the feed;
  "state_version": any value that changes whenever a row does: calls with the same three list objects and the
  same version then count once. The lists of the last such call are kept alive; `forget()` lets go of them.

now: nothing decays, so no result depends on it. Ids may be numbers or text; two ideas with one id are one.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.errors import Missing
from portal.swarm.feed import Card, candidates, deal
from portal.swarm.line import Gap, quorum_gap, stands_without_keenest, swarm_line
from portal.swarm.rows import Row
from portal.swarm.score import Params
from portal.swarm.tally import Board, Standing, at_hand, board, no_garbage_hunt, team_cells
from portal.swarm.wording import Numbers, sentence

Given = Mapping[str, Any] | Params | None
Moment = datetime | float | None


def rank(
    ideas: Sequence[Row],
    votes: Sequence[Row],
    exposures: Sequence[Row],
    now: Moment,
    params: Given = None,
) -> list[Any]:
    """The ids, best first: score down, then discounted looks down, then id up (both to nine decimals)."""
    return [standing.id for standing in _board(ideas, votes, exposures, params).standings]


def quorum(
    ideas: Sequence[Row],
    votes: Sequence[Row],
    exposures: Sequence[Row],
    now: Moment,
    params: Given = None,
) -> list[Any]:
    """The ids over the swarm line with enough teams and sites, best first; promoted ones are not left out."""
    votes, exposures = at_hand(votes), at_hand(exposures or ())
    whole = _board(ideas, votes, exposures, params)
    read, audiences = Params.read(params), _option(params, "audiences") or {}
    over = [one.id for one in whole.standings if _gap(one, whole, read, audiences)[1].closed]
    if read.rest_min is None:
        return over
    cells = team_cells(over, votes, exposures, read)
    size = {idea_id: audiences.get(idea_id, (whole.teams, whole.sites))[0] for idea_id in over}
    mu0 = whole.means.mu0
    return [n for n in over if stands_without_keenest(cells[n], teams=size[n], mu0=mu0, params=read)]


def feed(
    ideas: Sequence[Row],
    votes: Sequence[Row],
    exposures: Sequence[Row],
    now: Moment,
    params: Given,
    skip: Iterable[Any] | None,
    k: int,
    rng: random.Random,
) -> list[Any]:
    """k different ids for one visitor, fewer where there are fewer.

    skip: what this visitor has decided or fairly seen. It and promoted ideas are left out before the
    candidates are chosen, so that somebody who has decided hundreds still gets a page. The same state of
    `rng` gives the same page.
    """
    out = {*(skip or ()), *(_option(params, "promoted") or ())}
    whole, read = _board(ideas, votes, exposures, params), Params.read(params)
    with no_garbage_hunt():
        cards = [Card(one.id, one.score, one.sd, one.m) for one in whole.standings if one.id not in out]
        return deal(candidates(cards, k, read), cards, k, rng, read)


def explain(
    idea_id: Any,
    ideas: Sequence[Row],
    votes: Sequence[Row],
    exposures: Sequence[Row],
    now: Moment,
    params: Given = None,
) -> str:
    """What staff are told about one idea. Raises Missing where the list has no such idea.

    "No. 3" is the place on the list; the teams and sites are those of supporters.
    """
    whole = _board(ideas, votes, exposures, params)
    audiences = _option(params, "audiences") or {}
    for place, one in enumerate(whole.standings, start=1):
        if one.id == idea_id:
            return sentence(_numbers(place, one, *_gap(one, whole, Params.read(params), audiences)))
    raise Missing("idea")


def forget() -> None:
    """Let go of the rows kept for `state_version`."""
    _kept.clear()


def _gap(one: Standing, whole: Board, params: Params, audiences: Mapping[Any, Any]) -> tuple[float, Gap]:
    teams, sites = audiences.get(one.id, (whole.teams, whole.sites))
    return swarm_line(teams, params), quorum_gap(
        one.evidence,
        one.teams,
        one.sites,
        teams=teams,
        sites=sites,
        mu0=whole.means.mu0,
        params=params,
    )


def _numbers(place: int, one: Standing, line: float, gap: Gap) -> Numbers:
    return Numbers(
        place=place,
        looks=one.looks,
        supporters=one.supporters,
        strong=one.strong,
        stops=one.stops,
        teams=one.teams,
        sites=one.sites,
        evidence=one.evidence,
        line=line,
        gap=gap,
    )


def _option(params: Given, name: str) -> Any:
    return params.get(name) if isinstance(params, Mapping) else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A count and what it was made of; holding the lists keeps their identity from being used again."""

    version: Any
    params: Params
    lists: tuple[Sequence[Row], ...]
    lengths: tuple[int, ...]
    whole: Board

    def fits(self, version: Any, params: Params, lists: tuple[Sequence[Row], ...]) -> bool:
        same = all(mine is theirs for mine, theirs in zip(self.lists, lists, strict=True))
        return same and self.lengths == tuple(map(len, lists)) and (self.version, self.params) == (version, params)


_kept: list[_Kept] = []  # at most one


def _board(ideas: Sequence[Row], votes: Sequence[Row], exposures: Sequence[Row], params: Given) -> Board:
    read, version = Params.read(params), _option(params, "state_version")
    if version is None:
        return board(ideas, votes, exposures, read)
    lists = (ideas, votes, exposures)
    for kept in tuple(_kept):
        if kept.fits(version, read, lists):
            return kept.whole
    whole = board(ideas, votes, exposures, read)
    _kept[:] = [_Kept(version, read, lists, tuple(map(len, lists)), whole)]
    return whole
