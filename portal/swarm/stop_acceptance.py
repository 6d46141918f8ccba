"""A stop signal of harm or law that an executive has read and accepted in public, by promising in spite of it."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.swarm import stop_alerts
from portal.swarm.models import Vote
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_rules import StopStepKind


def accept_stop(number: int, by_id: int, words: str, *, now: datetime) -> None:
    """Answer the signal with these words, unless it was taken back or answered meanwhile. Its story is told elsewhere.

    Twice is the same as once. Whoever gave the signal is told.
    """
    held = select(Vote.revoked_at).where(Vote.id == number).with_for_update()
    answered = select(StopStep.id).where(StopStep.vote_id == number).limit(1)
    vote = db.session.execute(held).one()
    if vote.revoked_at is not None or db.session.scalar(answered) is not None:
        return
    step = StopStep(vote_id=number, number=1, kind=StopStepKind.ANSWERED, by_id=by_id, words=words, at=now)
    db.session.add(step)
    db.session.flush()
    stop_alerts.tell_giver(step.id, now=now)
