"""Taking an answer back within ten minutes, before anybody is told: the idea waits again as it did before.

The story keeps both: the step, marked as taken back, and that it was. A promise is on its owner's page at once, so
that a question about it can be asked while everybody is still in the room; a message about it leaves with all others,
after the ten minutes. Once the owner has taken it on there is nothing to take back any more.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.commitments.taking_back import take_back
from portal.db import db
from portal.errors import Conflict, Missing
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import move_stage
from portal.ideas.words import Stage, StoryKind
from portal.keys import KEY_MAX
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm import merging
from portal.swarm.merge_models import Merge, MergeUndo
from portal.triage.models import Decision, DecisionKind, Question
from portal.triage.moves_models import AcceptedStop
from portal.triage.moves_rules import TO, UNDO, DecisionState, Made, Move, UndoRefusal, undo_refusal
from portal.triage.policy import MAY
from portal.triage.queries import answerable

__all__ = ["UNDO", "undo", "undo_merge", "undo_question"]


def undo(viewer: Viewer, number: int, *, now: datetime) -> Decision:
    """Take one's own answer back. number: of the decision. Raises Missing and the refusals of `UndoRefusal`."""
    made = _mine(Decision, viewer, number)
    promise = db.session.get(Commitment, made.commitment_id) if made.commitment_id else None
    accepted = promise is not None and promise.state not in (CommitmentState.OFFERED, CommitmentState.HANDED_BACK)
    _refuse(Made(made.by_id, made.at, _state(made), accepted), viewer, now)
    if promise is not None:
        _take_back(promise, viewer, now)
    came_to = TO[Move.COMMIT if made.kind is DecisionKind.COMMIT else Move.DECLINE]
    try:
        move_stage(made.idea_id, came_to, Stage.PROMOTED, now=now)
    except Conflict as error:
        raise UndoRefusal.REPLACED.as_error() from error
    standing = Decision.id == made.id, Decision.superseded_at.is_(None), Decision.undone_at.is_(None)
    _claim(update(Decision).where(*standing).values(superseded_at=now, undone_at=now))
    _untell(viewer, made, now=now)
    return made


def undo_question(viewer: Viewer, number: int, *, now: datetime) -> Question:
    """Take one's own question back; it may be asked anew. Raises Missing and the refusals of `UndoRefusal`."""
    made = _mine(Question, viewer, number)
    state = DecisionState.STANDING if made.undone_at is None else DecisionState.UNDONE
    _refuse(Made(made.by_id, made.at, state), viewer, now)
    if made.answered_at is not None:
        raise UndoRefusal.ANSWERED.as_error()
    standing = Question.id == made.id, Question.undone_at.is_(None), Question.answered_at.is_(None)
    _claim(update(Question).where(*standing).values(undone_at=now))
    assert made.story_id is not None
    story.undo(made.story_id, by_id=viewer.id, now=now)
    story.record(made.idea_id, StoryKind.UNDONE, now=now, actor_id=viewer.id, facts={"undone": "ask"})
    db.session.flush()
    return made


def undo_merge(viewer: Viewer, number: int, *, now: datetime) -> Merge:
    """Take one's own merge apart within the ten minutes, unheard. number: of the merge.

    Raises Missing, the refusals of `UndoRefusal`, and those of `swarm.merging.unmerge`.
    """
    made = _mine(Merge, viewer, number, idea_id=Merge.from_id)
    gone = db.session.get(MergeUndo, made.id) is not None
    _refuse(Made(made.by_id, made.at, DecisionState.UNDONE if gone else DecisionState.STANDING), viewer, now)
    idea = db.session.get_one(Idea, made.from_id)
    if merging.standing_merge(idea.id) is not made:
        raise UndoRefusal.REPLACED.as_error()
    return merging.unmerge(viewer, idea, now=now, told_after=UNDO)


def _mine(model: Any, viewer: Viewer, number: int, *, idea_id: Any = None) -> Any:
    """The move with this number on an idea that the viewer may answer; whose it is, is the rules' to say."""
    demand(MAY, "triage.decide", viewer)
    query = select(model).where(model.id == number).execution_options(populate_existing=True)
    found = db.session.scalar(query) if 0 < number <= KEY_MAX else None
    if found is None:
        raise Missing("answer")
    answerable(viewer, found.idea_id if idea_id is None else getattr(found, idea_id.key))
    return found


def _refuse(made: Made, viewer: Viewer, now: datetime) -> None:
    if refused := undo_refusal(made, viewer.id, now):
        raise refused.as_error()


def _state(made: Decision) -> DecisionState:
    if made.undone_at is not None:
        return DecisionState.UNDONE
    return DecisionState.STANDING if made.superseded_at is None else DecisionState.SUPERSEDED


def _take_back(promise: Commitment, viewer: Viewer, now: datetime) -> None:
    if promise.state is CommitmentState.HANDED_BACK:
        raise UndoRefusal.REPLACED.as_error()
    try:
        take_back(promise, viewer.id, now=now)
    except Conflict as error:  # its owner was faster by a moment
        raise UndoRefusal.OWNER_ACCEPTED.as_error() from error


def _claim(statement: Any) -> None:
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise UndoRefusal.ALREADY_UNDONE.as_error()


def _untell(viewer: Viewer, made: Decision, *, now: datetime) -> None:
    accepted = select(AcceptedStop.story_id).where(AcceptedStop.decision_id == made.id)
    for step in [made.story_id, *db.session.scalars(accepted)]:
        if step is not None:
            story.undo(step, by_id=viewer.id, now=now)
    facts = {"undone": made.kind.value}
    story.record(made.idea_id, StoryKind.UNDONE, now=now, actor_id=viewer.id, facts=facts)
    db.session.flush()
