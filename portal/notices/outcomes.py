"""Telling everybody who took part what became of it."""

from collections.abc import Callable
from datetime import datetime

from portal.db import db, writing
from portal.ideas.models import Story
from portal.ideas.story import TOLD
from portal.notices import webhook_queue
from portal.outbox.service import Claimed


def tell(message: Claimed, now: datetime) -> None:
    """Queue it for webhooks. A second run queues nothing twice."""
    step = db.session.get(Story, message.payload["story_id"])
    if step is not None:
        with writing():
            webhook_queue.queue_for(db.session.get_one(Story, step.id), now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TOLD: tell}
