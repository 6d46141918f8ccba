"""The forms of reviews: a flag looked at, a self-check overruled."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from portal.impact.flags_rules import REASON_CHARS
from portal.web.forms import StrictForm, no_controls, tidy

LOW, HIGH = REASON_CHARS


class ReviewForm(StrictForm):
    """cleared: yes, it is nothing; no, it stands. reason: what was looked at and seen."""

    cleared = RadioField(
        "What do you say?",
        choices=[SelectChoice("yes", "It is nothing: clear it"), SelectChoice("no", "It stands: nothing is paid")],
    )
    reason = TextAreaField(
        "What did you look at, and what did you see?", filters=[tidy],
        validators=[Length(LOW, HIGH, "Say it in 10 to 400 characters."), no_controls],
    )  # fmt: skip


class OverruleForm(StrictForm):
    """reason: why points follow from impact although the self-check failed; everybody can read it."""

    reason = TextAreaField(
        "Why is it right to pay all the same?", filters=[tidy],
        validators=[Length(LOW, HIGH, "Give the reason in 10 to 400 characters."), no_controls],
    )  # fmt: skip
