"""The swarm line: when an idea goes to the executives by itself, and what it lacks until then. Pure."""

import math
from typing import NamedTuple

from portal.swarm.score import DECIMALS, DEFAULTS, Params, delta

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
