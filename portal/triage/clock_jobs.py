"""What the worker does for the clocks: name who owes what, call somebody when it is late, and follow who is away.

Each run goes on where the last one stopped, in steps of its own transaction; twice over changes nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, func, or_, select

from portal.db import db, upsert, writing
from portal.ideas.models import Idea, Story
from portal.outbox.service import Claimed
from portal.people import delegates
from portal.people.calendar_models import Absence
from portal.people.calendars import CHANGED
from portal.people.models import Person, Place
from portal.triage import assignment
from portal.triage.assignment_models import Assignment, Because, ClockMark
from portal.triage.clock import moves_to_cover

FOLLOW, CLIMB, AWAY = "clock.follow", "clock.climb", "clock.away"
TELL = "clock.tell"  # carried out where people are told
SLOT_MINUTES = 10
STEPS_AT_ONCE = 300  # of stories, in one transaction
CLIMBS_AT_ONCE = 50
RUNS_MOST = 400  # transactions of one run; what is left waits for the next
SETTLED = timedelta(minutes=2)  # a step may be committed after a later one: until then it is looked at again
LEFT_WITHIN = timedelta(days=30)


def follow(message: Claimed, now: datetime) -> None:
    """Bring what is owed in line for every idea whose story has gone on."""
    last = _mark()
    for _ in range(RUNS_MOST):
        query = select(Story.id, Story.idea_id, Story.at).where(Story.id > last).order_by(Story.id)
        steps = db.session.execute(query.limit(STEPS_AT_ONCE)).all()
        if not steps:
            break
        last = steps[-1].id
        with writing():
            assignment.settle({step.idea_id for step in steps}, now=now)
            fresh = next((step.id for step in steps if step.at > now - SETTLED), None)
            _keep_mark(last if fresh is None else fresh - 1)
        if len(steps) < STEPS_AT_ONCE:
            break
    db.session.rollback()


def climb(message: Claimed, now: datetime) -> None:
    """Call somebody for everything that has become late, the longest first."""
    for _ in range(RUNS_MOST):
        late = Assignment.until.is_(None), Assignment.climbs_at <= now
        query = select(Assignment.idea_id).where(*late).order_by(Assignment.climbs_at).limit(CLIMBS_AT_ONCE)
        ideas = set(db.session.scalars(query))
        if not ideas:
            break
        with writing():
            assignment.climb(ideas, now=now)
    db.session.rollback()


def away(message: Claimed, now: datetime) -> None:
    """Who is away from today on, whose delegates begin and end, and who has left."""
    today = now.date()
    changed = 1
    while changed:
        with writing():
            changed = delegates.start_and_end(today=today, now=now)
    with writing():
        _start_absences(now)
    for person_id in _who_left(now):
        with writing():
            assignment.reassign_of(person_id, now=now)


def count_again(message: Claimed, now: datetime) -> None:
    """The calendar of a place was changed: count again what is due there and below."""
    place = db.session.get(Place, message.payload["place"])
    if place is None:
        return
    below, last = select(Place.id).where(Place.path.startswith(place.path, autoescape=True)), 0
    here = or_(func.coalesce(Idea.site_id, Idea.employer_id).in_(below),
               Idea.employer_id.is_(None) & Idea.site_id.is_(None))  # fmt: skip
    while True:
        query = select(Assignment.idea_id).join(Idea, Idea.id == Assignment.idea_id).distinct()
        query = query.where(Assignment.until.is_(None), Assignment.idea_id > last, here)
        ideas = list(db.session.scalars(query.order_by(Assignment.idea_id).limit(STEPS_AT_ONCE)))
        if not ideas:
            break
        with writing():
            assignment.settle(ideas, now=now)
        last = ideas[-1]
    db.session.rollback()


def _start_absences(now: datetime) -> None:
    """What falls due while somebody is away goes to their cover, once, on the first day."""
    begins = Absence.started_at.is_(None), Absence.withdrawn_at.is_(None), Absence.first_day <= now.date()
    for absence in db.session.scalars(select(Absence).where(*begins).order_by(Absence.id).limit(CLIMBS_AT_ONCE)):
        absence.started_at = now
        if absence.last_day < now.date():
            continue
        mine = Assignment.person_id == absence.person_id, Assignment.until.is_(None), Assignment.level == 0
        rows = db.session.execute(select(Assignment.id, Assignment.due_on, Assignment.due_at).where(*mine)).all()
        moving = [row.id for row in rows
                  if moves_to_cover(row.due_on, row.due_at, last_day=absence.last_day, now=now)]  # fmt: skip
        if moving:
            assignment.hand_on(absence.person_id, to_id=None, because=Because.COVER, by_id=None, now=now, only=moving,
                               limit=len(moving))  # fmt: skip


def _who_left(now: datetime) -> list[int]:
    """People who left lately and still owe something."""
    owes = exists().where(Assignment.person_id == Person.id, Assignment.until.is_(None))
    query = select(Person.id).where(Person.deactivated_at > now - LEFT_WITHIN, owes).order_by(Person.id)
    return list(db.session.scalars(query.limit(CLIMBS_AT_ONCE)))


def _mark() -> int:
    return db.session.scalar(select(ClockMark.story_id).where(ClockMark.id == 1)) or 0


def _keep_mark(story_id: int) -> None:
    upsert(ClockMark, {"id": 1, "story_id": story_id}, key=("id",), update=("story_id",))


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    FOLLOW: follow, CLIMB: climb, AWAY: away, CHANGED: count_again,
}  # fmt: skip


def due(now: datetime) -> list[tuple[str, str]]:
    """Every minute whose it is and who has not heard of it, every ten minutes what is late and who is away (UTC)."""
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    slot = minute.replace(minute=minute.minute - minute.minute % SLOT_MINUTES)
    return [
        *((topic, f"{topic}:{minute:%Y-%m-%dT%H:%M}") for topic in (FOLLOW, TELL)),
        *((topic, f"{topic}:{slot:%Y-%m-%dT%H:%M}") for topic in (AWAY, CLIMB)),
    ]
