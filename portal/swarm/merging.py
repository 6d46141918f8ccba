"""One idea joins another one, and is taken apart from it again: everything that belongs to it, in one transaction.

Both ideas are locked as voting locks them, by their score rows and in the order of their numbers: a vote comes before
the merge and moves with it, or after it and is told where the idea is now; of two merges the other way round one wins.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from portal.db import db
from portal.ideas import joining, search_index, similar, story
from portal.ideas import service as ideas
from portal.ideas.models import Comment, Idea, Story
from portal.ideas.origin import path_of
from portal.ideas.queries import visible_to
from portal.ideas.words import Names, Stage, StoryKind
from portal.keys import KEY_MAX
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm import audit, merge_votes, occurrence_sums, promoting, scores
from portal.swarm.merge_models import Merge, MergeMove, MergeUndo
from portal.swarm.merge_movers import MOVERS, Way, record, recorded, whole_sets
from portal.swarm.merge_rules import (
    UNMERGE_TIME,
    Mergeable,
    Merged,
    MergeRefusal,
    UnmergeRefusal,
    merge_refusal,
    unmerge_refusal,
)
from portal.swarm.occurrence_queries import today_of
from portal.swarm.policy import MAY
from portal.swarm.score import Terms
from portal.swarm.scores import SCORES

MERGED, UNMERGED = "swarm.merged", "swarm.unmerged"
CAME_ALONG = "idea"  # ideas that had joined the one that now joins another
NOTHING = Terms()
FORGOTTEN = timedelta(days=1)  # later than it could have been undone
NO_SYNC = {"synchronize_session": False}


class _Where(NamedTuple):
    """The node an idea was said at, for the policy."""

    path: str


def merge(
    viewer: Viewer,
    idea: Idea,
    into_number: int,
    *,
    now: datetime,
    reason: str = "",
    told_after: timedelta | None = None,
) -> Merge:
    """Let an idea join another one with its votes, comments and followers; what had joined it goes along.

    idea: one that the viewer may read. into_number: where that one has itself joined another, the end of the chain is
    meant. told_after: how long it can be taken apart before anybody is told.
    Raises the refusals of `MergeRefusal`, and Refused without a role at the place where the idea was said.
    """
    demand(MAY, "idea.merge", viewer, _Where(path_of(idea)))
    target = _target(viewer, idea, into_number)
    held = _locked(idea.id, target, now=now)
    one, into = held[idea.id], held.get(target, held[idea.id])
    if refusal := merge_refusal(mergeable(one), mergeable(into)):
        raise refusal.as_error()
    now = _after(now, one, into)
    from_stage, into_stage = one.stage, into.stage
    made = Merge(from_id=one.id, into_id=into.id, by_id=viewer.id, at=now, reason=reason.strip(),
                 from_stage=from_stage, into_stage=into_stage)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    way = Way(made.id, one.id, into.id)
    with whole_sets():
        merge_votes.move(way, now=now)
        for mover in MOVERS:
            mover.move(way)
    record(made.id, CAME_ALONG, select(Idea.id).where(Idea.merged_into_id == one.id))
    joining.mark_merged(one.id, into.id, from_stage, now=now)
    scores.close(one.id)
    _tell(viewer, one, into, (StoryKind.MERGED, StoryKind.JOINED), made.reason, now=now, told_after=told_after)
    _count_anew(one, into, was_promoted=from_stage is Stage.PROMOTED, now=now)
    outbox.emit(MERGED, {"merge": made.id}, now=now, available_at=now + (told_after or timedelta()))
    db.session.flush()
    return made


def unmerge(viewer: Viewer, idea: Idea, *, now: datetime, told_after: timedelta = timedelta()) -> Merge:
    """Take an idea apart from the one that it joined, with what it brought; votes cast there since then stay there.

    told_after: as it was merged with; before that nobody has heard that they are one, so nobody hears they are two.
    Raises the refusals of `UnmergeRefusal`, and Refused without a role where either was said.
    """
    made = standing_merge(idea.id)
    if made is None:
        raise UnmergeRefusal.NOT_MERGED.as_error()
    target = db.session.get_one(Idea, made.into_id)
    _demand_either(viewer, idea, target)
    held = _locked(idea.id, made.into_id, now=now)
    one, into = held[idea.id], held[made.into_id]
    if one.merged_into_id is None or standing_merge(one.id) is not made:
        raise UnmergeRefusal.CHANGED.as_error()
    if refusal := unmerge_refusal(merged_facts(made, one.merged_into_id, into.stage), now):
        raise refusal.as_error()
    now = _after(now, one, into)
    way = Way(made.id, one.id, into.id)
    with whole_sets():
        merge_votes.put_back(way, now=now)
        for mover in MOVERS:
            mover.put_back(way)
    db.session.add(MergeUndo(merge_id=made.id, by_id=viewer.id, at=now))
    joining.mark_unmerged(one.id, made.from_stage, recorded(made.id, CAME_ALONG), now=now)
    if made.from_stage is Stage.OPEN:
        scores.reopen(one.id)
    if now < made.at + told_after:
        _take_back_telling(viewer, made, now=now)
    else:
        _tell(viewer, one, into, (StoryKind.UNMERGED, StoryKind.LEFT), "", now=now)
        outbox.emit(UNMERGED, {"merge": made.id}, now=now)
    _count_anew(into, one, was_promoted=False, now=now)
    db.session.flush()
    return made


def tell_apart(viewer: Viewer, idea: Idea, other_number: int, *, now: datetime) -> int:
    """Keep that two ideas are not the same, so that they are never proposed to be put together again.

    Returns the number of the other one: of the end of the chain, where it has itself joined another. Raises
    `MergeRefusal` `same_idea` and `not_visible`, and Refused without a role where either was said.
    """
    other = db.session.get_one(Idea, _target(viewer, idea, other_number))
    if other.id == idea.id:
        raise MergeRefusal.JOINED_THIS.as_error()
    _demand_either(viewer, idea, other)
    hidden = any(ideas.is_author(viewer, one) and one.names is not Names.SHOWN for one in (idea, other))
    similar.remember_not_same(idea.id, other.id, by=None if hidden else viewer.id, now=now)
    return other.id


def standing_merge(idea_id: int) -> Merge | None:
    """The merge by which an idea joined another one; None where it stands on its own."""
    query = select(Merge, MergeUndo.merge_id).outerjoin(MergeUndo, MergeUndo.merge_id == Merge.id)
    row = db.session.execute(query.where(Merge.from_id == idea_id).order_by(Merge.id.desc()).limit(1)).one_or_none()
    return row[0] if row and row[1] is None else None


def forget_moves(*, now: datetime) -> None:
    """Forget which rows were moved by merges that can no longer be undone."""
    old = select(Merge.id).where(Merge.at < now - UNMERGE_TIME - FORGOTTEN)
    db.session.execute(delete(MergeMove).where(MergeMove.merge_id.in_(old)), execution_options=NO_SYNC)


def mergeable(idea: Any) -> Mergeable:
    """An idea as the rules see it. idea: the row, or one with its columns."""
    return Mergeable(
        idea.id, idea.stage, idea.hidden_at is not None, idea.audience, idea.employer_id, idea.site_id,
        idea.merged_into_id,
    )  # fmt: skip


def merged_facts(made: Any, merged_into_now: int, into_stage_now: Stage) -> Merged:
    """A merge as the rules see it."""
    return Merged(made.at, made.into_id, merged_into_now, made.into_stage, into_stage_now)


def target_for(viewer: Viewer, number: int) -> Idea | None:
    """The idea with this number, or that which it has joined, if the viewer may read both."""
    if not 0 < number <= KEY_MAX:
        return None
    readable = select(Idea).where(visible_to(viewer)).execution_options(populate_existing=True)
    found = db.session.scalar(readable.where(Idea.id == number))
    if found is None or found.merged_into_id is None:
        return found
    return db.session.scalar(readable.where(Idea.id == found.merged_into_id))


def _target(viewer: Viewer, idea: Idea, number: int) -> int:
    if number == idea.id:
        raise MergeRefusal.SELF.as_error()
    found = target_for(viewer, number)
    if found is None:
        raise MergeRefusal.NOT_VISIBLE.as_error()
    return found.id


def _locked(*numbers: int, now: datetime) -> Mapping[int, Idea]:
    """The ideas as they are now, held against votes, comments and other merges until the transaction ends.

    Score rows come first and comments second, as in voting and in taking a comment back: else each could wait for
    the other. Ideas come last.
    """
    wanted = sorted(set(numbers))
    for number in wanted:
        scores.make_row(number, now)
    rows = select(SCORES.c.idea_id).where(SCORES.c.idea_id.in_(wanted)).order_by(SCORES.c.idea_id)
    db.session.execute(rows.with_for_update())
    db.session.execute(select(Comment.id).where(Comment.idea_id.in_(wanted)).order_by(Comment.id).with_for_update())
    query = select(Idea).where(Idea.id.in_(wanted)).order_by(Idea.id).with_for_update()
    return {idea.id: idea for idea in db.session.scalars(query.execution_options(populate_existing=True))}


def _after(now: datetime, *held: Idea) -> datetime:
    for idea in held:
        now = promoting.after_promotion(idea.id, now)
    return now


def _count_anew(left: Idea, right: Idea, *, was_promoted: bool, now: datetime) -> None:
    """Both from their votes; what stands on the board now may pass the swarm line by it.

    was_promoted: what joins `right` had passed the line, which is never taken back: then `right` must pass it too.
    """
    scored = audit.rebuild_some((left.id, right.id), now=now)[right.id]
    for idea in (left, right):
        occurrence_sums.refresh(idea.id, today=today_of(now), now=now)
        db.session.refresh(idea)
        search_index.index_idea(idea)
    if scored.terms != NOTHING:
        ideas.note_first_vote(right.id, now=now)
    db.session.expire_all()
    if right.stage is Stage.OPEN:
        promoted = promoting.promote_if_carried(right.id, right, scored, now=now)
        if was_promoted and not promoted:
            raise MergeRefusal.LOSES_PROMOTION.as_error()


def _demand_either(viewer: Viewer, one: Idea, into: Idea) -> None:
    where = _Where(path_of(one))
    if not MAY["idea.merge"](viewer, where):
        where = _Where(path_of(into))
    demand(MAY, "idea.merge", viewer, where)


def _tell(
    viewer: Viewer,
    one: Idea,
    into: Idea,
    kinds: tuple[StoryKind, StoryKind],
    words: str,
    *,
    now: datetime,
    told_after: timedelta | None = None,
) -> None:
    for kind, idea, other in zip(kinds, (one, into), (into, one), strict=True):
        facts = {"number": other.id}
        story.record(idea.id, kind, now=now, actor_id=viewer.id, words=words, facts=facts, told_after=told_after)


def _take_back_telling(viewer: Viewer, made: Merge, *, now: datetime) -> None:
    """Mark both steps as taken back, and say so in both stories."""
    for kind, idea_id, other in (
        (StoryKind.MERGED, made.from_id, made.into_id), (StoryKind.JOINED, made.into_id, made.from_id),
    ):  # fmt: skip
        told = Story.idea_id == idea_id, Story.kind == kind, Story.facts == story.written({"number": other})
        step = db.session.scalars(select(Story.id).where(*told).order_by(Story.id.desc()).limit(1)).one()
        story.undo(step, by_id=viewer.id, now=now)
        story.record(idea_id, StoryKind.UNDONE, now=now, actor_id=viewer.id, facts={"undone": "merge"})
