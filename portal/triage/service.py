"""An executive answers a promoted idea, in public: a promise, or a reason why not.

The idea's stage is claimed first, by a conditional UPDATE: of two executives who answer at once the second waits for
that row and then finds it taken. An answer whose promise was handed back is superseded under that lock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select, update

from portal.commitments import service as commitments
from portal.commitments.models import Commitment
from portal.commitments.owners import owners_below
from portal.commitments.rules import NewPromise
from portal.commitments.scope import said_at
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.errors import Conflict
from portal.ideas import story
from portal.ideas.models import Idea, Story
from portal.ideas.service import move_stage
from portal.ideas.words import Stage, StoryKind
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.swarm.stop_queries import open_hard_stops
from portal.triage import rules
from portal.triage.models import Decision, DecisionKind
from portal.triage.moves_models import AcceptedStop
from portal.triage.moves_rules import ACCEPTED, UNDO, guard_refusal
from portal.triage.policy import MAY
from portal.triage.prefill import gap_refusal
from portal.triage.rules import DecisionRefusal, NewDecline

STOPS_ACCEPTED = "triage.stops_accepted"  # payload: {"decision": …}; available once it can no longer be taken back


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def commit_to(
    viewer: Viewer,
    idea: Idea,
    owner_id: int,
    promise: NewPromise,
    *,
    today: date,
    now: datetime,
    accepted: Collection[int] = (),
) -> Commitment:
    """Promise that something will be done: offered to its owner, public for everybody, told after ten minutes.

    accepted: the stop signals of harm or law that the viewer has read and accepts in public. Raises Conflict
    `already_decided`, `not_promoted` or `open_stops`, and the refusals of `commitments.rules.promise_refusal`.
    """
    _may_answer(viewer, idea)
    stops = open_hard_stops(idea.id)
    if waits := guard_refusal(frozenset(stop.id for stop in stops), frozenset(accepted)):
        raise waits.as_error()
    if db.session.scalar(owners_below(viewer.scope(Role.EXECUTIVE), only=owner_id)) is None:
        raise PromiseRefusal.UNKNOWN_OWNER.as_error()
    try:
        made = commitments.make_promise(idea, owner_id, viewer.id, promise, today=today, now=now, told_after=UNDO)
    except Conflict as error:
        raise _better(error) from error
    _supersede(idea.id, now)
    answer = Decision(idea_id=idea.id, kind=DecisionKind.COMMIT, by_id=viewer.id, at=now, sentence=made.sentence,
                      commitment_id=made.id, story_id=_told(idea.id, StoryKind.COMMITTED))  # fmt: skip
    db.session.add(answer)
    db.session.flush()
    _accept(answer, stops, now=now)
    return made


def decline(viewer: Viewer, idea: Idea, answer: NewDecline, *, today: date, now: datetime) -> Decision:
    """Say no, with the reason and what would change it.

    Raises Conflict `already_decided` or `not_promoted`, and the refusals of `rules.decline_refusal`.
    """
    _may_answer(viewer, idea)
    if refused := rules.decline_refusal(answer, today) or gap_refusal(answer.sentence):
        raise refused.as_error()
    try:
        move_stage(idea.id, Stage.PROMOTED, Stage.DECLINED, now=now)
    except Conflict as error:
        raise _better(error) from error
    _supersede(idea.id, now)
    made = Decision(
        idea_id=idea.id, kind=DecisionKind.DECLINE, by_id=viewer.id, at=now, reason=answer.reason,
        sentence=answer.sentence.strip(), would_change=answer.would_change.strip(), look_again_on=answer.look_again_on,
    )  # fmt: skip
    again = answer.look_again_on.isoformat() if answer.look_again_on else None
    facts = {"reason_label": answer.reason.label, "would_change": made.would_change, "look_again_on": again}
    step = story.record(
        idea.id, StoryKind.DECLINED, now=now, actor_id=viewer.id, words=made.sentence, facts=facts, told_after=UNDO
    )
    made.story_id = step.id
    db.session.add(made)
    db.session.flush()
    return made


def _told(idea_id: int, kind: StoryKind) -> int:
    """The step that was just recorded."""
    steps = select(Story.id).where(Story.idea_id == idea_id, Story.kind == kind)
    return db.session.scalars(steps.order_by(Story.id.desc()).limit(1)).one()


def _accept(answer: Decision, stops: Sequence[Row], *, now: datetime) -> None:
    """Say in public that these stop signals were read; their givers get that answer with everything else."""
    for stop in stops:
        facts = {"reason_label": stop.reason.words}
        step = story.record(
            answer.idea_id, StoryKind.STOP_ANSWERED, now=now, actor_id=answer.by_id, words=ACCEPTED, facts=facts,
            told_after=UNDO,
        )  # fmt: skip
        db.session.flush()
        db.session.add(AcceptedStop(decision_id=answer.id, vote_id=stop.id, story_id=step.id))
    if stops:
        outbox.emit(STOPS_ACCEPTED, {"decision": answer.id}, now=now, available_at=now + UNDO)


def _may_answer(viewer: Viewer, idea: Idea) -> None:
    demand(MAY, "triage.decide", viewer, _Where(said_at(idea.id)))
    if refused := rules.stage_refusal(idea.stage):
        raise refused.as_error()


def _better(error: Conflict) -> Conflict:
    """The stage was claimed by somebody who was faster: say that it is answered."""
    if error.code != "stage_changed":
        return error
    return Conflict(DecisionRefusal.ALREADY_DECIDED.value, DecisionRefusal.ALREADY_DECIDED.sentence)


def _supersede(idea_id: int, now: datetime) -> None:
    standing = Decision.idea_id == idea_id, Decision.superseded_at.is_(None)
    db.session.execute(update(Decision).where(*standing).values(superseded_at=now))
