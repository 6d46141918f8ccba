"""A nudge: somebody who waits says so. One a person, promise and week; its owner reads one digest a day."""

from datetime import date, datetime

from sqlalchemy import update

from portal.commitments import messages, rules
from portal.commitments.models import Commitment
from portal.commitments.policy import MAY
from portal.commitments.rules import FROM, Actor, Verb
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_models import Nudge
from portal.commitments.work_rows import facts_of
from portal.commitments.work_rules import week_of
from portal.db import db, insert_if_new
from portal.people.policy import demand
from portal.people.viewer import Viewer


def nudge(viewer: Viewer, commitment: Commitment, *, today: date, zone: str, now: datetime) -> int:
    """Nudge the owner; returns how often anybody has. Raises Conflict `own_promise`, `already_nudged` and the like."""
    demand(MAY, "commitment.nudge", viewer)
    if refused := rules.refusal(Verb.NUDGE, facts_of(commitment), Actor(viewer.id)):
        raise refused.as_error()
    values = {"commitment_id": commitment.id, "person_id": viewer.id, "week": week_of(today), "at": now}
    if insert_if_new(Nudge, values, key=("commitment_id", "person_id", "week")) is None:
        raise PromiseRefusal.ALREADY_NUDGED.as_error()
    # Not `claim`: an owner who is just posting an update must not be refused because of a nudge.
    open_still = Commitment.id == commitment.id, Commitment.state.in_(FROM[Verb.NUDGE])
    statement = update(Commitment).where(*open_still).values(nudges=Commitment.nudges + 1)
    count = db.session.scalar(statement.returning(Commitment.nudges))
    if count is None:
        raise PromiseRefusal.CHANGED_MEANWHILE.as_error()
    messages.nudged(commitment.owner_id, zone=zone, now=now)
    return count
