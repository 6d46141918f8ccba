"""What the worker does for promises: once a day it looks which are about to be due, or have just become late."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Row, func, select

from portal.commitments import messages
from portal.commitments.models import Commitment, PromisedDate
from portal.commitments.rules import CommitmentState, day_in
from portal.commitments.scope import organisation_zone
from portal.commitments.standings import UNKEPT
from portal.commitments.work_rules import LATE_SEEN_DAYS, reminder
from portal.db import db, writing
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

REMIND = "commitments.remind"
RUNNING = (CommitmentState.OFFERED, CommitmentState.ACCEPTED, CommitmentState.REOPENED)
SOON = timedelta(days=7)
TOGETHER = 200  # reminders in one transaction, so that nobody waits for them


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: twice a day (UTC), since days begin elsewhere than at Greenwich."""
    moment = now.astimezone(UTC)
    return [(REMIND, f"{REMIND}:{moment.date().isoformat()}:{moment.hour // 12}")]


def remind(message: Claimed, now: datetime) -> None:
    """Leave a reminder for each promise that is due in 7 days or in 1, or is late: one for each date and kind."""
    zone = organisation_zone()
    today = day_in(zone, now)
    wanted = {
        messages.due_key(row.id, row.due_on, moment): (row.id, row.due_on, moment)
        for row in _near(today)
        if (moment := reminder(row.due_on, day_in(zone, row.set_at), today))
    }
    new = outbox.unused_keys(wanted)
    db.session.rollback()
    for first in range(0, len(new), TOGETHER):
        with writing():
            for key in new[first : first + TOGETHER]:
                number, due_on, moment = wanted[key]
                messages.due(number, due_on, moment, now=now)


def _near(today: date) -> list[Row]:
    """Running promises about a week around today: three ranges of an index, however many were ever made."""
    near = Commitment.due_on.between(today - timedelta(days=LATE_SEEN_DAYS), today + SOON)
    newest = select(func.max(PromisedDate.set_at)).where(PromisedDate.commitment_id == Commitment.id).scalar_subquery()
    query = select(Commitment.id, Commitment.due_on, newest.label("set_at"))
    return list(db.session.execute(query.where(Commitment.state.in_(RUNNING), UNKEPT, near)))


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {REMIND: remind}
