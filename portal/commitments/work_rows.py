"""What is open on a promise beside its state, as the rules want to know it."""

from dataclasses import replace

from sqlalchemy import exists, select

from portal.commitments.models import Commitment
from portal.commitments.rules import PromiseFacts
from portal.commitments.work_models import DecisionNeed, HelpCall
from portal.db import db


def facts_of(commitment: Commitment) -> PromiseFacts:
    """The promise as the rules see it, without what is open beside its state."""
    return PromiseFacts(
        commitment.state, commitment.owner_id, commitment.sponsor_id, commitment.made_at.date(), commitment.due_on
    )


def facts_now(commitment: Commitment) -> PromiseFacts:
    """The promise as the rules see it, with whether a decision is waited for and help is asked for: one statement."""
    asked = exists().where(DecisionNeed.commitment_id == commitment.id, DecisionNeed.answered_at.is_(None))
    calling = exists().where(HelpCall.commitment_id == commitment.id, HelpCall.closed_at.is_(None))
    row = db.session.execute(select(asked.label("asked"), calling.label("calling"))).one()
    return replace(facts_of(commitment), asked=row.asked, calling=row.calling)
