"""Counting executives on the frontline for the programme page. Each statement reads a quarter or a year by an index,
however long the history is; the worker runs them once an hour."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.debrief_models import Debrief, DebriefAnswer, Insight
from portal.frontline.floor_queries import floor_of
from portal.frontline.floor_rules import Quarter
from portal.frontline.models import SignUp
from portal.frontline.words import Attendance, DebriefQuestion
from portal.home.programme_frontline_rules import DAYS_BACK, FloorFigures, hours_between
from portal.home.programme_rows import COUNTED
from portal.home.programme_weeks import start_of
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Stage
from portal.web.dates import local_day

COMPLETED = SignUp.attendance == Attendance.COMPLETED


def count(zone: str, *, now: datetime) -> FloorFigures:
    """The figures as they stand. Seven statements. zone: of the organisation."""
    first = Quarter.of(local_day(now, zone)).first_day
    since, a_year_ago = start_of(first, zone), now - timedelta(days=DAYS_BACK)
    floor = floor_of(Quarter.of(first), now=now)
    shifts, surprises = _surprises(since, now)
    insights, changes = _changes(a_year_ago)
    told = _told(a_year_ago, now)
    return FloorFigures(first, floor.executives, floor.been, shifts, surprises, insights, changes, len(told),
                        hours_between(told))  # fmt: skip


def as_values(found: FloorFigures) -> dict[str, Any]:
    """As JSON keeps it."""
    return asdict(found) | {"quarter_from": found.quarter_from.isoformat()}


def read(values: dict[str, Any] | None) -> FloorFigures | None:
    """What was kept; None where nothing was."""
    return FloorFigures(**values | {"quarter_from": date.fromisoformat(values["quarter_from"])}) if values else None


def _surprises(since: datetime, now: datetime) -> tuple[int, int]:
    """Shifts completed since a moment, and what surprised whoever was there."""
    written = and_(Debrief.sign_up_id == SignUp.id, Debrief.finished_at.is_not(None))
    surprise = and_(DebriefAnswer.debrief_id == Debrief.id, DebriefAnswer.question == DebriefQuestion.SURPRISED)
    both = select(func.count(SignUp.id.distinct()), func.count(DebriefAnswer.id))
    found = both.select_from(SignUp).outerjoin(Debrief, written).outerjoin(DebriefAnswer, surprise)
    return tuple(  # type: ignore[return-value]
        db.session.execute(found.where(COMPLETED, SignUp.starts_at >= since, SignUp.starts_at <= now)).one()
    )


def _changes(since: datetime) -> tuple[int, int]:
    """Insights that everybody may read, and how many of them belong to an idea that is done, where it has joined too.

    What came of a stop signal that was answered, or of a promise of one's own, stands at its idea.
    """
    joined = aliased(Idea)
    done = or_(Idea.stage == Stage.DONE, joined.stage == Stage.DONE)
    # An idea that has joined another one is not counted by itself on this page; what surprised somebody still is.
    for_all = or_(
        Insight.idea_id.is_(None), and_(*COUNTED),
        and_(Idea.stage == Stage.MERGED, Idea.audience == Audience.ORGANISATION, Idea.hidden_at.is_(None)),
    )  # fmt: skip
    standing = Insight.withdrawn_at.is_(None), Insight.hidden_at.is_(None), Debrief.finished_at.is_not(None)
    query = (
        select(func.count(), func.count().filter(done))
        .select_from(Insight)
        .join(Debrief, Debrief.id == Insight.debrief_id)
        .outerjoin(Idea, Idea.id == Insight.idea_id)
        .outerjoin(joined, joined.id == Idea.merged_into_id)
        .where(Insight.made_at >= since, *standing, for_all)
    )
    return tuple(db.session.execute(query).one())  # type: ignore[return-value]


def _told(since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """(first surprise written down, told to everybody) of the broadcasts after a shift since a moment."""
    surprised = (
        select(func.min(DebriefAnswer.saved_at))
        .where(DebriefAnswer.debrief_id == Broadcast.debrief_id, DebriefAnswer.question == DebriefQuestion.SURPRISED)
        .scalar_subquery()
    )
    sent = (
        Broadcast.confirmed_at >= since, Broadcast.sends_at <= now, Broadcast.taken_back_at.is_(None),
        Broadcast.debrief_id.is_not(None),
    )  # fmt: skip
    rows = db.session.execute(select(surprised.label("surprised"), Broadcast.sends_at.label("told")).where(*sent))
    return [(row.surprised, row.told) for row in rows if row.surprised is not None and row.told is not None]
