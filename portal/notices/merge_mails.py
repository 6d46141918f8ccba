"""Telling of a merge: the authors of both ideas and whoever follows the one that joined.

No author is named in it: a hidden author is one reader among others.
"""

from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal.db import db, writing
from portal.ideas.models import Follow, Idea, Story, StoryUndone
from portal.ideas.words import StoryKind
from portal.notices.moments import Moment
from portal.notices.outcomes import readers
from portal.notices.service import AT_ONCE_MAX, notify
from portal.outbox.service import Claimed
from portal.swarm.merge_models import Merge, MergeMove, MergeUndo
from portal.swarm.merging import MERGED, UNMERGED

TOGETHER = "They are about the same thing: votes, comments and followers count together now."
AGAIN = "Both have the votes and comments that they had before."


def tell_everybody(message: Claimed, now: datetime) -> None:
    """Tell each reader that they are one now, or two again; a few hundred people in a transaction."""
    merge_id, undone = message.payload["merge"], message.topic == UNMERGED
    made, row = db.session.get(Merge, merge_id), _merge(merge_id)
    if made is None or row is None or (not undone and _taken_back(made)):
        return
    one, into = row.from_id, row.into_id
    people = readers(into, readers(one, _readers(made)))
    title = f"Number {one} stands on its own again." if undone else f"Number {one} has joined number {into}."
    words = f"“{row.title}” and “{row.into_title}”. {AGAIN if undone else TOGETHER}"
    reason = f"\n{row.reason}" if row.reason and not undone else ""
    for first in range(0, len(people), AT_ONCE_MAX):
        with writing():
            notify(
                people[first : first + AT_ONCE_MAX], Moment.MOVED, title=title, words=words + reason,
                path=f"/ideas/{one if undone else into}", event_id=message.event_id, now=now, idea_id=one,
            )  # fmt: skip


def _taken_back(made: Merge) -> bool:
    """Taken apart before anybody was told of it: nobody ever is."""
    told = StoryUndone.story_id == Story.id, Story.idea_id == made.from_id, Story.at >= made.at
    taken = select(Story.id).join(StoryUndone, told[0]).where(*told[1:], Story.kind == StoryKind.MERGED)
    return db.session.scalars(taken.limit(1)).first() is not None and db.session.get(MergeUndo, made.id) is not None


def _readers(made: Merge) -> list[int]:
    """The authors of both, and those whose following came along or was there already."""
    both = Idea.id.in_((made.from_id, made.into_id)), Idea.author_id.is_not(None)
    came = MergeMove.merge_id == made.id, MergeMove.kind == "follow"
    people = set(db.session.scalars(select(Idea.author_id).where(*both)))
    people |= set(db.session.scalars(select(MergeMove.row_id).where(*came)))
    people |= set(db.session.scalars(select(Follow.person_id).where(Follow.idea_id == made.from_id)))
    return sorted(person for person in people if person is not None and person != made.by_id)


def _merge(merge_id: int) -> Row | None:
    one, into = aliased(Idea), aliased(Idea)
    columns = Merge.from_id, Merge.into_id, Merge.reason, one.title.label("title"), into.title.label("into_title")
    query = select(*columns).join(one, one.id == Merge.from_id).join(into, into.id == Merge.into_id)
    shown = one.hidden_at.is_(None), into.hidden_at.is_(None)  # hidden meanwhile: its words are not sent around
    return db.session.execute(query.where(Merge.id == merge_id, *shown)).one_or_none()


HANDLERS = {MERGED: tell_everybody, UNMERGED: tell_everybody}
