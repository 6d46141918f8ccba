"""What is sent to make a file for payroll."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.rewards.months import Month
from portal.web.forms import StrictForm


class PayrollForm(StrictForm):
    """Whose payroll, and which month."""

    employer = SelectField("Employer", validators=[InputRequired("Choose an employer.")])
    month = SelectField("Month", validators=[InputRequired("Choose a month.")])

    def offer(self, employers: list[tuple[int, str]], months: list[Month]) -> None:
        """What can be chosen."""
        self.employer.choices = [SelectChoice(str(number), name) for number, name in employers]
        self.month.choices = [SelectChoice(str(month), month.label) for month in months]
