"""Telling people that a slot is another one than they took, and hosts what is asked of them."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from portal.db import db, writing
from portal.frontline.buddies import ANSWERED, ASKED
from portal.frontline.calendar_wording import at_length, title_of
from portal.frontline.models import SignUp, Slot, SlotChange
from portal.frontline.slots import CHANGED
from portal.frontline.words import BuddyState, SeatState
from portal.notices.shift_telling import HOST, SLOT, tell_about
from portal.outbox.service import Claimed
from portal.people.models import Person, Place

TIMES = ("starts_at", "ends_at")
FELT = {"queue": "Queue", "language": "Language", "channel": "Channel", "note": "Note"}  # by whoever comes
HELD = (SeatState.BOOKED, SeatState.WAITING)


def tell_changed(message: Claimed, now: datetime) -> None:
    """Visitors of what is different on the day; the host of another time or that it is off, and one who is not needed.

    Of another time, and that it does not take place, visitors hear by their seats.
    """
    change = db.session.get_one(SlotChange, message.payload["change"])
    slot, before, after = _slot(change.slot_id), json.loads(change.before), json.loads(change.after)
    if slot.ends_at <= now:
        return
    with writing():
        if (lines := _felt(before, after)) and not slot.cancelled_at:
            tell_about(
                slot, _visitors(slot), "Your shift has changed", [_when(slot), *lines, change.reason], message, now
            )
        _tell_host(slot, change, after, message, now)
        if (earlier := before.get("buddy")) is not None and earlier != slot.buddy_id:
            title = "You are not asked to host this shift any more"
            tell_about(slot, [earlier], title, [_when(slot)], message, now)


def _tell_host(slot: Row, change: SlotChange, after: dict[str, Any], message: Claimed, now: datetime) -> None:
    if slot.buddy_id is None or slot.buddy_state not in HOST or slot.buddy_id == change.by_id:
        return
    if slot.cancelled_at is not None:
        title = "The shift at which you host does not take place"
        tell_about(slot, [slot.buddy_id], title, [_when(slot), change.reason], message, now)
    elif after.keys() & set(TIMES) and "buddy" not in after:
        title = "The shift at which you host was moved. Does it still suit you?"
        tell_about(slot, [slot.buddy_id], title, [_when(slot), change.reason], message, now)


def tell_asked(message: Claimed, now: datetime) -> None:
    """Whoever is asked to have a visitor beside them, in their own time to answer."""
    slot = _slot(message.payload["slot"])
    if slot.buddy_state is BuddyState.ASKED and slot.cancelled_at is None and slot.starts_at > now:
        words = (
            "They listen and learn, and nothing they hear is used for quality scores. Say yes or no: nobody asks why."
        )
        with writing():
            title = "Would you have a visitor beside you?"
            tell_about(slot, [slot.buddy_id], title, [_when(slot), words], message, now)


def tell_answered(message: Claimed, now: datetime) -> None:
    """Whoever published the slot: somebody else is to be asked."""
    slot = _slot(message.payload["slot"])
    if slot.buddy_state is BuddyState.DECLINED and slot.cancelled_at is None and slot.starts_at > now:
        title = f"{slot.buddy} would rather not host: somebody else is needed"
        with writing():
            tell_about(slot, [slot.published_by_id], title, [_when(slot)], message, now)


def _felt(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [f"{label}: {after[name] or '–'} (before: {before.get(name) or '–'})."
            for name, label in FELT.items() if name in after]  # fmt: skip


def _visitors(slot: Row) -> list[int]:
    held = SignUp.slot_id == slot.number, SignUp.state.in_(HELD)
    return list(db.session.scalars(select(SignUp.person_id).where(*held).order_by(SignUp.person_id).limit(500)))


def _slot(number: int) -> Row:
    query = select(*SLOT, Slot.buddy_id, Person.name.label("buddy")).join(Place, Place.id == Slot.site_id)
    return db.session.execute(query.outerjoin(Person, Person.id == Slot.buddy_id).where(Slot.id == number)).one()


def _when(slot: Row) -> str:
    return f"{title_of(slot)}: {at_length(slot.starts_at, slot.ends_at, slot.zone)}."


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    CHANGED: tell_changed,
    ASKED: tell_asked,
    ANSWERED: tell_answered,
}
