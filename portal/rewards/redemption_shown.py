"""Orders in words: their state, the way they go, and what was done about them."""

from datetime import date
from typing import Any

from portal.rewards.redemption_queries import Order, Step
from portal.rewards.words import RedemptionState, RedemptionStepKind
from portal.web.dates import day_words, local_day

STATES = {
    RedemptionState.ORDERED: ("Ordered", "blue", "clock"),
    RedemptionState.APPROVED: ("Approved", "honey", "check"),
    RedemptionState.DELIVERED: ("Delivered", "green", "gift"),
    RedemptionState.DECLINED: ("Declined", "stop", "x"),
    RedemptionState.CANCELLED: ("Cancelled", "", "x"),
    RedemptionState.TIMED_OUT: ("Timed out", "", "clock"),
}
STEPS = {
    RedemptionStepKind.ORDERED: "Ordered",
    RedemptionStepKind.SECONDED: "First approval",
    RedemptionStepKind.APPROVED: "Approved",
    RedemptionStepKind.DELIVERED: "Delivered",
    RedemptionStepKind.DECLINED: "Declined",
    RedemptionStepKind.CANCELLED: "Cancelled",
    RedemptionStepKind.TIMED_OUT: "Timed out",
}
WAY = (RedemptionStepKind.ORDERED, RedemptionStepKind.APPROVED, RedemptionStepKind.DELIVERED)


def tracker(order: Order, *, today: date, zone: str) -> list[dict[str, Any]]:
    """The steps of the way, as the arc draws them; one that ended otherwise ends there."""
    done = {step.kind: step for step in order.steps}
    ended = not order.state.open and order.state is not RedemptionState.DELIVERED
    shown: list[dict[str, Any]] = []
    for kind in WAY:
        step = done.get(kind)
        if step is None and ended:
            break
        icon = STATES[RedemptionState(kind.value)][2]
        shown.append(_point(STEPS[kind], icon, step, _state(kind, step, shown), today=today, zone=zone))
    if ended:
        shown.append(_point(STEPS[RedemptionStepKind(order.state.value)], "x",
                            done.get(RedemptionStepKind(order.state.value)), "no", today=today, zone=zone))  # fmt: skip
    return shown


def told(order: Order, *, today: date, zone: str) -> list[dict[str, Any]]:
    """What was done about it, the newest first, as the story draws it."""
    return [
        {"icon": "check" if step.kind in WAY or step.kind is RedemptionStepKind.SECONDED else "x", "tone": "",
         "title": STEPS[step.kind], "who": step.by or "by itself", "say": step.words, **_when(step, today, zone)}
        for step in reversed(order.steps)
    ]  # fmt: skip


def what_now(order: Order, *, today: date, zone: str) -> str:
    """One sentence about where it stands and by when something happens."""
    if order.state is RedemptionState.ORDERED:
        one = " One of two people has approved it." if order.approvals else ""
        by = day_words(order.expires_at, today=today, zone=zone)
        return f"It waits for approval.{one} Without an answer by {by} your points come back by themselves."
    if order.state is RedemptionState.APPROVED and order.by_when:
        return f"{order.what_next.rstrip('.')}, by {day_words(order.by_when, today=today, zone=zone)}."
    if order.state is RedemptionState.DELIVERED:
        return f"It was delivered. {order.points:,} points are spent."
    why = f" {order.reason}" if order.reason else ""
    return f"{order.points:,} points are back in the wallet.{why}"


def _state(kind: RedemptionStepKind, step: Step | None, shown: list[dict[str, Any]]) -> str:
    if step is not None:
        return "end" if kind is RedemptionStepKind.DELIVERED else "done"
    return "current" if all(one["state"] == "done" for one in shown) else "future"


def _point(
    title: str, icon: str, step: Step | None, state: str, *, today: date, zone: str
) -> dict[str, Any]:  # fmt: skip
    when = _when(step, today, zone) if step else {"when": None, "datetime": None}
    return {"title": title, "icon": icon, "state": state, "text": "", "gap": None, "late": None, **when}


def _when(step: Step, today: date, zone: str) -> dict[str, str]:
    return {"when": day_words(step.at, today=today, zone=zone), "datetime": local_day(step.at, zone).isoformat()}
