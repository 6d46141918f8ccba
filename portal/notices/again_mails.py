"""Mails to those who must answer again: what they did is back, or enough people ask again after their no."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.commitments.models import Commitment
from portal.commitments.relapse_models import Relapse, RelapseReport
from portal.commitments.relapse_service import TOLD as BACK
from portal.db import db
from portal.ideas.models import Idea
from portal.notices import mail
from portal.outbox.service import Claimed
from portal.people.models import Origin, Person
from portal.triage.again_models import Return
from portal.triage.again_service import TOLD as ASKED_AGAIN
from portal.triage.models import Decision


def tell_it_is_back(message: Claimed, now: datetime) -> None:
    """Tell the owner of a promise that what it did is back; where the owner is gone, whoever promised it."""
    query = (
        select(Commitment.id, Commitment.sentence, Commitment.owner_id, Commitment.sponsor_id, Commitment.idea_id)
        .join(Relapse, Relapse.commitment_id == Commitment.id)
        .where(Relapse.id == message.payload["relapse"])
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return
    said = RelapseReport.relapse_id == message.payload["relapse"]
    first = select(RelapseReport.day, RelapseReport.words).where(said).order_by(RelapseReport.id).limit(1)
    facts = {"sentence": row.sentence, "first": db.session.execute(first).one_or_none(),
             "path": f"/commitments/{row.id}#back"}  # fmt: skip
    who = _reachable(row.owner_id) or _reachable(row.sponsor_id)
    _send(who, "It is back: a promise of yours is open again", "it_is_back", facts, message, now)


def tell_asked_again(message: Claimed, now: datetime) -> None:
    """Tell whoever said no that enough new voices brought the idea back."""
    query = (
        select(Return.voices, Return.teams, Idea.id, Idea.title, Decision.by_id)
        .join(Idea, Idea.id == Return.idea_id)
        .join(Decision, Decision.id == Return.decision_id)
        .where(Return.id == message.payload["return"])
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return
    facts = {"title": row.title, "number": row.id, "voices": row.voices, "teams": row.teams,
             "path": f"/triage?idea={row.id}"}  # fmt: skip
    _send(_reachable(row.by_id), "They ask again: an idea you declined is back", "asked_again", facts, message, now)


def _reachable(person_id: int) -> Any:
    wanted = Person.id == person_id, Person.deactivated_at.is_(None), Person.email.is_not(None)
    query = select(Person.name, Person.email).where(*wanted, Person.origin != Origin.DEMO)
    return db.session.execute(query).one_or_none()


def _send(who: Any, subject: str, template: str, facts: dict[str, Any], message: Claimed, now: datetime) -> None:
    if who is None:
        return
    told = facts | {"name": who.name, "base_url": current_app.config["SAYSO"].base_url}
    # Not render_template: outside of a request there is no viewer, nonce or theme to fill in.
    text, html = (
        current_app.jinja_env.get_template(f"email/{template}.{kind}").render(**told) for kind in ("txt", "html")
    )
    mail.send(who.email, subject, text, html, event_id=message.event_id, now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {BACK: tell_it_is_back, ASKED_AGAIN: tell_asked_again}
