"""What is sent to thank somebody, to ask for a look at a thanks, and to decide about it."""

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.rewards.thanks_rules import OFFERED, WORDS_CHARS_MAX, WORDS_CHARS_MIN, ThanksRefusal
from portal.web.forms import StrictForm, no_controls, one_line, tidy

KEY = (InputRequired(), Length(max=36))
SENTENCE = (
    InputRequired(ThanksRefusal.TOO_SHORT.sentence),
    Length(min=WORDS_CHARS_MIN, message=ThanksRefusal.TOO_SHORT.sentence),
    Length(max=WORDS_CHARS_MAX, message=ThanksRefusal.TOO_LONG.sentence),
    no_controls,
)


class ThanksForm(StrictForm):
    """Who helped, and how. key: of the form, so that it is said once."""

    key = HiddenField(validators=[*KEY])
    person = IntegerField("Who helped you?", validators=[InputRequired("Choose a colleague.")])
    words = TextAreaField("How did they help?", id="thanks-words", filters=[tidy], validators=[*SENTENCE])
    points = RadioField(
        "Points with it", default="0",
        choices=[SelectChoice(str(one), f"{one} points" if one else "Words only") for one in OFFERED],
    )  # fmt: skip


class HiddenThanksForm(StrictForm):
    """Thanks to somebody whose name is not shown: words, and nothing else."""

    key = HiddenField(validators=[*KEY])
    words = TextAreaField("How did they help?", id="thanks-words", filters=[tidy], validators=[*SENTENCE])


class LookForm(StrictForm):
    """Why somebody should look at a thanks."""

    words = StringField("What is wrong with it?", filters=[tidy], validators=[*SENTENCE, one_line])


class DecisionForm(StrictForm):
    """Hide it, show it again or keep it, with the reason."""

    action = RadioField(
        "What happens with it?",
        choices=[SelectChoice("hide", "Hide it"), SelectChoice("restore", "Show it again"),
                 SelectChoice("keep", "Keep it")],
        validators=[InputRequired("Choose what happens.")],
    )  # fmt: skip
    reason = StringField("Why?", filters=[tidy], validators=[*SENTENCE, one_line])


class ClickForm(StrictForm):
    """A click, and nothing else."""
