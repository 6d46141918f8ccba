"""Mails about stop signals and about scores that do not agree. None of them names who gave a stop signal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.commitments.scope import said_at
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.rule_record_queries import owner_of_rule
from portal.notices import mail
from portal.notices.moments import Moment
from portal.notices.recipients import holders, reachable
from portal.notices.service import notify
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.queries import organisation, viewer_of
from portal.people.roles import Role
from portal.swarm.drift import DRIFT
from portal.swarm.models import Vote
from portal.swarm.parameter_models import ScoreCheck
from portal.swarm.stop_alerts import HARD_STOP, STOP_ANSWERED
from portal.swarm.stop_models import StopStep

HARD_STOP_MAIL, DRIFT_MAIL = "notices.hard_stop", "notices.drift"


def spread_hard_stop(message: Claimed, now: datetime) -> None:
    """A mail of its own for each who must act: the owner of the promise, else programme, else administrators; and the
    owner of the rule that the idea names.

    One message each, so that one address that does not answer holds up nobody else.
    """
    vote = _standing_vote(message)
    if vote is not None:
        people = {*_responsible(vote.idea_id), *_owner_of_its_rule(vote)}
        _spread(HARD_STOP_MAIL, message, sorted(people), {"vote_id": vote.id}, now)


def mail_hard_stop(message: Claimed, now: datetime) -> None:
    """Tell one person what is said to be harmful or unlawful, in the words of whoever objects."""
    vote, person = _standing_vote(message), reachable(message.payload["person_id"])
    if vote is None or person is None:
        return
    idea = db.session.get_one(Idea, vote.idea_id)
    facts = {"name": person.name, "number": idea.number, "title": idea.title, "reason": vote.reason.words,
             "sentence": vote.sentence}  # fmt: skip
    _send(person.email, f"Stop signal on number {idea.number}", "stop_hard.txt", facts, message, now)


def tell_answer(message: Claimed, now: datetime) -> None:
    """Tell whoever gave a stop signal, and nobody else, that it was answered."""
    step = db.session.get(StopStep, message.payload["step_id"])
    vote = db.session.get(Vote, step.vote_id) if step else None
    if step is None or vote is None or vote.revoked_at is not None:
        return
    words = f"{step.words}\nLift it if that settles it, or keep it. Nobody sees that it is yours."
    with writing():
        notify(
            [vote.person_id], Moment.ANSWERED, title="Your stop signal was answered.", words=words,
            path=f"/ideas/{vote.idea_id}/stops", event_id=message.event_id, now=now, idea_id=vote.idea_id,
        )  # fmt: skip


def spread_drift(message: Claimed, now: datetime) -> None:
    """A mail of its own for programme and administrators: scores do not agree with the votes."""
    top = organisation()
    path = top.path if top else "/"
    people = {*holders(Role.PROGRAMME, path), *holders(Role.ADMINISTRATOR, path)}
    _spread(DRIFT_MAIL, message, sorted(people), {"check_id": message.payload["check_id"]}, now)


def mail_drift(message: Claimed, now: datetime) -> None:
    """Tell one person how much does not agree, and where to look."""
    check, person = db.session.get(ScoreCheck, message.payload["check_id"]), reachable(message.payload["person_id"])
    if check is not None and person is not None:
        facts = {"name": person.name, "wrong": check.wrong}
        _send(person.email, "Scores and votes do not agree", "drift.txt", facts, message, now)


def _standing_vote(message: Claimed) -> Any:
    vote = db.session.get(Vote, message.payload["vote_id"])
    return vote if vote is not None and vote.revoked_at is None else None


def _responsible(idea_id: int) -> Iterable[int]:
    running = Commitment.idea_id == idea_id, Commitment.state != CommitmentState.HANDED_BACK
    owner = db.session.scalar(select(Commitment.owner_id).where(*running))
    if owner is not None and reachable(owner):
        return [owner]
    path = said_at(idea_id)
    return holders(Role.PROGRAMME, path) or holders(Role.ADMINISTRATOR, path)


def _owner_of_its_rule(vote: Vote) -> Iterable[int]:
    """Whoever owns the rule that the idea names, if they may read the idea and did not give the signal themselves."""
    owner_id = owner_of_rule(vote.idea_id)
    given_by_them = owner_id == vote.person_id
    owner = viewer_of(owner_id) if owner_id is not None and not given_by_them else None
    if owner is None:
        return []
    readable = select(Idea.id).where(Idea.id == vote.idea_id, visible_to(owner))
    return [owner.id] if db.session.scalar(readable) is not None else []


def _spread(topic: str, message: Claimed, people: Iterable[int], payload: dict[str, Any], now: datetime) -> None:
    with writing():
        for person_id in people:
            key = f"{topic}:{message.id}:{person_id}"
            outbox.emit(topic, payload | {"person_id": person_id}, now=now, unique_key=key)


def _send(to: str | None, subject: str, template: str, facts: dict[str, Any], message: Claimed, now: datetime) -> None:
    base_url = current_app.config["SAYSO"].base_url
    text = current_app.jinja_env.get_template(f"email/{template}").render(base_url=base_url, **facts)
    db.session.rollback()  # no transaction stays open while a mail server is waited for
    mail.send(to or "", subject, text, event_id=message.event_id, now=now)


HANDLERS = {
    HARD_STOP: spread_hard_stop,
    HARD_STOP_MAIL: mail_hard_stop,
    STOP_ANSWERED: tell_answer,
    DRIFT: spread_drift,
    DRIFT_MAIL: mail_drift,
}
