"""Reading who owes an idea what, and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.models import Idea, Story
from portal.ideas.words import Stage, StoryKind
from portal.people.calendars import calendars_of, usual_in
from portal.people.models import Person, Place
from portal.swarm.models import Promotion
from portal.triage import assignment_rows
from portal.triage.again_models import Return
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
    """As `clock_of` for many ideas, in one statement."""
    query = joined(select(Idea.id, *columns())).where(Idea.id.in_(list(numbers)))
    found = (clock_from(row, now=now) for row in db.session.execute(query))
    return {clock.idea_id: clock for clock in found if clock is not None}


def clock_from(row: Any, *, now: datetime) -> Clock | None:
    """The clock out of a row with `id` and `columns`."""
    if row.clock_duty is not None:
        return Clock(
            row.id, row.clock_duty, row.clock_person, row.clock_name, row.clock_due_on, row.clock_due_at,
            row.clock_due_at < now, row.clock_level or 0, row.clock_called,
        )  # fmt: skip
    if row.clock_promoted_at is None:
        return None
    # Promoted this very minute: its time counts already, in the usual week; its person is about to be named.
    began = max(at for at in (row.clock_promoted_at, row.clock_returned_at, row.clock_handed_back_at) if at)
    due = times(Duty.ANSWER, began, usual_in(row.clock_zone or "UTC"))
    return Clock(row.id, Duty.ANSWER, None, None, due.due_on, due.due_at, due.due_at < now)


def answer_of(idea_id: int, *, now: datetime) -> tuple[date, bool, str | None]:
    """The day by which a promoted idea has, or had, its answer; whether it is late now; and who owes it."""
    clock = clock_of(idea_id, now=now)
    if clock is not None and clock.what is Duty.ANSWER:
        return clock.due_on, clock.overdue, clock.name
    one = assignment_rows.owed([idea_id])[0]
    since, site_id = one.since(Duty.ANSWER), one.asked.site_id
    return times(Duty.ANSWER, since, calendars_of([site_id])[site_id], one.pause).due_on, False, None


def columns() -> tuple[Any, ...]:
    """What `clock_from` reads beside `Idea.id`, for statements that ask for more; they need `joined`."""
    unnamed = and_(Idea.stage == Stage.PROMOTED, Idea.hidden_at.is_(None), STANDS.id.is_(None))
    begins = (
        ("promoted", select(Promotion.at).where(Promotion.idea_id == Idea.id)),
        ("returned", select(func.max(Return.at)).where(Return.idea_id == Idea.id)),
        ("handed_back", select(func.max(Story.at)).where(Story.idea_id == Idea.id,
                                                         Story.kind == StoryKind.HANDED_BACK)),
    )  # fmt: skip
    zone = select(Place.timezone).where(Place.id == func.coalesce(Idea.site_id, Idea.employer_id))
    return (
        STANDS.duty.label("clock_duty"), STANDS.person_id.label("clock_person"), WHO.name.label("clock_name"),
        STANDS.due_on.label("clock_due_on"), STANDS.due_at.label("clock_due_at"),
        _called(Assignment.level).label("clock_level"), _called(Person.name).label("clock_called"),
        case((unnamed, zone.correlate(Idea).scalar_subquery())).label("clock_zone"),
        *(case((unnamed, query.correlate(Idea).scalar_subquery())).label(f"clock_{name}_at")
          for name, query in begins),
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
    query = select(source).select_from(_UP).join(_CALLED, _CALLED.id == _UP.person_id)
    climbed = _UP.idea_id == STANDS.idea_id, _UP.duty == STANDS.duty, _UP.until.is_(None), _UP.level > 0
    return query.where(*climbed).order_by(_UP.level.desc()).limit(1).correlate(STANDS).scalar_subquery()
