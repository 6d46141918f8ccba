"""Who sits beside a visitor: asked, and free to say no at any time before it begins. Nobody asks why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Missing
from portal.frontline import slot_changes
from portal.frontline.models import Slot, SlotChange
from portal.frontline.slot_policy import MAY
from portal.frontline.slot_rules import SlotRefusal
from portal.frontline.words import BuddyState
from portal.outbox import service as outbox
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.viewer import Viewer

ASKED, ANSWERED = "frontline.buddy_asked", "frontline.buddy_answered"  # {"slot": id}
ANSWER = "buddy_answer"


def ask_at_first(slot: Slot, person_id: int | None, *, now: datetime, tell: bool = True) -> None:
    """Ask somebody to host a slot that was just made. tell: False where another message says so already.

    Raises Invalid `unknown_buddy` for somebody who does not work at the site.
    """
    if person_id is not None:
        demand_host(slot.site_id, person_id)
        _ask(slot, person_id, now=now, tell=tell)


def change(slot: Slot, person_id: int | None, *, moved: bool, now: datetime) -> None:
    """Ask somebody else, nobody, or the same person again because the slot is at another time now.

    Raises Invalid `unknown_buddy`, Conflict `buddy_said_no`.
    """
    if person_id is None:
        slot.buddy_id, slot.buddy_state, slot.buddy_answered_at = None, BuddyState.NONE, None
    elif person_id != slot.buddy_id:
        demand_host(slot.site_id, person_id)
        if _said_no(slot.id, person_id):
            raise SlotRefusal.BUDDY_SAID_NO.as_error()
        _ask(slot, person_id, now=now)
    elif moved and slot.buddy_state is BuddyState.AGREED:
        _ask(slot, person_id, now=now)
    db.session.flush()


def answer(viewer: Viewer, slot: Slot, agrees: bool, *, now: datetime) -> None:
    """Whoever is asked to host agrees or says no, and may change their mind until it begins.

    Raises Missing for anybody else, Conflict `slot_over`, Gone `slot_cancelled`.
    """
    demand(MAY, "shift.host", viewer)
    if slot.buddy_id != viewer.id:
        raise Missing("shift")
    if slot.cancelled_at is not None:
        raise SlotRefusal.CANCELLED.as_error()
    if slot.starts_at <= now:
        raise SlotRefusal.OVER.as_error()
    said = BuddyState.AGREED if agrees else BuddyState.DECLINED
    mine = Slot.id == slot.id, Slot.buddy_id == viewer.id, Slot.buddy_state != said, Slot.cancelled_at.is_(None)
    changed = update(Slot).where(*mine).values(buddy_state=said, buddy_answered_at=now)
    if db.session.execute(changed).rowcount:  # type: ignore[attr-defined]
        slot_changes.write_down(slot, {}, {ANSWER: said.value}, by_id=viewer.id, now=now)
        outbox.emit(ANSWERED, {"slot": slot.id}, now=now)


def answer_all(viewer: Viewer, pattern_id: int, agrees: bool, *, now: datetime) -> int:
    """The same answer to every slot of a pattern that is to come; returns how many. Raises Missing where none is."""
    coming = (
        Slot.pattern_id == pattern_id,
        Slot.buddy_id == viewer.id,
        Slot.cancelled_at.is_(None),
        Slot.starts_at > now,
    )
    found: Sequence[Slot] = db.session.scalars(select(Slot).where(*coming).order_by(Slot.starts_at)).all()
    if not found:
        raise Missing("shift")
    for slot in found:
        answer(viewer, slot, agrees, now=now)
    return len(found)


def demand_host(site_id: int, person_id: int) -> None:
    """Raise Invalid `unknown_buddy` unless the person works at the site."""
    here = Person.id == person_id, Person.site_id == site_id, Person.deactivated_at.is_(None)
    if db.session.scalar(select(Person.id).where(*here)) is None:
        raise SlotRefusal.UNKNOWN_BUDDY.as_error()


def _ask(slot: Slot, person_id: int, *, now: datetime, tell: bool = True) -> None:
    slot.buddy_id, slot.buddy_state, slot.buddy_answered_at = person_id, BuddyState.ASKED, None
    db.session.flush()
    if tell:
        outbox.emit(ASKED, {"slot": slot.id}, now=now)


def _said_no(slot_id: int, person_id: int) -> bool:
    """True where their last answer about this slot was no."""
    theirs = select(SlotChange.after).where(SlotChange.slot_id == slot_id, SlotChange.by_id == person_id)
    no = slot_changes.as_text({ANSWER: BuddyState.DECLINED.value})
    yes = slot_changes.as_text({ANSWER: BuddyState.AGREED.value})
    last = db.session.scalar(theirs.where(SlotChange.after.in_((yes, no))).order_by(SlotChange.id.desc()).limit(1))
    return last == no
