"""Forms for working hours, holidays, absences and delegates."""

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.people.calendar_rules import PASTE_CHARS_MAX, WEEKDAYS
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, one_line, tidy


class _Hour(TimeField):
    """A time of day, as browsers send it: 09:00 or 09:00:00."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time; raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a time like 09:00.") from None


class HoursForm(StrictForm):
    """Zone, weekdays and hours."""

    zone = StringField("Time zone", [InputRequired("Write a time zone."), Length(max=64), one_line], filters=[tidy])
    weekdays = SelectMultipleField(
        "Working days", coerce=int, choices=[SelectChoice(day, name) for day, name in enumerate(WEEKDAYS)],
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
    )  # fmt: skip
    opens = _Hour("From", [InputRequired("Write a time like 09:00.")], format=["%H:%M", "%H:%M:%S"])
    closes = _Hour("Until", [InputRequired("Write a time like 17:00.")], format=["%H:%M", "%H:%M:%S"])


class HolidaysForm(StrictForm):
    """Days off, pasted."""

    days = TextAreaField(
        "Days off", [InputRequired("Write one day a line."), Length(max=PASTE_CHARS_MAX), no_controls], filters=[tidy]
    )


class AbsenceForm(StrictForm):
    """From when until when, and who covers."""

    first_day = DayField("First day away", [InputRequired("Choose the first day.")])
    last_day = DayField("Last day away", [InputRequired("Choose the last day.")])
    cover = SelectField("Who covers", coerce=int, default=0)


class DelegateForm(StrictForm):
    """Who answers on one's behalf, from when until when."""

    delegate = SelectField("Who answers for you", coerce=int)
    from_day = DayField("From", [InputRequired("Choose the day from which they answer.")])
    until_day = DayField("Until", [Optional()])
