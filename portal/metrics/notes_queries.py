"""What else happened: the calendar notes that concern a metric at some places in some days, and all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.metrics.models import CalendarNote, Metric, NoteKind
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind
from portal.web.paging import bad_cursor, cut, decode_cursor


@dataclass(frozen=True)
class Note:
    """Something that happened from a day to a day, both included. place: its name, None for everywhere."""

    kind: NoteKind
    date_from: date
    date_to: date
    place: str | None
    words: str
    id: int = 0
    place_id: int | None = None
    metric_id: int | None = None


def notes_in(metric_id: int, place_ids: Collection[int] | None, since: date, until: date) -> list[Note]:
    """The notes that touch these days, the earliest first, without those withdrawn; one statement.

    They are about this metric or every metric, and about one of the places (None: wherever), what lies above or below
    it, or everywhere.
    """
    n = CalendarNote
    query = (
        select(n.kind, n.date_from, n.date_to, Place.name, n.words, n.id, n.place_id, n.metric_id)
        .outerjoin(Place, Place.id == n.place_id)
        .where(n.withdrawn_at.is_(None), n.date_from <= until, n.date_to >= since,
               or_(n.metric_id.is_(None), n.metric_id == metric_id))
        .order_by(n.date_from, n.id)
    )  # fmt: skip
    if place_ids is not None:
        query = query.where(or_(n.place_id.is_(None), _near(place_ids)))
    return [Note(*row) for row in db.session.execute(query)]


def notes_page(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(CalendarNote, place, metric, code, by) with names, the newest days first. Raises Invalid `bad_cursor`."""
    query = _with_names().where(CalendarNote.withdrawn_at.is_(None))
    if after := decode_cursor(cursor, int, int):
        if not 1 <= after[0] <= date.max.toordinal():
            raise bad_cursor()
        query = query.where(tuple_(CalendarNote.date_from, CalendarNote.id) < (date.fromordinal(after[0]), after[1]))
    rows = db.session.execute(query.limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.CalendarNote.date_from.toordinal(), row.CalendarNote.id))


def note(note_id: int) -> CalendarNote:
    """The note, withdrawn or not; raises Missing."""
    found = db.session.get(CalendarNote, note_id)
    if found is None:
        raise Missing("note")
    return found


def note_with_names(note_id: int) -> Row:
    """(CalendarNote, place, metric, code, by) of one note; raises Missing."""
    found = db.session.execute(_with_names().where(CalendarNote.id == note_id)).one_or_none()
    if found is None:
        raise Missing("note")
    return found


def places_to_choose() -> Sequence[Row]:
    """(id, name) of every partner and site, by name: where a note may be about."""
    kinds = (PlaceKind.PARTNER, PlaceKind.SITE)
    query = select(Place.id, Place.name).where(Place.kind.in_(kinds)).order_by(Place.name, Place.id)
    return db.session.execute(query).all()


def _with_names() -> Select:
    n = CalendarNote
    query = select(n, Place.name.label("place"), Metric.name.label("metric"), Metric.code, Person.name.label("by"))
    query = query.outerjoin(Place, Place.id == n.place_id).outerjoin(Metric, Metric.id == n.metric_id)
    return query.outerjoin(Person, Person.id == n.by_id).order_by(n.date_from.desc(), n.id.desc())


def _near(place_ids: Collection[int]) -> ColumnElement[bool]:
    """The place of the note is one of these, above or below one of them: one path starts with the other."""
    mine = aliased(Place)
    given = select(mine.id).where(mine.id.in_(place_ids))
    up_or_down = or_(mine.path.startswith(Place.path), Place.path.startswith(mine.path))
    return given.where(up_or_down).exists()
