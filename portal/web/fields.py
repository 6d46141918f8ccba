"""Form fields whose refusals are in our words."""

from typing import Any

from wtforms import DateField


class DayField(DateField):
    """A calendar day, as browsers send it: 2026-12-22."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("This is not a date. Write it like 2026-12-22.") from None
