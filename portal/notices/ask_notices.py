"""Telling whoever was asked something that a question waits for them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.ideas.models import Idea
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.triage.ask import ASKED
from portal.triage.models import Question


def tell_asked(message: Claimed, now: datetime) -> None:
    """The author or the expert; nobody where the question was taken back or answered, or the idea is hidden."""
    query = (
        select(Question.id, Question.idea_id, Question.words, Question.expert_id, Idea.author_id)
        .join(Idea, Idea.id == Question.idea_id)
        .where(Question.id == message.payload["question"], Question.undone_at.is_(None))
        .where(Question.answered_at.is_(None), Idea.hidden_at.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    person_id = None if row is None else row.expert_id or row.author_id
    if row is None or person_id is None:
        return
    about = "your idea" if row.expert_id is None else f"number {row.idea_id}"
    with writing():
        notify(
            [person_id], Moment.DUTY, title=f"You are asked something about {about}.", path=f"/questions/{row.id}",
            words=row.words, event_id=message.event_id, now=now, idea_id=row.idea_id,
        )  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {ASKED: tell_asked}
