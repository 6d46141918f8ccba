"""An offer to an owner: two working days to say whether the promise is theirs, in the calendar of where they work."""

from datetime import datetime

from sqlalchemy import select

from portal.commitments.work_rules import ACCEPT_WORKING_DAYS
from portal.db import db
from portal.people.calendars import calendar_of
from portal.people.models import Person


def accept_by(owner_id: int, *, now: datetime) -> datetime:
    """Until when an owner who hears of it at `now` says whether the promise is theirs."""
    site_id = db.session.scalar(select(Person.site_id).where(Person.id == owner_id))
    return calendar_of(site_id).after(now, ACCEPT_WORKING_DAYS)
