"""The catalogue, and the one page on which an order is checked and confirmed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid
from portal.people.access import may, requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.rewards import redemption_service as orders
from portal.rewards import shop_queries as queries
from portal.rewards.redemption_rules import approvals_needed
from portal.rewards.settings_queries import settings
from portal.rewards.shop_forms import OrderForm
from portal.rewards.shop_models import Reward
from portal.rewards.shop_queries import CatalogueWanted, Purse
from portal.rewards.shop_rules import money_words
from portal.rewards.words import RewardKind
from portal.web.dates import clock_words, day_words
from portal.web.limits import limiter, per_viewer
from portal.web.transactions import writing

bp = Blueprint("shop", __name__)
REWARD = "rewards/reward.html"


@bp.get("/rewards")
@requires("reward.see")
def catalogue() -> ResponseReturnValue:
    """What points buy; `kind` and `affordable` narrow it."""
    viewer, kind = the_viewer(), _kind(request.args.get("kind"))
    affordable = request.args.get("affordable") == "1"
    purse = queries.purse(viewer.id)
    wanted = CatalogueWanted(kind, affordable, cursor=request.args.get("after"))
    found, following = queries.catalogue(viewer, wanted, points=purse.points)

    def address(**changed: Any) -> str:
        return url_for("shop.catalogue", **({"kind": kind, "affordable": "1" if affordable else None} | changed))

    return render_template(
        "rewards/catalogue.html",
        here="wallet",
        points=purse.points,
        kinds=[("All", address(kind=None), kind is None)]
        + [(one.label, address(kind=one.value), one is kind) for one in RewardKind],
        affordable=affordable,
        affordable_href=address(affordable=None if affordable else "1"),
        rewards=[_card(one, purse, viewer) for one in found],
        narrowed=affordable or kind is not None,
        more_href=address(after=following) if following else None,
        manages=may("reward.manage"),
    )


@bp.get("/rewards/<int:number>")
@requires("reward.see")
def reward(number: int) -> ResponseReturnValue:
    """The check page: what it costs, what is left, what happens next and by when."""
    viewer, form = the_viewer(), OrderForm(None)
    found = queries.reward_for(viewer, number)
    form.key.data, form.price.data = str(uuid4()), str(found.price)
    return page(REWARD, form, **_check(viewer, found))


@bp.post("/rewards/<int:number>/orders")
@requires("reward.redeem")
@limiter.limit("60/minute", key_func=per_viewer)
def order(number: int) -> ResponseReturnValue:
    """Order it, at the price that was shown."""
    viewer, form, now = the_viewer(), OrderForm(), clock.now()
    found = queries.reward_for(viewer, number)
    if not form.validate():
        return page(REWARD, form, status=422, **_check(viewer, found))
    try:
        with kept_for_the_auditor("order.place", viewer, f"reward:{number}", now=now), writing():
            made = orders.redeem(viewer, number, price=form.price_seen, key=form.key.data or "",
                                 note=form.note.data or "", now=now)  # fmt: skip
            made_number = made.id
    except (Conflict, Invalid) as refusal:
        found = queries.reward_for(viewer, number)
        form.price.data = str(found.price)  # they have seen both now: the next click is for the new one
        refusal.fields = {}
        return refused(REWARD, form, refusal, **_check(viewer, found))
    flash("Ordered. Your points are set aside until it is delivered.")
    return redirect(f"/orders/{made_number}", 303)


def _kind(text: str | None) -> RewardKind | None:
    if not text:
        return None
    try:
        return RewardKind(text)
    except ValueError:
        raise Invalid("unknown_filter", "There is no such kind of reward.") from None


def _card(one: Reward, purse: Purse, viewer: Viewer) -> dict[str, Any]:
    return {
        "href": url_for("shop.reward", number=one.id),
        "name": one.name,
        "kind": one.kind.label,
        "description": one.description,
        "price": one.price,
        "missing": max(one.price - purse.points, 0),
        "stock": _stock(one),
        "gone": _gone(one, viewer.timezone) if one.stock == 0 else None,
    }


def _stock(one: Reward) -> str | None:
    if one.stock is None or one.stock == 0:
        return None
    return "The last one" if one.stock == 1 else f"{one.stock:,} left"


def _gone(one: Reward, zone: str) -> str:
    if one.last_gone_at is None:
        return "Gone"
    at = clock_words(one.last_gone_at, zone=zone)
    return f"Gone: the last one went at {at} on {day_words(one.last_gone_at, today=clock.now().date(), zone=zone)}"


def _check(viewer: Viewer, found: Reward) -> dict[str, Any]:
    purse = queries.purse(viewer.id)
    decided = settings()
    two = approvals_needed(found.price, two_from=decided.two_approvers_from) == 2
    answer_by = clock.now() + timedelta(days=decided.order_days)
    return {
        "here": "wallet",
        "reward": _card(found, purse, viewer),
        "money": money_words(found.money_cents) if found.money_cents else None,
        "action": url_for("shop.order", number=found.id),
        "before": purse.points,
        "after": purse.points - found.price,
        "coming": purse.coming,
        "what_next": found.what_next,
        "days": found.days,
        "approves": "Two people approve it" if two else "Somebody approves it",
        "answer_by": day_words(answer_by, today=clock.now().date(), zone=viewer.timezone),
    }
