"""The public story of an idea: one append-only step for everything that changes where it stands.

Whoever takes part hears of the steps that are outcomes: each leaves a message for the worker, in the transaction of
its cause.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.ideas.models import Story, StoryUndone
from portal.ideas.words import StoryKind
from portal.outbox import service as outbox

TOLD = "story.told"  # payload: {"story_id": …}
NOT_TOLD = frozenset({StoryKind.SAID, StoryKind.EDITED, StoryKind.WITHDRAWN, StoryKind.RULE_NAMED, StoryKind.UNDONE})


def record(
    idea_id: int,
    kind: StoryKind,
    *,
    now: datetime,
    actor_id: int | None = None,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
    told_after: timedelta | None = None,
) -> Story:
    """Add a step. actor_id: whose name is shown; never a hidden author. words: shown as they are. facts: for the
    template (numbers, dates as ISO text, names of sites). told_after: how long it can still be undone unheard."""
    text = written(facts or {})
    step = Story(idea_id=idea_id, at=now, kind=kind, actor_id=actor_id, words=words, facts=text)
    db.session.add(step)
    if kind not in NOT_TOLD:
        db.session.flush()
        outbox.emit(TOLD, {"story_id": step.id}, now=now, available_at=now + (told_after or timedelta()))
    return step


def written(facts: Mapping[str, Any]) -> str:
    """The facts of a step as they are stored, so that a step can be found by them."""
    return json.dumps(facts, sort_keys=True, default=str)


def undo(story_id: int, *, by_id: int, now: datetime) -> None:
    """Mark a step as taken back: whoever has not heard of it never does."""
    db.session.add(StoryUndone(story_id=story_id, at=now, by_id=by_id))
    db.session.flush()


def is_undone(story_id: int) -> bool:
    """True once the step was taken back."""
    return db.session.scalar(select(StoryUndone.story_id).where(StoryUndone.story_id == story_id)) is not None
