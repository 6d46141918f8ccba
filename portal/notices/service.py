"""Telling people something: a row in the portal for each, and a mail at their own pace."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, literal, select

from portal.db import db, insert_missing, table_of
from portal.ideas.models import Follow
from portal.notices.models import Mute, Notice
from portal.notices.moments import Moment, Pace
from portal.notices.timing import mailed_at
from portal.notices.wishes import Wish, wishes
from portal.outbox import service as outbox
from portal.people.models import Person

POST = "notices.post"  # look which mails are due
TITLE_CHARS_MAX = PATH_CHARS_MAX = 200
AT_ONCE_MAX = 500  # people of one call: whoever tells more of them does so in steps, each its own transaction


def notify(
    person_ids: Iterable[int],
    moment: Moment,
    *,
    title: str,
    path: str,
    words: str = "",
    event_id: str,
    now: datetime,
    idea_id: int | None = None,
    happened_at: datetime | None = None,
    mail_until: datetime | None = None,
) -> int:
    """Tell people something, in the caller's transaction; returns how many had not been told of this event.

    The caller names only people who may know it; whoever has left is passed over. moment: decides with their own
    preferences when it is mailed. title: one sentence without names that are hidden and without counts; path: of our
    own page; words: may be empty. event_id: at most 36 signs; told again with the same one, nobody hears twice.
    idea_id: what it is about, so that it is shown beside the idea, and to nobody who may no longer read it; who has
    muted the idea is passed over, but for duties. happened_at: where it is not now. mail_until: whoever would be
    mailed then or later reads it in the portal alone. Raises ValueError for more than AT_ONCE_MAX people.
    """
    wanted = sorted(set(person_ids))
    if len(wanted) > AT_ONCE_MAX:
        raise ValueError(f"tell at most {AT_ONCE_MAX} people in one transaction, not {len(wanted)}")
    if idea_id is not None and moment is not Moment.DUTY:
        wanted = _not_muted(wanted, idea_id)
    told = {"event_id": event_id, "moment": moment, "idea_id": idea_id, "title": _cut(title), "words": words,
            "path": path[:PATH_CHARS_MAX], "at": happened_at or now}  # fmt: skip
    due = _by_due([wish for wish in wishes(wanted, moment) if _wanted(wish, moment)], now, mail_until)
    written = sum(_write(people, told | {"mail_at": at}) for at, people in due.items())
    if written and any(at is not None and at <= now for at in due):
        outbox.emit(POST, {}, now=now, unique_key=f"{POST}:{event_id}:{wanted[0]}")
    return written


def _wanted(wish: Wish, moment: Moment) -> bool:
    return not (moment.only_when_asked_for and wish.pace is Pace.NEVER)


def _by_due(hearers: Sequence[Wish], now: datetime, until: datetime | None) -> dict[datetime | None, list[int]]:
    """When it is mailed → to whom. Most people share a zone and a pace: the calendar is asked once for all of them."""
    kinds = {(one.mail_pace, one.zone, one.quiet) for one in hearers}
    due = {(pace, zone, quiet): mailed_at(pace, now, zone=zone, quiet=quiet) for pace, zone, quiet in kinds}
    found: dict[datetime | None, list[int]] = {}
    for one in hearers:
        at = due[one.mail_pace, one.zone, one.quiet]
        found.setdefault(None if at and until and at >= until else at, []).append(one.person_id)
    return found


def _write(person_ids: Sequence[int], told: Mapping[str, Any]) -> int:
    """A row for each; one statement with one set of words, for thousands a tenth of what as many rows would cost."""
    columns = {name: value for name, value in told.items() if value is not None}
    kept = [literal(value, table_of(Notice).c[name].type).label(name) for name, value in columns.items()]
    people = select(Person.id, *kept).where(Person.id.in_(person_ids))
    return insert_missing(Notice, ["person_id", *columns], people)


def _not_muted(person_ids: list[int], idea_id: int) -> list[int]:
    muted = muted_by(person_ids, idea_id)
    return [person_id for person_id in person_ids if person_id not in muted]


def muted_by(person_ids: Iterable[int], idea_id: int) -> set[int]:
    """Those of the people who do not want to hear of the idea: muted, and not followed again since."""
    follow = and_(Follow.person_id == Mute.person_id, Follow.idea_id == Mute.idea_id, Follow.since > Mute.since)
    query = select(Mute.person_id).outerjoin(Follow, follow).where(Mute.idea_id == idea_id, Follow.id.is_(None))
    return set(db.session.scalars(query.where(Mute.person_id.in_(list(person_ids)))))


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_CHARS_MAX else f"{title[: TITLE_CHARS_MAX - 1]}…"
