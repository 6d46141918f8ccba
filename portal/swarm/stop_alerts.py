"""Messages about stop signals, written in the transaction of their cause. No payload names or quotes anybody."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.outbox import service as outbox
from portal.swarm.models import Vote

HARD_STOP, STOP_ANSWERED = "swarm.hard_stop", "swarm.stop_answered"


def tell_at_once(idea_id: int, person_id: int, *, now: datetime) -> None:
    """Harm or law: whoever is responsible hears of the signal that this person has just given, once."""
    standing = Vote.idea_id == idea_id, Vote.person_id == person_id, Vote.revoked_at.is_(None)
    vote_id = db.session.scalars(select(Vote.id).where(*standing)).one()
    outbox.emit(HARD_STOP, {"vote_id": vote_id}, now=now, unique_key=f"{HARD_STOP}:{vote_id}")


def tell_giver(step_id: int, *, now: datetime) -> None:
    """Whoever gave the signal hears that it was answered."""
    outbox.emit(STOP_ANSWERED, {"step_id": step_id}, now=now, unique_key=f"{STOP_ANSWERED}:{step_id}")
