"""People visit, are dealt pages, and press what they press."""

import random
from dataclasses import dataclass, field
from typing import Any

from bench.swarm.behaviour import EXAMINES, LOOKED, NEWEST_SHARE, PAGE, STRONG_OPEN_MAX, reaction
from bench.swarm.world import PEOPLE, Event, World


@dataclass
class Visitors:
    """What everybody has decided and seen so far. strong: ideas somebody strongly supports."""

    decided: list[set[int]] = field(default_factory=lambda: [set() for _ in range(PEOPLE)])
    seen: list[dict[int, float]] = field(default_factory=lambda: [{} for _ in range(PEOPLE)])
    strong: list[list[int]] = field(default_factory=lambda: [[] for _ in range(PEOPLE)])
    kinds: dict[str, int] = field(default_factory=dict)


class Run:
    """One policy in one world with so many visits."""

    def __init__(self, world: World, policy: Any, visits: int) -> None:
        self.world, self.policy, self.visits = world, policy, visits
        self.people = Visitors()
        self.rng = random.Random(f"{world.seed} people {visits}")
        self.dealer = random.Random(f"{world.seed} dealer {visits}")

    def go(self, pauses: dict[float, Any] | None = None) -> "Run":
        """From the first day to the last; at each moment in `pauses` its function is called with the run."""
        waiting = sorted((pauses or {}).items(), key=lambda pair: pair[0])
        for event in self.world.events(self.visits):
            while waiting and waiting[0][0] <= event.at:
                waiting.pop(0)[1](self)
            self._arrive(event.at)
            if event.told is None:
                self._visit(event)
            else:
                self._told(event, event.told)
        self._arrive(float("inf"))
        return self

    @property
    def votes(self) -> int:
        """All decisions so far."""
        return sum(self.people.kinds.values())

    def _arrive(self, at: float) -> None:
        arrived = self.world.arrived
        while (number := len(self.policy.ideas)) < len(arrived) and arrived[number] <= at:
            self.policy.arrive(arrived[number])
            self.people.decided[self.world.authors[number]].add(number)  # nobody judges their own

    def _visit(self, event: Event) -> None:
        decided, seen = self.people.decided[event.person], self.people.seen[event.person]
        newest = self.rng.random() < NEWEST_SHARE
        page = self._newest(decided) if newest else self.policy.page(decided, seen, event.at, self.dealer)
        for place, idea in enumerate(page):
            kind = ""
            if self.rng.random() < EXAMINES[place]:
                kind = self._reacts(event.person, idea, told=False)
            if kind:
                self._decide(event, idea, kind, "newest" if newest else "feed")
            else:
                self._scrolled(event.person, idea, place)

    def _told(self, event: Event, idea: int) -> None:
        if idea in self.people.decided[event.person]:
            return
        kind = self._reacts(event.person, idea, told=True)
        if kind:
            self._decide(event, idea, kind, "link")
        else:
            self._scrolled(event.person, idea, 0)

    def _newest(self, decided: set[int]) -> list[int]:
        page: list[int] = []
        for number in range(len(self.policy.ideas) - 1, -1, -1):
            if number not in decided:
                page.append(number)
                if len(page) == PAGE:
                    break
        return page

    def _reacts(self, person: int, idea: int, *, told: bool) -> str:
        shown = self.policy.supports(idea) if self.policy.counts_shown else 0
        left = self._strong_left(person)
        return reaction(self.world.opinion[idea][person], self.rng, shown=shown, told=told, strong_left=left)

    def _strong_left(self, person: int) -> bool:
        held = self.people.strong[person]
        if len(held) < STRONG_OPEN_MAX:
            return True
        if not hasattr(self.policy, "is_over") or self.policy.counts_shown:
            return False
        held[:] = [idea for idea in held if not self.policy.is_over(self.policy.ideas[idea])]
        return len(held) < STRONG_OPEN_MAX

    def _decide(self, event: Event, idea: int, kind: str, via: str) -> None:
        person, people = event.person, self.people
        people.decided[person].add(idea)
        people.kinds[kind] = people.kinds.get(kind, 0) + 1
        if kind == "strong":
            people.strong[person].append(idea)
        self.policy.decide(idea, person, kind, via, event.at, people.seen[person].pop(idea, 0.0))

    def _scrolled(self, person: int, idea: int, place: int) -> None:
        seen = self.people.seen[person]
        before = seen.get(idea, 0.0)
        seen[idea] = 1 - (1 - before) * (1 - LOOKED[place])
        self.policy.scrolled(idea, person, seen[idea] - before)
