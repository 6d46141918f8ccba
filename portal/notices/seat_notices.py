"""Telling administrators that the counters of shifts are not what their seats say."""

from datetime import datetime

from flask import current_app

from portal.db import db, writing
from portal.frontline.seat_checks import MISCOUNTED
from portal.notices import mail
from portal.notices.moments import Moment
from portal.notices.recipients import holders, reachable
from portal.notices.service import notify
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.queries import organisation
from portal.people.roles import Role

MISCOUNTED_MAIL = "notices.miscounted"
SUBJECT = "The night's count of seats found shifts that are wrong"


def spread(message: Claimed, now: datetime) -> None:
    """A notice and a mail of its own for each administrator."""
    top = organisation()
    people, told = holders(Role.ADMINISTRATOR, top.path if top else "/"), message.payload
    with writing():
        notify(people, Moment.DUTY, title="Shifts count their seats wrongly", words=_words(told["count"]),
               path="/shifts", event_id=message.event_id, now=now)  # fmt: skip
        for person_id in people:
            key = f"{MISCOUNTED_MAIL}:{message.id}:{person_id}"
            outbox.emit(MISCOUNTED_MAIL, told | {"person_id": person_id}, now=now, unique_key=key)


def mail_one(message: Claimed, now: datetime) -> None:
    """Tell one person at once which, whatever their preferences are."""
    person, told = reachable(message.payload["person_id"]), message.payload
    if person is None:
        return
    to, facts = person.email or "", {"name": person.name, "count": told["count"], "first": told["first"]}
    text = current_app.jinja_env.get_template("email/miscounted.txt").render(**facts)
    db.session.rollback()  # no transaction stays open while a mail server is waited for
    mail.send(to, SUBJECT, text, event_id=message.event_id, now=now)


def _words(count: int) -> str:
    which = "One shift does" if count == 1 else f"{count} shifts do"
    return f"{which} not have as many seats taken as counted. flask shifts recount puts it right."


HANDLERS = {MISCOUNTED: spread, MISCOUNTED_MAIL: mail_one}
