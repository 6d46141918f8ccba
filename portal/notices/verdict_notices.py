"""Telling people what a locked day means for them: harm to owner and sponsor at once, flags to whoever may look."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.commitments.models import Commitment
from portal.db import db, writing
from portal.impact.flags_queries import has_stake
from portal.impact.verdicts import FLAGGED, HARM
from portal.notices.moments import Moment
from portal.notices.outcomes import readers
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Grant, Person
from portal.people.roles import Role

REVIEWERS_MOST = 20


def tell_harm(message: Claimed, now: datetime) -> None:
    """Owner and sponsor hear at once that something got worse."""
    commitment = db.session.get_one(Commitment, message.payload["commitment"])
    people, path = [commitment.owner_id, commitment.sponsor_id], f"/results/{commitment.id}"
    idea_id, words = commitment.idea_id, message.payload["words"]
    with writing():
        notify(people, Moment.DUTY, title=f"Number {idea_id} made something worse", path=path, words=words,
               event_id=message.event_id, now=now, idea_id=idea_id)  # fmt: skip


def tell_flagged(message: Claimed, now: datetime) -> None:
    """Programme without a stake hears that a result waits for a look."""
    commitment = db.session.get_one(Commitment, message.payload["commitment"])
    idea_id = commitment.idea_id
    held = Grant.role == Role.PROGRAMME, Grant.revoked_at.is_(None), Person.deactivated_at.is_(None)
    query = select(Grant.person_id).join(Person, Person.id == Grant.person_id).where(*held).distinct()
    people = db.session.scalars(query.order_by(Grant.person_id).limit(REVIEWERS_MOST)).all()
    hear = [one for one in readers(idea_id, people) if not has_stake(one, commitment)]
    with writing():
        notify(hear, Moment.DUTY, title=f"The result of number {idea_id} waits for a look", path="/impact/flags",
               words="Something about the numbers is odd. Nothing is paid before somebody without a stake has looked.",
               event_id=message.event_id, now=now, idea_id=idea_id)  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {HARM: tell_harm, FLAGGED: tell_flagged}
