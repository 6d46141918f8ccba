"""The interface to orders: ordering something, following it, and deciding about it."""

from collections.abc import Callable

from flask import Response
from pydantic import Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.rewards import redemption_queries as queries
from portal.rewards import redemption_service as service
from portal.rewards.redemption_queries import Order, Step
from portal.rewards.redemption_rules import REASON_CHARS_MAX, REASON_CHARS_MIN
from portal.rewards.shop_api import Price
from portal.rewards.shop_models import Redemption
from portal.rewards.shop_rules import NOTE_CHARS_MAX
from portal.rewards.words import RedemptionState, RedemptionStepKind, RewardKind
from portal.web.api import (
    Moment,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    Words,
    api,
    idempotency_key,
    listed,
    page_of,
    shown,
)

bp = api("orders", "What was ordered for points, and what becomes of it.")
MOVES_POINTS = {"x-idempotency-key-needed": True}


class OrderedSent(Sent):
    """An order. price: as it was shown, so that no other is taken."""

    price: Price
    note: Words = Field("", max_length=NOTE_CHARS_MAX, description="For whoever arranges it.")


class RefusedSent(Sent):
    """Why not: whoever ordered it reads this."""

    reason: Words = Field(min_length=REASON_CHARS_MIN, max_length=REASON_CHARS_MAX)


class DeliveredSent(Sent):
    """How it was handed over."""

    words: Words = Field("", max_length=REASON_CHARS_MAX)


class QueueAsked(PageAsked):
    """Orders of one state, or all that are open."""

    state: RedemptionState | None = None


class OrderStepShown(Shown):
    """Something that was done about an order."""

    kind: RedemptionStepKind
    at: Moment
    by: str | None = Field(description="Who did it; null for the portal itself.")
    words: str


class OrderShown(Shown):
    """An order. Its points are held until it is delivered, and back at once where it ends otherwise."""

    number: int
    reward: int
    name: str
    kind: RewardKind
    person: int
    person_name: str
    points: int
    money_cents: int | None
    state: RedemptionState
    approvals: int
    approvals_needed: int
    ordered_at: Moment
    expires_at: Moment = Field(description="Then the points go back by themselves, unless it is over before.")
    delivered_by: Moment | None = Field(description="By when it should be there; null until it is approved.")
    steps: list[OrderStepShown]


@bp.post("/rewards/<int:number>/orders", responses={201: OrderShown}, openapi_extensions=MOVES_POINTS)
@requires("reward.redeem", scope=Scope.WALLET_WRITE)
def order_reward(path: NumberPath, body: OrderedSent) -> Response:
    """Order something: its points are held (409 `price_changed`, `out_of_stock`, `insufficient_points`)."""
    viewer, key = the_viewer(), f"api:{idempotency_key() or ''}"[:120]
    with kept_for_the_auditor("order.place", viewer, f"reward:{path.number}", now=clock.now()):
        return once(lambda: _ordered(viewer, path.number, body, key), status=201, key_needed=True)


@bp.get("/orders", responses={200: page_of(OrderShown)})
@requires("order.see", scope=Scope.REWARDS_READ)
def list_own_orders(query: PageAsked) -> Response:
    """What the key's person has ordered, the newest first."""
    found, following = queries.own_orders(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(one) for one in found], following)


@bp.get("/orders/queue", responses={200: page_of(OrderShown)})
@requires("order.decide", scope=Scope.REWARDS_READ)
def list_orders_to_decide(query: QueueAsked) -> Response:
    """What the key's person may decide about, the longest waiting first; never their own."""
    found, following = queries.queue(the_viewer(), limit=query.limit, cursor=query.cursor, state=query.state)
    return listed([_shown(one) for one in found], following)


@bp.get("/orders/<int:number>", responses={200: OrderShown})
@requires("order.see", scope=Scope.REWARDS_READ)
def see_order(path: NumberPath) -> Response:
    """One order: one's own, or one that one may decide about."""
    return shown(_shown(queries.order_for(the_viewer(), path.number)))


@bp.post("/orders/<int:number>/approvals", responses={201: OrderShown})
@requires("order.decide", scope=Scope.REWARDS_WRITE)
def approve_order(path: NumberPath) -> Response:
    """Say yes; above a threshold a second person does as well (403 `self_award`, `same_approver`).

    409 `already_approved`, `already_resolved`, `expired`.
    """
    return _carried_out(path.number, lambda viewer, row: service.approve(viewer, row, now=clock.now()))


@bp.post("/orders/<int:number>/refusals", responses={201: OrderShown}, openapi_extensions=MOVES_POINTS)
@requires("order.decide", scope=Scope.REWARDS_WRITE)
def decline_order(path: NumberPath, body: RefusedSent) -> Response:
    """Say no: the points are back at once (403 `self_award`, 409 `already_resolved`, 422 `reason_needed`)."""
    return _carried_out(path.number, lambda viewer, row: service.decline(viewer, row, body.reason, now=clock.now()),
                        key_needed=True)  # fmt: skip


@bp.post("/orders/<int:number>/deliveries", responses={201: OrderShown}, openapi_extensions=MOVES_POINTS)
@requires("order.decide", scope=Scope.REWARDS_WRITE)
def deliver_order(path: NumberPath, body: DeliveredSent) -> Response:
    """It is handed over: the points are spent (403 `self_award`).

    409 `not_approved_yet`, `already_resolved`, `expired`.
    """
    return _carried_out(path.number, lambda viewer, row: service.deliver(viewer, row, body.words, now=clock.now()),
                        key_needed=True)  # fmt: skip


@bp.post("/orders/<int:number>/cancellations", responses={201: OrderShown}, openapi_extensions=MOVES_POINTS)
@requires("order.cancel", scope=Scope.WALLET_WRITE)
def cancel_order(path: NumberPath) -> Response:
    """Change one's mind before anybody said yes (403 `not_yours`; 409 `not_cancellable`, `already_resolved`)."""
    return _carried_out(path.number, lambda viewer, row: service.cancel(viewer, row, now=clock.now()),
                        key_needed=True)  # fmt: skip


def _carried_out(number: int, verb: Callable[[Viewer, Redemption], object], *, key_needed: bool = False) -> Response:
    viewer = the_viewer()

    def run() -> OrderShown:
        verb(viewer, queries.order_row(viewer, number))
        return _shown(queries.order_for(viewer, number))

    with kept_for_the_auditor("order.decide", viewer, f"order:{number}", now=clock.now()):
        return once(run, status=201, key_needed=key_needed)


def _ordered(viewer: Viewer, number: int, body: OrderedSent, key: str) -> OrderShown:
    made = service.redeem(viewer, number, price=body.price, key=key, note=body.note, now=clock.now())
    return _shown(queries.order_for(viewer, made.id))


def _shown(one: Order) -> OrderShown:
    return OrderShown(
        number=one.id, reward=one.reward_id, name=one.reward, kind=one.kind, person=one.person_id,
        person_name=one.person, points=one.points, money_cents=one.money_cents, state=one.state,
        approvals=one.approvals, approvals_needed=one.needed, ordered_at=one.ordered_at, expires_at=one.expires_at,
        delivered_by=one.by_when, steps=[_step(step) for step in one.steps],
    )  # fmt: skip


def _step(step: Step) -> OrderStepShown:
    return OrderStepShown(kind=step.kind, at=step.at, by=step.by, words=step.words)
