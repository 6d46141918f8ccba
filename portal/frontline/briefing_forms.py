"""Who has had the data protection briefing, and when."""

from collections.abc import Iterable

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.web.fields import DayField
from portal.web.forms import StrictForm


class BriefingForm(StrictForm):
    """Somebody, and the day."""

    person = SelectField("Who", coerce=int)
    done_on = DayField("When", [InputRequired("Choose the day of the briefing.")])

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Whom to choose from: number and name."""
        self.person.choices = [SelectChoice(number, name) for number, name in people]
