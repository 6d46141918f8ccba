"""What is told about looks: which ideas of a page were on screen, and whether looks are kept."""

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from portal.web.forms import StrictForm


class LooksForm(StrictForm):
    """page: as it was sealed. ideas: numbers, with points between them."""

    page = StringField("Page")
    ideas = StringField("Ideas", validators=[Regexp(r"\A[0-9]{1,9}(\.[0-9]{1,9}){0,79}\Z", message="Numbers only.")])

    def numbers(self) -> list[int]:
        """The ideas, each once."""
        return [*dict.fromkeys(map(int, (self.ideas.data or "").split(".")))]


class SwitchForm(StrictForm):
    """kept: whether looks are kept from now on."""

    kept = SelectField("Looks", choices=[SelectChoice("yes", "Keep looks"), SelectChoice("no", "Keep none")])
