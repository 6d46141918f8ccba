"""The swarm line: when an idea goes to the executives by itself, and what it lacks until then. Pure."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from portal.swarm.score import DECIMALS, DEFAULTS, Params, TeamCell, delta, evidence, team_terms

CONTESTED_TEAMS = 3
CONTESTED_SHARE = 0.25


class Gap(NamedTuple):
    """What an idea lacks; all noughts once it is over the line.

    evidence: to the line. teams, sites: supporters' teams and sites still missing.
    people: the fewest further supporters that could do it, each the first of their team to look.
    """

    evidence: float
    people: int
    teams: int
    sites: int

    @property
    def closed(self) -> bool:
        """True if nothing is missing any more."""
        return not (self.evidence or self.teams or self.sites)


def swarm_line(teams: int, params: Params = DEFAULTS) -> float:
    """The evidence an idea needs, where its audience has this many teams."""
    return params.line * min(1.0, teams / params.line_teams)


def teams_needed(teams: int, params: Params = DEFAULTS) -> int:
    """From how many teams supporters must come, where the audience has `teams`; never fewer than two."""
    return max(params.teams_min, min(params.teams_max, math.ceil(teams / params.teams_share)))


def sites_needed(sites: int, params: Params = DEFAULTS) -> int:
    """On how many sites supporters must be, where the audience has `sites`."""
    return min(params.sites_max, sites)


def quorum_gap(
    evidence: float,
    support_teams: int,
    support_sites: int,
    *,
    teams: int,
    sites: int,
    mu0: float,
    params: Params = DEFAULTS,
) -> Gap:
    """What is missing to the swarm line.

    support_teams, support_sites: distinct among supporters. teams, sites: size of the idea's audience.
    A lack of evidence below 1e-9 is rounding and counts as none.
    """
    lack = round(max(0.0, swarm_line(teams, params) - evidence), DECIMALS)
    more_teams = max(0, teams_needed(teams, params) - support_teams)
    more_sites = max(0, sites_needed(sites, params) - support_sites)
    people = max(_people(lack, mu0, params), more_teams, more_sites)
    return Gap(lack, people, more_teams, more_sites)


def rest(cells: Iterable[TeamCell], *, teams: int, mu0: float, params: Params = DEFAULTS) -> float:
    """The evidence of an idea without its keenest teams, as many as supporters must come from.

    cells: of each team that looked. teams: size of the idea's audience. Nought where no other team has looked.
    """
    each = sorted(evidence(*team_terms(cell, params), mu0, params) for cell in cells)
    return math.fsum(each[: -teams_needed(teams, params)])


def stands_without_keenest(cells: Iterable[TeamCell], *, teams: int, mu0: float, params: Params = DEFAULTS) -> bool:
    """Whether an idea over the line is carried by more than a few teams, where `rest_min` asks for that.

    See docs/decisions/0008.
    """
    if params.rest_min is None:
        return True
    return round(rest(cells, teams=teams, mu0=mu0, params=params), DECIMALS) >= params.rest_min


def contested(stop_teams: int, s: float, d: float) -> bool:
    """Whether triage sees the idea marked as contested: a flag, never a block."""
    return stop_teams >= CONTESTED_TEAMS and d >= CONTESTED_SHARE * s


def _people(lack: float, mu0: float, params: Params) -> int:
    if not lack:
        return 0
    par = mu0 + delta(mu0, params)
    # Where nearly everybody supports nearly everything a plain support is no news: only strong ones help.
    each = 1.0 - par if par < 1.0 - 10**-DECIMALS else 1.0 + params.w_strong - par
    return math.ceil(round(lack / each, DECIMALS)) if each > 0 else 1
