"""What was done to a shift, in words. Pure."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.frontline.slot_shown import hours_words

NAMES = {
    "queue": "queue", "language": "language", "channel": "channel", "busy": "forecast", "note": "note",
    "seats": "seats", "briefing_needed": "briefing", "opens_at": "opening of the sign-up", "buddy": "host",
}  # fmt: skip
ANSWERS = {"agreed": "agreed to host", "declined": "said no to hosting"}


def told(row: Any, zone: str) -> dict[str, Any]:
    """(SlotChange, by) as a line of a history: who, what, why, when."""
    before, after = json.loads(row.SlotChange.before), json.loads(row.SlotChange.after)
    return {"by": row.by, "what": what_changed(before, after, zone), "why": row.SlotChange.reason,
            "when": row.SlotChange.at.astimezone(ZoneInfo(zone))}  # fmt: skip


def what_changed(before: dict[str, Any], after: dict[str, Any], zone: str) -> str:
    """ "cancelled it", "agreed to host", "changed the queue from A to B and the seats from 1 to 2"."""
    if "buddy_answer" in after:
        return ANSWERS[after["buddy_answer"]]
    if after.get("cancelled"):
        return "cancelled it"
    parts = [f"moved it from {_time(before, zone)}"] if {"starts_at", "ends_at"} & after.keys() else []
    parts += [_part(name, before.get(name), after[name]) for name in NAMES if name in after]
    return ", ".join(parts)


def _part(name: str, was: Any, is_now: Any) -> str:
    if name in ("queue", "language", "channel", "busy", "seats") and was not in (None, ""):
        return f"changed the {NAMES[name]} from {was} to {is_now}"
    return f"changed the {NAMES[name]}"


def _time(before: dict[str, Any], zone: str) -> str:
    """When it was before; where only one end moved, that one."""
    moments = {name: datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at") if name in before}
    if len(moments) == 2:
        day = moments["starts_at"].astimezone(ZoneInfo(zone)).date()
        return f"{day:%A} {day.day} {day:%B}, {hours_words(moments['starts_at'], moments['ends_at'], zone)}"
    name, moment = next(iter(moments.items()))
    return f"{'a start' if name == 'starts_at' else 'an end'} at {moment.astimezone(ZoneInfo(zone)):%H:%M}"
