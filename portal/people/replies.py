"""A refused form is shown again with everything typed, the sentence at its field, and the right status."""

from typing import Any

from flask import Response, make_response, render_template
from flask_wtf import FlaskForm

from portal.errors import DomainError, TooMany
from portal.web.problems import status_of


def page(template: str, form: FlaskForm, *, status: int = 200, **facts: Any) -> Response:
    """A page with a form; with status 422 after a failed validation."""
    facts = {"form": form, "extra": {}, "problem": status >= 400} | facts
    return make_response(render_template(template, **facts), status)


def refused(template: str, form: FlaskForm, error: DomainError, **facts: Any) -> Response:
    """The form again after a refusal of the verb."""
    at_fields = {name: words for name, words in error.fields.items() if name in form._fields}
    for name, words in at_fields.items():
        form[name].errors = [*form[name].errors, words]
    extra = {} if at_fields else {"": error.message}
    answer = page(template, form, status=status_of(error), extra=extra, **facts)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer
