"""Changing a promise only if it still is what was decided on."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from portal.commitments.models import Commitment
from portal.commitments.words import PromiseRefusal
from portal.db import db


def claim(commitment: Commitment, *, now: datetime, **values: Any) -> None:
    """Change the promise if it still is what was decided on; the rows read before are only a guess on PostgreSQL.

    Raises Conflict `changed_meanwhile`.
    """
    seen = (
        Commitment.id == commitment.id,
        Commitment.state == commitment.state,
        Commitment.due_on == commitment.due_on,
        Commitment.owner_id == commitment.owner_id,
    )
    statement = update(Commitment).where(*seen).values(updated_at=now, **values)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise PromiseRefusal.CHANGED_MEANWHILE.as_error()
