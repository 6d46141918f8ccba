"""What was done to a slot, row by row."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.db import db
from portal.frontline.models import Slot, SlotChange


def write_down(
    slot: Slot, before: Mapping[str, Any], after: Mapping[str, Any], *, by_id: int, now: datetime, reason: str = ""
) -> SlotChange:
    """A row of what is different between two states of a slot."""
    different = sorted(name for name in after if before.get(name) != after[name])
    was, is_now = {name: before.get(name) for name in different}, {name: after[name] for name in different}
    made = SlotChange(slot_id=slot.id, by_id=by_id, at=now, reason=reason, before=as_text(was), after=as_text(is_now))
    db.session.add(made)
    db.session.flush()
    return made


def as_text(facts: Mapping[str, Any]) -> str:
    """Facts as the rows keep them; the same facts are the same text."""
    return json.dumps(facts, sort_keys=True)
