"""What the worker does when people have left: what they still owed goes on to whoever is next."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.home import leaving
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.people.service import DEACTIVATED


def hand_over(message: Claimed, now: datetime) -> None:
    """Hand over what the people who left still owed. A second run finds nothing; who is back keeps what is theirs."""
    for person_id in leaving.owing(message.payload["people"], now=now):
        with writing():
            gone = select(Person.id).where(Person.id == person_id, Person.deactivated_at.is_not(None))
            if db.session.scalar(gone) is not None:
                leaving.hand_over_after_leaving(person_id, by_id=message.payload["by"], now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {DEACTIVATED: hand_over}
