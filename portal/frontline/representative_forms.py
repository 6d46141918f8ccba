"""What can be sent about representatives."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.frontline.representative_rules import (
    CARRY_MAX,
    GIVE_MAX,
    HANDING_MAX,
    WEEKS_MAX,
    WEEKS_MIN,
    RepresentativeRefusal,
)
from portal.keys import KEY_MAX
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, tidy

WHICH = "Which idea? Its number is enough."


def _area(label: str, name: str, most: int, *, optional: bool = False) -> TextAreaField:
    needed = [Optional()] if optional else [InputRequired(RepresentativeRefusal.WORDS_MISSING.sentence)]
    return TextAreaField(
        label, id=name, filters=[tidy], validators=[*needed, no_controls], render_kw={"maxlength": most}
    )  # fmt: skip


def _idea() -> IntegerField:
    return IntegerField(
        "Number of the idea", id="idea",
        validators=[InputRequired(WHICH), NumberRange(min=1, max=KEY_MAX, message=WHICH)],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip


class RotationForm(StrictForm):
    """People of a place speak for it in turn."""

    place = SelectField("For whom?", coerce=int, validate_choice=False)
    weeks = IntegerField(
        "Weeks of a turn", default=4,
        validators=[InputRequired(), NumberRange(min=WEEKS_MIN, max=WEEKS_MAX,
                                                message=RepresentativeRefusal.WEEKS.sentence)],
    )  # fmt: skip
    starts_on = DayField("From", validators=[InputRequired("Choose a date.")])

    def offer(self, places: Iterable[Sequence[Any]]) -> None:
        """Fill the list of places."""
        self.place.choices = [SelectChoice(str(number), words) for number, words in places]


class EmptyForm(StrictForm):
    """One button."""


class GiveForm(StrictForm):
    """Something to carry."""

    idea = _idea()
    words = _area("Why this one?", "words", GIVE_MAX, optional=True)


class CarryForm(StrictForm):
    """The one idea of a turn."""

    idea = _idea()
    words = _area("Why should they look at it?", "words", CARRY_MAX)


class HandingForm(StrictForm):
    """Words for whoever comes next."""

    words = _area("For whoever comes next", "handing", HANDING_MAX)
