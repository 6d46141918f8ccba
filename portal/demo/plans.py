"""When each step of a story happens."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from portal.demo import looking, rule_lives, stop_lives
from portal.demo.lives import LOOKS, Life
from portal.demo.stories_rules import RULES

if TYPE_CHECKING:
    from portal.demo.load import Calendar

PASSED_BY = ("open", "gathering")  # stories that stay on the board
LOOKS_CARRIED = (18, 40)  # of ideas that reach the executives


def plan_life(life: Life, calendar: "Calendar", *, seed: int) -> None:
    """Put everything that happens to a story into the calendar."""
    story = life.story
    said = life.ago(story.days_ago)
    calendar.add(said, life.say)
    end = _plan_the_swarm(life, calendar, said)
    if life.carried or story.fate in PASSED_BY:
        looking.plan_looking(life, calendar, said, end, seed=f"{seed}:{story.key}:looking")
    _plan_comments(life, calendar, said, end)
    if story.withdrawn_days_ago is not None:
        calendar.add(max(end, life.ago(story.withdrawn_days_ago)), life.withdraw)
    if story.hiding is not None:
        calendar.add(max(end, life.ago(story.hiding.days_ago)), life.hide)
    if story.joining is not None:
        calendar.add(max(end, life.ago(story.joining.days_ago)), life.join)
    if story.decline is not None:
        calendar.add(max(end, life.ago(story.decline.days_ago)), life.decline)
    if story.promise is not None:
        _plan_the_promise(life, calendar, end)
    rule = RULES.get(story.key)
    if rule is not None and rule.days_ago is not None:
        calendar.add(max(said, life.ago(rule.days_ago)), partial(rule_lives.decide, life, rule))


def _plan_the_swarm(life: Life, calendar: "Calendar", said: datetime) -> datetime:
    """Looks, stop signals and, where the story says so, promotion; returns when the swarm is through with it."""
    story, rng = life.story, life.rng
    end = (
        _carried_by(life, said) if life.carried else min(life.today - timedelta(minutes=10), said + timedelta(days=25))
    )
    away = story.hiding or story.joining
    first_out = story.withdrawn_days_ago or (away.days_ago if away else None)
    if first_out is not None:
        end = max(said + timedelta(hours=3), life.ago(first_out) - timedelta(hours=1))
    looks = rng.randint(*LOOKS.get(story.fate, LOOKS_CARRIED))
    for _ in range(looks):
        calendar.add(said + (end - said) * rng.betavariate(1, 1.6), life.look)
    for stop in story.stops:
        at = said + (end - said) * rng.uniform(0.2, 0.8)
        calendar.add(at, partial(life.object_to, stop))
        stop_lives.plan(life, calendar, stop, readable_from=max(at, end) if life.carried else at)
    if life.carried:
        life.carried_at = end
        calendar.add(end, life.push)
    return end


def _carried_by(life: Life, said: datetime) -> datetime:
    """When the swarm has carried it: as the story says, else a week before it was answered."""
    story = life.story
    if story.promoted_days_ago is not None:
        return max(said + timedelta(hours=2), life.ago(story.promoted_days_ago))
    answered = story.decline.days_ago if story.decline else story.promise.days_ago if story.promise else 1
    return max(said + timedelta(hours=2), min(life.ago(answered + 6), life.ago(answered) - timedelta(hours=1)))


def _plan_comments(life: Life, calendar: "Calendar", said: datetime, end: datetime) -> None:
    for comment in life.story.comments:
        at = said + (end - said) * life.rng.uniform(0.1, 0.9)
        calendar.add(at, partial(life.comment, comment))


def _plan_the_promise(life: Life, calendar: "Calendar", carried: datetime) -> None:
    told, done = life.story.promise, life.story.delivery
    assert told is not None
    at = max(carried + timedelta(minutes=5), life.ago(told.days_ago))
    calendar.add(at, life.promise)
    if told.accepted_days_ago is not None:
        at = max(at + timedelta(minutes=5), life.ago(told.accepted_days_ago))
        calendar.add(at, life.accept)
    for update in sorted(told.updates, key=lambda update: -update.days_ago):
        at = max(at + timedelta(minutes=5), life.ago(update.days_ago))
        calendar.add(at, partial(life.update, update.text))
    if done is not None:
        at = max(at + timedelta(minutes=5), life.ago(done.live_days_ago))
        calendar.add(at, life.deliver)
        if done.confirmed_days_ago is not None:
            calendar.add(max(at + timedelta(minutes=5), life.ago(done.confirmed_days_ago)), life.confirm)
