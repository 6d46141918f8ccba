"""What executives and owners of a generated firm do with what the swarm carried to them, each at its time."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal.commitments.rules import CommitmentState, day_in
from portal.demo import bulk_words as words
from portal.demo.bulk_places import World
from portal.demo.bulk_swarm import Carried, Swarm, Talk
from portal.demo.measures import METRICS
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.rewards.rules import Event, Payee, Share
from portal.triage.models import DecisionKind
from portal.triage.rules import DeclineReason

DAY = 86_400_000_000  # microseconds
Later = Callable[..., None]
YES, SILENT = 0.58, 0.07  # of what is carried: promised, never answered
DECLINED = (*DeclineReason, DeclineReason.NOT_NOW, DeclineReason.COSTS_MORE_THAN_IT_SAVES)


@dataclass(slots=True)
class Promise:
    """A commitment as its row will be."""

    id: int
    talk: Talk
    owner: int
    sponsor: int
    sentence: str
    metric: int | None
    due: date
    made: int
    updated: int
    state: CommitmentState = CommitmentState.OFFERED
    missed: bool = False  # a date had passed when another was named
    live: date | None = None  # once it is confirmed

    @property
    def late(self) -> bool | None:
        """How it ended, None until then."""
        return None if self.live is None else self.missed or self.live > self.due


@dataclass
class Answered:
    """Rows of everything that was answered, in order; moments in microseconds, the number of a row is its place."""

    stories: list[tuple[int, int, StoryKind, int | None, str, str]] = field(default_factory=list)
    decisions: list[tuple[Any, ...]] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    dates: list[tuple[int, date, int, int, str]] = field(default_factory=list)
    updates: list[tuple[int, int, int, str]] = field(default_factory=list)
    deliveries: list[tuple[int, int, int, date, str]] = field(default_factory=list)
    delivery_sites: list[tuple[int, int]] = field(default_factory=list)
    verdicts: list[tuple[int, int, int, bool, str]] = field(default_factory=list)
    outcomes: list[tuple[int, Event, int, list[Payee], int | None]] = field(default_factory=list)

    def tell(
        self,
        idea: int,
        at: int,
        kind: StoryKind,
        actor: int | None = None,
        said: str = "",
        facts: dict[str, Any] | None = None,
    ) -> None:
        """A step in the story of an idea."""
        text = json.dumps(facts, sort_keys=True, default=str) if facts else "{}"
        self.stories.append((idea, at, kind, actor, said, text))


class Answers:
    """Decides, promises, delivers and confirms. `later(at, verb, …)` lets something happen at a later moment."""

    def __init__(self, world: World, began: datetime, rng: random.Random, later: Later) -> None:
        self.world, self.began, self.rng, self._later = world, began, rng, later
        self.rows = Answered()
        self.swarm: Swarm | None = None

    def carried(self, one: Carried) -> None:
        """The swarm carried an idea: its author is thanked, and most are answered within days."""
        talk = one.talk
        facts = {"supporters_teams": one.n_team, "sites": one.n_site, "evidence": round(one.evidence, 1)}
        self.rows.tell(talk.id, one.at, StoryKind.PROMOTED, facts=facts)
        self.rows.outcomes.append((one.at, Event.IDEA_PROMOTED, talk.id, self._author(talk), None))
        if self.rng.random() > SILENT:
            answer = self._promise if self.rng.random() < YES else self._decline
            self._in_days(one.at, 0.1 + self.rng.expovariate(1 / 6), answer, talk)

    def _in_days(self, at: int, days: float, verb: Later, *about: Any) -> None:
        self._later(at + int(max(days, 0.001) * DAY), verb, *about)

    def _author(self, talk: Talk) -> list[Payee]:
        stored = None if talk.names is Names.NONE else talk.author
        return [Payee(stored, Share.AUTHOR, hidden=talk.names is Names.HIDDEN)]

    def _day(self, at: int) -> date:
        return (self.began + timedelta(microseconds=at)).date()

    def _executive(self, talk: Talk) -> int:
        near = self.world.answering.get(talk.site or 0)
        return near[0] if near and self.rng.random() < 0.6 else self.rng.choice(self.world.answering[1])

    def _owner(self, talk: Talk, sponsor: int) -> int:
        near = self.world.owning.get(talk.site or 0)
        far = self.world.place[sponsor] == 1 and talk.audience is Audience.ORGANISATION
        return self.rng.choice(self.world.owning[1] if near is None or (far and self.rng.random() < 0.7) else near)

    def _decided(self, talk: Talk, stage: Stage, at: int) -> None:
        assert self.swarm is not None
        talk.stage, talk.moved = stage, at
        self.swarm.close(talk)

    def _decline(self, at: int, talk: Talk) -> None:
        rng, by = self.rng, self._executive(talk)
        reason = rng.choice(DECLINED)
        sentence, change = words.one_of(words.DECLINES[reason], rng), words.one_of(words.WOULD_CHANGE, rng)
        later = reason is DeclineReason.NOT_NOW
        again = self._day(at) + timedelta(days=rng.randint(60, 400)) if later else None
        self._decided(talk, Stage.DECLINED, at)
        self.rows.decisions.append((talk.id, DecisionKind.DECLINE, by, at, reason, sentence, change, again, None))
        facts = {"reason_label": reason.label, "would_change": change,
                 "look_again_on": again.isoformat() if again else None}  # fmt: skip
        self.rows.tell(talk.id, at, StoryKind.DECLINED, by, sentence, facts)

    def _promise(self, at: int, talk: Talk) -> None:
        rng, sponsor = self.rng, self._executive(talk)
        owner, number = self._owner(talk, sponsor), len(self.rows.promises) + 1
        due = self._day(at) + timedelta(days=rng.randint(20, 180))
        metric = rng.randint(1, len(METRICS)) if rng.random() < 0.85 else None
        sentence = words.one_of(words.PROMISES, rng)
        self._decided(talk, Stage.PROMISED, at)
        promise = Promise(number, talk, owner, sponsor, sentence, metric, due, at, at)
        self.rows.promises.append(promise)
        self.rows.dates.append((number, due, at, sponsor, ""))
        self.rows.decisions.append((talk.id, DecisionKind.COMMIT, sponsor, at, None, sentence, "", None, number))
        facts = {"owner": self.world.name[owner], "due_on": due.isoformat(),
                 "metric": METRICS[metric - 1].name if metric else None}  # fmt: skip
        self._tell(promise, at, StoryKind.COMMITTED, sponsor, sentence, **facts)
        if rng.random() < 0.93:
            self._in_days(at, rng.uniform(0.2, 5), self._accept, promise)

    def _accept(self, at: int, promise: Promise) -> None:
        rng, days = self.rng, (promise.due - self._day(at)).days
        self._moves(promise, at, CommitmentState.ACCEPTED)
        self._tell(promise, at, StoryKind.ACCEPTED, promise.owner, due_on=promise.due.isoformat())
        for _ in range(int(rng.random() * 4)):
            self._in_days(at, rng.uniform(2, max(3, days)), self._update, promise)
        late = rng.random()
        if late < 0.12:
            self._in_days(at, max(1.0, days + rng.uniform(-8, 6)), self._move_date, promise)
        elif late < 0.92:
            self._in_days(at, max(1.0, days - rng.uniform(-12, 25)), self._deliver, promise)

    def _update(self, at: int, promise: Promise) -> None:
        if promise.state is not CommitmentState.ACCEPTED:
            return
        text = words.one_of(words.UPDATES, self.rng)
        self._moves(promise, at, promise.state)
        self.rows.updates.append((promise.id, promise.owner, at, text))
        self._tell(promise, at, StoryKind.UPDATED, promise.owner, text)

    def _move_date(self, at: int, promise: Promise) -> None:
        before, today = promise.due, self._day(at)
        zone = self.world.nodes[0].timezone
        promise.missed |= day_in(zone, self.began + timedelta(microseconds=at)) > before
        promise.due = max(before, today) + timedelta(days=self.rng.randint(14, 60))
        reason = words.one_of(words.DATE_REASONS, self.rng)
        self._moves(promise, at, promise.state)
        self.rows.dates.append((promise.id, promise.due, at, promise.owner, reason))
        self._tell(promise, at, StoryKind.DATE_MOVED, promise.owner, reason, due_before=before.isoformat(),
                   due_on=promise.due.isoformat(), missed=today > before)  # fmt: skip
        self._in_days(at, self.rng.uniform(5, 40), self._deliver, promise)

    def _deliver(self, at: int, promise: Promise) -> None:
        rng, world = self.rng, self.world
        live = self._day(at) - timedelta(days=int(rng.random() * 3))
        sites = rng.sample(world.sites, min(len(world.sites), rng.choice((1, 2, 3))))
        evidence = words.one_of(words.EVIDENCE, rng)
        self._moves(promise, at, CommitmentState.DELIVERED)
        promise.talk.stage, promise.talk.moved = Stage.DELIVERED, at
        self.rows.deliveries.append((promise.id, promise.owner, at, live, evidence))
        number = len(self.rows.deliveries)
        self.rows.delivery_sites += [(number, site.id) for site in sorted(sites, key=lambda site: site.id)]
        names = sorted(site.name for site in sites)
        self._tell(
            promise, at, StoryKind.DELIVERED, promise.owner, evidence, live_from=live.isoformat(), sites=names
        )  # fmt: skip
        if rng.random() < 0.9:
            look = self._send_back if rng.random() < 0.05 else self._confirm
            self._in_days(at, rng.uniform(0.5, 10), look, promise, number, live)

    def _send_back(self, at: int, promise: Promise, delivery: int, _live: date) -> None:
        reason = words.one_of(words.NOT_YET, self.rng)
        self._moves(promise, at, CommitmentState.ACCEPTED)
        promise.talk.stage, promise.talk.moved = Stage.PROMISED, at
        self.rows.verdicts.append((delivery, promise.sponsor, at, False, reason))
        self._tell(promise, at, StoryKind.SENT_BACK, promise.sponsor, reason)
        self._in_days(at, self.rng.uniform(5, 30), self._deliver, promise)

    def _confirm(self, at: int, promise: Promise, delivery: int, live: date) -> None:
        talk = promise.talk
        self._moves(promise, at, CommitmentState.CONFIRMED)
        promise.live = live
        talk.stage, talk.moved = Stage.DONE, at
        self.rows.verdicts.append((delivery, promise.sponsor, at, True, ""))
        self._tell(promise, at, StoryKind.CONFIRMED, promise.sponsor, live_from=live.isoformat())
        payees = [*self._author(talk), Payee(promise.owner, Share.IMPLEMENTER, hidden=False)]
        self.rows.outcomes.append((at, Event.PROMISE_KEPT, talk.id, payees, promise.sponsor))

    def _moves(self, promise: Promise, at: int, state: CommitmentState) -> None:
        promise.state, promise.updated = state, at

    def _tell(self, promise: Promise, at: int, kind: StoryKind, actor: int, said: str = "", **facts: Any) -> None:
        self.rows.tell(promise.talk.id, at, kind, actor, said, {"commitment": promise.id} | facts)
