"""The days of a generated firm: who says what, who looks at it, and when. Deterministic for a size and a first day."""

import heapq
import random
from array import array
from bisect import bisect
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from portal.bulk_write import Tell, silent
from portal.demo import bulk_words as words
from portal.demo.bulk_answers import DAY, Answers
from portal.demo.bulk_places import World
from portal.demo.bulk_size import Size
from portal.demo.bulk_swarm import KINDS, REASONS, STANDS, VIAS, Carried, Swarm, Talk
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.swarm.models import Via
from portal.swarm.rules import VoteKind

STEPS_MIN = 60  # in fewer days than this the typical idea is refreshed more often than once a day
LIVELY_DAYS = 120  # after which hardly anybody meets an idea
TRIES = 25
CHANGED, TAKEN_BACK = 0.035, 0.12  # of votes; of changes
COMMENTED, FOLLOWED = 0.05, 0.3  # of votes; of strong votes
SENTENCES = [(reason, text) for reason, texts in words.OBJECTIONS.items() for text in texts]


class Years:
    """Runs the days. Afterwards `talks`, `swarm`, `answers` and the columns below hold everything that happened."""

    def __init__(self, size: Size, world: World, began: datetime) -> None:
        self.size, self.world, self.began = size, world, began
        self.rng = random.Random(f"{size.seed}:years")
        self.span = size.days * DAY
        self.answers = Answers(world, began, random.Random(f"{size.seed}:answers"), self._later)
        self.carried: list[Carried] = []
        self.swarm = self.answers.swarm = Swarm(world, self._carried)
        self.talks: list[Talk] = []
        self.withdrawn: list[tuple[int, int, str]] = []
        self.moderated: list[tuple[int, int, int, str]] = []
        self.follows = (array("i"), array("i"), array("q"))  # idea, person, since
        self.comments = (array("i"), array("i"), array("q"))  # idea, author, at
        self._live: list[Talk] = []
        self._reach: list[float] = []
        self._ahead: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._planned, self._last = 0, 0

    def run(self, tell: Tell = silent) -> None:
        """Let all days pass."""
        steps = max(self.size.days, STEPS_MIN)
        said = sorted(int(self.rng.random() * self.span * 0.998) for _ in range(self.size.ideas))
        busy = [(0.55 if step % 7 > 4 else 1.0) * min(1.0, (step + 1) / 20) for step in range(steps)]
        left = list(accumulate(reversed(busy)))[::-1]
        for step in range(steps):
            start, stop = self.span * step // steps, self.span * (step + 1) // steps
            self.swarm.refresh()
            self._turn_in(start)
            wanted = self.size.votes - len(self.swarm.votes)
            self._weigh_in(start, stop, wanted if step == steps - 1 else round(wanted * busy[step] / left[step]))
            while len(self.talks) < len(said) and said[len(self.talks)] < stop:
                self._say(said[len(self.talks)])
            if (step + 1) % max(1, steps // 10) == 0:
                tell(f"day {stop // DAY:,}: {len(self.talks):,} ideas, {len(self.swarm.votes):,} votes, "
                     f"{len(self.carried):,} carried")  # fmt: skip
        self._happen_until(self.span)
        for talk in self.talks:
            self.swarm.rest(talk)

    # saying

    def _say(self, at: int) -> None:
        rng, world = self.rng, self.world
        author = world.voters[int(rng.random() * len(world.voters))]
        names = rng.choices((Names.HIDDEN, Names.SHOWN, Names.NONE), (62, 30, 8))[0]
        audience = rng.choices((Audience.ORGANISATION, Audience.EMPLOYER, Audience.SITE), (84, 9, 7))[0]
        employer, site, team = world.origin(author, names, audience)
        inside = {Audience.EMPLOYER: world.employer[author], Audience.SITE: world.site[author]}.get(audience, 0)
        teams, sites = world.audience[audience, inside]
        appeal = min(0.97, max(0.03, rng.betavariate(2.2, 3.0)))
        talk = Talk(
            len(self.talks) + 1, author, names, audience, site, employer, team, at, appeal,
            0.01 + 0.07 * (1 - appeal) ** 2, min(60.0, rng.paretovariate(1.4)) * (0.6 + appeal), teams, sites,
        )  # fmt: skip
        talk.moved = at
        self.talks.append(talk)
        self._live.append(talk)
        if names is not Names.NONE:
            self._follow(talk, author, at)
        self._plan_an_end(talk)

    def _plan_an_end(self, talk: Talk) -> None:
        fate, wait = self.rng.random(), int(self.rng.uniform(0.2, 20) * DAY)
        if fate < 0.015 and talk.names is not Names.NONE:
            self._later(talk.said + wait, self._withdraw, talk)
        elif fate > 0.997:
            self._later(talk.said + wait, self._hide, talk)

    def _withdraw(self, at: int, talk: Talk) -> None:
        if talk.stage is not Stage.OPEN:
            return
        self.swarm.leave_out(talk)
        talk.stage, talk.moved = Stage.WITHDRAWN, at
        self.swarm.close(talk)
        self.withdrawn.append((talk.id, at, self.rng.choice(words.WITHDRAWN)))
        actor = talk.author if talk.names is Names.SHOWN else None
        self.answers.rows.tell(talk.id, at, StoryKind.WITHDRAWN, actor)

    def _hide(self, at: int, talk: Talk) -> None:
        if talk.stage is not Stage.OPEN:
            return
        by, reason = self.world.programme[0], self.rng.choice(words.HIDDEN)
        self.swarm.leave_out(talk)
        talk.hidden = at
        self.swarm.rest(talk)
        self.moderated.append((talk.id, by, at, reason))
        self.answers.rows.tell(talk.id, at, StoryKind.HIDDEN, by, reason)

    # weighing in

    def _turn_in(self, now: int) -> None:
        """Leave old ideas; most people who offered to help with one make it a plain support. Then weigh the rest."""
        staying = []
        for talk in self._live:
            if not talk.resting and now - talk.said > LIVELY_DAYS * DAY:
                self._forget(talk, now)
            if not talk.resting:
                staying.append(talk)
        self._live = staying
        self._reach = list(accumulate(_reach(talk, now) for talk in staying))

    def _forget(self, talk: Talk, now: int) -> None:
        for person in sorted(talk.helpers):
            if self.rng.random() < 0.7 and len(self.swarm.votes) < self.size.votes:
                self._cast(talk, person, VoteKind.SUPPORT, self._moment(now))
        self.swarm.rest(talk)

    def _weigh_in(self, start: int, stop: int, wanted: int) -> None:
        aim = len(self.swarm.votes) + wanted
        for _ in range(8):  # what found nobody is tried again later in the step
            missing = aim - len(self.swarm.votes)
            if missing <= 0 or not self._live:
                break
            first = max(start, self._last)
            for at in sorted(int(first + self.rng.random() * (stop - 1 - first)) for _ in range(missing)):
                self._happen_until(at)
                self._one_more(self._moment(at))
        self._happen_until(stop - 1)

    def _moment(self, at: int) -> int:
        # No two votes at one moment: their order is what a promotion is checked against.
        self._last = max(at, self._last + 1)
        return self._last

    def _one_more(self, at: int) -> None:
        rng, live, reach = self.rng.random, self._live, self._reach
        for _ in range(TRIES):
            talk = live[bisect(reach, rng() * reach[-1])]
            if talk.resting:
                continue
            if rng() < CHANGED:
                if talk.voted:
                    self._change(talk, at)
                    return
                continue
            person = self._somebody(talk)
            if person != talk.author and person not in talk.voted:
                self._cast(talk, person, self._opinion(talk, person), at)
                self._talk_about(talk, person, at)
                return

    def _somebody(self, talk: Talk) -> int:
        world, rng = self.world, self.rng.random
        if talk.audience is Audience.SITE or (talk.audience is Audience.ORGANISATION and rng() < 0.25):
            deck = world.voters_of_site[world.site[talk.author]]
        elif talk.audience is Audience.EMPLOYER:
            deck = world.voters_of_employer[world.employer[talk.author]]
        else:
            deck = world.voters
        return deck[int(rng() * len(deck))]

    def _opinion(self, talk: Talk, person: int) -> VoteKind:
        drawn = self.rng.random()
        appeal = talk.appeal + (0.06 if self.world.site[person] == talk.site else 0.0)
        if drawn < appeal:
            strong = self.rng.random() < 0.1 + 0.4 * appeal**3 and self.swarm.has_offer_left(person)
            return VoteKind.STRONG if strong else VoteKind.SUPPORT
        return VoteKind.STOP if drawn > 1 - talk.risk else VoteKind.PASS

    def _change(self, talk: Talk, at: int) -> None:
        person = self.rng.choice(list(talk.voted))
        if self.rng.random() < TAKEN_BACK:
            self.swarm.take_back(talk, person, at)
            return
        before = KINDS[self.swarm.votes.kind[talk.voted[person]]]
        after = self._opinion(talk, person)
        if after is before:
            after = VoteKind.PASS if before is VoteKind.SUPPORT else VoteKind.SUPPORT
        self._cast(talk, person, after, at)

    def _cast(self, talk: Talk, person: int, kind: VoteKind, at: int) -> None:
        reason = sentence = 0
        if kind is VoteKind.STOP:
            sentence = int(self.rng.random() * len(SENTENCES))
            reason = REASONS.index(SENTENCES[sentence][0])
        drawn = self.rng.random()
        via = Via.FEED if drawn < 0.7 else Via.NEWEST if drawn < 0.85 else Via.LINK if drawn < 0.95 else Via.SEARCH
        self.swarm.give(talk, person, kind, at, reason=reason, words=sentence, via=VIAS.index(via))

    def _talk_about(self, talk: Talk, person: int, at: int) -> None:
        if self.rng.random() < COMMENTED:
            by = talk.author if self.rng.random() < 0.15 else person
            for column, value in zip(self.comments, (talk.id, by, at), strict=True):
                column.append(value)
            talk.comments += 1
        if person in talk.helpers and person not in talk.followers and self.rng.random() < FOLLOWED:
            self._follow(talk, person, at)

    def _follow(self, talk: Talk, person: int, at: int) -> None:
        talk.followers.add(person)
        for column, value in zip(self.follows, (talk.id, person, at), strict=True):
            column.append(value)

    # what was planned

    def _carried(self, one: Carried) -> None:
        self.carried.append(one)
        self.answers.carried(one)

    def _later(self, at: int, verb: Callable[..., None], *about: Any) -> None:
        if at < self.span:
            self._planned += 1
            heapq.heappush(self._ahead, (at, self._planned, verb, about))

    def _happen_until(self, at: int) -> None:
        while self._ahead and self._ahead[0][0] <= at:
            due, _, verb, about = heapq.heappop(self._ahead)
            # A promotion may have been written a moment after its vote was due; what follows from it comes after it.
            verb(self._moment(due), *about)

    def moment(self, at: int) -> datetime | None:
        """Microseconds as a moment; None for what did not happen."""
        return None if at == STANDS else self.began + timedelta(microseconds=at)


def _reach(talk: Talk, now: int) -> float:
    """How likely the next look is at this idea: new ones and talked-about ones more, those with executives less."""
    share = 0.15 if talk.stage is Stage.PROMOTED else 1.0
    return share * talk.pull / (1.0 + 0.12 * (now - talk.said) / DAY)
