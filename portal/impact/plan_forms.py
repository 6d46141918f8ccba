"""What can be typed about a plan, a roll-out and a roll-back."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput

from portal.impact.design_rules import WAVES_MAX, WEEKS_BETWEEN_MAX, NewDesign
from portal.impact.plan_rules import GUARDRAILS_MAX, REASON_CHARS_MAX, REASONS_MAX, GuardrailWanted, NewPlan
from portal.impact.plan_rules import SHARES as USUAL_SHARES
from portal.impact.rollout_rules import REASON_CHARS_MAX as WHY_CHARS_MAX
from portal.impact.rollout_rules import NewRollBack
from portal.impact.words import LOCKED_DAYS, Shape
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, tidy

NUMBER_NEEDED, DAY_NEEDED = "Write a number.", "Choose a date."
REASONS_CHARS_MAX = REASONS_MAX * (REASON_CHARS_MAX + 1)
SHAPES = [SelectChoice(Shape.STEP.value, "At once"), SelectChoice(Shape.RAMP.value, "Growing over some weeks")]


class NumberField(StringField):
    """A number as people type it; `number` is None where it is empty."""

    number: float | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it; raises ValueError with the sentence to show."""
        self.data = (valuelist[0] if valuelist else "").strip()
        if not self.data:
            return
        try:
            self.number = float(self.data.replace(",", ""))
        except ValueError:
            raise ValueError("This is not a number. Write it like 2.5.") from None
        if not isfinite(self.number):
            raise ValueError("This is not a number. Write it like 2.5.")


class WholeField(IntegerField):
    """A whole number, with a sentence in our words where it is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it; raises ValueError with the sentence to show."""
        self.data = None  # what was emptied is not what it began with
        try:
            super().process_formdata([text for text in valuelist if text.strip()])
        except ValueError:
            raise ValueError("Write a whole number.") from None


class PlanForm(StrictForm):
    """How a promise is measured. Fields named guard_1, limit_1 and so on, and share_author and so on, come in rows."""

    metric = SelectField("Which number should get better?", coerce=int, validate_choice=False)
    expected_effect = NumberField("By how much, do you expect?", filters=[], validators=[InputRequired(NUMBER_NEEDED)])
    expected_low = NumberField("And at the very least?")
    shape = RadioField("How will it come?", choices=SHAPES, default=Shape.STEP.value)
    washout_days = WholeField("Days to leave out after go-live", default=0, validators=[Optional()])
    reasons = TextAreaField("Which contact reasons does it touch?", filters=[tidy], validators=[no_controls],
                            render_kw={"maxlength": REASONS_CHARS_MAX})  # fmt: skip
    verdict_days = SelectMultipleField(
        "Verdicts on these days", coerce=int, choices=[SelectChoice(str(day), f"Day {day}") for day in LOCKED_DAYS],
        default=LOCKED_DAYS, option_widget=CheckboxInput(),
    )  # fmt: skip
    run_cost = NumberField("What it costs to run, a year")
    bundle_share = WholeField("Its share, if it goes live together with another change, in per cent",
                              validators=[Optional()])  # fmt: skip

    def rows(self) -> list[tuple[Any, Any]]:
        """The metrics to guard, each with its limit."""
        return [(self[f"guard_{turn}"], self[f"limit_{turn}"]) for turn in range(1, GUARDRAILS_MAX + 1)]

    def parts(self) -> list[Any]:
        """Who is paid which share."""
        return [self[f"share_{share.value}"] for share in USUAL_SHARES]

    def offer(self, metrics: Iterable[Any]) -> None:
        """Let one choose among these metrics."""
        choices = [SelectChoice(str(one.id), f"{one.name}, {one.unit}") for one in metrics]
        self.metric.choices = choices
        for guard, _ in self.rows():
            guard.choices = [SelectChoice("0", "None"), *choices]

    def fill(self, plan: NewPlan) -> None:
        """Begin with a suggestion."""
        self.metric.data = plan.metric_id
        self.expected_effect.data = f"{plan.expected_effect:g}"
        self.reasons.data = "\n".join(plan.reasons)
        for (guard, limit), wanted in zip(self.rows(), plan.guardrails, strict=False):
            guard.data, limit.data = wanted.metric_id, f"{wanted.harm_limit:g}"

    def plan(self) -> NewPlan:
        """What was typed, for the verb. A limit that is empty counts as none, which the verb refuses."""
        guards = [
            GuardrailWanted(guard.data, limit.number or 0.0) for guard, limit in self.rows() if guard.data
        ]  # fmt: skip
        return NewPlan(
            metric_id=self.metric.data or 0, expected_effect=self.expected_effect.number or 0.0,
            guardrails=tuple(guards), expected_low=self.expected_low.number, shape=Shape(self.shape.data),
            washout_days=self.washout_days.data or 0, reasons=tuple(_lines(self.reasons.data)),
            verdict_days=tuple(self.verdict_days.data or ()), run_cost_minor=round((self.run_cost.number or 0) * 100),
            shares={share: self[f"share_{share.value}"].data or 0 for share in USUAL_SHARES},
            bundle_share=self.bundle_share.data,
        )  # fmt: skip


for _turn in range(1, GUARDRAILS_MAX + 1):
    setattr(PlanForm, f"guard_{_turn}", SelectField(f"Must not get worse: {_turn}", coerce=int, default=0,
                                                    validate_choice=False))  # fmt: skip
    setattr(PlanForm, f"limit_{_turn}", NumberField("So much worse would be harm"))
for _share, _part in USUAL_SHARES.items():
    setattr(PlanForm, f"share_{_share.value}",
            WholeField(f"{_share.value.capitalize()}, per cent", default=_part, validators=[Optional()]))  # fmt: skip


class DesignForm(StrictForm):
    """Where, in how many waves, and when."""

    sites = SelectMultipleField("Which sites shall get it?", coerce=int, validate_choice=False,
                                option_widget=CheckboxInput())  # fmt: skip
    reasons = SelectMultipleField("Only these queues?", validate_choice=False, option_widget=CheckboxInput())
    waves = WholeField("In how many waves?", default=1, validators=[InputRequired(NUMBER_NEEDED)],
                       render_kw={"min": 1, "max": WAVES_MAX})  # fmt: skip
    weeks_between = WholeField("Weeks between two waves", default=4, validators=[InputRequired(NUMBER_NEEDED)],
                               render_kw={"min": 1, "max": WEEKS_BETWEEN_MAX})  # fmt: skip
    first_day = DayField("First day", validators=[InputRequired(DAY_NEEDED)])

    def offer(self, sites: Iterable[Any], queues: Sequence[str]) -> None:
        """Let one choose among these."""
        self.sites.choices = [SelectChoice(str(site.id), f"{site.name}, {site.employer}") for site in sites]
        self.reasons.choices = [SelectChoice(queue, queue) for queue in queues]

    def wanted(self) -> NewDesign:
        """What was typed, for the verb."""
        known = {choice.value for choice in self.reasons.choices or ()}
        reasons = tuple(reason for reason in self.reasons.data or () if reason in known)
        return NewDesign(tuple(dict.fromkeys(self.sites.data or ())), self.first_day.data, self.waves.data or 0,
                         self.weeks_between.data or 0, reasons)  # fmt: skip


class KeepForm(StrictForm):
    """Nothing but the button."""


class RollBackForm(StrictForm):
    """Where it was taken back, since when, and why."""

    units = SelectMultipleField("Where was it taken back?", coerce=int, validate_choice=False,
                                option_widget=CheckboxInput())  # fmt: skip
    live_to = DayField("First day without it", id="back-live-to", validators=[InputRequired(DAY_NEEDED)])
    reason = TextAreaField("Why?", id="back-reason", filters=[tidy], validators=[no_controls],
                           render_kw={"maxlength": WHY_CHARS_MAX})  # fmt: skip

    def offer(self, units: Mapping[int, str]) -> None:
        """Let one choose among the units that have it."""
        self.units.choices = [SelectChoice(str(number), name) for number, name in units.items()]

    def wanted(self) -> NewRollBack:
        """What was typed, for the verb."""
        return NewRollBack(tuple(self.units.data or ()), self.live_to.data, self.reason.data or "")


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]
