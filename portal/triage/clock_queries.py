"""Reading who owes an idea what, and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.calendars import calendars_of
from portal.people.models import Person
from portal.triage import assignment_rows
from portal.triage.assignment_models import Assignment
from portal.triage.clock import Duty, times


@dataclass(frozen=True, slots=True)
class Clock:
    """What an idea is owed. person_id, name: who owes it, None for the minute until they are named. due_on: the day
    at the idea's site. level: how often it has climbed; called: who was asked to see to it, the last one.
    """

    idea_id: int
    what: Duty
    person_id: int | None
    name: str | None
    due_on: date
    due_at: datetime
    overdue: bool
    level: int = 0
    called: str | None = None


def clock_of(idea_id: int, *, now: datetime) -> Clock | None:
    """What this idea is owed: an answer once it is promoted, a first reply before; None where nothing is."""
    return clocks_of([idea_id], now=now).get(idea_id)


def clocks_of(numbers: Iterable[int], *, now: datetime) -> dict[int, Clock]:
    """As `clock_of` for many ideas: one statement, and a few more where some of them were promoted this very minute."""
    wanted = list(numbers)
    rows = db.session.execute(_standing().where(Idea.id.in_(wanted)))
    found = {row.id: _clock(row, now) for row in rows}
    missing = [number for number in wanted if number not in found]
    return found | (_not_named_yet(missing, now) if missing else {})


def columns() -> tuple[Any, ...]:
    """`clock_duty`, `clock_name`, `clock_due_on`, `clock_due_at`, `clock_level`, `clock_called` beside `Idea`, for
    statements that ask for more; they need `joined`.
    """
    return (
        STANDS.duty.label("clock_duty"), WHO.name.label("clock_name"), STANDS.due_on.label("clock_due_on"),
        STANDS.due_at.label("clock_due_at"), _called(Assignment.level).label("clock_level"),
        _called(Person.name).label("clock_called"),
    )  # fmt: skip


def joined(query: Select) -> Select:
    """The statement with what `columns` reads."""
    return query.outerjoin(STANDS, _owed_now(STANDS)).outerjoin(WHO, WHO.id == STANDS.person_id)


def owed_by(person_id: int, *, limit: int = 100) -> Sequence[Row]:
    """(id, idea_id, title, duty, level, due_on, due_at) of what somebody owes, the most urgent first."""
    columns_ = Assignment.id, Assignment.idea_id, Idea.title, Assignment.duty, Assignment.level, Assignment.due_on
    query = select(*columns_, Assignment.due_at).join(Idea, Idea.id == Assignment.idea_id)
    mine = Assignment.person_id == person_id, Assignment.until.is_(None)
    return db.session.execute(query.where(*mine).order_by(Assignment.due_at, Assignment.id).limit(limit)).all()


# Names of their own, so that a statement that reads assignments for something else can have them too.
STANDS, WHO, _UP, _CALLED = aliased(Assignment), aliased(Person), aliased(Assignment), aliased(Person)


def _owed_now(row: Any) -> Any:
    """The condition for the row of who answers, for what is owed at the idea's stage."""
    duty = case((Idea.stage == Stage.PROMOTED, Duty.ANSWER.value), else_=Duty.FIRST_REPLY.value)
    shown = Idea.hidden_at.is_(None), Idea.stage.in_((Stage.OPEN, Stage.PROMOTED))
    return and_(row.idea_id == Idea.id, row.until.is_(None), row.level == 0, row.duty == duty, *shown)


def _called(column: Any) -> Any:
    """Of the highest level to which what is owed has climbed."""
    source = _UP.level if column is Assignment.level else _CALLED.name
    query = select(source).join(_CALLED, _CALLED.id == _UP.person_id)
    climbed = _UP.idea_id == STANDS.idea_id, _UP.duty == STANDS.duty, _UP.until.is_(None), _UP.level > 0
    return query.where(*climbed).order_by(_UP.level.desc()).limit(1).correlate(STANDS).scalar_subquery()


def _standing() -> Select:
    query = select(Idea.id, STANDS.person_id, *columns()).select_from(Idea)
    return joined(query).where(STANDS.id.is_not(None))


def _clock(row: Any, now: datetime) -> Clock:
    return Clock(
        row.id, row.clock_duty, row.person_id, row.clock_name, row.clock_due_on, row.clock_due_at,
        row.clock_due_at < now, row.clock_level or 0, row.clock_called,
    )  # fmt: skip


def _not_named_yet(numbers: list[int], now: datetime) -> dict[int, Clock]:
    """What was promoted this minute: its time counts already, its person is about to be named."""
    waiting = [one for one in assignment_rows.owed(numbers) if one.owes(Duty.ANSWER)]
    calendars = calendars_of({one.asked.site_id for one in waiting}) if waiting else {}
    found = {}
    for one in waiting:
        due = times(Duty.ANSWER, one.since(Duty.ANSWER), calendars[one.asked.site_id], one.pause)
        found[one.id] = Clock(one.id, Duty.ANSWER, None, None, due.due_on, due.due_at, due.due_at < now)
    return found
