"""What a stop signal is answered with."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portal.swarm.stop_rules import WORDS_MAX, StopRefusal
from portal.web.forms import StrictForm, no_controls, tidy


class AnswerForm(StrictForm):
    """The answer that everybody reads."""

    words = TextAreaField(
        "Your answer",
        [
            InputRequired(StopRefusal.WORDS_TOO_SHORT.sentence),
            Length(max=WORDS_MAX, message=StopRefusal.WORDS_TOO_LONG.sentence),
            no_controls,
        ],
        filters=[tidy],
    )
