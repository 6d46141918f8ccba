"""What is sent about seats. Taking one and giving it up need no words."""

from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from portal.web.forms import StrictForm, no_controls, tidy

REASON_CHARS_MIN, REASON_CHARS_MAX = 3, 400
WHY = f"Say why in {REASON_CHARS_MIN} to {REASON_CHARS_MAX} characters. They read it."


class TapForm(StrictForm):
    """A tap, and nothing else."""


class TakeOutForm(StrictForm):
    """The site takes somebody out, and says why."""

    person = IntegerField("Who?", validators=[InputRequired(), NumberRange(min=1, max=2**31 - 1)])
    reason = TextAreaField(
        "Why?", filters=[tidy],
        validators=[InputRequired(WHY), Length(REASON_CHARS_MIN, REASON_CHARS_MAX, message=WHY), no_controls],
    )  # fmt: skip
