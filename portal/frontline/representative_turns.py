"""Naming who speaks next, and passing a turn on. Everything here holds the rotation's row."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.frontline import representative_queries as queries
from portal.frontline.representative_models import Carried, Rotation, Turn
from portal.frontline.representative_rules import DRAWN_BEFORE, Period, after, next_in_turn, period_of
from portal.frontline.words import TurnState
from portal.outbox import service as outbox
from portal.people.absences import away_on
from portal.people.models import Person, Place

TOLD = "frontline.turn"  # payload: {"turn": …, "what": "asked", "begins" or "ends"}
AT_ONCE = 50  # rotations looked after in one transaction


@dataclass(frozen=True)
class Running:
    """A rotation under its lock, and the day it is for the organisation."""

    rotation: Rotation
    today: date

    def period(self, day: date) -> Period:
        """The turn in which a day lies."""
        return period_of(self.rotation.starts_on, self.rotation.weeks, day)


def today_of(now: datetime) -> date:
    """The day it is for the organisation, in which turns begin and end."""
    return day_in(organisation_zone(), now)


def locked(rotation_id: int, *, now: datetime) -> Running:
    """The rotation, held by this transaction: whatever changes turns, gives or carries comes one after another."""
    query = select(Rotation).where(Rotation.id == rotation_id).with_for_update()
    rotation = db.session.scalars(query.execution_options(populate_existing=True)).one()
    return Running(rotation, today_of(now))


def draw(running: Running, period: Period, *, first: date, now: datetime) -> Turn | None:
    """Name whoever is next for what is left of a period, from `first` on; None where nobody is there.

    Whoever is away on that day is not asked; they come next, for only turns are counted.
    """
    rotation = running.rotation
    place = db.session.get_one(Place, rotation.place_id)
    without = queries.opted_out(rotation.id) | _passed(rotation.id, period) | set(away_on(first))
    person_id = next_in_turn(
        queries.members(place), queries.last_turns(rotation.id), lot=rotation.id, without=without
    )  # fmt: skip
    if person_id is None:
        return None
    made = Turn(rotation_id=rotation.id, person_id=person_id, starts_on=first, ends_on=period.last,
                state=TurnState.ASKED, made_at=now)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    outbox.emit(TOLD, {"turn": made.id, "what": "asked"}, now=now)
    return made


def draw_due(running: Running, *, now: datetime) -> list[Turn]:
    """Name who speaks now and, two weeks ahead, who speaks next, where nobody is named."""
    here = running.period(running.today)
    following = after(here, running.rotation.weeks)
    wanted = [here, following] if following.first - running.today <= DRAWN_BEFORE else [here]
    made = []
    for period in wanted:
        if running.rotation.ended_at is None and not _named(running.rotation.id, period, running.today):
            made.append(draw(running, period, first=max(period.first, running.today), now=now))
    return [one for one in made if one is not None]


def leave(running: Running, turn: Turn, *, now: datetime) -> Turn | None:
    """Somebody's turn goes to the next one: whole while nothing was done with it, else from tomorrow on.

    None where it is over, or nobody can take it.
    """
    today, period = running.today, running.period(turn.starts_on)
    if turn.state is TurnState.PASSED or turn.ends_on < today:
        return None
    begun = turn.starts_on < today or (turn.starts_on == today and carried_in(turn.rotation_id, period))
    turn.state = TurnState.HANDED_OVER if begun else TurnState.PASSED
    turn.answered_at = now
    if begun:
        turn.ends_on = today
    db.session.flush()  # before another takes the place
    first = today + timedelta(days=1) if begun else max(turn.starts_on, today)
    if first > period.last or running.rotation.ended_at is not None:
        return None
    return draw(running, period, first=first, now=now)


def carried_in(rotation_id: int, period: Period) -> bool:
    """Whether something has been carried in a turn, by whoever had it."""
    of_period = Turn.rotation_id == rotation_id, Turn.starts_on.between(period.first, period.last)
    query = select(Carried.id).join(Turn, Turn.id == Carried.turn_id).where(*of_period)
    return db.session.scalar(query.limit(1)) is not None


def due_rotations(today: date, *, after_id: int, limit: int = AT_ONCE) -> list[int]:
    """Running rotations in which somebody is to be named, or whoever was has left the place. In order of number."""
    later = aliased(Turn)
    ahead = today + DRAWN_BEFORE
    stands = later.rotation_id == Rotation.id, later.state != TurnState.PASSED
    last = select(func.max(later.ends_on)).where(*stands).scalar_subquery()
    now_named = exists().where(*stands, later.starts_on <= today, later.ends_on >= today)
    begun = Rotation.starts_on <= today
    missing = or_(last.is_(None), last < ahead, begun & ~now_named)
    query = select(Rotation.id).where(Rotation.ended_at.is_(None), Rotation.id > after_id, missing | _deserted(today))
    return list(db.session.scalars(query.order_by(Rotation.id).limit(limit)))


def deserted(rotation_id: int, today: date) -> list[Turn]:
    """Turns of people who no longer work at the place."""
    query = select(Turn).join(Rotation, Rotation.id == Turn.rotation_id).join(Person, Person.id == Turn.person_id)
    query = query.join(Place, Place.id == Rotation.place_id)
    return list(db.session.scalars(query.where(Turn.rotation_id == rotation_id, *_gone(today))))


def _deserted(today: date) -> ColumnElement[bool]:
    query = select(Turn.id).join(Person, Person.id == Turn.person_id).join(Place, Place.id == Rotation.place_id)
    return query.where(Turn.rotation_id == Rotation.id, *_gone(today)).correlate(Rotation).exists()


def _gone(today: date) -> tuple[ColumnElement[bool], ...]:
    here = or_(
        Place.id == Person.team_id, Place.id == Person.site_id, Place.id == Person.employer_id,
        Place.parent_id.is_(None),
    )  # fmt: skip
    left = or_(Person.deactivated_at.is_not(None), Person.team_id.is_(None), ~here)
    return queries.STANDS, Turn.ends_on >= today, left


def _named(rotation_id: int, period: Period, today: date) -> bool:
    """Whether somebody has what is left of a period."""
    left = Turn.ends_on >= max(period.first, today), Turn.starts_on <= period.last
    query = select(Turn.id).where(Turn.rotation_id == rotation_id, queries.STANDS, *left)
    return db.session.scalar(query.limit(1)) is not None


def _passed(rotation_id: int, period: Period) -> set[int]:
    """Who passed this turn on, or had a part of it."""
    of_period = Turn.rotation_id == rotation_id, Turn.starts_on.between(period.first, period.last)
    return set(db.session.scalars(select(Turn.person_id).where(*of_period)))
