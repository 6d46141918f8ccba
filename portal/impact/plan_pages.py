"""What the pages of a plan and a roll-out are given: words and rows for their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from portal.commitments.models import Commitment
from portal.impact.design_queries import Drawn, Outlook
from portal.impact.designer import Forecast
from portal.impact.plan_queries import PlanFacts, plan_of
from portal.impact.plan_rules import payable_because
from portal.impact.rollout_queries import Unit, rollouts_of
from portal.impact.suggestion_rules import Touched
from portal.impact.words import Shape
from portal.metrics.models import Direction, Metric
from portal.metrics.words import day_words, listed, number

SHAPES = {Shape.STEP: "At once", Shape.RAMP: "Growing over some weeks"}


@dataclass(frozen=True)
class OnPromise:
    """What the page of a promise says of how it is measured and where it is live."""

    plan: PlanFacts | None
    units: list[Unit]
    sentence: str
    unpaid: str


def on_promise(number: int) -> OnPromise:
    """For the page of a promise. Three statements."""
    plan, units = plan_of(number), rollouts_of(number)
    reason = payable_because(plan.plan if plan else None, units)
    said = f"{expected(plan)} is registered." if plan else ""
    return OnPromise(plan, units, said, reason.sentence if reason and units else "")


def expected(plan: PlanFacts) -> str:
    """ "Customer satisfaction up by 0.2 (score, 1 to 5)"."""
    metric = plan.metric
    way = "up" if metric.direction is Direction.UP_IS_GOOD else "down"
    return f"{metric.name} {way} by {amount(plan.plan.expected_effect, metric)} ({metric.unit})"


def amount(value: float, metric: Metric) -> str:
    """A value with the metric's decimals, and more where it would be nought."""
    decimals = metric.decimals
    while decimals < 6 and value and round(value, decimals) == 0:
        decimals += 1
    return number(value, decimals)


def plan_lines(plan: PlanFacts) -> list[tuple[str, str]]:
    """What is registered, as label and value."""
    row, metric = plan.plan, plan.metric
    lines = [
        ("Metric", f"{metric.name}, {metric.unit} (definition {row.definition_version})"),
        ("Expected", expected(plan)),
        ("At the very least", amount(row.expected_low, metric) if row.expected_low is not None else "Not said"),
        ("How it comes", SHAPES[row.shape]),
        ("Left out after go-live", f"{row.washout_days} days" if row.washout_days else "Nothing"),
        ("Contact reasons", listed(plan.reasons) if plan.reasons else "Every contact"),
        ("Must not get worse", "; ".join(_rail(plan))),
        ("Verdicts on", listed([f"day {day}" for day in plan.verdict_days])),
        ("One unit is worth", _worth(plan)),
        ("Costs to run, a year", money(row.run_cost_minor, row.currency)),
        ("Shares of a payment", listed([f"{share.value} {part} %" for share, part in plan.shares.items()])),
    ]
    if row.bundle_share is not None:
        lines.append(("Of a bundle", f"{row.bundle_share} %"))
    return lines


def money(cents: int, currency: str | None) -> str:
    """ "GBP 1,200.00"."""
    return f"{currency or ''} {cents / 100:,.2f}".strip()


def touched_lines(reasons: Sequence[Touched]) -> list[tuple[str, str]]:
    """What people named, with its shares."""
    return [
        (one.reason, f"{one.noted:.0%} of what was noted"
         + (f", {one.contacts:.1%} of contacts" if one.contacts is not None else ""))
        for one in reasons[:8]
    ]  # fmt: skip


def outlook_lines(outlook: Outlook, metric: Metric | None) -> list[str]:
    """What would be visible, in sentences; why not, where nothing can be said."""
    now = outlook.now
    if now.smallest is None or metric is None:
        return [now.why_not]
    lines = [
        f"On day 56 an effect of {amount(now.smallest, metric)} or more ({metric.unit}) would be visible in four "
        f"cases of five. {_grade(now)}"
    ]
    if now.power is not None:
        lines.append(f"The effect that is registered would be visible in {now.power:.0%} of cases.")
    lines += _more(outlook.held_back, now, metric, "One site or queue less, kept to compare with,")
    lines += _more(outlook.longer, now, metric, "Two more weeks")
    return lines


def design_rows(design: Drawn) -> list[list[str]]:
    """A row for each wave: its day and its units."""
    return [
        [str(turn), day_words(wave.day, year=True), ", ".join(wave.names)] for turn, wave in enumerate(design.waves, 1)
    ]


def unit_rows(units: Sequence[Unit]) -> list[list[str]]:
    """A row for each unit: where, since when, and until when."""
    return [
        [unit.name, day_words(unit.live_from, year=True),
         f"Taken back on {day_words(unit.live_to, year=True)}: {unit.back_because}" if unit.live_to else "Live"]
        for unit in units
    ]  # fmt: skip


def crumb_of(commitment: Commitment) -> dict[str, Any]:
    """What every one of these pages says of its promise."""
    return {"number": commitment.id, "sentence": commitment.sentence, "here": "promises"}


def day_after(today: date, days: int) -> date:
    """A Monday at least so many days ahead, to begin with."""
    ahead = date.fromordinal(today.toordinal() + days)
    return date.fromordinal(ahead.toordinal() + (-ahead.weekday()) % 7)


def _rail(plan: PlanFacts) -> list[str]:
    return [
        f"{rail.name}, by {number(rail.harm_limit, max(rail.decimals, 1))} or more {rail.unit}"
        if rail.harm_limit is not None else rail.name
        for rail in plan.guardrails
    ]  # fmt: skip


def _worth(plan: PlanFacts) -> str:
    row = plan.plan
    if row.unit_value_minor is None:
        return "Nobody has said"
    by = f", as {row.value_agreed_by} agreed" if row.value_agreed_by else ""
    return f"{money(row.unit_value_minor, row.currency)}{by}"


def _grade(now: Forecast) -> str:
    if not now.controls:
        return "Nothing would be left to compare with: before and after only, grade C."
    return f"{now.treated} with it are compared with {now.controls} without, grade {now.grade}."


def _more(other: Forecast | None, now: Forecast, metric: Metric, what: str) -> list[str]:
    if other is None or other.smallest is None or now.smallest is None:
        return []
    less = 1 - other.smallest / now.smallest
    if less > 0.005:
        return [f"{what} would make {amount(other.smallest, metric)} visible, {less:.0%} less."]
    return [f"{what} would not make more visible."]


def moment_words(moment: datetime) -> str:
    """ "2 March 2026, 12:00 UTC"."""
    at = moment.astimezone(UTC)
    return f"{day_words(at.date(), year=True)}, {at:%H:%M} UTC"
