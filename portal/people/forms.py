"""Forms for getting in, and for what administrators do with people."""

from collections.abc import Iterable

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError

from portal.people.addresses import is_full_address
from portal.people.roles import Role
from portal.web.forms import StrictForm, no_controls, one_line, tidy

LOGIN_CHARS_MAX = 254
NAME_CHARS_MAX = 120
FULL_ADDRESS = "Write the whole address, like name@company.example."


def needed(sentence: str) -> InputRequired:
    """The field must be filled; the sentence says with what."""
    return InputRequired(sentence)


def full_address(form: StrictForm, field: StringField) -> None:
    """A WTForms validator for an e-mail address."""
    if field.data and not is_full_address(field.data):
        raise ValidationError(FULL_ADDRESS)


def same_again(form: StrictForm, field: PasswordField) -> None:
    """A WTForms validator: the second password is exactly the first."""
    if field.data != form["new_password"].data:
        raise ValidationError("The two passwords differ. Type the second one again.")


def _login() -> StringField:
    checks = [needed("Type your e-mail address or staff number."), Length(max=LOGIN_CHARS_MAX), one_line]
    return StringField("E-mail or staff number", checks, filters=[tidy])


def _new_password() -> PasswordField:
    return PasswordField("New password", [needed("Choose a password.")])


def _again() -> PasswordField:
    return PasswordField("The same password again", [needed("Type the password a second time."), same_again])


class SignInForm(StrictForm):
    """Account and password."""

    login = _login()
    password = PasswordField("Password", [needed("Type your password.")])


class CodeForm(StrictForm):
    """A one-time code, and the password it lets somebody choose."""

    login = _login()
    code = StringField("One-time code", [needed("Type the code, with or without hyphens."), Length(max=40), one_line])
    new_password = _new_password()
    password_again = _again()


class ResetForm(StrictForm):
    """Who has forgotten their password."""

    login = _login()


class PasswordForm(StrictForm):
    """The current password and its successor."""

    current_password = PasswordField("Current password", [needed("Type your current password.")])
    new_password = _new_password()
    password_again = _again()


class FirstAdministratorForm(StrictForm):
    """What is needed before anything else."""

    code = StringField("Code from the start of Sayso", [needed("Type the code."), Length(max=40), one_line])
    organisation = StringField("Organisation", [Optional(), Length(max=NAME_CHARS_MAX), one_line], filters=[tidy])
    name = StringField("Your name", [needed("Type your name."), Length(max=NAME_CHARS_MAX), one_line], filters=[tidy])
    email = StringField(
        "Your e-mail address",
        [needed("Type your e-mail address."), Length(max=LOGIN_CHARS_MAX), one_line, full_address],
        filters=[tidy],
    )
    new_password = PasswordField("Password", [needed("Choose a password.")])
    password_again = _again()


class RoleForm(StrictForm):
    """A role on a place."""

    role = SelectField("Role", choices=[SelectChoice(role.value, role.label) for role in Role])
    place = SelectField("Where", coerce=int)


class SheetForm(StrictForm):
    """For which place codes are made."""

    place = SelectField("Place", coerce=int)


class LeavingForm(StrictForm):
    """Somebody has left: the tick says that the list of what they hold was read."""

    sure = BooleanField("I have read what this ends", [InputRequired("Tick this once you have read what it ends.")])


class DemoRoleForm(StrictForm):
    """As whom to look around."""

    role = StringField("Role", [needed("Choose a role."), Length(max=40), one_line])


class ImportForm(StrictForm):
    """A file of people."""

    file = FileField("CSV file")
    deactivate_missing = BooleanField("People from earlier files who are missing in this one have left")


class ConfirmImportForm(StrictForm):
    """The decision about a file that was read."""

    only_good = BooleanField("Import the good rows and leave out the others")
    leaving = IntegerField("How many people leave", [Optional(), NumberRange(min=0)])


class SearchForm(StrictForm):
    """What the list of people is narrowed by."""

    class Meta:
        csrf = False

    q = StringField("Name, e-mail or staff number", [Optional(), Length(max=200), no_controls], filters=[tidy])
    place = SelectField("Place", coerce=int, default=0)
    state = SelectField(
        "Show", choices=[SelectChoice("active", "Working here"), SelectChoice("waiting", "Without a password"),
                 SelectChoice("left", "Left")],
        default="active", validators=[AnyOf(["active", "waiting", "left"])],
    )  # fmt: skip
    after = HiddenField(validators=[Optional(), Length(max=400)])


def choices(pairs: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    """Options of a select field."""
    return [SelectChoice(value, label) for value, label in pairs]
