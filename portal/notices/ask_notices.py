"""Telling whoever was asked something that a question waits for them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.db import db
from portal.ideas.models import Idea
from portal.notices import mail
from portal.notices.recipients import reachable
from portal.outbox.service import Claimed
from portal.triage.ask import ASKED
from portal.triage.models import Question


def tell_asked(message: Claimed, now: datetime) -> None:
    """One mail to the author or the expert; none where the question was taken back or answered meanwhile."""
    query = (
        select(Question.id, Question.words, Question.reply_by, Question.expert_id, Idea.author_id, Idea.title)
        .join(Idea, Idea.id == Question.idea_id)
        .where(Question.id == message.payload["question"], Question.undone_at.is_(None))
        .where(Question.answered_at.is_(None), Idea.hidden_at.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    person_id = None if row is None else row.expert_id or row.author_id
    who = reachable(person_id) if person_id is not None else None
    if row is None or who is None:
        return
    given: dict[str, Any] = {
        "name": who.name, "title": row.title, "words": row.words, "author": row.expert_id is None,
        "path": f"/questions/{row.id}", "reply_by": row.reply_by, "base_url": current_app.config["SAYSO"].base_url,
    }  # fmt: skip
    text, html = (current_app.jinja_env.get_template(f"email/asked.{kind}").render(**given) for kind in ("txt", "html"))
    mail.send(who.email or "", "A question before we answer an idea", text, html, event_id=message.event_id, now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {ASKED: tell_asked}
