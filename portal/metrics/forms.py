"""Forms of metrics."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from portal.web.forms import StrictForm


class UploadForm(StrictForm):
    """A file of observations."""

    file = FileField("CSV file", validators=[FileRequired("Choose a CSV file.")])


class ConfirmForm(StrictForm):
    """Saving what the dry run showed."""

    only_good = BooleanField("Save only the good rows")


class StarterForm(StrictForm):
    """Adding the starter set: nothing to fill in."""
