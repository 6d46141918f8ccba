"""Asking whoever hosted a shift whether they want to be named beside what came of it, and telling whoever wrote a note
that it was hidden or is shown again.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.frontline.debrief_models import Debrief, Insight, InsightDecision
from portal.frontline.insight_moderation import DECIDED
from portal.frontline.insights import CREDIT_ASKED
from portal.frontline.words import Credit
from portal.ideas.rules import Action
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Person

STANDING = Insight.withdrawn_at.is_(None), Insight.hidden_at.is_(None)
SAID = {Action.HIDE: "Your note from a shift was hidden", Action.RESTORE: "Your note from a shift is shown again"}


def ask(message: Claimed, now: datetime) -> None:
    """Ask once a debrief, however much came of it; nobody is asked about what was taken back meanwhile."""
    number = message.payload["debrief"]
    waits = Insight.debrief_id == number, Insight.credit == Credit.ASKED, *STANDING
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


def tell_writer(message: Claimed, now: datetime) -> None:
    """Tell whoever wrote a note what was decided about it, and why; they alone and those who moderate still read it."""
    decision = db.session.get(InsightDecision, message.payload["decision"])
    insight = db.session.get(Insight, decision.insight_id) if decision is not None else None
    if decision is None or insight is None or insight.withdrawn_at is not None:
        return
    with writing():
        notify([insight.by_id], Moment.ANSWERED, title=SAID[decision.action], words=decision.reason,
               path=f"/insights/{insight.id}", event_id=message.event_id, now=now)  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {CREDIT_ASKED: ask, DECIDED: tell_writer}
