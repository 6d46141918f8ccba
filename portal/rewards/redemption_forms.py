"""What is sent about an order. Approving and cancelling need no words."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portal.rewards.redemption_rules import REASON_CHARS_MAX, REASON_CHARS_MIN, OrderRefusal
from portal.web.forms import StrictForm, no_controls, tidy

LIMIT = Length(max=REASON_CHARS_MAX, message=f"Keep it to {REASON_CHARS_MAX} characters.")


class PlainForm(StrictForm):
    """A click, and nothing else."""


class DeclineForm(StrictForm):
    """No, with the reason."""

    reason = TextAreaField(
        "Why not?", id="decline-reason", filters=[tidy],
        validators=[InputRequired(OrderRefusal.REASON_NEEDED.sentence),
                    Length(min=REASON_CHARS_MIN, message=OrderRefusal.REASON_NEEDED.sentence), LIMIT, no_controls],
    )  # fmt: skip


class DeliverForm(StrictForm):
    """It is handed over, with a word about how."""

    words = TextAreaField(
        "How was it handed over?", id="deliver-words", filters=[tidy], validators=[LIMIT, no_controls]
    )
