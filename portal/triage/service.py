"""An executive answers a promoted idea, in public: a promise, or a reason why not.

The idea's stage is claimed first, by a conditional UPDATE: of two executives who answer at once the second waits for
that row and then finds it taken. An answer whose promise was handed back is superseded under that lock.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update

from portal.commitments import service as commitments
from portal.commitments.models import Commitment
from portal.commitments.owners import owners_below
from portal.commitments.rules import NewPromise
from portal.commitments.scope import said_at
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.errors import Conflict
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import move_stage
from portal.ideas.words import Stage, StoryKind
from portal.people.policy import demand
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.triage import rules
from portal.triage.models import Decision, DecisionKind
from portal.triage.policy import MAY
from portal.triage.rules import DecisionRefusal, NewDecline


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def commit_to(
    viewer: Viewer, idea: Idea, owner_id: int, promise: NewPromise, *, today: date, now: datetime
) -> Commitment:
    """Promise that something will be done: offered to its owner, public for everybody.

    Raises Conflict `already_decided` or `not_promoted`, and the refusals of `commitments.rules.promise_refusal`.
    """
    _may_answer(viewer, idea)
    if db.session.scalar(owners_below(viewer.scope(Role.EXECUTIVE), only=owner_id)) is None:
        raise PromiseRefusal.UNKNOWN_OWNER.as_error()
    try:
        made = commitments.make_promise(idea, owner_id, viewer.id, promise, today=today, now=now)
    except Conflict as error:
        raise _better(error) from error
    _supersede(idea.id, now)
    answer = Decision(idea_id=idea.id, kind=DecisionKind.COMMIT, by_id=viewer.id, at=now, sentence=made.sentence,
                      commitment_id=made.id)  # fmt: skip
    db.session.add(answer)
    db.session.flush()
    return made


def decline(viewer: Viewer, idea: Idea, answer: NewDecline, *, today: date, now: datetime) -> Decision:
    """Say no, with the reason and what would change it.

    Raises Conflict `already_decided` or `not_promoted`, and the refusals of `rules.decline_refusal`.
    """
    _may_answer(viewer, idea)
    if refused := rules.decline_refusal(answer, today):
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
    db.session.add(made)
    again = answer.look_again_on.isoformat() if answer.look_again_on else None
    facts = {"reason_label": answer.reason.label, "would_change": made.would_change, "look_again_on": again}
    story.record(idea.id, StoryKind.DECLINED, now=now, actor_id=viewer.id, words=made.sentence, facts=facts)
    db.session.flush()
    return made


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
