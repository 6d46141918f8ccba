"""The row of a reopening: found, closed, and opened again where the fix did not stand a second look."""

from datetime import datetime

from sqlalchemy import select, update

from portal.commitments.models import Commitment, Delivery
from portal.commitments.relapse_models import Relapse
from portal.commitments.relapse_rules import Ending
from portal.commitments.rules import CommitmentState
from portal.commitments.words import PromiseRefusal
from portal.db import db


def open_one(commitment_id: int) -> Relapse | None:
    """The reopening that waits for an answer, or None."""
    query = select(Relapse).where(Relapse.commitment_id == commitment_id, Relapse.closed_at.is_(None))
    return db.session.scalar(query.execution_options(populate_existing=True))


def close(relapse: Relapse, ending: Ending, *, by_id: int, now: datetime, answer: str = "") -> None:
    """End a reopening; raises Conflict `changed_meanwhile` where somebody was faster."""
    waits = Relapse.id == relapse.id, Relapse.closed_at.is_(None)
    values = {"closed_at": now, "closed_by_id": by_id, "ending": ending, "answer": answer}
    if db.session.execute(update(Relapse).where(*waits).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise PromiseRefusal.CHANGED_MEANWHILE.as_error()


def fixed_by(commitment: Commitment, delivery: Delivery, *, now: datetime) -> None:
    """What was back is delivered again; nothing to do where nothing was back."""
    if (relapse := open_one(commitment.id)) is not None:
        close(relapse, Ending.FIXED, by_id=delivery.by_id, now=now)
        db.session.execute(update(Relapse).where(Relapse.id == relapse.id).values(delivery_id=delivery.id))


def after_sending_back(delivery: Delivery) -> CommitmentState:
    """Where a promise goes when this delivery is sent back: if it was to fix what was back, that is open again."""
    values = {"closed_at": None, "closed_by_id": None, "ending": None, "delivery_id": None}
    fixed = update(Relapse).where(Relapse.delivery_id == delivery.id).values(**values)
    opened = db.session.execute(fixed).rowcount  # type: ignore[attr-defined]
    return CommitmentState.REOPENED if opened else CommitmentState.ACCEPTED
