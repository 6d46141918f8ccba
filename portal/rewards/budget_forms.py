"""Forms about budgets, awards that are taken back, and the settings of rewards."""

from dataclasses import replace
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.ledger.postings import POINTS_MAX
from portal.rewards.budget_rules import NAME_CHARS_MAX, REASON_CHARS_MAX
from portal.rewards.rules import DENOMINATIONS, POLICIES, POLICY_VERSION, Event, Share
from portal.rewards.settings_rules import BOUNDS, CURRENCY_CHARS_MAX, TAX_NOTE_CHARS_MAX, RewardSettings
from portal.web.fields import DayField
from portal.web.forms import StrictForm, one_line, tidy

POINTS = f"Points are whole numbers from 1 to {POINTS_MAX:,}."
CELLS = [(event, share) for event, shares in POLICIES[POLICY_VERSION].items() for share in shares]


def _points(label: str) -> IntegerField:
    return IntegerField(label, [InputRequired(POINTS), NumberRange(1, POINTS_MAX, POINTS)])


def _words(label: str, needed: str, most: int = REASON_CHARS_MAX) -> StringField:
    return StringField(label, [InputRequired(needed), Length(max=most), one_line], filters=[tidy])


class NewBudgetForm(StrictForm):
    """Asking for a budget."""

    name = _words("What it is called", "Give it a name.", NAME_CHARS_MAX)
    points = _points("How many points")
    first_day = DayField("First day", [InputRequired("Choose the first day.")])
    last_day = DayField("Last day", [InputRequired("Choose the last day.")])
    reason = _words("What it is for", "Say what it is for.")


class MoreForm(StrictForm):
    """Asking for more points in a budget."""

    points = _points("How many more points")
    reason = _words("What they are for", "Say what they are for.")


class DecisionForm(StrictForm):
    """Yes or no."""

    agreed = HiddenField()

    def validate_agreed(self, field: Any) -> None:
        """One of two words."""
        if field.data not in ("yes", "no"):
            raise ValueError("Say yes or no.")


class GiftForm(StrictForm):
    """Points for somebody."""

    person = _words("Who gets them", "Give their e-mail address or staff number.", 254)
    points = _points("Points")
    sentence = _words("What for", "Say what it is for: it stands on their statement.")
    key = HiddenField(validators=[InputRequired(), Length(max=80)])


class ReversalForm(StrictForm):
    """Taking an award back."""

    award = IntegerField("Award", [InputRequired("Which award?"), NumberRange(1, 2**31 - 1, "There is no such award.")])
    reason = _words("Why", "Say why: the reason stands on the statement.")


class _Settings(StrictForm):
    based_on = HiddenField(validators=[InputRequired()])
    currency = StringField("Currency sign", [Length(max=CURRENCY_CHARS_MAX), one_line], filters=[tidy])
    tax_note = StringField("Tax note in every wallet", [Length(max=TAX_NOTE_CHARS_MAX), one_line], filters=[tidy])
    impact_tranches = BooleanField("Pay a part of what a measured change is worth")


NUMBERS = {
    "cap_idea": "Points for one idea, at most",
    "cap_person_year": "Points of one person in a year, at most",
    "cents_per_point": "What a point is worth, in cents (empty: not in money)",
    "impact_percent": "Part of the measured worth that is paid, in percent",
    "impact_cap": "Points of one part of one change, at most",
    "expiry_months": "Months without activity until points expire",
    "order_days": "Days until an order that nobody decides is void",
    "two_approvers_from": "Points of an order from which two people approve",
    "thanks_monthly": "Points that everybody may give away in a month (0: words alone)",
}


def _number(name: str, label: str) -> IntegerField:
    low, high = BOUNDS[name]
    needed = Optional() if name == "cents_per_point" else InputRequired("Give a whole number.")
    return IntegerField(label, [needed, NumberRange(low, high, f"From {low:,} to {high:,}.")])


def _share(share: Share) -> SelectField:
    return SelectField(
        share.label, coerce=int, choices=[SelectChoice(points, str(points)) for points in (0, *DENOMINATIONS)]
    )


SettingsForm: Any = type("SettingsForm", (_Settings,), {
    "__doc__": "A whole version of the settings of rewards.",
    **{name: _number(name, label) for name, label in NUMBERS.items()},
    **{f"{event}-{share}": _share(share) for event, share in CELLS},
})  # fmt: skip


def values_of(settings: RewardSettings) -> dict[str, Any]:
    """The present settings, for the form."""
    plain = {name: getattr(settings, name) for name in (*NUMBERS, "currency", "tax_note", "impact_tranches")}
    cells = {f"{event}-{share}": settings.policy.get(event, {}).get(share, 0) for event, share in CELLS}
    return plain | cells | {"based_on": settings.version}


def wanted(form: Any, current: RewardSettings) -> RewardSettings:
    """The settings that were typed."""
    policy: dict[Event, dict[Share, int]] = {}
    for event, share in CELLS:
        policy.setdefault(event, {})[share] = form[f"{event}-{share}"].data
    plain = {name: form[name].data for name in NUMBERS}
    return replace(current, policy=policy, currency=form.currency.data or "", tax_note=form.tax_note.data or "",
                   impact_tranches=bool(form.impact_tranches.data), **plain)  # fmt: skip
