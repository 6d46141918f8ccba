"""The forms of broadcasts."""

from collections.abc import Sequence

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from portal.frontline.broadcast_rules import (
    ANSWER_CHARS_MAX,
    TITLE_CHARS_MAX,
    TITLE_CHARS_MIN,
    WORDS_CHARS_MAX,
    WORDS_MAX,
    NewBroadcast,
    count_words,
)
from portal.frontline.words import Acknowledged, LinkedAction
from portal.ideas.box import MODES, fresh_key
from portal.ideas.words import SAY_CHARS_MAX, SAY_CHARS_MIN, Names
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.web.forms import SpottedForm, StrictForm, no_controls, one_line, tidy

KEY = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
SAY_IT = f"Say it in {SAY_CHARS_MIN} to {SAY_CHARS_MAX} characters."
A_NUMBER = Regexp(r"^[1-9][0-9]{0,8}$", message="Give its number alone, such as 212.")


def _place_words(place: Place) -> str:
    if place.kind is PlaceKind.ORGANISATION:
        return f"Everybody at {place.name} and its partners"
    return f"Everybody at {place.name}"


class BroadcastForm(StrictForm):
    """What is told, to whom, and the one thing that it asks for."""

    title = StringField("In one line", filters=[tidy], validators=[one_line], render_kw={"maxlength": TITLE_CHARS_MAX})
    words = TextAreaField("What surprised you, and what follows from it", filters=[tidy], validators=[no_controls],
                          render_kw={"maxlength": 2 * WORDS_CHARS_MAX})  # fmt: skip
    place = SelectField("To whom?", validators=[InputRequired("Choose one.")])
    action = RadioField(
        "What should they do?", choices=[SelectChoice(one.value, one.label) for one in LinkedAction],
        default=LinkedAction.NONE.value,
    )  # fmt: skip
    idea = StringField("Number of the idea", filters=[tidy], validators=[Optional(), A_NUMBER])
    promise = StringField("Number of the promise", filters=[tidy], validators=[Optional(), A_NUMBER])
    debrief = HiddenField(validators=[Optional(), A_NUMBER])

    def offer(self, places: Sequence[Place]) -> None:
        """Fill the choice of places; call before validating."""
        self.place.choices = [SelectChoice(str(place.id), _place_words(place)) for place in places]

    def validate_title(self, field: StringField) -> None:
        """A line that people see before they open it."""
        if not TITLE_CHARS_MIN <= len(field.data or "") <= TITLE_CHARS_MAX:
            raise ValidationError(f"Say it in one line of {TITLE_CHARS_MIN} to {TITLE_CHARS_MAX} characters.")

    def validate_words(self, field: TextAreaField) -> None:
        """As many words as somebody reads between two calls."""
        count = count_words(field.data or "")
        if count > WORDS_MAX:
            raise ValidationError(f"That is {count} words, {count - WORDS_MAX} too many. Shorten it a little.")
        if len(field.data or "") > WORDS_CHARS_MAX:
            raise ValidationError(f"Keep it to {WORDS_CHARS_MAX:,} characters.")

    def wanted(self) -> NewBroadcast:
        """What was sent."""
        return NewBroadcast(
            title=self.title.data or "", words=self.words.data or "", place_id=int(self.place.data),
            action=LinkedAction(self.action.data), idea_id=_number(self.idea.data),
            commitment_id=_number(self.promise.data), debrief_id=_number(self.debrief.data),
        )  # fmt: skip


class ConfirmForm(StrictForm):
    """seen: the moment of the change that the preview showed."""

    seen = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,18}$")])


class AcknowledgeForm(SpottedForm):
    """One tap, and words if one likes."""

    kind = RadioField(choices=[SelectChoice(one.value, one.label) for one in Acknowledged],
                      validators=[InputRequired("Choose one.")])  # fmt: skip
    words = TextAreaField("Add a few words", filters=[tidy], validators=[no_controls],
                          render_kw={"maxlength": ANSWER_CHARS_MAX, "rows": 2})  # fmt: skip

    def validate_words(self, field: TextAreaField) -> None:
        """Words beside a tap, not an essay."""
        if len(field.data or "") > ANSWER_CHARS_MAX:
            raise ValidationError(f"Keep it to {ANSWER_CHARS_MAX} characters.")


class InsteadForm(SpottedForm):
    """What somebody sees instead, as an idea. draft_key: so that the same form sent twice is one idea."""

    say = TextAreaField(
        "In your own words", id="say", filters=[tidy], render_kw={"maxlength": SAY_CHARS_MAX, "rows": 3},
        validators=[InputRequired(SAY_IT), Length(SAY_CHARS_MIN, SAY_CHARS_MAX, SAY_IT), no_controls],
    )  # fmt: skip
    names = RadioField("Who sees your name?", choices=[SelectChoice(*mode) for mode in MODES],
                       default=Names.HIDDEN.value)  # fmt: skip
    draft_key = HiddenField(validators=[Regexp(KEY, message="Send the form again.")])

    @classmethod
    def blank(cls, words: str) -> "InsteadForm":
        """An empty one, or with words that came along."""
        return cls(None, say=words, draft_key=fresh_key())


def _number(text: str | None) -> int | None:
    return int(text) if text else None
