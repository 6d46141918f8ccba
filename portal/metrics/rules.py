"""What a metric must look like, and what an import does to what is stored. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.metrics.csv_outcome import Entry

CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")
NAME_CHARS_MAX, UNIT_CHARS_MAX, NOTE_CHARS_MAX = 120, 60, 500
DECIMALS_MAX = 6
STAGED_DAYS = 7  # an uploaded file waits this long for its confirmation
EAST_OF_UTC = timedelta(hours=14)


class DefinitionRefusal(StrEnum):
    """Why a metric cannot be defined."""

    CODE_MALFORMED = "code_malformed"
    NAME_LENGTH = "name_length"
    UNIT_LENGTH = "unit_length"
    NOTE_TOO_LONG = "note_too_long"
    DECIMALS_RANGE = "decimals_range"

    @property
    def sentence(self) -> str:
        """For the person who typed it."""
        return {
            "code_malformed": "A code has 2 to 60 small letters, digits and underscores, and starts with a letter.",
            "name_length": f"Give the metric a name of at most {NAME_CHARS_MAX} characters.",
            "unit_length": f"Say the unit in at most {UNIT_CHARS_MAX} characters, such as “per 100 contacts”.",
            "note_too_long": f"Keep the note within {NOTE_CHARS_MAX} characters.",
            "decimals_range": f"Show between 0 and {DECIMALS_MAX} decimals.",
        }[self.value]


@dataclass(frozen=True)
class Stored:
    """The newest revision of a key. withdrawn: it says that there is no value any more."""

    value: float
    n: int | None
    revision: int
    withdrawn: bool = False


@dataclass
class Tally:
    """What an import does or did: read = new + revised + unchanged + bad."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    bad: int = 0

    @property
    def read(self) -> int:
        """Rows of the file."""
        return self.new + self.revised + self.unchanged + self.bad

    def count(self, revision: int | None) -> None:
        """One more good row, by the revision it gets (None: it says what is already stored)."""
        if revision is None:
            self.unchanged += 1
        elif revision == 1:
            self.new += 1
        else:
            self.revised += 1


def next_revision(entry: Entry, stored: Stored | None) -> int | None:
    """The revision that a row becomes: 1 if new, one more if it differs, None if it says the same.

    A row without n says nothing about n.
    """
    if stored is None:
        return 1
    same = not stored.withdrawn and entry.value == stored.value and (entry.n is None or entry.n == stored.n)
    return None if same else stored.revision + 1


def definition_refusal(code: str, name: str, unit: str, decimals: int, note: str) -> DefinitionRefusal | None:
    """Why a metric cannot be defined like this, or None."""
    if not CODE.fullmatch(code):
        return DefinitionRefusal.CODE_MALFORMED
    if not 0 < len(name) <= NAME_CHARS_MAX:
        return DefinitionRefusal.NAME_LENGTH
    if not 0 < len(unit) <= UNIT_CHARS_MAX:
        return DefinitionRefusal.UNIT_LENGTH
    if len(note) > NOTE_CHARS_MAX:
        return DefinitionRefusal.NOTE_TOO_LONG
    return None if 0 <= decimals <= DECIMALS_MAX else DefinitionRefusal.DECIMALS_RANGE


def latest_day(now: datetime) -> date:
    """The last day that has begun somewhere: what lies after it is in the future at every site."""
    return (now + EAST_OF_UTC).date()
