"""The first reply, and what can be sent about a local fix. Every field has an id of its own."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, StopValidation

from portal.commitments.rules import EVIDENCE_CHARS_MAX, REASON_CHARS_MAX
from portal.triage.forms import NUMBER_DIGITS_MAX
from portal.triage.models import ReplyKind
from portal.triage.reply_rules import REPLY_CHARS_MAX, ReplyRefusal
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, tidy

DATE_NEEDED = "Choose a date."
FIX_DAYS = 30  # until when, unless another day is chosen
LABELS = {
    ReplyKind.ANSWERED: "I answer it",
    ReplyKind.FIXED_HERE: "We fix it here",
    ReplyKind.LEFT_TO_SWARM: "I leave it to the colleagues’ votes",
}


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX else None


def _area(label: str, name: str, most: int, *, optional: bool = False) -> TextAreaField:
    validators = [Optional(), no_controls] if optional else [no_controls]
    return TextAreaField(label, id=name, filters=[tidy], validators=validators, render_kw={"maxlength": most})


def _needed_for_a_fix(form: Any, field: Any) -> None:
    if form.kind.data == ReplyKind.FIXED_HERE and not (field.raw_data and field.raw_data[0].strip()):
        field.errors = []
        raise StopValidation(ReplyRefusal.FIX_NEEDS_A_DATE.sentence)


class _AtASite(StrictForm):
    """Something that is promised for a site."""

    site = SelectField("At which site?", coerce=_number, validate_choice=False)

    def offer(self, sites: Iterable[Any]) -> None:
        """Fill the list of sites; the first is chosen."""
        self.site.choices = [SelectChoice(str(site.id), site.name) for site in sites]


class ReplyForm(_AtASite):
    """What the first human reply says."""

    kind = RadioField(
        "What do you reply?",
        choices=[SelectChoice(kind.value, label) for kind, label in LABELS.items()],
        validators=[InputRequired("Choose one of the three.")],
    )
    words = _area("Your words", "words", REPLY_CHARS_MAX, optional=True)
    due_on = DayField("Fixed by", validators=[_needed_for_a_fix, Optional()])

    def propose(self, kinds: Iterable[ReplyKind], today: date) -> None:
        """Offer these choices, with a day that fits most fixes."""
        self.kind.choices = [SelectChoice(kind.value, LABELS[kind]) for kind in kinds]
        if self.due_on.data is None and not self.due_on.raw_data:
            self.due_on.data = today + timedelta(days=FIX_DAYS)


class AdoptForm(_AtASite):
    """The same at another site, by a day of its own."""

    due_on = DayField("Done by", id="adopt-due-on", validators=[InputRequired(DATE_NEEDED)])


class FixDateForm(StrictForm):
    """Another day, and why."""

    due_on = DayField("New date", id="fix-due-on", validators=[InputRequired(DATE_NEEDED)])
    reason = _area("What happened?", "fix-date-reason", REASON_CHARS_MAX)


class FixDoneForm(StrictForm):
    """Since when it is fixed, and what shows it."""

    live_from = DayField("Fixed since", id="fix-live-from", validators=[InputRequired(DATE_NEEDED)])
    evidence = _area("What shows that it is fixed?", "fix-evidence", EVIDENCE_CHARS_MAX)


class FixVerdictForm(StrictForm):
    """A second person's look."""

    verdict = RadioField(
        "Is it fixed?",
        id="fix-verdict",
        choices=[SelectChoice("confirm", "Yes, it is fixed"), SelectChoice("send_back", "Not yet")],
        validators=[InputRequired("Say whether it is fixed.")],
    )
    reason = _area("If not, what is missing?", "fix-verdict-reason", REASON_CHARS_MAX, optional=True)


FIX_FORMS: dict[str, type[StrictForm]] = {
    "move_date": FixDateForm,
    "deliver": FixDoneForm,
    "verdict": FixVerdictForm,
    "adopt": AdoptForm,
}
