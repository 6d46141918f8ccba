"""Telling everybody who took part what became of it, a few hundred people at a time.

Each step is a short transaction of its own, so that a vote never waits for thousands of rows; after a crash it
starts again from the top, and whoever was told is not told twice.
"""

from collections.abc import Callable
from datetime import datetime

from portal.db import writing
from portal.ideas.story import TOLD
from portal.ideas.talking import ADDED
from portal.notices import outcomes
from portal.notices.outcomes import Telling
from portal.notices.service import notify
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

CHUNK = 300  # people in one transaction
RUN_MAX = 6_000  # people in one run of the handler, which holds a lease; a message goes on from there


def tell(message: Claimed, now: datetime) -> None:
    """A step of a story: tell it to whoever took part, unless it was taken back."""
    event = message.payload.get("event_id", message.event_id)
    telling = outcomes.of_step(message.payload["story_id"], event)
    if telling is not None:
        _fan_out(telling, message, now)


def tell_talk(message: Claimed, now: datetime) -> None:
    """A comment: tell it to followers who asked for talk."""
    event = message.payload.get("event_id", message.event_id)
    telling = outcomes.of_comment(message.payload["comment_id"], event)
    if telling is not None:
        _fan_out(telling, message, now)


def _fan_out(telling: Telling, message: Claimed, now: datetime) -> None:
    after: int | None = message.payload.get("after", 0)
    for _ in range(RUN_MAX // CHUNK):
        assert after is not None
        people, after = outcomes.next_hearers(telling, after=after, limit=CHUNK)
        with writing():
            notify(
                people, telling.moment, title=telling.title, path=telling.path, words=telling.words,
                event_id=telling.event_id, now=now, idea_id=telling.idea_id, happened_at=telling.at,
            )  # fmt: skip
        if after is None:
            return
    with writing():
        rest = {**message.payload, "event_id": message.payload.get("event_id", message.event_id), "after": after}
        outbox.emit(message.topic, rest, now=now, unique_key=f"{message.topic}:{rest['event_id']}:{after}")


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TOLD: tell, ADDED: tell_talk}
