"""The open box while somebody types in it, and when they chose an idea that is there."""

from wtforms import HiddenField, TextAreaField

from portal.web.forms import StrictForm, tidy


class TypedForm(StrictForm):
    """Everything the box can hold. Nothing of it is refused: nothing of it is sent yet."""

    say = TextAreaField(filters=[tidy])
    names = HiddenField()
    draft_key = HiddenField()
    challenge = HiddenField()
    sent_anyway = HiddenField()
    confirm = HiddenField()
    shown = HiddenField()


class InsteadForm(TypedForm):
    """The box as it was when somebody chose another idea, so that it can be brought back."""

    voted = HiddenField()
