"""An offer to an owner: two working days to say whether the promise is theirs, in the calendar of where they work."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.commitments.work_rules import ACCEPT_WORKING_DAYS
from portal.db import db
from portal.people.models import Person


def accept_by(owner_id: int, *, now: datetime) -> datetime:
    """Until when an owner who hears of it at `now` says whether the promise is theirs."""
    site_id = db.session.scalar(select(Person.site_id).where(Person.id == owner_id))
    return _after(site_id, now, ACCEPT_WORKING_DAYS)


def _after(site_id: int | None, now: datetime, days: float) -> datetime:
    at = now
    while days > 0:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at
