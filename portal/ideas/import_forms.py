"""The forms of bringing earlier ideas along."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from portal.ideas.earlier_columns import FIELDS, LABELS
from portal.ideas.imports import SOURCE, Choices
from portal.web.forms import StrictForm, one_line, tidy

NO_COLUMN = SelectChoice("", "No column")
DAYS = (
    SelectChoice("", "Neither: refuse what is unclear"),
    SelectChoice("day", "The day: 5/3/2024 is in March"),
    SelectChoice("month", "The month: 5/3/2024 is in May"),
)


class UploadForm(StrictForm):
    """A file of earlier ideas."""

    file = FileField("CSV file", validators=[FileRequired("Choose a CSV file.")])


def _column(field: str) -> Any:
    return SelectField(LABELS[field])


class ColumnsForm(StrictForm):
    """Which column means what, and how the file is read."""

    text = _column("text")
    title = _column("title")
    kind = _column("kind")
    barrier = _column("barrier")
    site = _column("site")
    author = _column("author")
    said_on = _column("said_on")
    votes = _column("votes")
    state = _column("state")
    external_id = _column("external_id")
    day_first = SelectField("In dates with slashes, what comes first?", choices=list(DAYS))
    source = StringField("Where do they come from?", filters=[tidy], validators=[Length(max=200), one_line],
                         default=SOURCE)  # fmt: skip
    show_names = BooleanField("Show the names of authors")

    def offer(self, columns: Sequence[str]) -> None:
        """Fill the choices with the columns of the file; call before validating."""
        for field in FIELDS:
            self[field].choices = [NO_COLUMN, *(SelectChoice(str(at), name) for at, name in enumerate(columns))]

    @property
    def choices(self) -> Choices:
        """What was decided."""
        columns = {field: int(self[field].data) for field in FIELDS if self[field].data}
        first = {"day": True, "month": False}.get(self.day_first.data)
        return Choices(columns, self.source.data or SOURCE, bool(self.show_names.data), first)

    @classmethod
    def of(cls, choices: Choices) -> "ColumnsForm":
        """The form as it stands, whatever the request has brought."""
        first = {True: "day", False: "month"}.get(choices.day_first, "")  # type: ignore[arg-type]
        facts: dict[str, Any] = {field: str(at) for field, at in choices.columns.items()}
        facts |= {"day_first": first, "source": choices.source, "show_names": choices.show_names}
        return cls(formdata=None, data=facts)


class ButtonForm(StrictForm):
    """A button alone."""


class ConfirmForm(StrictForm):
    """Importing what the dry run showed."""

    only_good = BooleanField("Bring only the good rows")
