"""Which partner's figures are public."""

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from portal.web.forms import StrictForm


class PublicationForm(StrictForm):
    """employer: a partner's number. public: whether everybody sees its figures from now on."""

    employer = HiddenField("Partner", validators=[Regexp(r"\A[0-9]{1,9}\Z", message="Choose a partner.")])
    public = RadioField("Public", choices=[SelectChoice("yes", "Publish"), SelectChoice("no", "Take back")])
