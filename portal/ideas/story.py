"""The public story of an idea: one append-only step for everything that changes where it stands.

Whoever takes part hears of the steps that are outcomes: each leaves a message for the worker, in the transaction of
its cause.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.db import db
from portal.ideas.models import Idea, Story, StoryUndone
from portal.ideas.words import StoryKind
from portal.outbox import service as outbox
from portal.people import delegates
from portal.people.models import Place
from portal.people.roles import PlaceKind

TOLD = "story.told"  # payload: {"story_id": …}
ON_BEHALF = frozenset({StoryKind.COMMITTED, StoryKind.DECLINED, StoryKind.ASKED, StoryKind.REPLIED})
NOT_TOLD = frozenset(
    {StoryKind.SAID, StoryKind.EDITED, StoryKind.WITHDRAWN, StoryKind.RULE_NAMED, StoryKind.UNDONE,
     StoryKind.FROM_A_SHIFT}
)  # fmt: skip


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
    known = dict(facts or {})
    if actor_id is not None and kind in ON_BEHALF and (behalf := _on_behalf(idea_id, actor_id)):
        known["for"] = behalf
    text = written(known)
    step = Story(idea_id=idea_id, at=now, kind=kind, actor_id=actor_id, words=words, facts=text)
    db.session.add(step)
    if kind not in NOT_TOLD:
        db.session.flush()
        outbox.emit(TOLD, {"story_id": step.id}, now=now, available_at=now + (told_after or timedelta()))
    return step


def _on_behalf(idea_id: int, actor_id: int) -> str | None:
    """The name of the executive for whom somebody answers here; None where they answer in their own right."""
    top = select(Place.id).where(Place.kind == PlaceKind.ORGANISATION).scalar_subquery()
    node = select(Place.path).join(Idea, Place.id == func.coalesce(Idea.site_id, Idea.employer_id, top))
    lender = delegates.acting_for(actor_id, db.session.scalars(node.where(Idea.id == idea_id)).one())
    return lender.name if lender is not None else None


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
