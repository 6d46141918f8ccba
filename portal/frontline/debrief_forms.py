"""What is typed in a debrief: an answer, a promise of one's own, an answer to a stop signal."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.commitments.rules import SENTENCE_CHARS_MAX
from portal.frontline.debrief_rules import WORDS_MAX, DebriefRefusal
from portal.ideas.rules import Action
from portal.ideas.words import REASON_CHARS_MAX, SAY_CHARS_MIN
from portal.web.fields import DayField
from portal.web.forms import SpottedForm, StrictForm, no_controls, one_line, tidy

STOP_WORDS_MAX = WORDS_MAX


def _area(label: str, most: int, name: str | None = None) -> TextAreaField:
    more = {"id": name} if name else {}
    return TextAreaField(label, filters=[tidy], validators=[no_controls], render_kw={"maxlength": most}, **more)


class AnswerForm(SpottedForm):
    """One answer. names: what the browser keeps with a draft. go: which page comes next."""

    say = TextAreaField("Your answer", filters=[tidy], validators=[no_controls])
    names = HiddenField()
    go = HiddenField()


class AnswerDraftForm(StrictForm):
    """Words that are not saved yet."""

    say = TextAreaField(filters=[tidy], validators=[no_controls])
    names = HiddenField()


class HideForm(StrictForm):
    """A decision about a note, with the reason that everybody reads."""

    action = SelectField(choices=[SelectChoice(one.value, one.label) for one in (Action.HIDE, Action.RESTORE)])
    reason = StringField("The reason, for everybody to read", filters=[tidy], validators=[
        InputRequired("Say why."), one_line,
        Length(SAY_CHARS_MIN, REASON_CHARS_MAX, f"Say why, in {SAY_CHARS_MIN} to {REASON_CHARS_MAX} characters."),
    ])  # fmt: skip


class BecomeForm(StrictForm):
    """The answer as it stands: nothing to fill in."""


class OwnPromiseForm(SpottedForm):
    """What one will do, by when, and what it is about."""

    promise = _area("What do you promise?", SENTENCE_CHARS_MAX)
    due_on = DayField("By when?", validators=[InputRequired(DebriefRefusal.NO_DATE.sentence)])
    words = _area("What is it about?", WORDS_MAX)


class StopAnswerForm(SpottedForm):
    """Which stop signal is answered, and how."""

    stop = RadioField("Which stop signal?", coerce=str, validate_choice=False)
    words = _area("Your answer", STOP_WORDS_MAX)

    def offer(self, lines: Iterable[Any]) -> None:
        """Fill the list of signals that wait for an answer."""
        self.stop.choices = [SelectChoice(str(one.number), _signal(one)) for one in lines]

    @property
    def number(self) -> int | None:
        """The chosen signal."""
        text = self.stop.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


class CreditForm(StrictForm):
    """Whether the buddy wants to be named."""

    wanted = RadioField(choices=[SelectChoice("yes", "Name me"), SelectChoice("no", "Rather not")],
                        validators=[InputRequired("Choose one of the two.")])  # fmt: skip


def _signal(line: Any) -> str:
    said = f": “{line.words}”" if line.words else ""
    return f"Number {line.idea}, {line.title}. {line.reason.words}{said}"
