"""Who has had the data protection briefing, and until when it counts."""

from datetime import date

from sqlalchemy import select

from portal.db import db
from portal.frontline.models import Briefing


def is_briefed(person_id: int, on: date) -> bool:
    """True where somebody has had the briefing and it still counts on that day."""
    counts = Briefing.withdrawn_at.is_(None), Briefing.done_on <= on, Briefing.valid_until >= on
    return db.session.scalar(select(Briefing.id).where(Briefing.person_id == person_id, *counts).limit(1)) is not None
