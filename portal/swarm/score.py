"""The arithmetic of the swarm, one formula per function. Pure.

The list functions in `ranking` and the database service that keeps two rows per vote call the same
functions, so that an incrementally kept score and a rebuilt one are the same number.

Letters: `u` weighted supports, `d` stop signals and `m` looks of one team on one idea; `s`, `d`, `m` the
same three after the discount for coming from one team, summed over teams. Looks are expected people, hence
real numbers.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from portal.swarm.rules import VoteKind

DECIMALS = 9  # below this a difference is the order of adding up, not the data


@dataclass(frozen=True, slots=True)
class Params:
    """Every constant of the mechanism; a change of one is a new `version`.

    teams, sites: size of the audience, where the caller knows it; None = what is distinct in the data.
    Raises ValueError for values under which a formula has no meaning.
    """

    version: int = 1
    rho: float = 0.5  # likeness of looks and votes inside a team: one team is worth at most 1/rho people
    rho_stop: float = 1.0
    w_strong: float = 1.0  # what "I would help to try it" adds to a plain support
    lam: float = 1.0  # weight of a stop against a support
    m0: float = 8.0  # looks' worth of portal average that every idea starts with
    prior_s: float = 1.0
    prior_d: float = 0.2
    prior_m: float = 3.0
    var_min: float = 0.05
    sd_scale: float = 1.25
    delta_max: float = 0.4
    delta_share: float = 0.5
    delta_room: float = 0.05
    line: float = 4.5
    line_teams: int = 20  # from this many teams on the line is full
    teams_min: int = 2
    teams_max: int = 5
    teams_share: int = 4  # supporters from one team in four
    sites_max: int = 3
    rest_min: float | None = None  # evidence wanted of the teams beyond the keenest; None = not asked for
    feed_pool: int = 200
    feed_ucb: float = 2.0
    feed_noise: float = 0.7
    feed_jitter: float = 0.5
    teams: int | None = None
    sites: int | None = None

    def __post_init__(self) -> None:
        if min(self.m0, self.prior_m, self.line_teams, self.teams_share) <= 0:
            raise ValueError("m0, prior_m, line_teams and teams_share must be above nought")
        if min(self.rho, self.rho_stop, self.w_strong, self.lam, self.var_min, self.feed_pool) < 0:
            raise ValueError("rho, rho_stop, w_strong, lam, var_min and feed_pool cannot be negative")

    @classmethod
    def read(cls, given: "Mapping[str, Any] | Params | None") -> "Params":
        """The defaults with what `given` overrides by field name; None and foreign keys override nothing."""
        if isinstance(given, Params):
            return given
        known = {field.name for field in fields(cls)}
        return cls(**{k: v for k, v in (given or {}).items() if k in known and v is not None})


DEFAULTS = Params()


class TeamCell(NamedTuple):
    """What one team did with one idea, undiscounted."""

    u: float = 0.0
    d: int = 0
    m: float = 0.0


class Terms(NamedTuple):
    """Discounted support, stops and looks: of one team, of one idea, or of the whole portal."""

    s: float = 0.0
    d: float = 0.0
    m: float = 0.0


class Means(NamedTuple):
    """The typical idea: support and stops per look, their balance `mu0`, and the variance of one look."""

    ps: float
    pd: float
    mu0: float
    var: float


# -- one vote, one team --------------------------------------------------------------------------------------


def vote_weight(kind: str, params: Params = DEFAULTS) -> float:
    """What a vote adds to `u`: 1 for support, 1 + w_strong for strong support, else nothing."""
    if kind == VoteKind.STRONG:
        return 1.0 + params.w_strong
    return 1.0 if kind == VoteKind.SUPPORT else 0.0


def cast(cell: TeamCell, kind: str, params: Params = DEFAULTS, *, seen: float = 0.0) -> TeamCell:
    """The cell after somebody's vote.

    seen: what this person's looking has already added to m, 0..1. Support, strong and pass make it 1, a stop
    takes it back.
    """
    stop = kind == VoteKind.STOP
    return TeamCell(cell.u + vote_weight(kind, params), cell.d + stop, cell.m + (not stop) - seen)


def revoke(cell: TeamCell, kind: str, params: Params = DEFAULTS, *, seen: float = 0.0) -> TeamCell:
    """The cell as if the vote had not been cast; the exact opposite of `cast`.

    seen: how much of the look stays in m: 0 where only decisions count as looks, 1 where it is kept.
    """
    stop = kind == VoteKind.STOP
    return TeamCell(cell.u - vote_weight(kind, params), cell.d - stop, cell.m - (not stop) + seen)


def team_terms(cell: TeamCell, params: Params = DEFAULTS) -> Terms:
    """One cell after the discount for likeness inside a team (Kish's design effect, 1 + rho·(n − 1))."""
    return idea_terms((cell,), params)


def idea_terms(cells: Iterable[tuple[float, int, float]], params: Params = DEFAULTS) -> Terms:
    """All cells of one idea after the discount, added up: the same to the last bit in any order."""
    rho, rho_stop = params.rho, params.rho_stop
    s, d, m = [], [], []
    for supports, stops, looks in cells:
        if looks > 1.0:
            alike = 1.0 + rho * (looks - 1.0)
            s.append(supports / alike)
            m.append(looks / alike)
        else:
            s.append(supports)
            m.append(looks)
        if stops:
            d.append(stops / (1.0 + rho_stop * (stops - 1.0)))
    return Terms(math.fsum(s), math.fsum(d), math.fsum(m))


def portal_sums(ideas: Iterable[tuple[float, float, float]]) -> Terms:
    """The terms of all ideas added up, in whatever order they come."""
    columns = list(zip(*ideas, strict=True)) or [(), (), ()]
    return Terms(*map(math.fsum, columns))


def shifted(total: Terms, before: TeamCell, after: TeamCell, params: Params = DEFAULTS) -> Terms:
    """An idea's (or the portal's) terms when one of its cells changes: the two-row update."""
    was, now = team_terms(before, params), team_terms(after, params)
    return Terms(total.s + now.s - was.s, total.d + now.d - was.d, total.m + now.m - was.m)


# -- the portal and one idea ---------------------------------------------------------------------------------


def portal_means(sum_s: float, sum_d: float, sum_m: float, params: Params = DEFAULTS) -> Means:
    """The typical idea from the sums over all ideas."""
    ps = (sum_s + params.prior_s) / (sum_m + params.prior_m)
    pd = (sum_d + params.prior_d) / (sum_m + params.prior_m)
    mu0 = ps - params.lam * pd
    return Means(ps, pd, mu0, max(ps + params.lam**2 * pd - mu0**2, params.var_min))


def score(s: float, d: float, m: float, mu0: float, params: Params = DEFAULTS) -> float:
    """Support less stops per look, drawn towards the typical idea while looks are few."""
    return (s - params.lam * d + params.m0 * mu0) / (m + params.m0)


def sd(m: float, var: float, params: Params = DEFAULTS) -> float:
    """How far the score may still be off, in units of the score."""
    return params.sd_scale * math.sqrt(var / (m + params.m0))


def delta(mu0: float, params: Params = DEFAULTS) -> float:
    """By how much an idea must beat the typical one per look; less where people agree with most things."""
    return min(params.delta_max, params.delta_share * max(params.delta_room, 1.0 - mu0))


def evidence(s: float, d: float, m: float, mu0: float, params: Params = DEFAULTS) -> float:
    """Support beyond what an idea better than typical by delta would have had from the same looks."""
    return s - params.lam * d - m * (mu0 + delta(mu0, params))


def listed(value: float) -> float:
    """A score or a sum of looks as the list compares it; stored like this, equal ideas tie on every path."""
    return round(value, DECIMALS)


def id_key(idea_id: Any) -> tuple[int, Any]:
    """Sorts ids of several types: numbers by size, then text, then anything else by its text."""
    if isinstance(idea_id, (int, float)):
        return (0, idea_id)
    return (1, idea_id) if isinstance(idea_id, str) else (2, str(idea_id))


def list_key(score_: float, m: float, idea_id: Any) -> tuple[float, float, tuple[int, Any]]:
    """Sorts the official list ascending: score down, then M down, then id up."""
    return (-listed(score_), -listed(m), id_key(idea_id))
