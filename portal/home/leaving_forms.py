"""Who has what somebody who leaves still owes."""

from wtforms import SelectField

from portal.web.forms import StrictForm


class HandOverForm(StrictForm):
    """To whom all of it goes."""

    to = SelectField("Who has it from now on?", coerce=int)
