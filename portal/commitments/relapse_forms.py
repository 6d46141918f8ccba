"""What is sent when something that was done is back."""

from datetime import date

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from portal.commitments.relapse_rules import WORDS_CHARS_MAX, NewReport
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, tidy


class BackForm(StrictForm):
    """When it happened again, and what is to be known about it."""

    when = RadioField(
        "When did you meet it again?", default="today",
        choices=[SelectChoice("today", "Today"), SelectChoice("other", "Another day")],
    )  # fmt: skip
    day = DayField("Which day?", id="back-day", validators=[Optional()])
    words = TextAreaField(
        "What happened?", id="back-words", filters=[tidy], validators=[no_controls],
        render_kw={"maxlength": WORDS_CHARS_MAX},
    )  # fmt: skip

    def validate_day(self, field: DayField) -> None:
        """A day is needed only where it was not today."""
        if self.when.data == "other" and field.data is None and not field.errors:
            raise ValidationError("Choose the day.")

    def report(self, today: date) -> NewReport:
        """What was sent, for the verb."""
        other = self.day.data if self.when.data == "other" else None
        return NewReport(other or today, self.words.data or "")
