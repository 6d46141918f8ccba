"""Telling everybody what an executive has to say, a few hundred people at a time.

The first step is the one that ends the ten minutes: from there on it can be read and not be taken back. A run that
was cut short begins again and tells nobody twice.
"""

from collections.abc import Callable
from datetime import datetime

from portal.db import db, writing
from portal.frontline import broadcasts
from portal.frontline.broadcast_hearers import PEOPLE_AT_ONCE, people_behind
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.broadcasts import TOLD
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.models import Person, Place

RUN_MAX = 6_000  # people in one run of the handler, which holds a lease; a message goes on from there


def tell(message: Claimed, now: datetime) -> None:
    """Tell the next people; nobody if it was taken back."""
    number, last = message.payload["broadcast"], message.payload.get("after", 0)
    for _ in range(RUN_MAX // PEOPLE_AT_ONCE):
        with writing():
            last = _tell_some(number, last, now=now)
        if last is None:
            return
    with writing():
        outbox.emit(TOLD, {"broadcast": number, "after": last}, now=now, unique_key=f"{TOLD}:{number}:{last}")


def _tell_some(number: int, after: int, *, now: datetime) -> int | None:
    """Tell the people behind `after`; the last of them, or None once everybody knows."""
    told = broadcasts.begin_telling(number, now=now)
    if told is None:
        return None
    people = people_behind(told, db.session.get_one(Place, told.place_id).kind, after, most=PEOPLE_AT_ONCE)
    if people:
        notify(people, Moment.BROADCAST, title=_title(told), path=f"/broadcasts/{told.id}", words=told.words,
               event_id=f"broadcast:{told.id}", now=now, happened_at=told.telling_at)  # fmt: skip
    if len(people) == PEOPLE_AT_ONCE:
        return people[-1]
    broadcasts.end_telling(told, now=now)
    return None


def _title(told: Broadcast) -> str:
    return f"{db.session.get_one(Person, told.by_id).name}: {told.title}"


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TOLD: tell}
