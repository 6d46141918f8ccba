"""What stands in somebody's calendar: the seats that they have or had, and the shifts at which they are the host."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline.buddies import ANSWER
from portal.frontline.calendar_wording import for_host, in_calendar, title_of
from portal.frontline.feed_rules import AHEAD_DAYS, ENTRIES_MAX, KEPT_DAYS
from portal.frontline.ics import Entry, uid_of
from portal.frontline.models import SeatStep, SignUp, Slot, SlotChange
from portal.frontline.words import Attendance, BuddyState, SeatState, SeatStepKind
from portal.people.models import Person, Place
from portal.people.viewer import Viewer

# A seat was had from one of these on; who only ever waited has nothing in the calendar.
HAD = (SeatStepKind.BOOKED, SeatStepKind.PROMOTED, SeatStepKind.TOOK_OVER)
GONE: Mapping[SeatState, str] = {
    SeatState.WAITING: "You are on the waiting list.",
    SeatState.GIVEN_UP: "You have given up this seat.",
    SeatState.STOOD_IN: "Somebody else has taken this seat over.",
    SeatState.CANCELLED: "This shift does not take place.",
}


def entries_of(viewer: Viewer, *, base_url: str, now: datetime) -> list[Entry]:
    """The viewer's shifts from 90 days ago on, cancelled ones too, in their order; two statements."""
    window = Slot.ends_at > now - timedelta(days=KEPT_DAYS), Slot.starts_at < now + timedelta(days=AHEAD_DAYS)
    latest = Slot.starts_at.desc(), Slot.id.desc()
    seats = db.session.execute(_seats(viewer).where(*window).order_by(*latest).limit(ENTRIES_MAX))
    hosted = db.session.execute(_hosted(viewer).where(*window).order_by(*latest).limit(ENTRIES_MAX))
    found = [_of_seat(row, base_url) for row in seats] + [_of_host(viewer, row, base_url) for row in hosted]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.uid))


def entry_for(viewer: Viewer, number: int, *, base_url: str) -> Entry:
    """What stands in the viewer's calendar for one slot. Raises Missing where nothing does."""
    if row := db.session.execute(_seats(viewer).where(Slot.id == number)).one_or_none():
        return _of_seat(row, base_url)
    if row := db.session.execute(_hosted(viewer).where(Slot.id == number)).one_or_none():
        return _of_host(viewer, row, base_url)
    raise Missing("shift")


def _seats(viewer: Viewer) -> Select[Any]:
    had = exists().where(SeatStep.sign_up_id == SignUp.id, SeatStep.kind.in_(HAD))
    steps = select(func.count()).where(SeatStep.sign_up_id == SignUp.id).scalar_subquery().label("steps")
    seat = SignUp.id.label("seat"), SignUp.state, SignUp.attendance, SignUp.changed_at.label("seat_changed_at")
    return (
        _slots()
        .add_columns(*seat, steps)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .where(SignUp.person_id == viewer.id, or_(SignUp.state == SeatState.BOOKED, had))
    )


def _hosted(viewer: Viewer) -> Select[Any]:
    """Whoever had answered and was replaced keeps it, as cancelled."""
    said = exists().where(
        SlotChange.slot_id == Slot.id, SlotChange.by_id == viewer.id, SlotChange.after.contains(f'"{ANSWER}"')
    )
    return _slots().add_columns(Slot.buddy_id).where(or_(Slot.buddy_id == viewer.id, said))


def _slots() -> Select[Any]:
    """buddy: their name, once they have agreed. Rows of what was done are only ever added: counted, they are a
    SEQUENCE that never goes back."""
    buddy = aliased(Person)
    agreed = and_(buddy.id == Slot.buddy_id, Slot.buddy_state == BuddyState.AGREED)
    changes = select(func.count()).where(SlotChange.slot_id == Slot.id).scalar_subquery()
    changed = select(func.max(SlotChange.at)).where(SlotChange.slot_id == Slot.id).scalar_subquery()
    columns = (
        Slot.id.label("number"), Slot.zone, Slot.starts_at, Slot.ends_at, Slot.queue, Slot.language,
        Slot.channel, Slot.busy, Slot.note, Slot.published_at, Slot.cancelled_at, Slot.cancel_reason,
        Slot.buddy_state, Slot.buddy_answered_at, Place.name.label("site"), buddy.name.label("buddy"),
        changed.label("slot_changed_at"), changes.label("changes"),
    )  # fmt: skip
    return select(*columns).join(Place, Place.id == Slot.site_id).outerjoin(buddy, agreed)


def _of_seat(row: Row, base_url: str) -> Entry:
    gone = _called_off(row) or GONE.get(row.state, "")
    if row.attendance is Attendance.EXCUSED:
        gone = gone or "You are excused from this shift."
    return _entry(
        row, uid_of("seat", row.seat, row.number, row.published_at.isoformat()), row.changes + row.steps,
        title=f"Frontline shift: {title_of(row)}", words=in_calendar(row, base_url=base_url, gone=gone),
        gone=gone, base_url=base_url, changed=[row.seat_changed_at],
    )  # fmt: skip


def _of_host(viewer: Viewer, row: Row, base_url: str) -> Entry:
    gone = _called_off(row)
    if row.buddy_id != viewer.id:
        gone = gone or "Somebody else is the host."
    elif row.buddy_state is BuddyState.DECLINED:
        gone = gone or "You have said that you would rather not."
    return _entry(
        row, uid_of("host", row.number, viewer.id, row.published_at.isoformat()), row.changes,
        title=f"A visitor beside you: {title_of(row)}", words=for_host(row, base_url=base_url, gone=gone),
        gone=gone, base_url=base_url, asked_only=row.buddy_state is BuddyState.ASKED,
    )  # fmt: skip


def _called_off(row: Row) -> str:
    return f"This shift does not take place. {row.cancel_reason}".strip() if row.cancelled_at is not None else ""


def _entry(
    row: Row, uid: str, sequence: int, *, title: str, words: str, gone: str, base_url: str,
    changed: list[datetime] | None = None, asked_only: bool = False,
) -> Entry:  # fmt: skip
    moments = [row.published_at, row.slot_changed_at, row.cancelled_at, row.buddy_answered_at, *(changed or [])]
    return Entry(
        uid=uid, sequence=sequence, changed_at=max(moment for moment in moments if moment is not None),
        starts_at=row.starts_at, ends_at=row.ends_at, zone=row.zone, title=title, place=row.site, words=words,
        address=f"{base_url}/shifts/{row.number}", cancelled=bool(gone), asked_only=asked_only,
    )  # fmt: skip
