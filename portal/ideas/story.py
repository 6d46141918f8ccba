"""The public story of an idea: one append-only step for everything that changes where it stands."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.db import db
from portal.ideas.models import Story
from portal.ideas.words import StoryKind


def record(
    idea_id: int,
    kind: StoryKind,
    *,
    now: datetime,
    actor_id: int | None = None,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add a step. actor_id: whose name is shown; never a hidden author. words: shown as they are. facts: for the
    template (numbers, dates as ISO text, names of sites)."""
    text = json.dumps(facts or {}, sort_keys=True, default=str)
    db.session.add(Story(idea_id=idea_id, at=now, kind=kind, actor_id=actor_id, words=words, facts=text))
