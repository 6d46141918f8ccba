"""The shapes of plans, roll-outs and designs in the interface: what is sent, and what is shown."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from portal.impact import plan_rules
from portal.impact.design_queries import Drawn
from portal.impact.design_rules import UNITS_MAX, WAVES_MAX, WEEKS_BETWEEN_MAX, NewDesign
from portal.impact.plan_queries import PlanFacts
from portal.impact.plan_rules import SHARES, GuardrailWanted, NewPlan, payable_because
from portal.impact.plan_words import NotPayable
from portal.impact.rollout_queries import Unit
from portal.impact.rollout_rules import REASON_CHARS_MAX, REASON_CHARS_MIN, NewRollBack
from portal.impact.words import LOCKED_DAYS, VERDICT_DAY, Shape
from portal.rewards.rules import Share
from portal.web.api import AskedPath, Day, Line, Moment, Number, Sent, Shown, Words, whole

Size = Annotated[float, Field(gt=0, le=plan_rules.NUMBER_MAX, allow_inf_nan=False)]
Reason = Annotated[Line, Field(min_length=1, max_length=plan_rules.REASON_CHARS_MAX)]
LockedDay = Annotated[int, Field(json_schema_extra={"enum": list(LOCKED_DAYS)}), BeforeValidator(whole)]
PerCent = Annotated[int, Field(ge=0, le=100), BeforeValidator(whole)]


class GuardrailSent(Sent):
    """A metric that must not get worse."""

    metric: Number
    harm_limit: Size = Field(description="In its unit: so much worse would be harm.")


class SharesSent(Sent):
    """Per cent of a payment by capacity; together 100."""

    author: PerCent = SHARES[Share.AUTHOR]
    implementer: PerCent = SHARES[Share.IMPLEMENTER]
    helper: PerCent = SHARES[Share.HELPER]
    builder: PerCent = SHARES[Share.BUILDER]


class PlanSent(Sent):
    """How a promise will be measured. Registered once, never changed."""

    metric: Number
    expected_effect: Size = Field(description="In the metric's unit, in the good direction.")
    expected_low: Annotated[float, Field(ge=0, le=plan_rules.NUMBER_MAX, allow_inf_nan=False)] | None = None
    shape: Shape = Shape.STEP
    washout_days: Annotated[int, Field(ge=0, le=plan_rules.WASHOUT_DAYS_MAX), BeforeValidator(whole)] = 0
    reasons: list[Reason] = Field(default_factory=list, max_length=plan_rules.REASONS_MAX)
    guardrails: list[GuardrailSent] = Field(
        min_length=plan_rules.GUARDRAILS_MIN, max_length=plan_rules.GUARDRAILS_MAX,
        description="Each metric once, and not the one that is to get better.",
    )  # fmt: skip
    verdict_days: list[LockedDay] = Field(
        default_factory=lambda: list(LOCKED_DAYS), min_length=1, max_length=len(LOCKED_DAYS),
        description=f"Days after go-live; {VERDICT_DAY} is always among them.",
        json_schema_extra={"contains": {"const": VERDICT_DAY}},
    )  # fmt: skip
    run_cost_minor: Annotated[int, Field(ge=0, le=plan_rules.CENTS_MAX), BeforeValidator(whole)] = 0
    shares: SharesSent = Field(default_factory=SharesSent)
    bundle_share: Annotated[int, Field(ge=1, le=100), BeforeValidator(whole)] | None = None

    def plan(self) -> NewPlan:
        """What was sent, for the verb."""
        return NewPlan(
            self.metric, self.expected_effect,
            tuple(GuardrailWanted(one.metric, one.harm_limit) for one in self.guardrails), self.expected_low,
            self.shape, self.washout_days, tuple(self.reasons), tuple(self.verdict_days), self.run_cost_minor,
            {share: getattr(self.shares, share.value) for share in SHARES}, self.bundle_share,
        )  # fmt: skip


class GuardrailShown(Shown):
    """A metric that must not get worse."""

    metric: int
    code: str
    name: str
    harm_limit: float | None


class PlanShown(Shown):
    """What is registered. hash: SHA-256 over all of it. unpaid: why nothing may be paid; null: something may."""

    number: int = Field(description="Of the promise.")
    metric: str = Field(description="Its code.")
    definition_version: int
    expected_effect: float
    expected_low: float | None
    shape: Shape
    washout_days: int
    reasons: list[str]
    guardrails: list[GuardrailShown]
    verdict_days: list[int]
    unit_value_minor: int | None
    currency: str | None
    value_agreed_by: str
    run_cost_minor: int
    shares: dict[str, int]
    bundle_share: int | None
    registered_by: str
    registered_at: Moment
    hash: str
    unpaid: NotPayable | None


class TouchedShown(Shown):
    """A contact reason that several people named. noted: its share of that; contacts: of all contacts, if known."""

    reason: str
    noted: float
    contacts: float | None


class GuardrailSuggested(Shown):
    """A metric to guard, and its limit."""

    metric: int
    harm_limit: float


class SuggestionShown(Shown):
    """What a plan may begin with; null where no metric has a value."""

    metric: int | None
    expected_effect: float | None
    reasons: list[str]
    guardrails: list[GuardrailSuggested]
    touched: list[TouchedShown]


class UnitShown(Shown):
    """A site, or one queue of it, that has the change. live_to: the first day without it, once it was taken back."""

    number: int
    site: int
    name: str
    reason: str | None
    live_from: date
    live_to: date | None
    because: str


class UnitsShown(Shown):
    """Everywhere it is, or was, live."""

    items: list[UnitShown]
    unpaid: NotPayable | None


class DesignSent(Sent):
    """Where, in how many waves, from when. The order is drawn by lot."""

    sites: list[Number] = Field(min_length=1, max_length=UNITS_MAX, description="Numbers of `GET /sites`.")
    reasons: list[Reason] = Field(default_factory=list, max_length=plan_rules.REASONS_MAX)
    waves: Annotated[int, Field(ge=1, le=WAVES_MAX), BeforeValidator(whole)] = 1
    weeks_between: Annotated[int, Field(ge=1, le=WEEKS_BETWEEN_MAX), BeforeValidator(whole)] = 4
    first_day: Day = Field(description="After today, within a year.")

    def wanted(self) -> NewDesign:
        """What was sent, for the verb."""
        sites, reasons = tuple(dict.fromkeys(self.sites)), plan_rules.tidy_reasons(self.reasons)
        return NewDesign(sites, self.first_day, self.waves, self.weeks_between, reasons)


class PlannedUnitShown(Shown):
    """A site or one of its queues."""

    site: int
    name: str
    reason: str | None


class WaveShown(Shown):
    """Those that go live on one day."""

    live_from: date
    units: list[PlannedUnitShown]


class DesignShown(Shown):
    """An order drawn by lot. smallest_effect: visible at day 56 in four cases of five. power: of what is expected."""

    number: int
    seed: int
    draws: int = Field(description="How often an order was drawn for this promise.")
    waves: list[WaveShown]
    smallest_effect: float | None
    power: float | None
    made_by: str
    made_at: Moment
    chosen_at: Moment | None


class DesignPath(AskedPath):
    """An order of a promise."""

    number: Number
    design: Number


class RollBackSent(Sent):
    """Where it was taken back, since when, and why. Everybody who follows it is told."""

    units: list[Number] = Field(min_length=1, max_length=UNITS_MAX, description="Numbers of `GET …/rollouts`.")
    live_to: Day = Field(description="The first day without it; not after today.")
    reason: Words = Field(min_length=REASON_CHARS_MIN, max_length=REASON_CHARS_MAX)

    def wanted(self) -> NewRollBack:
        """What was sent, for the verb."""
        return NewRollBack(tuple(dict.fromkeys(self.units)), self.live_to, self.reason)


def plan_shown(facts: PlanFacts, units: Sequence[Unit]) -> PlanShown:
    """What is registered."""
    row = facts.plan
    return PlanShown(
        number=row.commitment_id, metric=facts.metric.code, definition_version=row.definition_version,
        expected_effect=row.expected_effect, expected_low=row.expected_low, shape=row.shape,
        washout_days=row.washout_days, reasons=list(facts.reasons),
        guardrails=[GuardrailShown(metric=one.metric_id, code=one.code, name=one.name, harm_limit=one.harm_limit)
                    for one in facts.guardrails],
        verdict_days=list(facts.verdict_days), unit_value_minor=row.unit_value_minor, currency=row.currency,
        value_agreed_by=row.value_agreed_by, run_cost_minor=row.run_cost_minor,
        shares={share.value: part for share, part in facts.shares.items()}, bundle_share=row.bundle_share,
        registered_by=facts.registered_by, registered_at=row.registered_at, hash=row.hash,
        unpaid=payable_because(row, units),
    )  # fmt: skip


def units_shown(facts: PlanFacts | None, units: Sequence[Unit]) -> UnitsShown:
    """Where it is live."""
    items = [
        UnitShown(number=unit.rollout_id, site=unit.place_id, name=unit.place, reason=unit.reason,
                  live_from=unit.live_from, live_to=unit.live_to, because=unit.back_because)
        for unit in units
    ]  # fmt: skip
    return UnitsShown(items=items, unpaid=payable_because(facts.plan if facts else None, units))


def design_shown(drawn: Drawn) -> DesignShown:
    """An order drawn by lot."""
    waves = [
        WaveShown(live_from=wave.day, units=[PlannedUnitShown(site=place, name=name, reason=reason)
                                             for place, name, reason in wave.units])
        for wave in drawn.waves
    ]  # fmt: skip
    return DesignShown(
        number=drawn.id, seed=drawn.seed, draws=drawn.draws, waves=waves, smallest_effect=drawn.smallest,
        power=drawn.power, made_by=drawn.made_by, made_at=drawn.made_at, chosen_at=drawn.chosen_at,
    )  # fmt: skip
