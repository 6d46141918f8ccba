"""The mails of notices: which are due, what stands in one, and which have been sent.

A notice is in the hands of one letter at a time. What could not be sent is let go, and the next letter to the same
person takes it along: after a day without a mail server everybody gets one mail, not ten. A letter whose worker was
killed in between comes again as it was, under the same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from portal.db import db, is_postgres, table_of
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.notices.models import Notice, NoticeSettings
from portal.notices.moments import Moment
from portal.notices.timing import Quiet, after_quiet
from portal.outbox import service as outbox
from portal.people.models import Origin, Person
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer

LETTER = "notices.letter"
HANDED_OUT_AT_ONCE = 300  # notices
SHOWN_MAX = 40  # in one mail; the rest stands in the portal


@dataclass(frozen=True)
class Item:
    """One notice in a mail. number, idea: of what it is about, or None."""

    number: int | None
    idea: str | None
    title: str
    words: str
    path: str
    at: datetime


@dataclass(frozen=True)
class Letter:
    """One mail to one person. more: how many of their notices are not in it. moments: which kinds are."""

    person_id: int
    to: str
    name: str
    items: Sequence[Item]
    more: int
    moments: tuple[Moment, ...]


def hand_out(*, now: datetime) -> bool:
    """Leave one message for each person to whom something is due; True if there may be more of them."""
    due = Notice.letter.is_(None), Notice.mailed_at.is_(None), Notice.mail_at <= now
    query = select(Notice.id, Notice.person_id).where(*due).order_by(Notice.mail_at, Notice.id)
    if is_postgres():
        query = query.with_for_update(skip_locked=True)  # another worker may be handing out as well
    rows = db.session.execute(query.limit(HANDED_OUT_AT_ONCE)).all()
    people = sorted({row.person_id for row in rows})
    events = outbox.emit_many(LETTER, [{"person_id": person} for person in people], now=now)
    carried = dict(zip(people, events, strict=True))
    table = table_of(Notice)
    statement = update(table).where(table.c.id == bindparam("notice")).values(letter=bindparam("event"))
    if rows:
        db.session.connection().execute(
            statement, [{"notice": row.id, "event": carried[row.person_id]} for row in rows]
        )  # fmt: skip
    return len(rows) == HANDED_OUT_AT_ONCE


def take(person_id: int, event_id: str, *, now: datetime) -> Letter | None:
    """Take everything in hand that is to be mailed to one person; None where nothing is, or nothing may be sent now.

    event_id: of the message that carries it. What its reader may no longer read is left out, in quiet hours
    everything waits for their end, and of somebody who has left, or wants no mail, nothing is sent.
    """
    mine = Notice.person_id == person_id, Notice.mailed_at.is_(None), Notice.mail_at.is_not(None)
    _take(mine, event_id, now)
    carried = *mine, Notice.letter == event_id
    rows = db.session.scalars(select(Notice).where(*carried).order_by(Notice.at, Notice.id)).all()
    if not rows:
        return None
    viewer, person, quiet = viewer_of(person_id), *_reached(person_id)
    if viewer is None or person is None or person.email is None:
        _write(carried, mail_at=None, letter=None, in_hand_at=None)
        return None
    later = after_quiet(now, zone=viewer.timezone, quiet=quiet)
    if later > now:
        _write(carried, mail_at=later, letter=None, in_hand_at=None)
        return None
    return _letter(viewer, person, rows)


def _take(mine: Any, event_id: str, now: datetime) -> None:
    """Put everything free into the hands of this letter; what it has in hand after a crash stays all that it has."""
    own = db.session.scalar(
        select(Notice.id).where(*mine, Notice.letter == event_id, Notice.in_hand_at.is_not(None)).limit(1)
    )
    # Asked of the row itself: of two letters that reach for it at once, the second looks again and finds it taken.
    free = and_(Notice.letter.is_not(None), Notice.in_hand_at.is_(None))
    wanted = Notice.letter == event_id if own is not None else free
    _write((*mine, wanted), letter=event_id, in_hand_at=now)


def _reached(person_id: int) -> tuple[Person | None, Quiet]:
    """The person, if a mail reaches them, and their quiet hours."""
    person, chosen = db.session.get(Person, person_id), db.session.get(NoticeSettings, person_id)
    reached = person is not None and person.origin is not Origin.DEMO and (chosen is None or chosen.by_mail)
    quiet = Quiet(chosen.quiet_begins, chosen.quiet_ends) if chosen else Quiet()
    return person if reached else None, quiet


def _letter(viewer: Viewer, person: Person, rows: Sequence[Notice]) -> Letter | None:
    titles = readable_titles(viewer, [row.idea_id for row in rows if row.idea_id is not None])
    readable = [row for row in rows if row.idea_id is None or row.idea_id in titles]
    if left_out := [row.id for row in rows if row not in readable]:
        _write((Notice.id.in_(left_out),), mail_at=None, letter=None, in_hand_at=None)
    if not readable:
        return None
    items = [
        Item(row.idea_id, titles.get(row.idea_id or 0), row.title, row.words, row.path, row.at)
        for row in readable[-SHOWN_MAX:]
    ]
    moments = {row.moment for row in readable}
    shown = tuple(moment for moment in Moment if moment in moments)
    return Letter(person.id, person.email or "", person.name, items, len(readable) - len(items), shown)


def readable_titles(viewer: Viewer, numbers: Sequence[int]) -> dict[int, str]:
    """Number → title of those of the ideas that the viewer may read."""
    query = select(Idea.id, Idea.title).where(Idea.id.in_(set(numbers)), visible_to(viewer))
    return {row.id: row.title for row in db.session.execute(query)} if numbers else {}


def let_go(event_id: str) -> None:
    """It could not be sent: whichever letter to this person is tried next takes it along."""
    _write((Notice.letter == event_id, Notice.mailed_at.is_(None)), in_hand_at=None)


def mark_sent(event_id: str, *, now: datetime) -> None:
    """It has been handed to the mail server."""
    _write((Notice.letter == event_id, Notice.mailed_at.is_(None)), mailed_at=now, in_hand_at=None)


def _write(conditions: Any, **values: Any) -> None:
    statement = update(Notice).where(*conditions).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
