"""Loads the fictional organisation through the same verbs that the pages use, each at its own time in the past.

Everything is an event with a moment; events run in order of time, so that the ledger, the chain of promotions and the
stories read as if nine months had passed. Deterministic by seed and day.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from portal.demo import content
from portal.demo.aftermath import confirm_bulletins, plan_checks
from portal.demo.again import plan_again
from portal.demo.frontline import plan_frontline
from portal.demo.keeping import plan_keeping
from portal.demo.lane import plan_lane
from portal.demo.lives import Life
from portal.demo.measured import plan_measuring, value_metrics
from portal.demo.numbers import load_numbers
from portal.demo.people import Crowd, make_crowd
from portal.demo.planned import plan_designs
from portal.demo.plans import plan_life
from portal.demo.shapes import Idea
from portal.demo.shop import plan_shop
from portal.errors import Conflict
from portal.outbox import service as outbox
from portal.people import queries
from portal.rewards import service as rewards
from portal.swarm import scores

BUDGET_POINTS = 60_000
HISTORY = timedelta(days=280)
REFRESHED = timedelta(hours=12)  # the worker does it every five minutes
Happening = Callable[[datetime], object]


@dataclass
class Calendar:
    """Happenings in order of time; two at one moment run in the order in which they were added."""

    _queue: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _added: int = 0

    def add(self, at: datetime, happening: Happening) -> None:
        """Let something happen at a moment, which may be added while others run."""
        heapq.heappush(self._queue, (at, self._added, happening))
        self._added += 1

    def run(self) -> int:
        """Let everything happen; returns how much did."""
        done, due = 0, None
        while self._queue:
            at, _, happening = heapq.heappop(self._queue)
            if due is None or at >= due:
                scores.refresh_typical(now=at)
                due = at + REFRESHED
            happening(at)
            done += 1
        return done


def load_demo(*, now: datetime, seed: int = 7) -> str:
    """Load the demo organisation into an empty database, in the caller's transaction; returns one line about it.

    Raises Conflict `not_empty` where an organisation exists already.
    """
    if queries.organisation() is not None:
        raise Conflict("not_empty", "This database already holds an organisation. The demo goes into an empty one.")
    rng = random.Random(f"{seed}")
    began = now - HISTORY
    crowd = make_crowd(rng, now=began)
    _open_budget(crowd, began, now)
    metrics = load_numbers(crowd, rng, now=now)
    value_metrics(crowd, metrics, now=began)
    calendar = Calendar()
    lives = {
        story.key: Life(story, crowd, metrics, random.Random(f"{seed}:{story.key}"), now) for story in _spread_out()
    }
    for life in lives.values():
        plan_life(life, calendar, seed=seed)
    plan_again(lives, calendar, seed=seed, now=now)
    plan_lane(lives, calendar, now=now)
    plan_keeping(lives, calendar, now=now)
    plan_checks(lives, calendar, seed=seed, now=now)
    plan_designs(lives, calendar, now=now)
    plan_measuring(lives, calendar, now=now)
    _pay_weekly(calendar, began, now)
    plan_shop(crowd, calendar, now=now)
    plan_frontline(lives, crowd, calendar, seed=seed, now=now)
    calendar.run()
    confirm_bulletins(seed=seed, now=now)
    scores.refresh_typical(now=now, every_score=True)
    outbox.let_begin(now)
    people = sum(team.headcount for team in content.TEAMS)
    return (
        f"{content.ORGANISATION[1]}: {len(content.SITES)} sites, {people} people in teams, {len(content.IDEAS)} ideas"
    )


def _spread_out() -> list[Idea]:
    """The stories, oldest first; the ones that never took off said early, all through the first seven months.

    An idea is carried by beating the typical one: without ordinary ideas around it, nothing would stand out.
    """
    ordinary = [story for story in content.IDEAS if story.fate == "open"]
    moved = {story.key: 272 - 15 * place for place, story in enumerate(ordinary)}
    stories = [replace(story, days_ago=moved.get(story.key, story.days_ago)) for story in content.IDEAS]
    return sorted(stories, key=lambda story: -story.days_ago)


def _open_budget(crowd: Crowd, began: datetime, now: datetime) -> None:
    hannah = crowd.cast["hannah"]
    rewards.open_budget(
        "Thanks for better rules", BUDGET_POINTS, starts_at=began, ends_at=now + timedelta(days=120),
        approver_id=hannah.id, now=began,
    )  # fmt: skip


def _pay_weekly(calendar: Calendar, began: datetime, now: datetime) -> None:
    """The weekly batch to hidden authors, as the worker would have run it."""
    week = began
    while week < now:
        calendar.add(week, lambda at: rewards.pay_hidden_batch(now=at))
        week += timedelta(days=7)
