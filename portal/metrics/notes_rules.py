"""What a note in the calendar may say. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.errors import Conflict, Invalid, Refusal
from portal.metrics.csv_cells import OLDEST
from portal.metrics.words import day_words, short_day

WORDS_CHARS_MAX = 300
DAYS_MAX = 366
AHEAD = timedelta(days=730)
KIND_WORDS = {
    "outage": "Outage",
    "campaign": "Campaign",
    "holiday": "Holiday",
    "definition": "Counted in another way",
    "survey": "Asked in another way",
}


@dataclass(frozen=True)
class NewNote:
    """A note as it was sent. place_id: None for everywhere; metric_id: None for whatever is measured."""

    kind: str
    date_from: date
    date_to: date
    words: str
    place_id: int | None = None
    metric_id: int | None = None


class NoteRefusal(Refusal):
    """Why a note cannot be written or taken back."""

    WORDS_LENGTH = "words_length", Invalid, f"Say in 3 to {WORDS_CHARS_MAX} characters what happened.", "words"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts", Invalid, "The last day comes before the first.", "date_to"
    TOO_LONG = "note_covers_too_much", Invalid, f"A note covers at most {DAYS_MAX} days.", "date_to"
    OUT_OF_RANGE = "note_out_of_range", Invalid, "Choose days from 2000 to two years from now.", "date_from"
    STAYS = (
        "definition_note_stays",
        Conflict,
        "The definition was changed on that day, so the calendar keeps saying so.",
    )


def note_refusal(note: NewNote, *, today: date) -> NoteRefusal | None:
    """Why it cannot be written like this, or None."""
    if not 3 <= len(note.words) <= WORDS_CHARS_MAX:
        return NoteRefusal.WORDS_LENGTH
    if note.date_from < OLDEST or note.date_from > today + AHEAD:
        return NoteRefusal.OUT_OF_RANGE
    if note.date_to < note.date_from:
        return NoteRefusal.ENDS_BEFORE_IT_STARTS
    return NoteRefusal.TOO_LONG if (note.date_to - note.date_from).days >= DAYS_MAX else None


def days_words(first: date, last: date) -> str:
    """2 March 2026, or 2 Mar to 5 March 2026."""
    if first == last:
        return day_words(first, year=True)
    start = short_day(first) if first.year == last.year else day_words(first, year=True)
    return f"{start} to {day_words(last, year=True)}"
