"""Forms of metrics."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DecimalField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.metrics.csv_cells import VALUE_MAX
from portal.metrics.csv_outcome import Layout
from portal.metrics.csv_table import ALIASES
from portal.metrics.definition_rules import (
    BASIS_CHARS_MAX,
    CENTS_MAX,
    DEFINITION_CHARS_MAX,
    POSITION_MAX,
    SURVEY_NOTE_CHARS_MAX,
    MetricFacts,
    Value,
)
from portal.metrics.models import Cadence
from portal.metrics.notes_rules import KIND_WORDS, WORDS_CHARS_MAX, NewNote
from portal.metrics.rules import DECIMALS_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, UNIT_CHARS_MAX
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, one_line, tidy

KINDS = [
    SelectChoice("mean", "A mean, such as a score"),
    SelectChoice("rate", "A share or rate"),
    SelectChoice("count", "A count, which adds up"),
]
CADENCES = [SelectChoice(cadence.value, f"Every {cadence.value}") for cadence in Cadence]
BETTER = [SelectChoice("up", "Higher"), SelectChoice("down", "Lower")]
AMOUNT_WORDS = "Write an amount such as 4.20."
NOT_CHOSEN = SelectChoice("", "–")


class UploadForm(StrictForm):
    """A file of observations."""

    file = FileField("CSV or XLSX file", validators=[FileRequired("Choose a CSV or XLSX file.")])


class ConfirmForm(StrictForm):
    """Saving what the dry run showed."""

    only_good = BooleanField("Save only the good rows")


class ButtonForm(StrictForm):
    """Nothing but the button."""


class ColumnsForm(StrictForm):
    """Which column of a file means what."""

    date = SelectField("Day or week")
    site = SelectField("Site or team")
    metric = SelectField("Metric")
    all_about = SelectField("Or: every row is about")
    value = SelectField("Value")
    n = SelectField("Contacts or answers behind it")
    reason = SelectField("Contact reason or queue")

    def offer(self, columns: Sequence[str], metrics: Iterable[Any]) -> None:
        """Fill the choices; call before validating."""
        for name in ALIASES:
            self[name].choices = [NOT_CHOSEN, *(SelectChoice(str(at), label) for at, label in enumerate(columns))]
        self.all_about.choices = [NOT_CHOSEN, *(SelectChoice(one.code, one.name) for one in metrics)]

    def show(self, columns: dict[str, int], metric: str) -> None:
        """Show what counts now."""
        for name in ALIASES:
            self[name].data = str(columns[name]) if name in columns else ""
        self.all_about.data = metric

    def layout(self) -> Layout:
        """What was chosen, for the verb."""
        return Layout({name: int(self[name].data) for name in ALIASES if self[name].data}, self.all_about.data or "")


class MetricForm(StrictForm):
    """What a metric is."""

    code = StringField("Code", filters=[tidy], validators=[Optional(), one_line], render_kw={"maxlength": 60})
    name = StringField("Name", filters=[tidy], validators=[one_line], render_kw={"maxlength": NAME_CHARS_MAX})
    unit = StringField("Unit", filters=[tidy], validators=[one_line], render_kw={"maxlength": UNIT_CHARS_MAX})
    direction = RadioField("What is better?", choices=BETTER, default="up",
                           validators=[InputRequired("Say what is better.")])  # fmt: skip
    kind = SelectField("What kind of number is it?", choices=KINDS)
    cadence = SelectField("How often is it reported?", choices=CADENCES)
    decimals = IntegerField("Decimals shown", default=1, validators=[
        InputRequired("Say how many decimals are shown."), NumberRange(0, DECIMALS_MAX)])  # fmt: skip
    definition = TextAreaField("How exactly is it counted?", filters=[tidy], validators=[no_controls],
                               render_kw={"maxlength": DEFINITION_CHARS_MAX, "rows": 4})  # fmt: skip
    since = DayField("Counted like this since", validators=[Optional()])
    note = TextAreaField("Good to know", filters=[tidy], validators=[no_controls],
                         render_kw={"maxlength": NOTE_CHARS_MAX, "rows": 2})  # fmt: skip
    survey_note = StringField("If people are asked: who, and how often", filters=[tidy], validators=[one_line],
                              render_kw={"maxlength": SURVEY_NOTE_CHARS_MAX})  # fmt: skip
    harm_limit = FloatField("So much worse would be harm", validators=[
        Optional(), NumberRange(0, VALUE_MAX, "Write a number above nought.")])  # fmt: skip
    amount = DecimalField("One unit, for one contact, is worth", places=2, render_kw={"inputmode": "decimal"},
                          validators=[Optional(), NumberRange(0, CENTS_MAX / 100, AMOUNT_WORDS)])  # fmt: skip
    currency = StringField("Currency", filters=[tidy], validators=[one_line], render_kw={"maxlength": 3, "size": 4})
    basis = StringField("What the amount rests on", filters=[tidy], validators=[one_line],
                        render_kw={"maxlength": BASIS_CHARS_MAX})  # fmt: skip
    owner = SelectField("Who agreed to it")
    position = IntegerField("Place in lists", default=100, validators=[
        InputRequired("Say where it stands in lists."), NumberRange(0, POSITION_MAX)])  # fmt: skip

    def offer(self, owners: Iterable[Any]) -> None:
        """Fill the choices; call before validating."""
        self.owner.choices = [NOT_CHOSEN, *(SelectChoice(str(row.id), row.name) for row in owners)]

    def validate_owner(self, field: Any) -> None:
        """An amount that nobody agreed to is worth nothing; a name without an amount says nothing."""
        if self.amount.data is not None and not field.data:
            raise ValidationError("Choose who agreed to the amount.")

    def validate_basis(self, field: Any) -> None:
        """What was typed is not dropped in silence."""
        if self.amount.data is None and (field.data or self.owner.data):
            raise ValidationError("Write the amount as well, or leave these empty.")

    def show(self, facts: MetricFacts) -> None:
        """Show what it is now."""
        for name in ("name", "unit", "direction", "kind", "cadence", "decimals", "definition", "note", "survey_note",
                     "harm_limit", "position"):  # fmt: skip
            self[name].data = getattr(facts, name)
        if facts.value:
            self.amount.data = facts.value.cents / 100
            self.currency.data, self.basis.data = facts.value.currency, facts.value.basis
            self.owner.data = str(facts.value.owner_id)

    def facts(self) -> MetricFacts:
        """What was sent, for the verb."""
        value = None
        if self.amount.data is not None:
            cents = round(self.amount.data * 100)
            value = Value(cents, (self.currency.data or "").upper(), self.basis.data or "", int(self.owner.data))
        return MetricFacts(
            self.name.data or "", self.unit.data or "", self.direction.data, self.kind.data, self.cadence.data,
            self.decimals.data, self.note.data or "", self.definition.data or "", self.survey_note.data or "",
            self.harm_limit.data, value, self.position.data,
        )  # fmt: skip


class NoteForm(StrictForm):
    """What else happened."""

    kind = SelectField("What was it?", choices=[SelectChoice(*one) for one in KIND_WORDS.items()])
    date_from = DayField("First day", validators=[InputRequired("Choose the first day.")])
    date_to = DayField("Last day", validators=[Optional()])
    place = SelectField("Where?")
    metric = SelectField("What does it concern?")
    words = StringField("In a few words", filters=[tidy], validators=[one_line],
                        render_kw={"maxlength": WORDS_CHARS_MAX})  # fmt: skip

    def offer(self, places: Iterable[Any], metrics: Iterable[Any]) -> None:
        """Fill the choices; call before validating."""
        self.place.choices = [SelectChoice("", "Everywhere"), *(SelectChoice(str(row.id), row.name) for row in places)]
        self.metric.choices = [
            SelectChoice("", "Whatever is measured"), *(SelectChoice(str(one.id), one.name) for one in metrics)
        ]  # fmt: skip

    def new_note(self) -> NewNote:
        """What was sent, for the verb; without a last day it is the first."""
        first: date = self.date_from.data
        return NewNote(
            self.kind.data, first, self.date_to.data or first, self.words.data or "",
            int(self.place.data) if self.place.data else None, int(self.metric.data) if self.metric.data else None,
        )  # fmt: skip
