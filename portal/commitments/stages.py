"""Moving an idea on when its promise moves."""

from datetime import datetime

from sqlalchemy import update

from portal.db import db
from portal.errors import Conflict
from portal.ideas.models import Idea
from portal.ideas.words import Stage


def move_stage(idea_id: int, frm: Stage, to: Stage, *, now: datetime) -> None:
    """Move an idea from one stage to another; raises Conflict `stage_changed` if it is no longer where it was."""
    statement = update(Idea).where(Idea.id == idea_id, Idea.stage == frm).values(stage=to, moved_at=now)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("stage_changed", "This idea moved on while you were looking. See where it stands now.")
