"""What is sent to say whether it is gone."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.commitments.floor_rules import FloorAnswer
from portal.web.forms import StrictForm


class AnswerForm(StrictForm):
    """One of three answers."""

    answer = RadioField(
        "Is it gone on your desk?", validators=[InputRequired("Choose one of the three answers.")],
        choices=[SelectChoice(one.value, one.label) for one in FloorAnswer],
    )  # fmt: skip
