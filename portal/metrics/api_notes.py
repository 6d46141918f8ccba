"""The interface to the calendar: what else happened."""

from datetime import date
from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.metrics import notes, notes_queries, queries
from portal.metrics.api_definition_shapes import Code
from portal.metrics.models import NoteKind
from portal.metrics.notes_rules import WORDS_CHARS_MAX, NewNote
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Day, Line, Moment, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of
from portal.web.transactions import writing

bp = api("calendar", "What else happened: outages, campaigns, holidays, other ways of counting or asking.")


class CalendarNoteSent(Sent):
    """What else happened."""

    kind: NoteKind
    date_from: Day
    date_to: Day | None = Field(None, description="The last day of it; the first if left out.")
    words: Line = Field(min_length=3, max_length=WORDS_CHARS_MAX)
    place: Number | None = Field(None, description="The number of a partner, site or team; everywhere if left out.")
    metric: Code | None = Field(None, description="The code of a metric; whatever is measured if left out.")


class CalendarNoteShown(Shown):
    """What else happened. place, metric: null for everywhere, and for whatever is measured."""

    number: int
    kind: NoteKind
    date_from: date
    date_to: date
    words: str
    place: int | None
    place_name: str | None
    metric: str | None
    by: str | None
    at: Moment


@bp.get("/calendar-notes", responses={200: page_of(CalendarNoteShown)})
@requires("metric.see", scope=Scope.METRICS_READ)
def list_calendar_notes(query: PageAsked) -> Response:
    """What else happened, the newest days first, without what was taken back."""
    rows, following = notes_queries.notes_page(limit=query.limit, cursor=query.cursor)
    return listed([_shown(row) for row in rows], following)


@bp.post("/calendar-notes", responses={201: CalendarNoteShown})
@requires("metric.note", scope=Scope.METRICS_WRITE)
def add_calendar_note(body: CalendarNoteSent) -> Response:
    """Note what else happened, up to two years ahead (422 `unknown_place`, `unknown_metric`).

    422 `ends_before_it_starts`, `note_covers_too_much` (366 days), `note_out_of_range`.
    """

    def verb() -> CalendarNoteShown:
        made = notes.add_note(the_viewer(), _new(body), now=clock.now())
        return _shown(notes_queries.note_with_names(made.id))

    return once(verb, status=201)


@bp.delete("/calendar-notes/<int:number>", responses={204: None})
@requires("metric.note", scope=Scope.METRICS_WRITE)
def withdraw_calendar_note(path: NumberPath) -> tuple[str, int]:
    """Take a note back; it stays on the record (409 `definition_note_stays`)."""
    with writing():
        notes.withdraw_note(the_viewer(), notes_queries.note(path.number), now=clock.now())
    return "", 204


def _new(body: CalendarNoteSent) -> NewNote:
    # 0 is no metric's key: the verb refuses it in words.
    metric_id = (queries.id_of_code(body.metric) or 0) if body.metric else None
    return NewNote(body.kind.value, body.date_from, body.date_to or body.date_from, body.words, body.place, metric_id)


def _shown(row: Any) -> CalendarNoteShown:
    note = row.CalendarNote
    return CalendarNoteShown(
        number=note.id, kind=note.kind, date_from=note.date_from, date_to=note.date_to, words=note.words,
        place=note.place_id, place_name=row.place, metric=row.code, by=row.by, at=note.at,
    )  # fmt: skip
