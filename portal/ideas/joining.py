"""Where an idea points that has joined another one. What moves with it is decided in `portal.swarm.merging`."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, update

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.rules import MoveRefusal, move_refusal
from portal.ideas.words import Stage


def mark_merged(idea_id: int, into_id: int, frm: Stage, *, now: datetime) -> None:
    """It joins another idea; those that had joined it go along. Raises Conflict `stage_changed`."""
    _move(idea_id, frm, Stage.MERGED, into_id, now)
    _point(Idea.merged_into_id == idea_id, into_id)


def mark_unmerged(idea_id: int, to: Stage, back: Select[int], *, now: datetime) -> None:
    """It stands on its own again, and those that came along with it (`back`: a query of their ids) are with it."""
    _move(idea_id, Stage.MERGED, to, None, now)
    _point(Idea.id.in_(back), idea_id)


def locked_with_joined(idea_id: int) -> bool:
    """Whether others have joined it; it is held until this transaction ends, so that none does meanwhile."""
    db.session.execute(select(Idea.id).where(Idea.id == idea_id).with_for_update())
    return db.session.scalar(select(Idea.id).where(Idea.merged_into_id == idea_id).limit(1)) is not None


def _move(idea_id: int, frm: Stage, to: Stage, into_id: int | None, now: datetime) -> None:
    if refusal := move_refusal(frm, to):
        raise refusal.as_error()
    here = update(Idea).where(Idea.id == idea_id, Idea.stage == frm)
    moved = here.values(stage=to, moved_at=now, merged_into_id=into_id).execution_options(synchronize_session=False)
    if db.session.execute(moved).rowcount != 1:  # type: ignore[attr-defined]
        raise MoveRefusal.CHANGED.as_error()


def _point(ideas: ColumnElement[bool], into_id: int) -> None:
    statement = update(Idea).where(ideas).values(merged_into_id=into_id)
    db.session.execute(statement.execution_options(synchronize_session=False))
