"""The interface to the catalogue: what points buy, and looking after it."""

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import select

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.rewards import shop_queries as queries
from portal.rewards import shop_service as service
from portal.rewards.shop_models import Reward
from portal.rewards.shop_queries import CatalogueWanted, Managed
from portal.rewards.shop_rules import (
    DAYS_MAX,
    DESCRIPTION_CHARS_MAX,
    MONEY_CENTS_MAX,
    NAME_CHARS_MAX,
    PRICE_MAX,
    STOCK_MAX,
    WHAT_NEXT_CHARS_MAX,
    NewReward,
)
from portal.rewards.words import RewardKind
from portal.web.api import (
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    Words,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
    whole,
)
from portal.web.transactions import writing

bp = api("rewards", "What points buy, and what those who look after it can change.")
Price = Annotated[int, Field(ge=1, le=PRICE_MAX), BeforeValidator(whole)]
Stock = Annotated[int, Field(ge=0, le=STOCK_MAX), BeforeValidator(whole)]
Cents = Annotated[int, Field(ge=1, le=MONEY_CENTS_MAX), BeforeValidator(whole)]
Days = Annotated[int, Field(ge=1, le=DAYS_MAX), BeforeValidator(whole)]


class CatalogueAsked(PageAsked):
    """What the catalogue is narrowed by."""

    kind: RewardKind | None = None
    affordable: Literal["true", "false"] = Field("false", description="Only what the wallet is enough for now.")


class RewardShown(Shown):
    """Something that points buy."""

    number: int
    kind: RewardKind
    name: str
    description: str
    price: int = Field(description="In points. Name it when you order, so that no other price is taken.")
    stock: int | None = Field(description="How many are left; null where there are as many as wanted.")
    last_gone_at: Moment | None = Field(description="When the last one was ordered, where none is left.")
    money_cents: int | None = Field(description="What it is worth in money, for the kind money.")
    what_next: str
    days: int = Field(description="Within how many days of the approval it is there.")


class ManagedShown(RewardShown):
    """The same for those who look after it."""

    employer: int | None = Field(description="Whose people can order it; null for everybody.")
    price_version: int = Field(description="Rises with each change of the price.")
    retired_at: Moment | None


class RewardSent(Sent):
    """Everything about a reward."""

    kind: RewardKind
    name: Line = Field(min_length=1, max_length=NAME_CHARS_MAX)
    description: Words = Field("", max_length=DESCRIPTION_CHARS_MAX)
    price: Price
    stock: Stock | None = None
    money_cents: Cents | None = Field(None, description="For the kind money, and for it alone.")
    what_next: Line = Field(min_length=1, max_length=WHAT_NEXT_CHARS_MAX)
    days: Days
    employer: Number | None = Field(None, description="Cannot be changed later.")


@bp.get("/rewards", responses={200: page_of(RewardShown)})
@requires("reward.see", scope=Scope.REWARDS_READ)
def list_rewards(query: CatalogueAsked) -> Response:
    """What the key's person can order, the cheapest first."""
    viewer = the_viewer()
    wanted = CatalogueWanted(query.kind, query.affordable == "true", query.limit, query.cursor)
    found, following = queries.catalogue(viewer, wanted, points=queries.purse(viewer.id).points)
    return listed([RewardShown(**_facts(one)) for one in found], following)


@bp.get("/rewards/<int:number>", responses={200: RewardShown})
@requires("reward.see", scope=Scope.REWARDS_READ)
def see_reward(path: NumberPath) -> Response:
    """One thing that the key's person can order."""
    return shown(RewardShown(**_facts(queries.reward_for(the_viewer(), path.number))))


@bp.get("/catalogue", responses={200: page_of(ManagedShown)})
@requires("reward.manage", scope=Scope.REWARDS_READ)
def list_catalogue(query: PageAsked) -> Response:
    """Everything that the key's person looks after, retired things too, the newest first."""
    found, following = queries.managed(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_managed(one.reward) for one in found], following)


@bp.get("/catalogue/<int:number>", responses={200: ManagedShown})
@requires("reward.manage", scope=Scope.REWARDS_READ)
def see_catalogue_entry(path: NumberPath) -> Response:
    """One thing that the key's person looks after."""
    return shown(_managed(queries.managed_one(the_viewer(), path.number).reward))


@bp.post("/catalogue", responses={201: ManagedShown})
@requires("reward.manage", scope=Scope.REWARDS_WRITE)
def add_reward(body: RewardSent) -> Response:
    """Put something into the catalogue (422 `money_needs_an_amount`, `no_money_here`, `unknown_employer`)."""
    viewer = the_viewer()
    return once(lambda: _managed(service.add(viewer, _wanted(body), now=clock.now())), status=201)


@bp.put("/catalogue/<int:number>", responses={200: ManagedShown}, openapi_extensions={"x-takes-if-match": True})
@requires("reward.manage", scope=Scope.REWARDS_WRITE)
def change_reward(path: NumberPath, body: RewardSent) -> Response:
    """Change something; orders that stand keep their price (409 `employer_is_fixed`, `stock_changed`).

    422 `money_needs_an_amount`, `no_money_here`.
    """
    viewer = the_viewer()

    def _before() -> Managed:
        return queries.managed_one(viewer, path.number, fresh=True)

    with writing():
        demand_unchanged(select(Reward.id).where(Reward.id == path.number), lambda: _managed(_before().reward))
        before = _before()
        seen = before.reward.stock
        changed = _managed(
            service.change(viewer, path.number, _wanted(body), stock_seen=seen, now=clock.now())
        )  # fmt: skip
    return shown(changed)


@bp.post("/catalogue/<int:number>/retirements", responses={201: ManagedShown})
@requires("reward.manage", scope=Scope.REWARDS_WRITE)
def retire_reward(path: NumberPath) -> Response:
    """Take it out of the catalogue; its orders go on (409 `already_retired`)."""
    viewer = the_viewer()
    return once(lambda: _managed(service.retire(viewer, path.number, now=clock.now())), status=201)


@bp.post("/catalogue/<int:number>/returns", responses={201: ManagedShown})
@requires("reward.manage", scope=Scope.REWARDS_WRITE)
def bring_reward_back(path: NumberPath) -> Response:
    """Put it into the catalogue again (409 `not_retired`)."""
    viewer = the_viewer()
    return once(lambda: _managed(service.bring_back(viewer, path.number, now=clock.now())), status=201)


def _facts(one: Reward) -> dict[str, Any]:
    return {
        "number": one.id, "kind": one.kind, "name": one.name, "description": one.description, "price": one.price,
        "stock": one.stock, "last_gone_at": one.last_gone_at if one.stock == 0 else None,
        "money_cents": one.money_cents, "what_next": one.what_next, "days": one.days,
    }  # fmt: skip


def _managed(one: Reward) -> ManagedShown:
    return ManagedShown(
        **_facts(one), employer=one.employer_id, price_version=one.price_version, retired_at=one.retired_at
    )


def _wanted(body: RewardSent) -> NewReward:
    return NewReward(
        kind=body.kind, name=body.name, description=body.description, price=body.price, stock=body.stock,
        money_cents=body.money_cents, what_next=body.what_next, days=body.days, employer_id=body.employer,
    )  # fmt: skip
