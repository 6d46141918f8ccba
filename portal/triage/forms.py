"""The two answers that an executive can send."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from portal.commitments.rules import SENTENCE_CHARS_MAX, SENTENCE_CHARS_MIN, NewPromise
from portal.commitments.words import PromiseRefusal
from portal.triage.rules import (
    DECLINE_CHARS_MAX,
    DECLINE_CHARS_MIN,
    WOULD_CHANGE_CHARS_MAX,
    DecisionRefusal,
    DeclineReason,
    NewDecline,
)
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, tidy

SPANS = {"14": "2 weeks", "30": "30 days", "90": "90 days", "date": "Date…"}
NUMBER_DIGITS_MAX = 9


def _number(value: Any) -> int | None:
    """The id behind a choice; None where there is none, which the verb refuses in words."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX else None


def _who(row: Any) -> str:
    return f"{row.name}, {row.job_title}" if row.job_title else row.name


def _needed_without_span(form: Any, field: Any) -> None:
    if form.by.data == "date" and not (field.raw_data and field.raw_data[0].strip()):
        field.errors = []
        raise StopValidation("Choose a date.")


class CommitForm(StrictForm):
    """Who does what until when, and what will show it."""

    idea = HiddenField()
    move = HiddenField(default="commit")
    owner = SelectField("Who owns it?", coerce=_number, validate_choice=False)
    by = RadioField(
        "By when?",
        choices=[SelectChoice(*span) for span in SPANS.items()],
        default="30",
        validators=[InputRequired("Choose a date.")],
    )
    due_on = DayField("Date", validators=[_needed_without_span, Optional()])
    promise = TextAreaField(
        "What are we promising?",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": SENTENCE_CHARS_MAX},
    )
    metric = SelectField("How will we know it worked?", coerce=_number, validate_choice=False)

    def offer(self, owners: Iterable[Any], metrics: Iterable[Any]) -> None:
        """Fill the lists."""
        people = [SelectChoice(str(row.id), _who(row)) for row in owners]
        self.owner.choices = [SelectChoice("", "Choose somebody"), *people]
        known = [SelectChoice(str(row.id), row.name) for row in metrics]
        self.metric.choices = [*known, SelectChoice("", "Not measurable, we ask staff")]

    def validate_owner(self, field: Any) -> None:
        """Asked here as well as by the verb, so that everything that is missing is named at once."""
        if field.data is None:
            raise ValidationError(PromiseRefusal.UNKNOWN_OWNER.sentence)

    def validate_promise(self, field: Any) -> None:
        """As for the owner."""
        if len(field.data or "") < SENTENCE_CHARS_MIN:
            raise ValidationError(PromiseRefusal.SENTENCE_TOO_SHORT.sentence)

    def new_promise(self, today: date) -> NewPromise:
        """What was sent, for the verb."""
        chosen = self.due_on.data if self.by.data == "date" else today + timedelta(days=int(self.by.data))
        return NewPromise(self.promise.data or "", chosen, self.metric.data)


class DeclineForm(StrictForm):
    """Why not, and what would change it."""

    idea = HiddenField()
    move = HiddenField(default="decline")
    reason = RadioField(
        "Why not?",
        choices=[SelectChoice(reason.value, reason.label) for reason in DeclineReason],
        validators=[InputRequired("Choose a reason.")],
    )
    sentence = TextAreaField(
        "Say it to those who asked",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": DECLINE_CHARS_MAX},
    )
    would_change = TextAreaField(
        "What would change our mind?",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": WOULD_CHANGE_CHARS_MAX},
    )
    look_again_on = DayField("Look again on", validators=[Optional()])

    def validate_sentence(self, field: Any) -> None:
        """Asked here as well as by the verb, so that everything that is missing is named at once."""
        if len(field.data or "") < DECLINE_CHARS_MIN:
            raise ValidationError(DecisionRefusal.SENTENCE_TOO_SHORT.sentence)

    def answer(self) -> NewDecline:
        """What was sent, for the verb."""
        return NewDecline(
            DeclineReason(self.reason.data),
            self.sentence.data or "",
            self.would_change.data or "",
            self.look_again_on.data,
        )


class AskAgainForm(StrictForm):
    """Nothing but the button."""


FORMS: dict[str, type[CommitForm] | type[DeclineForm]] = {"commit": CommitForm, "decline": DeclineForm}
