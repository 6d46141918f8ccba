"""Ordering something for points, and what becomes of the order. The points are held in the same transaction."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Conflict, Missing
from portal.ledger import service as ledger
from portal.ledger.checks import demand_sound
from portal.ledger.postings import AccountKind, tidy_memo
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards.policy import MAY
from portal.rewards.redemption_rules import (
    TABLE,
    OrderFacts,
    OrderVerb,
    expires_after,
    order_refusal,
    state_after,
    step_of,
)
from portal.rewards.settings_queries import settings
from portal.rewards.shop_models import Redemption, RedemptionStep, Reward
from portal.rewards.shop_queries import reward_for
from portal.rewards.shop_rules import out_of_stock, price_changed, too_few
from portal.rewards.words import RedemptionState, RedemptionStepKind
from portal.web.dates import clock_words, day_words

MOVED = "rewards.order_moved"  # somebody hears of it
TOLD = (RedemptionState.APPROVED, RedemptionState.DELIVERED, RedemptionState.DECLINED, RedemptionState.TIMED_OUT)
APPROVALS = (RedemptionStepKind.SECONDED, RedemptionStepKind.APPROVED)
GAVE_BACK = "Points back: {}"


def redeem(viewer: Viewer, reward_id: int, *, price: int, key: str, now: datetime, note: str = "") -> Redemption:
    """Order something: one is taken from the stock and its points are held, or nothing happens.

    price: the points that the person saw. key: of the form or the call; sent twice, it is the same order.
    Raises Missing, Conflict (`price_changed`, `out_of_stock`, `insufficient_points`, `idempotency_mismatch`).
    """
    demand(MAY, "reward.redeem", viewer)
    demand_sound()
    ledger.lock_chain()  # first, as everywhere: whoever orders at the same moment waits here
    asked = _digest({"reward": reward_id, "price": price, "note": note})
    if (earlier := _ordered_with(viewer.id, key)) is not None:
        if earlier.request_hash != asked:
            raise Conflict("idempotency_mismatch", "This key was used before for another order. Use a new one.")
        return earlier
    reward = reward_for(viewer, reward_id, fresh=True)
    if reward.price != price:
        raise price_changed(price, reward.price)
    _take_from_stock(reward, zone=viewer.timezone, now=now)
    return _order(viewer, reward, key=key, asked=asked, note=note, now=now)


def approve(viewer: Viewer, order: Redemption, *, now: datetime) -> RedemptionState:
    """Say yes; above the threshold a second person says it as well. Raises the refusals of `OrderRefusal`."""
    return _decide(viewer, order, OrderVerb.APPROVE, now=now)


def decline(viewer: Viewer, order: Redemption, reason: str, *, now: datetime) -> RedemptionState:
    """Say no with the reason: the points are back at once. Raises the refusals of `OrderRefusal`."""
    return _decide(viewer, order, OrderVerb.DECLINE, now=now, words=reason)


def deliver(viewer: Viewer, order: Redemption, words: str = "", *, now: datetime) -> RedemptionState:
    """It is handed over: the points are spent. Raises the refusals of `OrderRefusal`."""
    return _decide(viewer, order, OrderVerb.DELIVER, now=now, words=words)


def cancel(viewer: Viewer, order: Redemption, *, now: datetime) -> RedemptionState:
    """Whoever ordered it has changed their mind, as long as nobody has said yes. Raises those of `OrderRefusal`."""
    demand(MAY, "order.cancel", viewer)
    return _move(order.id, OrderVerb.CANCEL, actor_id=viewer.id, now=now)


def time_out(order_id: int, *, now: datetime) -> RedemptionState:
    """Nobody decided in time: the points are back. Raises Conflict `not_due`, `already_resolved`."""
    words = "Nobody decided about it in time." if _state_of(order_id) is RedemptionState.ORDERED else "It never came."
    return _move(order_id, OrderVerb.TIME_OUT, actor_id=None, now=now, words=words)


def overdue(*, now: datetime, limit: int) -> list[int]:
    """The orders whose time is over, the oldest first."""
    open_ones = Redemption.state.in_([RedemptionState.ORDERED, RedemptionState.APPROVED])
    query = select(Redemption.id).where(open_ones, Redemption.expires_at <= now).order_by(Redemption.expires_at)
    return list(db.session.scalars(query.limit(limit)))


def _decide(viewer: Viewer, order: Redemption, verb: OrderVerb, *, now: datetime, words: str = "") -> RedemptionState:
    demand(MAY, "order.decide", viewer)
    before, after = order.state, _move(order.id, verb, actor_id=viewer.id, now=now, words=words)
    facts = {"from": before, "to": after, "points": order.points, "reason": words}
    audit(f"order.{verb}", f"order:{order.id}", facts, actor_id=viewer.id, now=now)
    return after


def _move(
    order_id: int, verb: OrderVerb, *, actor_id: int | None, now: datetime, words: str = ""
) -> RedemptionState:  # fmt: skip
    """Carry out a verb of the table: the state, the step, the stock and the points in one transaction."""
    demand_sound()  # also where no point moves: an approval is a promise that they will
    ledger.lock_chain()
    order, facts = _locked(order_id)
    if refusal := order_refusal(verb, facts, actor_id=actor_id, now=now, reason=words):
        raise refusal.as_error()
    decided = settings()
    after = state_after(verb, facts, two_from=decided.two_approvers_from)
    reward = db.session.get_one(Reward, order.reward_id)
    kind = step_of(verb, after)
    db.session.add(RedemptionStep(redemption_id=order.id, kind=kind, by_id=actor_id, at=now, words=words.strip()))
    changes: dict[str, Any] = {"state": after, "approvals": Redemption.approvals + int(verb is OrderVerb.APPROVE)}
    if until := expires_after(after, days=reward.days, wait=timedelta(days=decided.order_days), now=now):
        changes["expires_at"] = until
    if not TABLE[verb].keeps_points:
        changes["end_seq"] = _resolve(order, reward, after, actor_id=actor_id, words=words, now=now)
    still = Redemption.id == order.id, Redemption.state == facts.state
    if db.session.execute(update(Redemption).where(*still).values(**changes)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("changed_meanwhile", "Somebody decided about this order at the same moment. Look again.")
    if after in TOLD and after is not facts.state:
        outbox.emit(MOVED, {"order": order.id, "state": after}, now=now, unique_key=f"{MOVED}:{order.id}:{after}")
    db.session.flush()
    db.session.refresh(order)
    return after


def _resolve(
    order: Redemption, reward: Reward, after: RedemptionState, *, actor_id: int | None, words: str, now: datetime
) -> int:
    """Take or give back what is held; what is not delivered goes back into the stock."""
    actor = "portal" if actor_id is None else f"person:{actor_id}"
    if after is RedemptionState.DELIVERED:
        return ledger.capture(order.hold_seq, cause=f"deliver:{order.id}", reason_code="delivered",
                              memo=tidy_memo(reward.name), actor_ref=actor, now=now).seq  # fmt: skip
    if reward.stock is not None:
        back = update(Reward).where(Reward.id == reward.id, Reward.stock.is_not(None))
        db.session.execute(back.values(stock=Reward.stock + 1, last_gone_at=None))
    memo = tidy_memo(GAVE_BACK.format(": ".join(part for part in (reward.name, words.strip()) if part)))
    return ledger.void(order.hold_seq, cause=f"give_back:{order.id}", reason_code=after.value, memo=memo,
                       actor_ref=actor, now=now).seq  # fmt: skip


def _take_from_stock(reward: Reward, *, zone: str, now: datetime) -> None:
    if reward.stock is None:
        return
    # A guarded counter with a constraint behind it: never below nought, whoever comes at the same moment.
    there = Reward.id == reward.id, Reward.stock > 0
    if db.session.execute(update(Reward).where(*there).values(stock=Reward.stock - 1)).rowcount != 1:  # type: ignore[attr-defined]
        gone = reward.last_gone_at
        at = (clock_words(gone, zone=zone), day_words(gone, today=now.date(), zone=zone)) if gone else ("", "")
        raise out_of_stock(gone, *at)
    db.session.execute(update(Reward).where(Reward.id == reward.id, Reward.stock == 0).values(last_gone_at=now))


def _order(viewer: Viewer, reward: Reward, *, key: str, asked: str, note: str, now: datetime) -> Redemption:
    wallet = ledger.account(AccountKind.PERSON, f"person:{viewer.id}")
    if (there := ledger.available(wallet)) < reward.price:
        raise too_few(reward.price - there)
    held = ledger.hold(
        wallet, ledger.account(AccountKind.REDEEMED, "redeemed"), reward.price, cause=_cause(viewer.id, key),
        reason_code="ordered", memo=tidy_memo(f"Ordered: {reward.name}"), actor_ref=f"person:{viewer.id}", now=now,
    )  # fmt: skip
    order = Redemption(
        reward_id=reward.id, person_id=viewer.id, employer_id=viewer.employer_id, key=key, request_hash=asked,
        points=reward.price, money_cents=reward.money_cents, state=RedemptionState.ORDERED, hold_seq=held.seq,
        approvals=0, ordered_at=now, expires_at=now + timedelta(days=settings().order_days),
    )  # fmt: skip
    db.session.add(order)
    db.session.flush()
    step = RedemptionStep(
        redemption_id=order.id, kind=RedemptionStepKind.ORDERED, by_id=viewer.id, at=now, words=note.strip()
    )
    db.session.add(step)
    db.session.flush()
    return order


def _locked(order_id: int) -> tuple[Redemption, OrderFacts]:
    query = select(Redemption).where(Redemption.id == order_id).execution_options(populate_existing=True)
    order = db.session.scalar(query)
    if order is None:
        raise Missing("order")
    approved = RedemptionStep.redemption_id == order_id, RedemptionStep.kind.in_(APPROVALS)
    people = frozenset(db.session.scalars(select(RedemptionStep.by_id).where(*approved)))
    return order, OrderFacts(order.state, order.points, order.person_id, people, order.expires_at)  # type: ignore[arg-type]


def _state_of(order_id: int) -> RedemptionState | None:
    return db.session.scalar(select(Redemption.state).where(Redemption.id == order_id))


def _ordered_with(person_id: int, key: str) -> Redemption | None:
    return db.session.scalar(select(Redemption).where(Redemption.person_id == person_id, Redemption.key == key))


def _cause(person_id: int, key: str) -> str:
    return f"order:{person_id}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _digest(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
