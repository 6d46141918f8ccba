"""What a single cell of a file of earlier ideas may hold. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from portal.ideas.words import SAY_CHARS_MAX, SAY_CHARS_MIN, Barrier, Kind

VOTES_MAX = 10_000_000
STATE_CHARS_MAX = 80
OLDEST_YEAR = 1990
# As in the forms of the pages: what hides or reorders what is read. Line ends and tabs are none.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
CLOCK = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?"
YEAR_FIRST = re.compile(
    rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){CLOCK} ?(Z|UTC|[+-]\d{{2}}:?\d{{2}})?", re.ASCII | re.I
)
YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){CLOCK}", re.ASCII)
WHOLE = re.compile(r"([+-]?\d+)(?:\.0+)?", re.ASCII)
ADDRESS_IN_BRACKETS = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")
KINDS = {"idea": Kind.IDEA, "ideas": Kind.IDEA, "rule": Kind.STUPID_RULE} | {
    spelling.casefold(): kind for kind in Kind for spelling in (kind.value, kind.label)
}
BARRIERS = {spelling.casefold(): barrier for barrier in Barrier for spelling in (barrier.value, barrier.label)}


class CellProblem(Exception):
    """What is wrong with a cell, and how to mend it. code: stable."""

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Calendar:
    """How the days of a file are read. day_first: 5/3/2024 is in March (True), in May (False), unclear (None).

    zone: of times without an offset. now: nothing was said later.
    """

    now: datetime
    zone: tzinfo = UTC
    day_first: bool | None = None


def plain(cell: str) -> str:
    """The cell in Unicode's composed form, without blanks around it. Raises CellProblem `hidden_characters`."""
    text = unicodedata.normalize("NFC", cell).replace("\r\n", "\n").replace("\r", "\n").strip()
    if CONTROLS.search(text):
        raise CellProblem("hidden_characters", "holds invisible control characters", "Type this cell again.")
    return text


def one_line(text: str) -> str:
    """The text with every run of blanks and line ends made one blank."""
    return " ".join(text.split())


def fits(say: str) -> str:
    """Words that an idea can hold. Raises CellProblem: text_missing, text_too_short, text_too_long."""
    if not say:
        raise CellProblem("text_missing", "is empty", "Write what was said, or leave the row out.")
    if len(say) < SAY_CHARS_MIN:
        raise CellProblem("text_too_short", f"has {len(say)} characters", f"Write at least {SAY_CHARS_MIN}.")
    if len(say) > SAY_CHARS_MAX:
        remedy = f"Shorten it to {SAY_CHARS_MAX}. What else there was to say can be added to the idea afterwards."
        raise CellProblem("text_too_long", f"has {len(say):,} characters", remedy)
    return say


def kind(text: str) -> Kind | None:
    """An idea or a stupid rule; None for an empty cell. Raises CellProblem `kind_unknown`."""
    if not text:
        return None
    if (found := KINDS.get(one_line(text).casefold())) is None:
        remedy = "Write idea or stupid_rule, leave it empty, or do not use this column."
        raise CellProblem("kind_unknown", "is no kind we know", remedy)
    return found


def barrier(text: str) -> Barrier | None:
    """What stands in the way; None for an empty cell. Raises CellProblem `barrier_unknown`."""
    if not text:
        return None
    if (found := BARRIERS.get(one_line(text).casefold())) is None:
        names = ", ".join(one.label.lower() for one in Barrier)
        remedy = f"Write one of {names}, leave it empty, or do not use this column."
        raise CellProblem("barrier_unknown", "is no barrier we know", remedy)
    return found


def site(text: str, sites: Mapping[str, tuple[int, ...]]) -> int | None:
    """The id of a site by its name or employer/name; None for an empty cell.

    Raises CellProblem: site_unknown, site_unclear.
    """
    if not text:
        return None
    ids = sites.get("/".join(part.strip() for part in one_line(text).casefold().split("/")), ())
    if not ids:
        remedy = "Write it as People writes it, leave it empty, or do not use this column."
        raise CellProblem("site_unknown", "is no site we know", remedy)
    if len(ids) > 1:
        raise CellProblem("site_unclear", "could be several sites", "Write the employer before it: employer/site.")
    return ids[0]


def author(text: str) -> str:
    """How an e-mail address or staff number is compared: of “Asha Rao <asha@x.example>” the address."""
    inside = ADDRESS_IN_BRACKETS.search(text)
    return (inside[1] if inside else text).casefold()


def said_at(text: str, calendar: Calendar) -> datetime | None:
    """A moment; a day without a time is its noon. None for an empty cell.

    Raises CellProblem: date_unreadable, date_unclear, date_in_future, date_too_early.
    """
    if not text:
        return None
    text = one_line(text)
    found = _year_first(text, calendar.zone) or _year_last(text, calendar)
    if found is None:
        remedy = "Write it as 2024-03-05 or 2024-03-05T14:30:00Z."
        raise CellProblem("date_unreadable", "is no date we can be sure about", remedy)
    if found > calendar.now + timedelta(days=1):
        raise CellProblem("date_in_future", "lies in the future", "Check the date.")
    if found.year < OLDEST_YEAR:
        raise CellProblem("date_too_early", f"lies before the year {OLDEST_YEAR}", "Check the year.")
    return min(found, calendar.now)  # the noon of today may still be to come


def votes(text: str) -> int:
    """How many votes it had; 0 for an empty cell. Raises CellProblem: votes_not_a_number, votes_negative,
    votes_too_many."""
    if not text:
        return 0
    found = WHOLE.fullmatch(text) if len(text) < 40 else None
    if found is None:
        remedy = "Write digits only, such as 312, or leave it empty."
        raise CellProblem("votes_not_a_number", "is not a whole number", remedy)
    number = int(found[1])
    if number < 0:
        raise CellProblem("votes_negative", "is below zero", "Write 0 or more, or leave it empty.")
    if number > VOTES_MAX:
        raise CellProblem("votes_too_many", "is too large", f"Nothing has more than {VOTES_MAX:,} votes. Check it.")
    return number


def state(text: str) -> str:
    """The word of the earlier system. Raises CellProblem `state_too_long`."""
    text = one_line(text)
    if len(text) > STATE_CHARS_MAX:
        raise CellProblem("state_too_long", f"has {len(text)} characters", f"Shorten it to {STATE_CHARS_MAX}.")
    return text


def _year_first(text: str, zone: tzinfo) -> datetime | None:
    found = YEAR_FIRST.fullmatch(text)
    if found is None:
        return None
    offset = found[8]
    at = _moment(found[1], found[3], found[4], found.group(5, 6, 7), zone)
    if offset and offset.upper() not in ("Z", "UTC"):
        hours, minutes = int(offset[:3]), int(offset[-2:])
        if abs(hours) > 14 or minutes > 59:
            raise _no_day()
        behind = timedelta(hours=abs(hours), minutes=minutes)
        return at.replace(tzinfo=UTC) - (behind if offset[0] == "+" else -behind)
    return at.replace(tzinfo=UTC) if offset else at.astimezone(UTC)


def _year_last(text: str, calendar: Calendar) -> datetime | None:
    found = YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, second = int(found[1]), int(found[3])
    day_first = calendar.day_first
    if found[2] == ".":  # nobody writes the month first with full stops
        day_first = True
    elif day_first is None:
        if first <= 12 and second <= 12 and first != second:
            remedy = "Say whether the day or the month comes first, or write it as 2024-03-05."
            raise CellProblem("date_unclear", "could be two different days", remedy)
        day_first = first > 12 or first == second
    day, month = (found[1], found[3]) if day_first else (found[3], found[1])
    return _moment(found[4], month, day, found.group(5, 6, 7), calendar.zone).astimezone(UTC)


def _moment(year: str, month: str, day: str, clock: Sequence[str | None], zone: tzinfo) -> datetime:
    hour, minute, second = ("12", "0", "0") if clock[0] is None else clock
    if int(year) < OLDEST_YEAR:
        # Far back the clocks of a zone would take the day out of the calendar.
        raise CellProblem("date_too_early", f"lies before the year {OLDEST_YEAR}", "Check the year.")
    try:
        return datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )
    except ValueError:
        raise _no_day() from None


def _no_day() -> CellProblem:
    return CellProblem("date_unreadable", "is not a day of the calendar", "Check day, month and time.")
