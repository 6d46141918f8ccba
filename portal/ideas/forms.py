"""The forms of ideas, comments and moderation."""

import re
from typing import Any

from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.ideas.rules import Action, SayRefusal
from portal.ideas.words import (
    COMMENT_CHARS_MAX,
    REASON_CHARS_MAX,
    SAY_CHARS_MAX,
    SAY_CHARS_MIN,
    TITLE_CHARS_MAX,
    Audience,
    Barrier,
    CommentKind,
    Kind,
    Names,
    ReportReason,
)
from portal.keys import KEY_MAX
from portal.web.forms import SpottedForm, StrictForm, no_controls, one_line, tidy

OFFERED = [SelectChoice(Names.HIDDEN.value, "Hide my name"), SelectChoice(Names.SHOWN.value, "My name")]
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ABOUT = re.compile(r"idea|comment:[1-9]\d{0,8}")


def between(least: int, most: int) -> Any:
    """A validator for the length of a text, with the numbers in its sentence."""

    def check(form: Any, field: Field) -> None:
        length = len(field.data or "")
        if length < least:
            raise ValidationError(SayRefusal.TOO_SHORT.sentence)
        if length > most:
            raise ValidationError(f"That is {length:,} characters, {length - most:,} too many. Shorten it a little.")

    return check


def a_key(form: Any, field: Field) -> None:
    """A validator for the key of a form."""
    if field.data and not KEY.fullmatch(field.data):
        raise ValidationError("This form is broken. Copy your words, then open the page again.")


def a_choice(field_class: Any, label: str, words: Any, **more: Any) -> Any:
    """A field that offers the members of an enum by their labels."""
    return field_class(label, choices=[SelectChoice(word.value, word.label) for word in words], **more)


def a_number(label: str) -> IntegerField:
    """An optional id of something, as large as the database can hold."""
    return IntegerField(label, validators=[Optional(), NumberRange(1, KEY_MAX)])


class Asked(SpottedForm):
    """What both kinds of words have: a treatment of names, a key, and the answer to what was spotted."""

    names = RadioField("Who sees your name?", choices=OFFERED, default=Names.HIDDEN.value)
    draft_key = HiddenField(validators=[a_key])


def an_id(text: str | None) -> int:
    """The number of an idea as a form sends it; raises ValueError."""
    if not (text and text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError
    return int(text)


class SayForm(Asked):
    """The open box, with the ideas that were shown beside it because they look like its words."""

    shown = SelectMultipleField(coerce=an_id, validate_choice=False)
    confirm = HiddenField()
    say = TextAreaField("Say it", filters=[tidy], validators=[between(SAY_CHARS_MIN, SAY_CHARS_MAX), no_controls])

    @property
    def seen(self) -> list[int]:
        """The numbers of the ideas that were shown."""
        return self.shown.data or []


class CommentForm(Asked):
    """A build, a workaround or a question."""

    say = TextAreaField(
        "Your words", filters=[tidy], validators=[between(SAY_CHARS_MIN, COMMENT_CHARS_MAX), no_controls]
    )
    kind = a_choice(RadioField, "What is it?", CommentKind, default=CommentKind.BUILD.value)


class EditForm(SayForm):
    """The words, once more."""


class DraftForm(StrictForm):
    """Words that are kept, sent by the browser on its own. `text` is another name for `say`."""

    say = TextAreaField(filters=[tidy], validators=[between(0, COMMENT_CHARS_MAX), no_controls])
    text = TextAreaField(filters=[tidy], validators=[between(0, COMMENT_CHARS_MAX), no_controls])
    names = RadioField(choices=[SelectChoice(word.value, word.value) for word in Names], default=Names.HIDDEN.value)
    about = StringField(default="idea")

    def validate_about(self, field: Field) -> None:
        """An idea, or a comment on one."""
        if not ABOUT.fullmatch(field.data or ""):
            raise ValidationError("There is nothing of that name to keep words about.")


class SortingForm(StrictForm):
    """What an idea is sorted as. Without `audience` it stays as it is."""

    title = StringField("Title", filters=[tidy], validators=[between(SAY_CHARS_MIN, TITLE_CHARS_MAX), one_line])
    kind = a_choice(RadioField, "What is it?", Kind)
    barrier = a_choice(SelectField, "What stands in the way?", Barrier)
    site = SelectField("Which site is it about?")
    audience = a_choice(RadioField, "Who may read it?", Audience, validators=[Optional()])

    def offer_sites(self, sites: Any) -> None:
        """Fill the choices; call before validating."""
        self.site.choices = [
            SelectChoice("", "No site in particular"),
            *(SelectChoice(str(site.id), site.name) for site in sites),
        ]


class FollowForm(StrictForm):
    """Follow or stop following. `follow` is another name for `on`."""

    on = StringField()
    follow = StringField()
    where = HiddenField()

    @property
    def wanted(self) -> bool | None:
        """True or False, or None if neither was sent."""
        return {"1": True, "0": False}.get(self.on.data or self.follow.data or "")


class WithdrawalForm(StrictForm):
    """Taking something back, with a reason if one likes."""

    reason = StringField("Why?", filters=[tidy], validators=[between(0, REASON_CHARS_MAX), one_line])


class ReportForm(StrictForm):
    """Asking for a look at a text."""

    reason = a_choice(RadioField, "What is wrong with it?", ReportReason, validators=[InputRequired("Choose one.")])
    words = StringField("Anything we should know?", filters=[tidy], validators=[between(0, REASON_CHARS_MAX), one_line])
    comment = a_number("Comment")


class DecisionForm(StrictForm):
    """A decision about a text, with the reason that everybody reads."""

    number = IntegerField("Idea", validators=[InputRequired(), NumberRange(1, KEY_MAX)])
    comment = a_number("Comment")
    action = a_choice(RadioField, "What do you decide?", Action, validators=[InputRequired("Choose one.")])
    reason = StringField("The reason, for everybody to read", filters=[tidy],
                         validators=[between(SAY_CHARS_MIN, REASON_CHARS_MAX), one_line])  # fmt: skip
