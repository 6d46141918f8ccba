"""What can be sent about a promise. Every field has an id of its own: one page holds all of these forms."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal.commitments.delivery_rules import QUEUE_CHARS_MAX, QUEUES_MAX
from portal.commitments.rules import (
    EVIDENCE_CHARS_MAX,
    EVIDENCE_CHARS_MIN,
    REASON_CHARS_MAX,
    UPDATE_CHARS_MAX,
    NewDelivery,
)
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_rules import NEED_CHARS_MAX, STEP_CHARS_MAX
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, one_line, tidy

HELP_ANSWERS = [SelectChoice("yes", "Yes, and my name may be shown"), SelectChoice("no", "Not this time")]
OWN_DAY = "since_"  # with the number of a site behind it
DATE_NEEDED = "Choose a date."


class AcceptForm(StrictForm):
    """Nothing but the button."""


class HandBackForm(StrictForm):
    """Why the owner gives it back."""

    reason = TextAreaField(
        "Why can it not be yours?",
        id="hand-back-reason",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": REASON_CHARS_MAX},
    )


class UpdateForm(StrictForm):
    """What moved."""

    body = TextAreaField(
        "One or two sentences",
        id="update-body",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": UPDATE_CHARS_MAX},
    )


class NewDateForm(StrictForm):
    """Another date, and why."""

    due_on = DayField("New date", id="new-date-due-on", validators=[InputRequired(DATE_NEEDED)])
    reason = TextAreaField(
        "What happened?",
        id="new-date-reason",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": REASON_CHARS_MAX},
    )


class DeliveryForm(StrictForm):
    """Since when, where, and what shows it."""

    live_from = DayField("Live since", id="delivery-live-from", validators=[InputRequired(DATE_NEEDED)])
    sites = SelectMultipleField(
        "Which sites have it?",
        id="delivery-sites",
        coerce=int,
        validate_choice=False,
        option_widget=CheckboxInput(),
    )
    evidence = TextAreaField(
        "What shows that it is done?",
        id="delivery-evidence",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": EVIDENCE_CHARS_MAX},
    )

    reasons = TextAreaField(
        "Only some contact reasons?",
        id="delivery-reasons",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": QUEUES_MAX * (QUEUE_CHARS_MAX + 1)},
    )

    def offer(self, sites: Iterable[Any], sent: Any = None) -> None:
        """Let one choose from these sites, and name a day for each. sent: what was typed, or None."""
        rows = list(sites)
        self.sites.choices = [SelectChoice(str(site.id), f"{site.name}, {site.employer}") for site in rows]
        for site in rows:
            name = f"{OWN_DAY}{site.id}"
            self[name] = DayField(site.name, id=f"delivery-day-{site.id}", validators=[Optional()])
            self[name].process(sent)

    def own_days(self) -> list[Any]:
        """The fields for the day of each site."""
        return [field for name, field in self._fields.items() if name.startswith(OWN_DAY)]

    def validate_sites(self, field: Any) -> None:
        """Asked here as well as by the verb, so that everything that is missing is named at once."""
        if not field.data and not field.errors:
            raise ValidationError(PromiseRefusal.NO_SITE.sentence)

    def validate_evidence(self, field: Any) -> None:
        """As for the sites."""
        if len(field.data or "") < EVIDENCE_CHARS_MIN:
            raise ValidationError(PromiseRefusal.EVIDENCE_TOO_SHORT.sentence)

    def delivery(self) -> NewDelivery:
        """What was sent, for the verb."""
        days = {int(field.name.removeprefix(OWN_DAY)): field.data for field in self.own_days() if field.data}
        reasons = tuple(dict.fromkeys(line.strip() for line in (self.reasons.data or "").split("\n") if line.strip()))
        return NewDelivery(self.live_from.data, tuple(self.sites.data or ()), self.evidence.data or "", days, reasons)


class VerdictForm(StrictForm):
    """A second person's look."""

    verdict = RadioField(
        "Is it done?",
        id="verdict",
        choices=[SelectChoice("confirm", "Yes, it is done"), SelectChoice("send_back", "Not yet")],
        validators=[InputRequired("Say whether it is done.")],
    )
    reason = TextAreaField(
        "If not, what is missing?",
        id="verdict-reason",
        filters=[tidy],
        validators=[Optional(), no_controls],
        render_kw={"maxlength": REASON_CHARS_MAX},
    )


class NotBackForm(StrictForm):
    """Why it is not back."""

    reason = TextAreaField(
        "Why is it not back?",
        id="not-back-reason",
        filters=[tidy],
        validators=[no_controls],
        render_kw={"maxlength": REASON_CHARS_MAX},
    )


class StepForm(StrictForm):
    """One more line of the checklist."""

    words = StringField("Next line", id="step-words", filters=[tidy], validators=[one_line],
                        render_kw={"maxlength": STEP_CHARS_MAX})  # fmt: skip


def _sentences(label: str, field_id: str) -> TextAreaField:
    return TextAreaField(label, id=field_id, filters=[tidy], validators=[no_controls],
                         render_kw={"maxlength": NEED_CHARS_MAX})  # fmt: skip


class NeedForm(StrictForm):
    """What the owner needs to be decided."""

    words = _sentences("What has to be decided?", "need-words")


class DecisionForm(StrictForm):
    """What was decided."""

    words = _sentences("What do you decide?", "decision-words")


class HelpForm(StrictForm):
    """What help is asked for."""

    words = _sentences("What would help?", "help-words")


class AnswerForm(StrictForm):
    """Somebody who was asked: by name, or rather not."""

    answer = RadioField("Would you help?", id="help-answer", choices=HELP_ANSWERS,
                        validators=[InputRequired("Say whether you would.")])  # fmt: skip


class NudgeForm(AcceptForm):
    """Nothing but the button, and where it was pressed."""

    back = HiddenField(id="nudge-back", filters=[tidy])


FORMS: dict[str, type[StrictForm]] = {
    "accept": AcceptForm,
    "hand_back": HandBackForm,
    "update": UpdateForm,
    "move_date": NewDateForm,
    "deliver": DeliveryForm,
    "not_back": NotBackForm,
    "verdict": VerdictForm,
    "steps": StepForm,
    "need_decision": NeedForm,
    "decide": DecisionForm,
    "call_help": HelpForm,
    "help": AnswerForm,
    "nudge": NudgeForm,
}
