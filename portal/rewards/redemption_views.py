"""Following one's own orders, and deciding about those of others."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from portal import clock
from portal.errors import Conflict, Invalid, Refused
from portal.people.access import may, requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.rewards import redemption_queries as queries
from portal.rewards import redemption_service as service
from portal.rewards.redemption_forms import DeclineForm, DeliverForm, PlainForm
from portal.rewards.redemption_queries import DECIDES, Order
from portal.rewards.redemption_shown import STATES, told, tracker, what_now
from portal.rewards.shop_models import Redemption
from portal.rewards.shop_rules import money_words
from portal.rewards.words import RedemptionState
from portal.web.dates import day_words, local_day
from portal.web.transactions import writing

bp = Blueprint("orders", __name__)
ORDER = "rewards/order.html"
Verb = Callable[[Viewer, Redemption], object]


@bp.get("/orders")
@requires("order.see")
def mine() -> ResponseReturnValue:
    """What the viewer has ordered, each with where it stands."""
    viewer = the_viewer()
    found, following = queries.own_orders(viewer, cursor=request.args.get("after"))
    more = url_for("orders.mine", after=following) if following else None
    return _list("mine", [_row(one, viewer) for one in found], more)


@bp.get("/orders/queue")
@requires("order.decide")
def queue() -> ResponseReturnValue:
    """What waits for the viewer's decision or to be handed over, the longest waiting first."""
    viewer = the_viewer()
    found, following = queries.queue(viewer, cursor=request.args.get("after"))
    more = url_for("orders.queue", after=following) if following else None
    return _list("queue", [_row(one, viewer) for one in found], more)


@bp.get("/orders/<int:number>")
@requires("order.see")
def order(number: int) -> ResponseReturnValue:
    """One order: the way it goes, and what this viewer may do about it."""
    viewer = the_viewer()
    return page(ORDER, PlainForm(None), **_about(viewer, queries.order_for(viewer, number)))


@bp.post("/orders/<int:number>/approval")
@requires("order.decide")
def approve(number: int) -> ResponseReturnValue:
    """Say yes."""
    now = clock.now()
    return _carry_out(number, PlainForm(), lambda viewer, row: service.approve(viewer, row, now=now), "Approved.")


@bp.post("/orders/<int:number>/refusal")
@requires("order.decide")
def decline(number: int) -> ResponseReturnValue:
    """Say no, with the reason; the points are back at once."""
    now, form = clock.now(), DeclineForm()
    words = "Declined. The points are back, and they are told why."
    return _carry_out(
        number, form, lambda viewer, row: service.decline(viewer, row, form.reason.data or "", now=now), words
    )


@bp.post("/orders/<int:number>/delivery")
@requires("order.decide")
def deliver(number: int) -> ResponseReturnValue:
    """It is handed over."""
    now, form = clock.now(), DeliverForm()
    words = "Delivered. They are told."
    return _carry_out(
        number, form, lambda viewer, row: service.deliver(viewer, row, form.words.data or "", now=now), words
    )


@bp.post("/orders/<int:number>/cancellation")
@requires("order.cancel")
def cancel(number: int) -> ResponseReturnValue:
    """Change one's mind before anybody has said yes."""
    now, words = clock.now(), "Cancelled. Your points are back."
    return _carry_out(number, PlainForm(), lambda viewer, row: service.cancel(viewer, row, now=now), words)


def _carry_out(number: int, form: FlaskForm, verb: Verb, words: str) -> ResponseReturnValue:
    viewer = the_viewer()
    found = queries.order_for(viewer, number)
    if not form.validate():
        return page(ORDER, form, status=422, **_about(viewer, found, form))
    try:
        with kept_for_the_auditor("order.decide", viewer, f"order:{number}", now=clock.now()), writing():
            verb(viewer, queries.order_row(viewer, number))
    except (Conflict, Invalid, Refused) as refusal:
        return refused(ORDER, form, refusal, **_about(viewer, queries.order_for(viewer, number), form))
    flash(words)
    return redirect(f"/orders/{number}" if found.person_id == viewer.id else "/orders/queue", 303)


def _list(tab: str, rows: list[dict[str, Any]], more: str | None) -> ResponseReturnValue:
    return render_template(
        "rewards/orders.html", here="wallet", tab=tab, orders=rows, more_href=more, decides=may("order.decide")
    )


def _row(one: Order, viewer: Viewer) -> dict[str, Any]:
    today = local_day(clock.now(), viewer.timezone)
    return {
        "id": one.id,
        "href": url_for("orders.order", number=one.id),
        "reward": one.reward,
        "points": one.points,
        "state": STATES[one.state],
        "person": one.person,
        "place": one.place,
        "when": day_words(one.ordered_at, today=today, zone=viewer.timezone),
        "datetime": local_day(one.ordered_at, viewer.timezone).isoformat(),
        "now": what_now(one, today=today, zone=viewer.timezone),
        "needed": one.needed,
        "approvals": one.approvals,
    }


def _about(viewer: Viewer, one: Order, sent: FlaskForm | None = None) -> dict[str, Any]:
    today, own = local_day(clock.now(), viewer.timezone), one.person_id == viewer.id
    decides = not own and viewer.holds(*DECIDES) and one.state.open
    approved_by_me = any(step.by_id == viewer.id for step in one.steps[1:])
    forms = {
        "approve": decides and one.state is RedemptionState.ORDERED and not approved_by_me,
        "decline": (sent if isinstance(sent, DeclineForm) else DeclineForm(None)) if decides else None,
        "deliver": (sent if isinstance(sent, DeliverForm) else DeliverForm(None))
        if decides and one.state is RedemptionState.APPROVED
        else None,
        "cancel": own and one.state is RedemptionState.ORDERED,
    }
    return {
        "here": "wallet",
        "order": _row(one, viewer),
        "own": own,
        "money": money_words(one.money_cents) if one.money_cents else None,
        "arc_steps": tracker(one, today=today, zone=viewer.timezone),
        "entries": told(one, today=today, zone=viewer.timezone),
        "forms": forms,
        "back": "/orders" if own else "/orders/queue",
    }
