"""The private address under which somebody's calendar program reads their shifts: made, ended, opened."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Row, select, update

from portal.db import db
from portal.errors import Missing
from portal.frontline.feed_rules import fingerprint, new_token, well_formed
from portal.frontline.models import CalendarFeed
from portal.people import service as people
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer


def make(viewer: Viewer, *, now: datetime) -> str:
    """Make the viewer's address anew and return its token, which is never seen again; an earlier one ends."""
    _take_turns(viewer)
    _end(viewer, now)
    token = new_token()
    feed = CalendarFeed(person_id=viewer.id, token_hash=fingerprint(token), made_at=now)
    db.session.add(feed)
    db.session.flush()
    people.audit("calendar.made", f"calendar:{feed.id}", {}, actor_id=viewer.id, now=now)
    return token


def revoke(viewer: Viewer, *, now: datetime) -> bool:
    """End the viewer's address; False where there was none."""
    _take_turns(viewer)
    ended = _end(viewer, now)
    if ended is not None:
        people.audit("calendar.ended", f"calendar:{ended}", {}, actor_id=viewer.id, now=now)
    return ended is not None


def feed_of(viewer: Viewer) -> CalendarFeed | None:
    """The address that works, without its token."""
    return db.session.scalar(select(CalendarFeed).where(*_standing(viewer.id)))


def opened(token: str) -> tuple[Row, Viewer]:
    """The feed (`id`, `last_read_on`) of a token and the viewer whose calendar it is.

    Raises Missing for one that is no token, is not known, was ended, or belongs to somebody who has left: whoever
    tries cannot tell which.
    """
    if not well_formed(token):
        raise Missing("calendar")
    known = CalendarFeed.token_hash == fingerprint(token), CalendarFeed.revoked_at.is_(None)
    columns = CalendarFeed.id, CalendarFeed.person_id, CalendarFeed.last_read_on
    row = db.session.execute(select(*columns).where(*known)).one_or_none()
    viewer = viewer_of(row.person_id) if row is not None else None
    if row is None or viewer is None:
        raise Missing("calendar")
    return row, viewer


def note_reads(days: Mapping[int, date]) -> None:
    """Write down on which day feeds (by id) were last read."""
    for feed_id, day in days.items():
        db.session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(last_read_on=day))


def _standing(person_id: int) -> tuple:
    return CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)


def _take_turns(viewer: Viewer) -> None:
    # The person's row is the lock: of two windows the second ends what the first has made.
    db.session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update())


def _end(viewer: Viewer, now: datetime) -> int | None:
    number = db.session.scalar(select(CalendarFeed.id).where(*_standing(viewer.id)))
    if number is not None:
        db.session.execute(update(CalendarFeed).where(CalendarFeed.id == number).values(revoked_at=now))
    return number
