"""The base of every form: unknown fields are refused, texts are normalised, nothing typed is lost."""

import re
import unicodedata
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, ValidationError

from portal.errors import Invalid

ALWAYS_SENT = {"csrf_token", "next"}
# C0 and C1 controls (but line ends and tabs), bidi overrides, surrogates: they hide or reorder what is read.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class StrictForm(FlaskForm):
    """A form that refuses fields it does not have (422 `unknown_field`), so that nobody sets more than it offers."""

    def validate(self, extra_validators: Any = None) -> bool:
        refuse_unknown(set(self._fields) | ALWAYS_SENT)
        return super().validate(extra_validators)


class SpottedForm(StrictForm):
    """Words that are looked at for personal data before they are sent, and the answer to what was spotted."""

    remove = HiddenField()
    sent_anyway = HiddenField()

    @property
    def wants_removal(self) -> bool:
        """The person pressed *Remove and send*."""
        return self.remove.data == "1"

    @property
    def insists(self) -> bool:
        """The person pressed *Send anyway*."""
        return self.sent_anyway.data == "1"


def refuse_unknown(known: set[str]) -> None:
    """Raise Invalid if the request's body names a field outside `known`."""
    sent = set(request.form) | set(request.files)
    if extra := sorted(sent - known):
        raise Invalid("unknown_field", f"This form has no field called {extra[0]!r}.", {extra[0]: "Unknown field."})


def tidy(text: str | None) -> str | None:
    """A WTForms filter: NFC, no carriage returns, no blanks at the ends."""
    if text is None:
        return None
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def no_controls(form: Any, field: Field) -> None:
    """A WTForms validator: control characters and bidi overrides are refused."""
    if field.data and CONTROLS.search(field.data):
        raise ValidationError("There are invisible control characters in this text. Type it again.")


def one_line(form: Any, field: Field) -> None:
    """A WTForms validator for names and titles: one line, no control characters."""
    if field.data and ("\n" in field.data or "\t" in field.data):
        raise ValidationError("Keep this to one line.")
    no_controls(form, field)
