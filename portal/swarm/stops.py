"""Answering a stop signal, and what whoever gave it does then: lift it or keep it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Conflict, Missing
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import StoryKind
from portal.keys import KEY_MAX
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm import stop_alerts
from portal.swarm.models import Via, Vote
from portal.swarm.policy import MAY
from portal.swarm.rules import VoteKind, WantedVote
from portal.swarm.service import Voter, cast_vote
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_queries import answerable_to, may_be_read_by
from portal.swarm.stop_rules import StopState, StopStepKind, answer_refusal, giver_refusal, state_of


def answer_stop(
    viewer: Viewer, number: int, words: str, *, now: datetime, about: Mapping[str, Any] | None = None
) -> int:
    """Answer a stop signal in public, under one's own name; returns the idea's number.

    about: more facts for the step in the idea's story.

    Whoever gave the signal is told. Raises Missing where the viewer cannot read it, Refused where it is not theirs
    to answer, and the refusal of `StopRefusal`; of two who answer at once the second gets `already_answered`.
    """
    stop = _locked(select(Vote.person_id).where(may_be_read_by(viewer)), number, viewer)
    demand(MAY, "stop.answer", viewer)
    own = stop.person_id == viewer.id
    reaches = db.session.scalar(select(Idea.id).where(Idea.id == stop.idea_id, answerable_to(viewer))) is not None
    refusal = answer_refusal(_state(stop), words, own=own, reaches=reaches)
    if refusal is not None:
        raise refusal.as_error()
    step = _add(stop, StopStepKind.ANSWERED, now=now, by_id=viewer.id, words=words.strip())
    facts = {"reason_label": stop.reason.words} | dict(about or {})
    story.record(stop.idea_id, StoryKind.STOP_ANSWERED, now=now, actor_id=viewer.id, words=step.words, facts=facts)
    stop_alerts.tell_giver(step.id, now=now)
    return stop.idea_id


def lift_stop(viewer: Viewer, number: int, *, now: datetime) -> int:
    """Lift one's own stop signal after an answer: the vote is taken back, and one may vote anew.

    Returns the idea's number. Raises Missing, the refusals of `StopRefusal`, and that of a vote that is closed.
    """
    stop = _own(viewer, number, StopStepKind.LIFTED)
    _add(stop, StopStepKind.LIFTED, now=now)
    cast_vote(Voter.of(viewer), stop.idea_id, WantedVote(None), via=Via.LINK, now=now)
    story.record(stop.idea_id, StoryKind.STOP_LIFTED, now=now, facts={"reason_label": stop.reason.words})
    return stop.idea_id


def keep_stop(viewer: Viewer, number: int, *, now: datetime) -> int:
    """Keep one's own stop signal in spite of the answer. Returns the idea's number; raises as `lift_stop`."""
    stop = _own(viewer, number, StopStepKind.KEPT)
    _add(stop, StopStepKind.KEPT, now=now)
    story.record(stop.idea_id, StoryKind.STOP_KEPT, now=now, facts={"reason_label": stop.reason.words})
    return stop.idea_id


def _own(viewer: Viewer, number: int, wanted: StopStepKind) -> Row:
    stop = _locked(select(Vote.person_id).where(Vote.person_id == viewer.id), number, viewer)
    refusal = giver_refusal(_state(stop), wanted)
    if refusal is not None:
        raise refusal.as_error()
    return stop


def _locked(query: Select, number: int, viewer: Viewer) -> Row:
    """The signal (id, idea_id, person_id, reason, revoked_at), held so that nobody takes it back meanwhile."""
    found = None
    if 0 < number <= KEY_MAX:
        query = query.add_columns(Vote.id, Vote.idea_id, Vote.reason, Vote.revoked_at)
        query = query.join(Idea, Idea.id == Vote.idea_id).where(visible_to(viewer))
        query = query.where(Vote.id == number, Vote.kind == VoteKind.STOP).with_for_update(of=Vote)
        found = db.session.execute(query).one_or_none()
    if found is None:
        raise Missing("stop signal")
    return found


def _state(stop: Row) -> StopState:
    newest = select(StopStep.kind).where(StopStep.vote_id == stop.id).order_by(StopStep.number.desc()).limit(1)
    return state_of(db.session.scalar(newest), standing=stop.revoked_at is None)


def _add(stop: Row, kind: StopStepKind, *, now: datetime, by_id: int | None = None, words: str = "") -> StopStep:
    newest = db.session.scalar(select(func.max(StopStep.number)).where(StopStep.vote_id == stop.id)) or 0
    step = StopStep(vote_id=stop.id, number=newest + 1, kind=kind, by_id=by_id, words=words, at=now)
    try:
        with db.session.begin_nested():
            db.session.add(step)
    except IntegrityError as error:  # the row lock makes it rare, the constraint certain
        raise Conflict("changed_meanwhile", "This stop signal changed in another window. Look again.") from error
    return step
