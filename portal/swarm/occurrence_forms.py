"""What is sent about something that happened again. Everything may be left out: one tap is enough."""

from datetime import date, timedelta
from typing import Any

from wtforms import DecimalField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation

from portal.swarm.occurrence_models import HourCost, Occurrence
from portal.swarm.occurrence_rules import REASON_CHARS_MAX, Channel, NewOccurrence, Tried
from portal.web.fields import DayField
from portal.web.forms import StrictForm, one_line, tidy

DAYS = {"today": "Today", "yesterday": "Yesterday", "other": "Another day"}
KEY_CHARS_MAX = 36


class _Minutes(IntegerField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write whole minutes, such as 12.") from None


def _needed_on_another_day(form: Any, field: Any) -> None:
    """A day is needed where neither today nor yesterday is meant."""
    if form.when.data == "other" and not (field.raw_data and field.raw_data[0].strip()):
        field.errors = []
        raise StopValidation("Choose the day.")


class OccurrenceForm(StrictForm):
    """when: today unless said otherwise. key: of the form, so that it counts once."""

    key = HiddenField(validators=[Optional(), Length(max=KEY_CHARS_MAX)])
    when = RadioField("When?", choices=[SelectChoice(*day) for day in DAYS.items()], default="today")
    day = DayField("Which day?", id="occurrence-day", validators=[_needed_on_another_day, Optional()])
    reason = StringField(
        "What was the contact about?", id="occurrence-reason", filters=[tidy], validators=[one_line],
        render_kw={"maxlength": REASON_CHARS_MAX, "list": "occurrence-reasons", "autocomplete": "off"},
    )  # fmt: skip
    channel = SelectField(
        "How did it come in?", id="occurrence-channel", default="",
        choices=[SelectChoice("", "Not said"), *(SelectChoice(one.value, one.label) for one in Channel)],
    )  # fmt: skip
    tried = RadioField(
        "Had the customer tried self-service first?", default=Tried.UNKNOWN.value,
        choices=[SelectChoice(one.value, one.label) for one in Tried],
    )  # fmt: skip
    minutes = _Minutes(
        "Minutes lost", id="occurrence-minutes", validators=[Optional()], render_kw={"inputmode": "numeric"}
    )

    def wanted(self, today: date) -> NewOccurrence:
        """What was sent, for the verb."""
        days = {"today": today, "yesterday": today - timedelta(days=1), "other": self.day.data}
        return NewOccurrence(
            day=days[self.when.data or "today"],
            reason=self.reason.data or "",
            channel=Channel(self.channel.data) if self.channel.data else None,
            tried=Tried(self.tried.data or Tried.UNKNOWN),
            minutes=self.minutes.data,
        )

    def fill(self, noted: Occurrence, today: date) -> None:
        """Show what was noted."""
        ago = (today - noted.day).days
        self.when.data = {0: "today", 1: "yesterday"}.get(ago, "other")
        self.day.data = noted.day if ago > 1 else None
        self.reason.data, self.minutes.data = noted.reason, noted.minutes
        self.channel.data, self.tried.data = noted.channel or "", noted.tried.value


class UndoForm(StrictForm):
    """Nothing but the button."""


class HourCostForm(StrictForm):
    """What an hour of work costs."""

    amount = DecimalField("An hour of work costs", id="amount", places=2, render_kw={"inputmode": "decimal"})
    currency = StringField(
        "Currency", id="currency", filters=[tidy], validators=[one_line], render_kw={"maxlength": 3, "size": 4}
    )

    def cents(self) -> int:
        """The amount in hundredths; 0 where there is none, which the verb refuses in words."""
        return round(self.amount.data * 100) if self.amount.data is not None else 0

    def show(self, newest: HourCost | None) -> None:
        """Show what counts now."""
        self.amount.data = newest.cents / 100 if newest else None
        self.currency.data = newest.currency if newest else ""
