"""Calendar months of a statement, in the reader's time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from portal.errors import Invalid

MONTH_PATTERN = "^20[0-9]{2}-(0[1-9]|1[0-2])$"
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def label(self) -> str:
        """ "March 2026"."""
        return f"{date(self.year, self.number, 1):%B} {self.year}"

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> "Month":
        """The month before it."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    def starts_at(self, zone: str) -> datetime:
        """Its first moment in a time zone, in UTC."""
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def month_of(moment: datetime, zone: str) -> Month:
    """The month that a moment falls into, in a time zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return Month(local.year, local.month)


def read_month(text: str) -> Month:
    """The month of "2026-03". Raises Invalid `bad_month`."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise Invalid("bad_month", "A month looks like 2026-03.", {"month": "A month looks like 2026-03."})
    return Month(int(found[1]), int(found[2]))
