"""Telling people what became of their order, and that somebody thanked them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.rewards.redemption_service import MOVED
from portal.rewards.shop_models import Redemption, RedemptionStep, Reward
from portal.rewards.thanks_models import Thanks
from portal.rewards.thanks_service import THANKED
from portal.rewards.words import RedemptionState

TITLES = {
    RedemptionState.APPROVED: "Your order is approved: {}",
    RedemptionState.DELIVERED: "Delivered: {}",
    RedemptionState.DECLINED: "Your order was declined: {}",
    RedemptionState.TIMED_OUT: "Nobody decided about your order in time: {}",
}
BACK = "Your {:,} points are back."


def tell_moved(message: Claimed, now: datetime) -> None:
    """Whoever ordered it: approved, delivered, declined with the reason, or out of time."""
    state = RedemptionState(message.payload["state"])
    query = select(Redemption.person_id, Redemption.points, Reward.name).join(Reward, Reward.id == Redemption.reward_id)
    row = db.session.execute(query.where(Redemption.id == message.payload["order"])).one()
    step = RedemptionStep.redemption_id == message.payload["order"], RedemptionStep.kind == state.value
    words = db.session.scalar(select(RedemptionStep.words).where(*step)) or ""
    if not state.open and state is not RedemptionState.DELIVERED:
        words = " ".join(part for part in (words, BACK.format(row.points)) if part)
    with writing():
        notify([row.person_id], Moment.ANSWERED, title=TITLES[state].format(row.name), words=words,
               path=f"/orders/{message.payload['order']}", event_id=message.event_id, now=now)  # fmt: skip


def tell_thanked(message: Claimed, now: datetime) -> None:
    """Whoever was thanked. For a hidden name the page is their own, and the title says nothing of it."""
    query = select(Thanks, Person.name).join(Person, Person.id == Thanks.from_id)
    thanks, name = db.session.execute(query.where(Thanks.id == message.payload["thanks"])).one()
    if thanks.hidden_at is not None:
        return
    points = f" ({thanks.points} points came with it.)" if thanks.points else ""
    with writing():
        notify([thanks.to_id], Moment.ANSWERED, title=f"{name} thanks you", words=f"{thanks.words}{points}",
               path="/thanks/mine", event_id=message.event_id, now=now)  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {MOVED: tell_moved, THANKED: tell_thanked}
