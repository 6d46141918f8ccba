"""The form for a receiver of webhooks."""

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.notices.webhook_rules import EVENTS, NAME_CHARS_MAX
from portal.notices.webhook_service import Wanted
from portal.web.forms import StrictForm, one_line, tidy
from portal.web.safe_addresses import URL_CHARS_MAX

NOWHERE = "0"


def event_words(event: str) -> str:
    """An event as people read it: "Handed back"."""
    return event.partition(".")[2].replace("_", " ").capitalize()


class ReceiverForm(StrictForm):
    """What it is called, where it is, what it may read and what it wants to hear."""

    name = StringField(
        "What it is", [InputRequired("Say what it is."), Length(max=NAME_CHARS_MAX), one_line], filters=[tidy],
    )  # fmt: skip
    url = StringField(
        "Its address", [InputRequired("Give its address."), Length(max=URL_CHARS_MAX), one_line], filters=[tidy],
    )  # fmt: skip
    place = SelectField("What it may read", default=NOWHERE, choices=[])
    events = SelectMultipleField(
        "What it hears", [InputRequired("Tick at least one event.")], option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False), choices=[SelectChoice(name, event_words(name)) for name in EVENTS],
    )  # fmt: skip

    def wanted(self) -> Wanted:
        """The receiver that was typed."""
        place = int(self.place.data or NOWHERE)
        return Wanted(self.name.data or "", self.url.data or "", self.events.data or [], place or None)
