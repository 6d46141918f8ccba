"""Naming who owes an idea what, and calling somebody when it is late.

What an idea is owed follows from where it stands; `settle` brings the rows in line with that as often as it likes. It
is run by the worker for every idea whose story has a new step, so that no verb that moves an idea waits for it.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import select, update

from portal.db import db, take_turns
from portal.ideas import story
from portal.ideas.words import StoryKind
from portal.outbox import service as outbox
from portal.people import absences
from portal.people.absence_rules import acting
from portal.people.calendars import calendars_of
from portal.people.managers import line_above
from portal.people.working_time import WorkingCalendar
from portal.triage import assignment_rows, routing
from portal.triage.assignment_models import Assignment, Because
from portal.triage.assignment_rows import Owed
from portal.triage.clock import LEVELS, Duty, Times, times

ESCALATED = "clock.escalated"  # payload: {"assignment": …}
UNTOLD = Assignment.until.is_(None), Assignment.told_at.is_(None), Assignment.because != Because.LATE
log = logging.getLogger("sayso.clock")


@dataclass
class World:
    """Everything that a batch needs, read once. today: as the absences count it (UTC)."""

    chart: routing.Chart
    owed: dict[int, Owed]
    rows: dict[tuple[int, Duty], list[Assignment]]
    calendars: dict[int | None, WorkingCalendar]
    away: dict[int, int | None]
    lines: dict[int, list[int]] = field(default_factory=dict)

    def times(self, idea: Owed, duty: Duty, starts_at: datetime) -> Times:
        """When it is due and climbs."""
        return times(duty, starts_at, self.calendars[idea.asked.site_id], idea.pause)

    def answerer(self, idea: Owed, duty: Duty) -> int | None:
        """Whose it is."""
        return routing.answerer(self.chart, duty, idea.asked, partial(acting, away=self.away))

    def standing(self, idea_id: int, duty: Duty) -> list[Assignment]:
        """The open rows, the first answerer's first."""
        open_rows = [row for row in self.rows.get((idea_id, duty), ()) if row.until is None]
        return sorted(open_rows, key=lambda row: row.level)

    def above(self, person_id: int) -> Sequence[int]:
        """The line of managers, nearest first."""
        if person_id not in self.lines:
            self.lines[person_id] = line_above(person_id)[1:]
        return self.lines[person_id]


def world_of(idea_ids: Iterable[int], *, now: datetime) -> World:
    """Read what a batch of ideas needs: the same few statements however many they are."""
    ids = sorted(set(idea_ids))
    owed = {one.id: one for one in assignment_rows.owed(ids)}
    calendars = calendars_of({one.asked.site_id for one in owed.values()})
    away = absences.away_on(now.date())
    return World(assignment_rows.chart(), owed, assignment_rows.rows_of(ids), calendars, away)


def settle(idea_ids: Iterable[int], *, now: datetime) -> World:
    """Bring what is owed to these ideas in line with where they stand. Running it twice gives the same."""
    take_turns("clocks")
    world = world_of(idea_ids, now=now)
    for idea in world.owed.values():
        for duty in Duty:
            _settle(world, idea, duty, now)
    db.session.flush()
    return world


def climb(idea_ids: Iterable[int], *, now: datetime) -> int:
    """Call somebody for what is late among these ideas; returns how many were called."""
    world = settle(idea_ids, now=now)
    called = 0
    for idea in world.owed.values():
        for duty in Duty:
            while (rows := world.standing(idea.id, duty)) and _is_due(rows[0], now):
                called += _climb(world, idea, rows, now)
    db.session.flush()
    return called


def hand_on(
    person_id: int, *, to_id: int | None, because: Because, by_id: int | None, now: datetime,
    only: Sequence[int] | None = None, limit: int = 200,
) -> int:  # fmt: skip
    """Give what somebody owes (all of it, or `only` these rows) to somebody else, or to whom it is routed now.

    The time that is left goes with it. Returns how many went; at most `limit`, so that a call that returns as many is
    repeated.
    """
    take_turns("clocks")
    mine = [Assignment.person_id == person_id, Assignment.until.is_(None)]
    if only is not None:
        mine.append(Assignment.id.in_(only))
    rows = db.session.scalars(select(Assignment).where(*mine).order_by(Assignment.due_at).limit(limit)).all()
    world = world_of({row.idea_id for row in rows}, now=now)
    for row in rows:
        _hand_on(world, row, to_id, because, now)
    db.session.flush()
    return len(rows)


def reassign_of(person_id: int, *, to_id: int | None = None, by_id: int | None = None, now: datetime) -> int:
    """Somebody leaves: everything that they owe goes to somebody, or to whom it is routed without them."""
    gone, done = 0, 1
    while done:
        done = hand_on(person_id, to_id=to_id, because=Because.LEFT, by_id=by_id, now=now)
        gone += done
    return gone


def untold(*, most: int) -> list[tuple[int, Duty]]:
    """(person, duty) of those who owe something and have not heard of it yet."""
    query = select(Assignment.person_id, Assignment.duty).where(*UNTOLD).distinct()
    return [(row.person_id, row.duty) for row in db.session.execute(query.limit(most))]


def claim_untold(person_id: int, duty: Duty, *, now: datetime) -> list[int]:
    """What somebody owes and has not heard of yet, the soonest due first; from now on it counts as told.

    What was late already when it came to them is told as late, not as new.
    """
    mine = Assignment.person_id == person_id, Assignment.duty == duty
    claimed = update(Assignment).where(*mine, *UNTOLD).values(told_at=now)
    columns = Assignment.id, Assignment.due_at
    rows = db.session.execute(claimed.returning(*columns).execution_options(synchronize_session=False)).all()
    return [row.id for row in sorted(rows, key=lambda row: (row.due_at, row.id)) if row.due_at > now]


def _settle(world: World, idea: Owed, duty: Duty, now: datetime) -> None:
    standing = world.standing(idea.id, duty)
    if not idea.owes(duty):
        _close(standing, now)
        return
    if standing and standing[0].level == 0 and not _begins_again(standing[0], idea):
        _recount(world, idea, standing)
        return
    _close(standing, now)
    _open(world, idea, duty, now)


def _begins_again(row: Assignment, idea: Owed) -> bool:
    """True for an answer that is owed anew: asked for again after a no, or handed back."""
    return row.duty is Duty.ANSWER and idea.since(Duty.ANSWER) > row.starts_at


def _recount(world: World, idea: Owed, standing: list[Assignment]) -> None:
    """The clock stood still, or a holiday was added: the same duty, at another time."""
    first = standing[0]
    due = world.times(idea, first.duty, first.starts_at)
    if due.due_at == first.due_at:
        return
    for row in standing:
        row.due_on, row.due_at = due.due_on, due.due_at
    first.climbs_at = due.next_climb(standing[-1].level)


def _open(world: World, idea: Owed, duty: Duty, now: datetime) -> None:
    person_id = world.answerer(idea, duty)
    if person_id is None:
        log.warning("nobody can be named for idea %s", idea.id)
        return
    starts_at = _starts_at(world, idea, duty, now)
    due = world.times(idea, duty, starts_at)
    before = [row.level for row in world.rows.get((idea.id, duty), ()) if row.starts_at == starts_at]
    made = Assignment(
        idea_id=idea.id, duty=duty, level=0, person_id=person_id, because=Because.ROUTED, since=now,
        starts_at=starts_at, due_on=due.due_on, due_at=due.due_at, climbs_at=due.next_climb(max(before, default=0)),
    )  # fmt: skip
    _add(world, made)


def _starts_at(world: World, idea: Owed, duty: Duty, now: datetime) -> datetime:
    """From when it counts. A first reply to what was here before there was a clock counts from now."""
    since = idea.since(duty)
    rows = world.rows.get((idea.id, duty), ())
    if duty is Duty.ANSWER:
        return since
    if rows:
        return rows[-1].starts_at
    return since if world.times(idea, duty, since).due_at > now else now


def _is_due(row: Assignment, now: datetime) -> bool:
    return row.level == 0 and row.climbs_at is not None and row.climbs_at <= now


def _climb(world: World, idea: Owed, rows: list[Assignment], now: datetime) -> bool:
    """One level up. Where nobody is left to call, only the clock goes on."""
    first, last = rows[0], rows[-1]
    twice = world.times(idea, first.duty, first.starts_at).climbs[1]
    level = last.level + 1
    found = _called(world, idea, first.duty, last.person_id, [row.person_id for row in rows])
    if found is None or level > LEVELS:
        first.climbs_at = twice if first.climbs_at is not None and first.climbs_at < twice else None
        return False
    first.climbs_at = twice if level < LEVELS else None
    made = Assignment(
        idea_id=idea.id, duty=first.duty, level=level, person_id=found, because=Because.LATE, since=now,
        starts_at=first.starts_at, due_on=first.due_on, due_at=first.due_at,
    )  # fmt: skip
    _add(world, made)
    _tell(first, made, now)
    return True


def _called(world: World, idea: Owed, duty: Duty, person_id: int, beside: list[int]) -> int | None:
    found = routing.called(world.chart, duty, idea.asked, person_id, world.above, beside)
    cover = acting(found, world.away) if found is not None else None
    if cover is not None and cover not in beside and world.chart.may_act(cover, duty, idea.asked):
        return cover
    return found


def _tell(first: Assignment, made: Assignment, now: datetime) -> None:
    names = assignment_rows.names_of((first.person_id, made.person_id))
    facts = {
        "duty": first.duty, "late": names[first.person_id], "called": names[made.person_id], "level": made.level,
        "was_due": first.due_on.isoformat(),
    }  # fmt: skip
    story.record(made.idea_id, StoryKind.ESCALATED, now=now, facts=facts)
    outbox.emit(ESCALATED, {"assignment": made.id}, now=now)


def _hand_on(world: World, row: Assignment, to_id: int | None, because: Because, now: datetime) -> None:
    idea = world.owed[row.idea_id]
    others = [one.person_id for one in world.standing(row.idea_id, row.duty) if one is not row]
    found = to_id if to_id not in others else None
    if found is None and row.level == 0:
        found = world.answerer(idea, row.duty)
    elif found is None:
        found = _called(world, idea, row.duty, row.person_id, others)
    if found is None or found == row.person_id:
        return _close([row], now) if because is Because.LEFT else None
    climbs_at = row.climbs_at
    _close([row], now)
    made = Assignment(
        idea_id=row.idea_id, duty=row.duty, level=row.level, person_id=found, because=because, since=now,
        starts_at=row.starts_at, due_on=row.due_on, due_at=row.due_at, climbs_at=climbs_at,
    )  # fmt: skip
    _add(world, made)
    if because is Because.LEFT and row.level == 0:
        names = assignment_rows.names_of((row.person_id,))
        facts = {"duty": row.duty, "from": names[row.person_id], "because": because}
        story.record(row.idea_id, StoryKind.HANDED_OVER, now=now, actor_id=found, facts=facts)


def _add(world: World, made: Assignment) -> None:
    db.session.add(made)
    db.session.flush()
    world.rows.setdefault((made.idea_id, made.duty), []).append(made)


def _close(rows: Iterable[Assignment], now: datetime) -> None:
    for row in rows:
        row.until, row.climbs_at = now, None
    db.session.flush()  # before another takes the place
