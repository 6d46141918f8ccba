"""What happens to a stop signal of a story: it is answered in public, and whoever gave it lifts or keeps it."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Row, select

from portal.db import db
from portal.demo.shapes import Stop
from portal.ideas.models import Idea
from portal.people.viewer import Viewer
from portal.swarm import stops
from portal.swarm.models import Vote
from portal.swarm.rules import OPEN_STAGES, VoteKind

if TYPE_CHECKING:
    from portal.demo.lives import Life
    from portal.demo.load import Calendar

ANSWERED_AFTER, DECIDED_AFTER = timedelta(hours=20), timedelta(hours=3)


def plan(life: "Life", calendar: "Calendar", stop: Stop, *, readable_from: datetime) -> None:
    """Put the answer and what came of it into the calendar. readable_from: when whoever answers can know of it."""
    at = readable_from + ANSWERED_AFTER
    if stop.answer and at + DECIDED_AFTER < life.today:
        calendar.add(at, partial(_answer, life, stop))
        calendar.add(at + DECIDED_AFTER, partial(_decide, life, stop))


def _answer(life: "Life", stop: Stop, at: datetime) -> None:
    given = _standing(life, stop)
    if given is not None:
        assert stop.answered_by is not None
        stops.answer_stop(life.crowd.cast[stop.answered_by], given.id, stop.answer, now=at)


def _decide(life: "Life", stop: Stop, at: datetime) -> None:
    given = _standing(life, stop)
    if given is None:
        return
    giver = _viewer(life, stop, given.person_id)
    if stop.kept:
        stops.keep_stop(giver, given.id, now=at)
    elif db.session.scalar(select(Idea.stage).where(Idea.id == life.number)) in OPEN_STAGES:
        stops.lift_stop(giver, given.id, now=at)


def _standing(life: "Life", stop: Stop) -> Row | None:
    """(id, person_id) of the signal, unless the idea took no more votes when it was to be given."""
    here = Vote.idea_id == life.number, Vote.kind == VoteKind.STOP, Vote.revoked_at.is_(None)
    query = select(Vote.id, Vote.person_id).where(*here, Vote.sentence == stop.sentence)
    return db.session.execute(query).one_or_none()


def _viewer(life: "Life", stop: Stop, person_id: int) -> Viewer:
    return next(person for person in life.crowd.teams[stop.team] if person.id == person_id)
