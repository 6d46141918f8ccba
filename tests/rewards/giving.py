"""Short ways to earn points in tests."""

from datetime import datetime, timedelta

from portal.rewards import service as rewards
from portal.rewards.models import Award, Budget
from portal.rewards.rules import Event, Payee, Share
from tests.factories import NOON

SENTENCE = "Your colleagues carried number {} to the executives."


def open_budget(points: int = 10_000, *, now: datetime = NOON, days: int = 400) -> Budget:
    """A budget that covers the time of the tests. Inside a write transaction."""
    return rewards.open_budget(
        "Tests", points, starts_at=now, ends_at=now + timedelta(days=days), approver_id=None, now=now
    )


def promoted(number: int, author_id: int | None, *, hidden: bool, now: datetime = NOON) -> list[Award]:
    """The award for an idea that passed the swarm line."""
    payee = Payee(author_id, Share.AUTHOR, hidden)
    return rewards.award_for_event(
        Event.IDEA_PROMOTED, idea_number=number, sentence=SENTENCE.format(number), payees=[payee], now=now,
        actor_id=None,
    )  # fmt: skip


def kept(number: int, payees: list[Payee], *, confirmed_by: int, now: datetime = NOON) -> list[Award]:
    """The awards for a promise that was confirmed as done."""
    return rewards.award_for_event(
        Event.PROMISE_KEPT, idea_number=number, sentence=f"The promise on number {number} was kept.", payees=payees,
        now=now, actor_id=confirmed_by,
    )  # fmt: skip
