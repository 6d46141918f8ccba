"""What is sent when something that was done is back."""

from datetime import date
from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, StopValidation

from portal.commitments.relapse_rules import WORDS_CHARS_MAX, NewReport
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, tidy


def _needed_on_another_day(form: Any, field: Any) -> None:
    if form.when.data == "other" and not (field.raw_data and field.raw_data[0].strip()):
        field.errors = []
        raise StopValidation("Choose the day.")


class BackForm(StrictForm):
    """When it happened again, and what is to be known about it."""

    when = RadioField(
        "When did you meet it again?", default="today",
        choices=[SelectChoice("today", "Today"), SelectChoice("other", "Another day")],
    )  # fmt: skip
    day = DayField("Which day?", id="back-day", validators=[_needed_on_another_day, Optional()])
    words = TextAreaField(
        "What happened?", id="back-words", filters=[tidy], validators=[no_controls],
        render_kw={"maxlength": WORDS_CHARS_MAX},
    )  # fmt: skip

    def report(self, today: date) -> NewReport:
        """What was sent, for the verb."""
        other = self.day.data if self.when.data == "other" else None
        return NewReport(other or today, self.words.data or "")
