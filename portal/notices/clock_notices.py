"""Telling people what they owe, and whom it was taken to when it is late."""

from collections.abc import Callable, Sequence
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
from portal.triage import assignment
from portal.triage.assignment import ESCALATED
from portal.triage.assignment_models import Assignment, Because
from portal.triage.clock import Duty
from portal.triage.clock_jobs import TELL
from portal.web.dates import weekday_words

EACH_MOST, AT_ONCE, RUNS_MOST = 3, 500, 20
MANY = {Duty.FIRST_REPLY: "{} ideas wait for a first reply from you", Duty.ANSWER: "{} ideas wait for your answer"}
WHAT = {Duty.FIRST_REPLY: "A first reply", Duty.ANSWER: "An answer"}


def tell_assigned(message: Claimed, now: datetime) -> None:
    """Tell everybody what has come to them, and until when: each of a few, or one word about many.

    After an upgrade or an import somebody may owe hundreds of replies at once. What was told is marked with the
    telling, in one transaction, so that nothing is told twice or lost.
    """
    for _ in range(RUNS_MOST):
        found = assignment.untold(most=AT_ONCE)
        for person_id, duty in found:
            with writing():
                claimed = assignment.claim_untold(person_id, duty, now=now)
                rows = [_row(one) for one in claimed[:EACH_MOST]]
                if len(claimed) > EACH_MOST:
                    _tell_many(rows, len(claimed), now)
                else:
                    for row in rows:
                        _tell_one(row, now)
        if len(found) < AT_ONCE:
            break
    db.session.rollback()


def _tell_one(row: Any, now: datetime) -> None:
    day, why = weekday_words(row.due_on), ""
    if row.because is Because.COVER:
        why = "You cover for somebody who is away. "
    elif row.because is Because.LEFT:
        why = "Whoever owed it has left. "
    title = f"{WHAT[row.duty]} to number {row.idea_id} is due on {day}"
    notify([row.person_id], Moment.DUTY, title=title, path=_path(row), words=f"{why}{row.title}",
           event_id=f"assigned:{row.id}", now=now, idea_id=row.idea_id)  # fmt: skip


def _tell_many(rows: Sequence[Any], count: int, now: datetime) -> None:
    first = rows[0]
    title = f"{MANY[first.duty].format(count)}, the first by {weekday_words(first.due_on)}"
    words = f"{', '.join(row.title for row in rows)} and {count - EACH_MOST} more"
    path = "/triage" if first.duty is Duty.ANSWER else "/team"
    notify([first.person_id], Moment.DUTY, title=title, path=path, words=words, event_id=f"assigned:{first.id}",
           now=now)  # fmt: skip


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
        select(Assignment.id, Assignment.idea_id, Assignment.duty, Assignment.person_id, Assignment.because,
               Assignment.due_on,
               Assignment.until, Idea.title, Person.name, late.id.label("late_id"), late.name.label("late"))
        .join(Idea, Idea.id == Assignment.idea_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(first, (first.idea_id == Assignment.idea_id) & (first.duty == Assignment.duty)
                   & (first.level == 0) & first.until.is_(None))
        .outerjoin(late, late.id == first.person_id)
        .where(Assignment.id == assignment_id)
    )  # fmt: skip
    return db.session.execute(query).one_or_none()


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TELL: tell_assigned, ESCALATED: tell_escalated}
