"""Looking after the catalogue: adding, changing, retiring. Each change is on the record with what was before."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, true, update

from portal.db import db
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards.policy import MAY
from portal.rewards.shop_models import Reward
from portal.rewards.shop_queries import managed_one
from portal.rewards.shop_rules import NewReward, RewardRefusal, money_refusal

CHANGED = ("kind", "name", "what_next", "days", "price", "description", "stock", "money_cents")


@dataclass(frozen=True)
class At:
    """The node of the tree for which somebody must hold the role."""

    path: str


def add(viewer: Viewer, wanted: NewReward, *, now: datetime) -> Reward:
    """Put something into the catalogue. Raises Refused `not_allowed`, the refusals of `RewardRefusal`."""
    demand(MAY, "reward.manage", viewer, At(_path(viewer, wanted.employer_id)))
    if refusal := money_refusal(wanted):
        raise refusal.as_error()
    reward = Reward(**asdict(wanted), price_version=1, made_by_id=viewer.id, made_at=now)
    db.session.add(reward)
    db.session.flush()
    audit("reward.added", f"reward:{reward.id}", asdict(wanted), actor_id=viewer.id, now=now)
    return reward


def change(
    viewer: Viewer, reward_id: int, wanted: NewReward, *, stock_seen: int | None, now: datetime
) -> Reward:  # fmt: skip
    """Change something; orders that stand keep their price. stock_seen: what the stock was when they looked.

    A new price raises `price_version`. Whom it is for stays. Raises Missing, the refusals of `RewardRefusal`.
    """
    demand(MAY, "reward.manage", viewer)
    reward = managed_one(viewer, reward_id, fresh=True).reward
    if wanted.employer_id != reward.employer_id:
        raise RewardRefusal.EMPLOYER_IS_FIXED.as_error()
    if refusal := money_refusal(wanted):
        raise refusal.as_error()
    old = {name: getattr(reward, name) for name in CHANGED}
    new: dict[str, Any] = {name: getattr(wanted, name) for name in CHANGED}
    if wanted.price != reward.price:
        new["price_version"] = Reward.price_version + 1
    if wanted.stock == stock_seen:
        del new["stock"]  # not what they came for: whoever orders meanwhile is not overwritten
    elif wanted.stock != 0:
        new["last_gone_at"] = None
    standing = Reward.id == reward.id, Reward.stock.is_not_distinct_from(stock_seen) if "stock" in new else true()
    if db.session.execute(update(Reward).where(*standing).values(**new)).rowcount != 1:  # type: ignore[attr-defined]
        raise RewardRefusal.STOCK_CHANGED.as_error()
    db.session.refresh(reward)
    changed = {name: [old[name], getattr(reward, name)] for name in CHANGED if old[name] != getattr(reward, name)}
    if changed:
        audit("reward.changed", f"reward:{reward.id}", changed, actor_id=viewer.id, now=now)
    return reward


def retire(viewer: Viewer, reward_id: int, *, now: datetime) -> Reward:
    """Take something out of the catalogue; its orders go on. Raises Missing, Conflict `already_retired`."""
    return _set_retired(viewer, reward_id, now, refusal=RewardRefusal.ALREADY_RETIRED, now=now)


def bring_back(viewer: Viewer, reward_id: int, *, now: datetime) -> Reward:
    """Put it into the catalogue again. Raises Missing, Conflict `not_retired`."""
    return _set_retired(viewer, reward_id, None, refusal=RewardRefusal.NOT_RETIRED, now=now)


def _set_retired(
    viewer: Viewer, reward_id: int, at: datetime | None, *, refusal: RewardRefusal, now: datetime
) -> Reward:  # fmt: skip
    demand(MAY, "reward.manage", viewer)
    reward = managed_one(viewer, reward_id).reward
    standing = Reward.retired_at.is_(None) if at else Reward.retired_at.is_not(None)
    done = db.session.execute(update(Reward).where(Reward.id == reward.id, standing).values(retired_at=at))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise refusal.as_error()
    audit("reward.retired" if at else "reward.brought_back", f"reward:{reward.id}", {}, actor_id=viewer.id, now=now)
    db.session.refresh(reward)
    return reward


def _path(viewer: Viewer, employer_id: int | None) -> str:
    """The node of an employer; the organisation's where it is for everybody."""
    if employer_id is None:
        return f"/{viewer.organisation_id}/"
    kinds = Place.kind.in_([PlaceKind.ORGANISATION, PlaceKind.PARTNER])
    path = db.session.scalar(select(Place.path).where(Place.id == employer_id, kinds))
    if path is None:
        raise RewardRefusal.UNKNOWN_EMPLOYER.as_error()
    return path
