"""Telling people of their points: that they will expire, and that some were taken back. Nobody else hears of it."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.rewards.expiry import EXPIRING
from portal.rewards.models import Award, Reversal
from portal.rewards.reversals import TAKEN_BACK
from portal.web.dates import day_words


def tell_expiring(message: Claimed, now: datetime) -> None:
    """Somebody's points will expire unless they do anything: signing in is enough."""
    facts = message.payload
    due = date.fromisoformat(facts["due"])
    with writing():
        notify(
            {facts["person"]}, Moment.DUTY, title=f"{facts['points']:,} points expire on {day_words(due)}",
            path="/wallet", words="You have not been here for long. Sign in before then and they stay.",
            event_id=message.event_id, now=now,
        )  # fmt: skip


def tell_taken_back(message: Claimed, now: datetime) -> None:
    """An award was taken back; the reason is the one on the statement."""
    query = select(Award.person_id, Reversal.reason).join(Award, Award.id == Reversal.award_id)
    row = db.session.execute(query.where(Reversal.id == message.payload["reversal"])).one_or_none()
    if row is None:
        return
    with writing():
        notify({row.person_id}, Moment.DUTY, title="Points were taken back", path="/wallet", words=row.reason,
               event_id=message.event_id, now=now)  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {EXPIRING: tell_expiring, TAKEN_BACK: tell_taken_back}
