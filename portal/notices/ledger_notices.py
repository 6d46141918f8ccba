"""Telling who must know that the ledger does not hold, and bringing its head to whoever keeps it outside."""

import json
from datetime import date, datetime
from typing import Any

from flask import current_app

from portal.db import db, writing
from portal.ledger.checking import ANCHORED, BROKEN
from portal.ledger.models import Anchor, LedgerCheck
from portal.ledger.postings import stamp
from portal.notices import mail
from portal.notices.moments import Moment
from portal.notices.recipients import holders, reachable
from portal.notices.service import notify
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.queries import organisation
from portal.people.roles import Role
from portal.web.safe_http import CallFailed, SafeHttp

BROKEN_MAIL, ANCHOR_MAIL, ANCHOR_CALL = "notices.ledger_broken", "notices.anchor_mail", "notices.anchor_call"
TOLD = (Role.AUDITOR, Role.ADMINISTRATOR, Role.PROGRAMME)


def spread_broken(message: Claimed, now: datetime) -> None:
    """A notice and a mail of its own for auditors, administrators and programme: points stand still."""
    top = organisation()
    path = top.path if top else "/"
    people = sorted({person for role in TOLD for person in holders(role, path)})
    check_id = message.payload["check_id"]
    with writing():
        notify(people, Moment.DUTY, title="The books of points do not add up. Points stand still until they do.",
               path="/ledger", event_id=message.event_id, now=now)  # fmt: skip
        for person_id in people:
            facts = {"check_id": check_id, "person_id": person_id}
            outbox.emit(BROKEN_MAIL, facts, now=now, unique_key=f"{BROKEN_MAIL}:{message.id}:{person_id}")


def mail_broken(message: Claimed, now: datetime) -> None:
    """Tell one person at once what does not hold, whatever their preferences are."""
    check, person = db.session.get(LedgerCheck, message.payload["check_id"]), reachable(message.payload["person_id"])
    if check is not None and person is not None:
        facts = {"name": person.name, "problems": json.loads(check.problems)[:5]}
        _send(person.email or "", "The ledger of points does not hold", "ledger_broken.txt", facts, message, now)


def spread_anchor(message: Claimed, now: datetime) -> None:
    """Bring the day's head to every address and program that the settings name, each by a message of its own."""
    settings, day = current_app.config["SAYSO"], message.payload["day"]
    with writing():
        for place, to in enumerate(settings.anchor_mail):
            key = f"{ANCHOR_MAIL}:{day}:{place}"
            outbox.emit(ANCHOR_MAIL, {"day": day, "to": to}, now=now, unique_key=key)
        if settings.anchor_url:
            outbox.emit(ANCHOR_CALL, {"day": day}, now=now, unique_key=f"{ANCHOR_CALL}:{day}")


def mail_anchor(message: Claimed, now: datetime) -> None:
    """The head of one day, to an address outside."""
    found = _anchor(message)
    if found is not None:
        facts = {"day": found.day.isoformat(), "anchor": f"{found.seq}:{found.hash}"}
        _send(message.payload["to"], f"Ledger of points: head of {found.day}", "ledger_anchor.txt", facts, message, now)


def call_anchor(message: Claimed, now: datetime) -> None:
    """The head of one day, to a program outside. Raises CallFailed where it is not taken, to be tried again."""
    found, settings = _anchor(message), current_app.config["SAYSO"]
    if found is None or not settings.anchor_url:
        return
    told = {"type": "ledger.anchored", "timestamp": stamp(found.at),
            "data": {"day": found.day.isoformat(), "entry": found.seq, "hash": found.hash}}  # fmt: skip
    db.session.rollback()  # no transaction stays open while another machine is waited for
    client = SafeHttp(inside=settings.outgoing_inside, public=not settings.demo)
    headers = {"Content-Type": "application/json", "webhook-id": message.event_id}
    answer = client.post(settings.anchor_url, json.dumps(told).encode(), headers)
    if not 200 <= answer.status < 300:
        raise CallFailed(f"answered {answer.status}")


def _anchor(message: Claimed) -> Anchor | None:
    return db.session.get(Anchor, date.fromisoformat(message.payload["day"]))


def _send(to: str, subject: str, template: str, facts: dict[str, Any], message: Claimed, now: datetime) -> None:
    base_url = current_app.config["SAYSO"].base_url
    text = current_app.jinja_env.get_template(f"email/{template}").render(base_url=base_url, **facts)
    db.session.rollback()  # no transaction stays open while a mail server is waited for
    mail.send(to, subject, text, event_id=message.event_id, now=now)


HANDLERS = {
    BROKEN: spread_broken,
    BROKEN_MAIL: mail_broken,
    ANCHORED: spread_anchor,
    ANCHOR_MAIL: mail_anchor,
    ANCHOR_CALL: call_anchor,
}
