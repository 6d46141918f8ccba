"""Mails about getting in."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from portal.db import db, writing
from portal.notices import mail
from portal.outbox.service import Claimed
from portal.people import codes
from portal.people.code_rules import as_printed, code_from, lasts_in_words
from portal.people.models import Origin, Person
from portal.people.roles import CodePurpose
from portal.people.sessions import keyed_hash

TOO_LATE = timedelta(days=3)  # a code asked for so long ago is no longer waited for
SUBJECTS = {
    CodePurpose.RESET: "Your code for a new Sayso password",
    CodePurpose.FIRST_SIGN_IN: "Your way into Sayso",
}


def send_code(message: Claimed, now: datetime) -> None:
    """Make a one-time code and mail it; for nobody, and for people without an address, do nothing.

    The code follows from the message and our secret: a message that is tried again sends the same code, still
    unused, and none once it was used or replaced. It is never stored, neither in the outbox nor in the log.
    """
    if now - message.created_at > TOO_LATE:
        return
    purpose = CodePurpose(message.payload["purpose"])
    code = code_from(_digest(message.event_id))
    with writing():
        person = _reachable(message.payload["person_id"])
        if person is None:
            return
        to, name, person_id = person.email or "", person.name, person.id
        if codes.issue(purpose, person_id=person_id, seal=keyed_hash, now=now, code=code) is None:
            return
    facts = {
        "name": name,
        "code": as_printed(code),
        "lasts": lasts_in_words(purpose),
        "first": purpose is not CodePurpose.RESET,
    }
    text, html = _drawn("people_code.txt", **facts), _drawn("people_code.html", **facts)
    mail.send(to, SUBJECTS[purpose], text, html, event_id=message.event_id, now=now)


def _reachable(person_id: int | None) -> Person | None:
    person = db.session.get(Person, person_id) if person_id else None
    if person is None or not person.active or not person.email or person.origin is Origin.DEMO:
        return None
    return person


def _digest(event_id: str) -> bytes:
    secret = current_app.config["SAYSO"].secret_key.encode()
    return hmac.new(secret, f"code for {event_id}".encode(), hashlib.sha256).digest()


def _drawn(template: str, **facts: Any) -> str:
    # Not render_template: outside of a request there is no viewer, nonce or theme to fill in.
    base_url = current_app.config["SAYSO"].base_url
    return current_app.jinja_env.get_template(f"email/{template}").render(base_url=base_url, **facts)


HANDLERS = {"people.send_code": send_code}
