"""Telling people what they owe, and whom it was taken to when it is late."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.db import db, writing
from portal.ideas.models import Idea
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.triage.assignment import ASSIGNED, ESCALATED
from portal.triage.assignment_models import Assignment, Because
from portal.triage.clock import Duty
from portal.web.dates import weekday_words

WHAT = {Duty.FIRST_REPLY: "A first reply", Duty.ANSWER: "An answer"}


def tell_assigned(message: Claimed, now: datetime) -> None:
    """Tell somebody that they owe an idea something, and until when; nobody whose it is no longer."""
    row = _row(message.payload["assignment"])
    if row is None or row.until is not None:
        return
    day, why = weekday_words(row.due_on), ""
    if row.because is Because.COVER:
        why = "You cover for somebody who is away. "
    elif row.because is Because.LEFT:
        why = "Whoever owed it has left. "
    title = f"{WHAT[row.duty]} to number {row.idea_id} is due on {day}"
    with writing():
        notify([row.person_id], Moment.DUTY, title=title, path=_path(row), words=f"{why}{row.title}",
               event_id=message.event_id, now=now, idea_id=row.idea_id)  # fmt: skip


def tell_escalated(message: Claimed, now: datetime) -> None:
    """Tell whoever is called that something is late, and whoever is late that they were called."""
    row = _row(message.payload["assignment"])
    if row is None or row.until is not None:
        return
    what, about = WHAT[row.duty], f"number {row.idea_id}"
    late, common = row.late_id, {"path": _path(row), "event_id": message.event_id, "now": now, "idea_id": row.idea_id}
    with writing():
        owed = f"{row.late} owed it by {weekday_words(row.due_on)}. " if late is not None else ""
        notify([row.person_id], Moment.DUTY, title=f"{what} to {about} is late: please see to it",
               words=f"{owed}{row.title}", **common)  # fmt: skip
        if late is not None and late != row.person_id:
            notify([late], Moment.DUTY, title=f"{what} to {about} is late, and is now with {row.name} too",
                   words=row.title, **common)  # fmt: skip


def _path(row: Any) -> str:
    return f"/triage?idea={row.idea_id}" if row.duty is Duty.ANSWER else f"/ideas/{row.idea_id}"


def _row(assignment_id: int) -> Any:
    first, late = aliased(Assignment), aliased(Person)
    query = (
        select(Assignment.idea_id, Assignment.duty, Assignment.person_id, Assignment.because, Assignment.due_on,
               Assignment.until, Idea.title, Person.name, late.id.label("late_id"), late.name.label("late"))
        .join(Idea, Idea.id == Assignment.idea_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(first, (first.idea_id == Assignment.idea_id) & (first.duty == Assignment.duty)
                   & (first.level == 0) & first.until.is_(None))
        .outerjoin(late, late.id == first.person_id)
        .where(Assignment.id == assignment_id)
    )  # fmt: skip
    return db.session.execute(query).one_or_none()


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {ASSIGNED: tell_assigned, ESCALATED: tell_escalated}
