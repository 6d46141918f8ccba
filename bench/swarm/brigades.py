"""People who agree among themselves to push a poor idea.

On days 60, 110 and 160, ten open ideas each whose truth lies between the 25th and the 75th percentile are pushed, each
by every brigade by itself: its accounts, members of so many teams drawn at random, come by link within a minute and
press *Me too*, as strongly as others do (28 %) or all of them strongly. `patient` ones wait until the page deals the
idea to them; `at once` is a push of a new idea that nobody else has seen. Then the next 40 colleagues who had not
decided examine the idea and press what they think. A push has succeeded if the idea went to the executives at any
moment; where nobody pushes, it went there by honest votes.
"""

import random
from dataclasses import dataclass
from typing import Any

from bench.swarm.behaviour import LOOKED, reaction
from bench.swarm.running import Run
from bench.swarm.world import PEOPLE, TEAMS

DAYS_OF_PUSH = (60.0, 110.0, 160.0)
TARGETS, AFTERWARDS, STRONG_SHARE = 10, 40, 0.28


@dataclass(frozen=True)
class Brigade:
    """So many accounts from so many teams."""

    accounts: int
    teams: int
    strong: float = STRONG_SHARE
    via: str = "link"
    at_once: bool = False

    def __str__(self) -> str:
        if not self.accounts:
            return "nobody"
        how = "strong" if self.strong == 1 else "as others"
        return f"{self.accounts}/{self.teams} {how}" + (
            " patient" if self.via == "feed" else " at once" if self.at_once else ""
        )


SIZES = ((20, 1), (30, 5), (40, 4), (40, 8))
BRIGADES = (
    Brigade(0, 0),
    *(Brigade(accounts, teams, strong) for strong in (STRONG_SHARE, 1.0) for accounts, teams in SIZES),
    Brigade(30, 5, 1.0, "feed"),
    Brigade(30, 5, 1.0, at_once=True),
)


class Pushes:
    """All pushes of one run; `results` is asked when the run is over."""

    def __init__(self, brigades: tuple[Brigade, ...] = BRIGADES) -> None:
        self.brigades = brigades
        self.tried: list[tuple[Brigade, Any]] = []
        self.policy: Any = None

    def pauses(self) -> dict[float, Any]:
        """When and how a run is to be interrupted."""
        return {day: lambda run, day=day: self._push_all(run, day) for day in DAYS_OF_PUSH}

    def results(self) -> dict[str, list[bool]]:
        """Whether each push of each brigade succeeded."""
        found: dict[str, list[bool]] = {str(brigade): [] for brigade in self.brigades}
        for brigade, one in self.tried:
            found[str(brigade)].append(self.policy.is_over(one))
        return found

    def _push_all(self, run: Run, day: float) -> None:
        self.policy = run.policy
        rng = random.Random(f"{run.world.seed} brigades {day}")
        for idea in rng.sample(targets := _targets(run), min(TARGETS, len(targets))):
            for brigade in self.brigades:
                one = run.policy.blank(day) if brigade.at_once else run.policy.ideas[idea].copy()
                self.tried.append((brigade, one))
                _push(run, one, idea, brigade, day, random.Random(f"{run.world.seed} {day} {idea}"))


def _targets(run: Run) -> list[int]:
    ranked = sorted(range(len(run.world.truth)), key=lambda number: run.world.truth[number])
    middle = ranked[len(ranked) // 4 : len(ranked) * 3 // 4]
    policy = run.policy
    return [n for n in middle if n < len(policy.ideas) and (policy.counts_shown or not policy.is_over(policy.ideas[n]))]


def _push(run: Run, one: Any, idea: int, brigade: Brigade, day: float, rng: random.Random) -> None:
    free = [person for person in range(PEOPLE) if idea not in run.people.decided[person]]
    teams = rng.sample(range(TEAMS), brigade.teams)
    members: list[int] = []
    for number, team in enumerate(teams):
        share = (brigade.accounts + number) // brigade.teams
        mine = [person for person in free if person % TEAMS == team]
        members += rng.sample(mine, min(share, len(mine)))
    rng.shuffle(members)
    for person in members:
        kind = "strong" if rng.random() < brigade.strong else "support"
        run.policy.add(one, person, kind, brigade.via, day, run.people.seen[person].get(idea, 0.0))
    others = rng.sample(free, min(len(free), AFTERWARDS + len(members)))
    _look(run, one, idea, [person for person in others if person not in set(members)][:AFTERWARDS], day, rng)


def _look(run: Run, one: Any, idea: int, people: list[int], day: float, rng: random.Random) -> None:
    for person in people:
        seen = run.people.seen[person].get(idea, 0.0)
        shown = getattr(one, "up", 0)
        kind = reaction(run.world.opinion[idea][person], rng, shown=shown)
        if kind:
            run.policy.add(one, person, kind, "feed", day, seen)
        else:
            run.policy.glance(one, person, (1 - seen) * LOOKED[0])
