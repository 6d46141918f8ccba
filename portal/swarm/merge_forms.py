"""The forms of merging."""

from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from portal.keys import KEY_MAX
from portal.swarm.merge_rules import REASON_MAX
from portal.web.forms import StrictForm, no_controls, tidy


class MergeForm(StrictForm):
    """Which idea it joins, and why."""

    into = IntegerField(
        "Number",
        validators=[InputRequired("Give the number of the other idea."), NumberRange(1, KEY_MAX, "No such number.")],
    )
    reason = TextAreaField(
        "Why are they the same?",
        filters=[tidy],
        validators=[no_controls, Length(max=REASON_MAX, message=f"Keep this to {REASON_MAX} characters.")],
        render_kw={"maxlength": REASON_MAX, "rows": 2},
    )


class ApartForm(StrictForm):
    """The idea that it is not."""

    other = IntegerField(
        "Number",
        validators=[InputRequired("Give the number of the other idea."), NumberRange(1, KEY_MAX, "No such number.")],
    )


class UnmergeForm(StrictForm):
    """Nothing to say: the idea is in the address. on: sent by nobody, so that there is a field."""

    on = HiddenField()
