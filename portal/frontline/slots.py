"""Publishing windows in which a visitor does no harm, changing them, and cancelling them with the reason."""

from datetime import UTC, datetime
from typing import Any

from portal.db import db
from portal.frontline import buddies, seats, slot_capacity, slot_changes
from portal.frontline.models import Slot, SlotChange
from portal.frontline.slot_policy import MAY
from portal.frontline.slot_queries import is_signed_up, is_under_way, locked, path_of, zone_at
from portal.frontline.slot_rules import (
    NewSlot,
    SlotChanges,
    SlotRefusal,
    Where,
    reason_refusal,
    slot_refusal,
    tidied,
    times_of,
)
from portal.frontline.words import BuddyState
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer

CHANGED = "frontline.slot_changed"  # {"change": id}
KEPT = ("queue", "language", "channel", "busy", "seats", "briefing_needed", "opens_at", "note")


def publish(viewer: Viewer, new: NewSlot, *, now: datetime) -> Slot:
    """Publish a window at a site; a buddy who is named is asked.

    Raises Refused, and the refusals of `SlotRefusal` (Invalid `unknown_site`, `no_such_time`, `unknown_buddy` …).
    """
    demand(MAY, "shift.publish", viewer)
    demand_site(viewer, new.site_id)
    zone = zone_at(new.site_id)
    if refused := slot_refusal(new, zone, now=now):
        raise refused.as_error()
    made = add(tidied(new), zone, by_id=viewer.id, now=now)
    buddies.ask_at_first(made, new.buddy_id, now=now)
    audit("shift.published", f"slot:{made.id}", {"site": new.site_id}, actor_id=viewer.id, now=now)
    return made


def change(viewer: Viewer, slot: Slot, changes: SlotChanges, reason: str, *, now: datetime) -> SlotChange | None:
    """Change a slot that has not begun; whoever signed up is told. None where nothing is different.

    reason: needed where somebody signed up. A buddy who agreed to another time is asked again.
    Raises Conflict `slot_over`, `capacity_below_booked`, Gone `slot_cancelled`, Invalid (`reason_length` …).
    """
    slot = _to_work_on(viewer, slot, now=now)
    if refused := slot_refusal(changes, slot.zone, now=now):
        raise refused.as_error()
    before = _facts(slot)
    moved = times_of(changes, slot.zone) != (slot.starts_at, slot.ends_at)
    slot_capacity.make_room(slot, changes, by_id=viewer.id, now=now)
    _apply(slot, changes)
    buddies.change(slot, changes.buddy_id, moved=moved, now=now)
    if (after := _facts(slot)) == before:
        return None
    if is_signed_up(slot.id) and (refused := reason_refusal(reason)):
        raise refused.as_error()
    slot.version += 1
    made = _tell(slot, before, after, reason.strip(), by_id=viewer.id, now=now)
    seats.move_all(slot, now=now)
    return made


def cancel(viewer: Viewer, slot: Slot, reason: str, *, now: datetime) -> SlotChange:
    """Cancel a slot that is not over, with the reason, which everybody who signed up or hosts is told.

    Raises Conflict `slot_over`, Gone `slot_cancelled`, Invalid `reason_length`.
    """
    slot = _to_work_on(viewer, slot, now=now)
    if refused := reason_refusal(reason):
        raise refused.as_error()
    words = reason.strip()
    slot.cancelled_at, slot.cancelled_by_id, slot.cancel_reason = now, viewer.id, words
    slot.version += 1
    db.session.flush()
    made = _tell(slot, {"cancelled": False}, {"cancelled": True}, words, by_id=viewer.id, now=now)
    seats.release_all(slot, words, by_id=viewer.id, now=now)
    audit("shift.cancelled", f"slot:{slot.id}", {"reason": words}, actor_id=viewer.id, now=now)
    return made


def add(new: NewSlot, zone: str, *, by_id: int, now: datetime, **more: Any) -> Slot:
    """The row of a new slot, without a buddy; nothing is checked."""
    starts_at, ends_at = times_of(new, zone)
    made = Slot(
        site_id=new.site_id, zone=zone, starts_at=starts_at, ends_at=ends_at, buddy_state=BuddyState.NONE,
        published_by_id=by_id, published_at=now, **{name: getattr(new, name) for name in KEPT}, **more,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def demand_site(viewer: Viewer, site_id: int) -> None:
    """Raise Invalid `unknown_site` unless it is a site that the viewer looks after."""
    path = path_of(site_id)
    if path is None or not MAY["shift.publish"](viewer, Where(path)):
        raise SlotRefusal.UNKNOWN_SITE.as_error()


def demand_to_look_after(viewer: Viewer, where: Where) -> None:
    """Raise Refused unless the viewer looks after the site."""
    demand(MAY, "shift.publish", viewer, where)


def _to_work_on(viewer: Viewer, slot: Slot, *, now: datetime) -> Slot:
    demand_to_look_after(viewer, Where(path_of(slot.site_id) or ""))
    slot = locked(slot.id)
    if slot.cancelled_at is not None:
        raise SlotRefusal.CANCELLED.as_error()
    if slot.starts_at <= now or is_under_way(slot.id):
        raise SlotRefusal.OVER.as_error()
    return slot


def _tell(
    slot: Slot, before: dict[str, Any], after: dict[str, Any], reason: str, *, by_id: int, now: datetime
) -> SlotChange:
    made = slot_changes.write_down(slot, before, after, by_id=by_id, now=now, reason=reason)
    outbox.emit(CHANGED, {"change": made.id}, now=now)
    return made


def _apply(slot: Slot, changes: SlotChanges) -> None:
    slot.starts_at, slot.ends_at = times_of(changes, slot.zone)
    for name in KEPT:
        value = getattr(changes, name)
        setattr(
            slot, name, value.strip() if isinstance(value, str) and name in ("queue", "language", "note") else value
        )
    db.session.flush()


def _facts(slot: Slot) -> dict[str, Any]:
    """What a change may change, as JSON keeps it."""
    moments = {name: moment and moment.astimezone(UTC).isoformat()
               for name in ("starts_at", "ends_at", "opens_at") for moment in (getattr(slot, name),)}  # fmt: skip
    words = {name: str(getattr(slot, name)) for name in ("queue", "language", "channel", "busy", "note")}
    rest = {"seats": slot.seats, "briefing_needed": slot.briefing_needed, "buddy": slot.buddy_id}
    return moments | words | rest
