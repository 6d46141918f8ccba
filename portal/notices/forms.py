"""What is told, how soon by e-mail, and in which hours not."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.notices.moments import Moment, Pace
from portal.notices.preferences import Wishes
from portal.notices.timing import HOURS, Quiet
from portal.web.forms import StrictForm

PACES = [SelectChoice(pace.value, pace.label) for pace in Pace]
CLOCK = [SelectChoice(hour, f"{hour:02}:00") for hour in HOURS]


def _pace(moment: Moment) -> RadioField:
    return RadioField(moment.label, [InputRequired("Choose one.")], choices=PACES, description=moment.about)


class PreferencesForm(StrictForm):
    """One choice for each moment; the channel once; quiet hours."""

    by_mail = BooleanField("By e-mail too")
    answered, moved, done = _pace(Moment.ANSWERED), _pace(Moment.MOVED), _pace(Moment.DONE)
    duty, view = _pace(Moment.DUTY), _pace(Moment.VIEW)
    bulletin, chatter = _pace(Moment.BULLETIN), _pace(Moment.CHATTER)
    broadcast, shift = _pace(Moment.BROADCAST), _pace(Moment.SHIFT)
    quiet_begins = SelectField("No e-mail from", choices=CLOCK, coerce=int)
    quiet_ends = SelectField("until", choices=CLOCK, coerce=int)

    def fields_of_moments(self) -> list[Any]:
        """The choices, in the order of the page."""
        return [self[moment.value] for moment in Moment]

    def wanted(self, address: str | None) -> Wishes:
        """What was chosen."""
        paces = {moment: Pace(self[moment.value].data) for moment in Moment}
        quiet = Quiet(self.quiet_begins.data, self.quiet_ends.data)
        return Wishes(paces, bool(self.by_mail.data), quiet, address)


def filled(chosen: Wishes) -> Mapping[str, Any]:
    """What the form shows before anything is typed."""
    paces = {moment.value: chosen.paces[moment].value for moment in Moment}
    return {**paces, "by_mail": chosen.by_mail, "quiet_begins": chosen.quiet.begins, "quiet_ends": chosen.quiet.ends}


class ReadForm(StrictForm):
    """Everything up to a number, or what was read at a moment: the two buttons over the list."""

    upto = HiddenField()
    at = HiddenField()

    def number(self, name: str) -> int | None:
        """The whole number in a field, or None for anything else."""
        text = self[name].data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
