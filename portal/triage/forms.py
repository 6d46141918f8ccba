"""The four answers that an executive can send, and what goes with them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from portal.commitments.rules import SENTENCE_CHARS_MAX, SENTENCE_CHARS_MIN, NewPromise
from portal.commitments.words import PromiseRefusal
from portal.triage.keys_rules import LABELS
from portal.triage.moves_rules import (
    ACCEPTED,
    ANSWER_CHARS_MAX,
    ASSESSMENT_CHARS_MAX,
    QUESTION_CHARS_MAX,
    REPLY_DAYS,
    Opinion,
)
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


def _people(rows: Iterable[Any]) -> list[SelectChoice]:
    return [SelectChoice(str(row.id), _who(row)) for row in sorted(rows, key=lambda row: (row.name, row.id))]


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
    stops = HiddenField()  # the stop signals that were on the page, so that no other one is accepted with them
    accept = BooleanField(ACCEPTED)

    def offer(self, owners: Iterable[Any], metrics: Iterable[Any]) -> None:
        """Fill the lists."""
        self.owner.choices = [SelectChoice("", "Choose somebody"), *_people(owners)]
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

    @property
    def accepted(self) -> frozenset[int]:
        """The stop signals that were read and are accepted."""
        numbers = (_number(text) for text in (self.stops.data or "").split(","))
        return frozenset(number for number in numbers if number is not None) if self.accept.data else frozenset()

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


class AskForm(StrictForm):
    """What is asked back, whom, and until when."""

    idea = HiddenField()
    move = HiddenField(default="ask")
    expert = SelectField("Whom do you ask?", coerce=_number, validate_choice=False)
    question = TextAreaField(
        "What do you need to know?",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": QUESTION_CHARS_MAX},
    )
    days = RadioField(
        "Reply within",
        choices=[SelectChoice(str(days), "1 day" if days == 1 else f"{days} days") for days in (1, 2, 3, 5)],
        default=str(REPLY_DAYS),
        validators=[InputRequired("Choose by when.")],
    )

    def offer(self, people: Iterable[Any], *, author_known: bool) -> None:
        """Fill the list. The author comes first, if anybody is stored."""
        author = [SelectChoice("", "The author, without knowing who it is")] if author_known else []
        choose = [] if author_known else [SelectChoice("", "Choose somebody")]
        self.expert.choices = [*author, *choose, *_people(people)]


class MergeMoveForm(StrictForm):
    """Which idea it joins."""

    idea = HiddenField()
    move = HiddenField(default="merge")
    into = RadioField("Which one does it join?", coerce=_number, validate_choice=False)

    def offer(self, alike: Iterable[tuple[int, str, float]]) -> None:
        """Fill the list, the likest first."""
        self.into.choices = [
            SelectChoice(str(number), f"{title}, number {number}, {round(100 * likeness)}% alike")
            for number, title, likeness in alike
        ]

    def validate_into(self, field: Any) -> None:
        """Asked here, since the verb takes a number."""
        if field.data is None:
            raise ValidationError("Choose the idea that it joins.")


class AssessmentForm(StrictForm):
    """A quick note of what one thinks."""

    opinion = RadioField(
        "What do you think so far?",
        choices=[SelectChoice(one.value, one.label) for one in Opinion],
        validators=[InputRequired("Choose one.")],
    )
    words = TextAreaField(
        "Why, in a sentence",
        filters=[tidy],
        validators=[no_controls, Length(max=ASSESSMENT_CHARS_MAX)],
        render_kw={"maxlength": ASSESSMENT_CHARS_MAX, "rows": 2},
    )


class QuestionAnswerForm(StrictForm):
    """The answer to what one was asked."""

    words = TextAreaField(
        "Your answer", filters=[tidy], validators=[no_controls], render_kw={"maxlength": ANSWER_CHARS_MAX, "rows": 4}
    )


class UndoForm(StrictForm):
    """Nothing but the button."""


class KeysForm(StrictForm):
    """One key for each action, or none at all."""

    on = BooleanField("Single keys do something in triage")


for _action, _label in LABELS.items():
    setattr(KeysForm, f"key_{_action}", StringField(_label, filters=[tidy], render_kw={"maxlength": 1, "size": 3}))


class AskAgainForm(StrictForm):
    """Nothing but the button."""


class NewFactForm(StrictForm):
    """What has changed since a no."""

    words = TextAreaField("What has changed since?", filters=[tidy], validators=[no_controls])


MoveForm = CommitForm | AskForm | MergeMoveForm | DeclineForm
FORMS: dict[str, type[CommitForm] | type[AskForm] | type[MergeMoveForm] | type[DeclineForm]] = {
    "commit": CommitForm,
    "ask": AskForm,
    "merge": MergeMoveForm,
    "decline": DeclineForm,
}
