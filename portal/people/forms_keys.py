"""The form for a key to the interface."""

from wtforms import PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.people.token_rules import DAYS_USUAL, NAME_CHARS_MAX
from portal.web.forms import StrictForm, one_line, tidy

DAYS = [
    SelectChoice(7, "7 days"),
    SelectChoice(30, "30 days"),
    SelectChoice(90, "90 days"),
    SelectChoice(365, "A year"),
]


class KeyForm(StrictForm):
    """What the key is for, how long it lasts and what it may do."""

    name = StringField(
        "What it is for", [InputRequired("Say what the key is for."), Length(max=NAME_CHARS_MAX), one_line],
        filters=[tidy],
    )  # fmt: skip
    days = RadioField("How long it lasts", choices=DAYS, coerce=int, default=DAYS_USUAL)
    scopes = SelectMultipleField(
        "What it may do", [InputRequired("Tick at least one thing that it may do.")], option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )  # fmt: skip
    current_password = PasswordField("Your password", [])
