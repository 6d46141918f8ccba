"""The form for starting the limits of a chart anew."""

from wtforms import TextAreaField
from wtforms.validators import Length

from portal.web.forms import StrictForm, no_controls, tidy

REASON_MIN, REASON_MAX = 10, 400
TOO_SHORT = f"Say why in {REASON_MIN} to {REASON_MAX} characters."


class StartForm(StrictForm):
    """Why the old limits no longer describe what is usual."""

    reason = TextAreaField(
        "Why do the old limits no longer hold?", filters=[tidy],
        validators=[no_controls, Length(REASON_MIN, REASON_MAX, TOO_SHORT)],
    )  # fmt: skip
