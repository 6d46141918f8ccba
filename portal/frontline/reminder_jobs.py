"""What the worker does for shifts: every five minutes it looks who is to be reminded, and writes down that they are."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Row, and_, select, update

from portal.db import db, insert_if_new, writing
from portal.frontline.debrief_models import Debrief
from portal.frontline.models import Reminder, SignUp, Slot
from portal.frontline.reminder_rules import DAY, LOOKS_BACK, Kind, Seat, window
from portal.frontline.reminder_rules import due as kinds_due
from portal.frontline.words import SeatState
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

REMIND = "frontline.remind"
REMINDED = "frontline.reminder"  # {"reminder": id}
MINUTES = 5
TOGETHER = 100  # in one transaction, so that nobody waits for them
FOUND_MAX = 2_000


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: every five minutes (UTC)."""
    moment = now.astimezone(UTC)
    return [(REMIND, f"{REMIND}:{moment:%Y-%m-%dT%H}:{moment.minute // MINUTES}")]


def remind(message: Claimed, now: datetime) -> None:
    """Write a row for each reminder that is due, and leave a message for it. A second run finds nothing."""
    wanted = [(row, kind) for row, seat in _seats(now) for kind in kinds_due(seat, now)]
    db.session.rollback()
    for first in range(0, len(wanted), TOGETHER):
        with writing():
            for row, kind in wanted[first : first + TOGETHER]:
                _note(row, kind, now=now)


def _note(row: Row, kind: Kind, *, now: datetime) -> None:
    values = {"sign_up_id": row.seat, "kind": kind.value, "at": now}
    number = insert_if_new(Reminder, values, key=("sign_up_id", "kind"))
    if number is None:
        opens, _ = window(kind, row.starts_at, row.ends_at, row.zone)
        number = _again(row.seat, kind, opens, now)
    if number is not None:
        outbox.emit(REMINDED, {"reminder": number}, now=now)


def _again(seat: int, kind: Kind, opens: datetime, now: datetime) -> int | None:
    """The row of a reminder that was for an earlier date; None where somebody was faster."""
    mine = Reminder.sign_up_id == seat, Reminder.kind == kind.value
    changed = db.session.execute(update(Reminder).where(*mine, Reminder.at < opens).values(at=now))
    return db.session.scalar(select(Reminder.id).where(*mine)) if changed.rowcount else None  # type: ignore[attr-defined]


def _seats(now: datetime) -> list[tuple[Row, Seat]]:
    """Booked seats of the next day and of the last ten: two ranges of an index, however many shifts there were."""
    near = Slot.starts_at.between(now - LOOKS_BACK, now + DAY)
    columns = (
        SignUp.id.label("seat"), SignUp.attendance, Slot.starts_at, Slot.ends_at, Slot.zone,
        Debrief.finished_at.is_not(None).label("debriefed"),
    )  # fmt: skip
    query = (
        select(*columns)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .outerjoin(Debrief, Debrief.sign_up_id == SignUp.id)
        .where(near, Slot.cancelled_at.is_(None), SignUp.state == SeatState.BOOKED)
        .order_by(Slot.starts_at, SignUp.id)
        .limit(FOUND_MAX)
    )
    rows = db.session.execute(query).all()
    said = _said(near)
    return [
        (row, Seat(row.starts_at, row.ends_at, row.zone, row.attendance, said.get(row.seat, {}), bool(row.debriefed)))
        for row in rows
    ]


def _said(near: object) -> dict[int, dict[str, datetime]]:
    """Seat → kind → when, for the same days."""
    joined = and_(SignUp.id == Reminder.sign_up_id, SignUp.state == SeatState.BOOKED)
    query = select(Reminder.sign_up_id, Reminder.kind, Reminder.at).join(SignUp, joined)
    found: dict[int, dict[str, datetime]] = {}
    for row in db.session.execute(query.join(Slot, Slot.id == SignUp.slot_id).where(near)):  # type: ignore[arg-type]
        found.setdefault(row.sign_up_id, {})[row.kind] = row.at
    return found


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {REMIND: remind}
