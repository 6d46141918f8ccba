"""Mails about rules: whoever follows an idea that names a rule hears how it ended."""

from datetime import datetime

from flask import current_app

from portal.db import db, writing
from portal.errors import Missing
from portal.ideas.rule_record_queries import rule_shown
from portal.ideas.rule_record_shown import spoken
from portal.ideas.rule_record_verdicts import DECIDED, hearers
from portal.notices import mail
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.models import Origin, Person
from portal.people.queries import viewer_of
from portal.web.dates import local_day

TELL = "rules.tell_decided"


def fan_out(message: Claimed, now: datetime) -> None:
    """One message for each hearer; a second run leaves none twice. The bulletin to all in scope can start here too."""
    rule, verdict = message.payload["rule"], message.payload["verdict"]
    with writing():
        for person_id in hearers(rule):
            payload = {"rule": rule, "verdict": verdict, "person_id": person_id}
            outbox.emit(TELL, payload, now=now, unique_key=f"{TELL}:{rule}:{verdict}:{person_id}")


def tell(message: Claimed, now: datetime) -> None:
    """Mail it to one person, if they still work here, have an address and see the rule, and nothing came after it."""
    viewer = viewer_of(message.payload["person_id"])
    person = db.session.get(Person, message.payload["person_id"])
    if viewer is None or person is None or not person.email or person.origin is Origin.DEMO:
        return
    try:
        rule = rule_shown(viewer, message.payload["rule"])
    except Missing:
        return
    if rule.verdict is None or rule.verdict.number != message.payload["verdict"]:
        return
    config = current_app.config["SAYSO"]
    words = spoken(rule, today=local_day(now, viewer.timezone))
    facts = {"name": person.name, "rule": rule, "spoken": words, "base_url": config.base_url}
    text, html = (
        current_app.jinja_env.get_template(f"email/rule_decided.{kind}").render(**facts) for kind in ("txt", "html")
    )
    subject = f"{rule.title}: {rule.state.label.lower()}"
    mail.send(person.email, subject, text, html, event_id=message.event_id, now=now)


HANDLERS = {DECIDED: fan_out, TELL: tell}
