"""Verbs about the calendar: noting what else happened, and taking a note back."""

from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Invalid
from portal.metrics import queries
from portal.metrics.models import CalendarNote, MetricDefinition, NoteKind
from portal.metrics.notes_rules import NewNote, NoteRefusal, note_refusal
from portal.metrics.policy import MAY
from portal.metrics.rules import latest_day
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer


def add_note(viewer: Viewer, new: NewNote, *, now: datetime) -> CalendarNote:
    """Note what else happened. Raises Invalid (`unknown_place`, see `NoteRefusal`), Missing for no such metric."""
    demand(MAY, "metric.note", viewer)
    if refusal := note_refusal(new, today=latest_day(now)):
        raise refusal.as_error()
    if new.place_id is not None and db.session.get(Place, new.place_id) is None:
        words = "There is no such place."
        raise Invalid("unknown_place", words, {"place": words})
    if new.metric_id is not None:
        queries.metric(new.metric_id)
    made = CalendarNote(
        kind=NoteKind(new.kind), date_from=new.date_from, date_to=new.date_to, place_id=new.place_id,
        metric_id=new.metric_id, words=new.words, by_id=viewer.id, at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit("metrics.noted", f"calendar_note:{made.id}", {"kind": made.kind}, actor_id=viewer.id, now=now)
    return made


def withdraw_note(viewer: Viewer, note: CalendarNote, *, now: datetime) -> None:
    """Take a note back; it stays on the record. A second time changes nothing.

    Raises Conflict `definition_note_stays` for what a changed definition wrote.
    """
    demand(MAY, "metric.note", viewer)
    changed = select(MetricDefinition.id).where(
        MetricDefinition.metric_id == note.metric_id, MetricDefinition.since == note.date_from,
        MetricDefinition.version > 1,
    )  # fmt: skip
    if note.kind is NoteKind.DEFINITION and db.session.scalar(changed.limit(1)) is not None:
        raise NoteRefusal.STAYS.as_error()
    standing = update(CalendarNote).where(CalendarNote.id == note.id, CalendarNote.withdrawn_at.is_(None))
    if db.session.execute(standing.values(withdrawn_at=now)).rowcount:  # type: ignore[attr-defined]
        audit("metrics.note_withdrawn", f"calendar_note:{note.id}", {}, actor_id=viewer.id, now=now)
