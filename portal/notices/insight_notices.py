"""Asking whoever hosted a shift whether they want to be named beside what came of it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.insights import CREDIT_ASKED
from portal.frontline.words import Credit
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Person


def ask(message: Claimed, now: datetime) -> None:
    """Ask once a debrief, however much came of it; nobody is asked about what was taken back meanwhile."""
    number = message.payload["debrief"]
    waits = Insight.debrief_id == number, Insight.credit == Credit.ASKED, Insight.withdrawn_at.is_(None)
    hosts = db.session.scalars(select(Insight.buddy_id).where(*waits).distinct()).all()
    writer = select(Person.name).join(Debrief, Debrief.person_id == Person.id)
    name = db.session.scalar(writer.where(Debrief.id == number, Debrief.finished_at.is_not(None)))
    if name is None or not hosts:
        return
    with writing():
        notify(
            [host for host in hosts if host is not None], Moment.SHIFT, path="/insights/credits",
            title=f"{name} wrote down what the shift with you taught them",
            words="Do you want your name beside it? Without a yes nobody reads it there.",
            event_id=message.event_id, now=now,
        )  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {CREDIT_ASKED: ask}
