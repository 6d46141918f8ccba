"""Shifts in words, by the clock on the wall where they are. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.frontline.slot_rules import comes_twice
from portal.frontline.words import BuddyState

BUDDY_WORDS = {
    BuddyState.NONE: "Nobody hosts yet",
    BuddyState.ASKED: "{} is asked to host",
    BuddyState.AGREED: "{} hosts",
    BuddyState.DECLINED: "{} said no: ask somebody else",
}
BUDDY_TONES = {BuddyState.NONE: "honey", BuddyState.ASKED: "", BuddyState.AGREED: "green", BuddyState.DECLINED: "honey"}


def hours_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """ "10:00 to 12:00"; in a night in which the clocks change, with the offsets: "01:30 (UTC+1) to 01:30 (UTC+0)"."""
    first, last = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    changes = first.utcoffset() != last.utcoffset()
    shown = [
        f"{one:%H:%M}" + (f" ({offset_words(one)})" if changes or _twice(one, zone) else "") for one in (first, last)
    ]
    return " to ".join(shown)


def offset_words(moment: datetime) -> str:
    """ "UTC+1", "UTC−3:30"."""
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def day_and_hours(slot: Any) -> str:
    """ "Tuesday 3 March, 10:00 to 12:00"."""
    day = slot.starts_at.astimezone(ZoneInfo(slot.zone)).date()
    return f"{day:%A} {day.day} {day:%B}, {hours_words(slot.starts_at, slot.ends_at, slot.zone)}"


def line(row: Any) -> dict[str, Any]:
    """What a list shows of (Slot, site, buddy)."""
    slot = row.Slot
    host = BUDDY_WORDS[slot.buddy_state].format(getattr(row, "buddy", ""))
    return {
        "number": slot.id, "day": slot.starts_at.astimezone(ZoneInfo(slot.zone)).date(),
        "hours": hours_words(slot.starts_at, slot.ends_at, slot.zone), "site": row.site, "queue": slot.queue,
        "about": f"{slot.queue}, {slot.channel.label.lower()}, {slot.language}", "busy": slot.busy.label,
        "seats": f"{slot.taken} of {slot.seats}", "host": host,
        "tone": BUDDY_TONES[slot.buddy_state], "cancelled": slot.cancelled_at is not None,
        "reason": slot.cancel_reason,
    }  # fmt: skip


def _twice(wall: datetime, zone: str) -> bool:
    return comes_twice(wall.date(), wall.time().replace(fold=0), zone)
