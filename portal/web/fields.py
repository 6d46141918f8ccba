"""Form fields whose refusals are in our words, and numbers from addresses."""

from typing import Any

from flask import request
from wtforms import DateField

from portal.keys import KEY_MAX

NO_KEY = 0  # nothing has this number


class DayField(DateField):
    """A calendar day, as browsers send it: 2026-12-22."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("This is not a date. Write it like 2026-12-22.") from None


def asked_number(name: str) -> int | None:
    """The number of a thing that stands behind the question mark; None if none does.

    One that no key can be is `NO_KEY`: PostgreSQL refuses to look for it.
    """
    number = request.args.get(name, type=int)
    return number if number is None or 0 <= number <= KEY_MAX else NO_KEY
