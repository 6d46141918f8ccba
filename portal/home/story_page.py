"""The whole story of an idea: every step as one line of time, the newest first, and those of one sort alone."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_

from portal.db import db
from portal.home import storytelling
from portal.home.storytelling import Entry
from portal.ideas.models import Story
from portal.ideas.words import StoryKind
from portal.web.dates import local_day
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

PAGE = 50
_K = StoryKind


class Sort(StrEnum):
    """What a story can be narrowed to."""

    WORDS = "words"
    SWARM = "swarm"
    ANSWERS = "answers"
    PROMISE = "promise"
    OUTCOME = "outcome"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"words": "What was said", "swarm": "What colleagues did", "answers": "Answers",
                "promise": "The promise", "outcome": "What happened"}[self.value]  # fmt: skip


SORTS: dict[Sort, frozenset[StoryKind]] = {
    Sort.WORDS: frozenset(
        {_K.SAID, _K.EDITED, _K.WITHDRAWN, _K.HIDDEN, _K.RESTORED, _K.RULE_NAMED, _K.MERGED, _K.JOINED, _K.UNMERGED,
         _K.LEFT, _K.FROM_A_SHIFT}
    ),
    Sort.SWARM: frozenset(
        {_K.PROMOTED, _K.ASKED_AGAIN, _K.STOP_ANSWERED, _K.STOP_LIFTED, _K.STOP_KEPT, _K.BACK, _K.FLOOR_CHECKED,
         _K.CARRIED}
    ),
    Sort.ANSWERS: frozenset(
        {_K.REPLIED, _K.LEFT_TO_SWARM, _K.FIXED_HERE, _K.ESCALATED, _K.ASKED, _K.ASK_ANSWERED, _K.UNDONE, _K.COMMITTED,
         _K.DECLINED, _K.STOP_ANSWERED, _K.RULE_DECIDED}
    ),
    Sort.PROMISE: frozenset(
        {_K.COMMITTED, _K.FIXED_HERE, _K.ACCEPTED, _K.HANDED_BACK, _K.HANDED_OVER, _K.DATE_MOVED, _K.UPDATED,
         _K.DELIVERED, _K.CONFIRMED, _K.SENT_BACK, _K.HELP_WANTED, _K.HELPER_JOINED, _K.DECISION_NEEDED,
         _K.DECISION_GIVEN, _K.NOT_BACK, _K.ROLLED_BACK}
    ),
    Sort.OUTCOME: frozenset(
        {_K.CONFIRMED, _K.MEASURED, _K.REWARDED, _K.BACK, _K.NOT_BACK, _K.FLOOR_CHECKED, _K.ROLLED_BACK,
         _K.RULE_DECIDED}
    ),
}  # fmt: skip


def steps_page(
    idea: Any, *, decided: bool, sort: Sort | None = None, limit: int = PAGE, cursor: str | None = None
) -> tuple[Sequence[Row], str | None]:
    """Rows of `storytelling.story_query`, and the cursor of the next page. Raises Invalid `bad_cursor`.

    idea: one that the viewer may read. decided: the viewer may know that somebody objected.
    """
    query = storytelling.story_query().where(Story.idea_id == idea.id)
    if not decided:
        query = query.where(Story.kind.not_in([kind for kind in StoryKind if kind.after_deciding]))
    if sort:
        query = query.where(Story.kind.in_(sorted(SORTS[sort])))
    if after := decode_cursor(cursor, Wide, int):
        query = query.where(_before(*after))
    return cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (to_micros(row.at), row.id))


def entries(rows: Sequence[Row], *, zone: str, now: datetime) -> list[Entry]:
    """The rows as lines, with the time of the day."""
    today = local_day(now, zone)
    return [storytelling.entry_of(row, zone=zone, today=today, exact=True) for row in rows]


def _before(micros: int, number: int) -> ColumnElement[bool]:
    moment = from_micros(micros)
    return or_(Story.at < moment, and_(Story.at == moment, Story.id < number))
