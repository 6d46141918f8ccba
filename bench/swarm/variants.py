"""Rules that were tried against the one that ships; see docs/decisions/0008."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.swarm.behaviour import FAIRLY_SEEN, PAGE
from bench.swarm.sayso import Sayso, State
from portal.swarm.score import Params, TeamCell, cast, evidence, idea_terms, vote_weight


class Staying(Sayso):
    """Promoted ideas are dealt like others."""

    def page(self, decided: set[int], seen: dict[int, float], at: float, rng: random.Random) -> list[int]:
        moments = [one.promoted_at for one in self.ideas]
        for one in self.ideas:
            one.promoted_at = None
        page = super().page(decided, seen, at, rng)
        for one, moment in zip(self.ideas, moments, strict=True):
            one.promoted_at = moment
        return page


class LinkPlain(Sayso):
    """A strong support by link counts as a plain one."""

    def cast(self, cell: TeamCell, kind: str, via: str, seen: float) -> TeamCell:
        after = cast(cell, kind, self.params, seen=seen)
        if via == "link" and kind == "strong":
            after = after._replace(u=after.u - self.params.w_strong)
        return after


class LinkShare(Sayso):
    """A support by link counts as `share` of one, a strong one too; the look counts in full."""

    share = 0.5

    def cast(self, cell: TeamCell, kind: str, via: str, seen: float) -> TeamCell:
        after = cast(cell, kind, self.params, seen=seen)
        if via == "link" and kind in ("support", "strong"):
            after = after._replace(u=cell.u + self.share * vote_weight("support", self.params))
        return after


class LinkNone(Sayso):
    """Votes by link count neither as support nor as looks."""

    def cast(self, cell: TeamCell, kind: str, via: str, seen: float) -> TeamCell:
        return cell if via == "link" else cast(cell, kind, self.params, seen=seen)


class Beyond(Sayso):
    """The teams other than the `without` that support most must have `left` evidence among themselves."""

    without, left = 8, 0.5

    def is_ready(self, one: State) -> bool:
        if not super().is_ready(one):
            return False
        mu0, params = self.means.mu0, self.params
        nets = sorted(evidence(*idea_terms((cell,), params), mu0, params) for cell in one.cells.values())
        return sum(nets[: -self.without]) >= self.left


class OnePlace(Sayso):
    """The last place of each page goes to the promoted idea that the fewest have seen."""

    def page(self, decided: set[int], seen: dict[int, float], at: float, rng: random.Random) -> list[int]:
        page = super().page(decided, seen, at, rng)
        waiting = [
            (one.terms.m, number)
            for number, one in enumerate(self.ideas)
            if one.promoted_at is not None and number not in decided and seen.get(number, 0.0) < FAIRLY_SEEN
        ]
        return [*page[: PAGE - 1], min(waiting)[1]] if waiting else page


def _with(rule: type[Sayso], **changed: Any) -> Callable[..., Any]:
    return partial(rule, params=Params(**changed))


VARIANTS: dict[str, Callable[..., Any]] = {
    "promoted stay": Staying,
    "place 8 for promoted": OnePlace,
    "link: strong is plain": LinkPlain,
    "link: half": LinkShare,
    "link: nothing": LinkNone,
    "8 teams": _with(Sayso, teams_max=8, teams_share=3),
    "rho 1": _with(Sayso, rho=1.0),
    "rest ≥ 0": _with(Sayso, rest_min=0.0),
    "rest ≥ 0.5": _with(Sayso, rest_min=0.5),
    "rest ≥ 1": _with(Sayso, rest_min=1.0),
    "beyond 8 teams ≥ 0.5": Beyond,
    "rest ≥ 0.5, link plain": _with(LinkPlain, rest_min=0.5),
    "rest ≥ 1, link plain": _with(LinkPlain, rest_min=1.0),
    "rest ≥ 0.5, place 8": _with(OnePlace, rest_min=0.5),
    "rest ≥ 1, line 3.5": _with(Sayso, rest_min=1.0, line=3.5),
    "8 teams, link plain": _with(LinkPlain, teams_max=8, teams_share=3),
    "w_strong 1.5": _with(Sayso, w_strong=1.5),
    "w_strong 0.5": _with(Sayso, w_strong=0.5),
    "m0 4": _with(Sayso, m0=4.0),
    "m0 12": _with(Sayso, m0=12.0),
    "noise 0.3": _with(Sayso, feed_noise=0.3),
    "noise 1.2": _with(Sayso, feed_noise=1.2),
    "line 6": _with(Sayso, line=6.0),
    "rho 0.25": _with(Sayso, rho=0.25),
}
