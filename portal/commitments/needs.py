"""An owner needs a decision to go on: the sponsor, or whoever else answers there, gives it. Both are public."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.commitments import messages, rules
from portal.commitments.claims import claim
from portal.commitments.models import Commitment
from portal.commitments.policy import MAY
from portal.commitments.rules import Actor, Verb
from portal.commitments.scope import said_at
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_models import DecisionNeed
from portal.commitments.work_rows import facts_now
from portal.commitments.work_rules import need_refusal
from portal.db import db
from portal.ideas import story
from portal.ideas.words import StoryKind
from portal.people.policy import demand
from portal.people.viewer import Viewer


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def need_decision(viewer: Viewer, commitment: Commitment, words: str, *, now: datetime) -> DecisionNeed:
    """The owner asks the sponsor to decide something. Raises the refusals of `rules.refusal`."""
    demand(MAY, "commitment.need_decision", viewer)
    refused = rules.refusal(Verb.NEED_DECISION, facts_now(commitment), Actor(viewer.id)) or need_refusal(words)
    if refused is not None:
        raise refused.as_error()
    claim(commitment, now=now)
    need = DecisionNeed(commitment_id=commitment.id, by_id=viewer.id, at=now, words=words.strip())
    try:
        with db.session.begin_nested():
            db.session.add(need)
    except IntegrityError:
        raise PromiseRefusal.ALREADY_ASKED.as_error() from None
    facts = {"commitment": commitment.id}
    words = need.words
    story.record(commitment.idea_id, StoryKind.DECISION_NEEDED, now=now, actor_id=viewer.id, words=words, facts=facts)
    messages.decision_needed(need, now=now)
    return need


def decide(viewer: Viewer, commitment: Commitment, words: str, *, now: datetime) -> None:
    """Answer what the owner asked: the sponsor, another executive there or programme, and never the owner."""
    demand(MAY, "commitment.decide", viewer)
    answers = MAY["commitment.decide"](viewer, _Where(said_at(commitment.idea_id)))
    refused = rules.refusal(Verb.DECIDE, facts_now(commitment), Actor(viewer.id, answers=answers))
    if (refused := refused or need_refusal(words)) is not None:
        raise refused.as_error()
    waiting = DecisionNeed.commitment_id == commitment.id, DecisionNeed.answered_at.is_(None)
    values = {"answer": words.strip(), "answered_by_id": viewer.id, "answered_at": now}
    number = db.session.scalar(update(DecisionNeed).where(*waiting).values(**values).returning(DecisionNeed.id))
    if number is None:
        raise PromiseRefusal.NOTHING_ASKED.as_error()
    facts, said = {"commitment": commitment.id}, words.strip()
    story.record(commitment.idea_id, StoryKind.DECISION_GIVEN, now=now, actor_id=viewer.id, words=said, facts=facts)
    messages.decision_given(number, now=now)
