"""“Every Tuesday 10 to 12 for 8 weeks”: slots are made from it, and making them again touches none that exist."""

from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Missing
from portal.frontline import buddies, slots
from portal.frontline.models import Pattern, Slot
from portal.frontline.pattern_rules import (
    MORE,
    NewPattern,
    PatternRefusal,
    days_of,
    may_go_on,
    pattern_refusal,
    slot_on,
)
from portal.frontline.slot_policy import MAY
from portal.frontline.slot_queries import zone_at
from portal.frontline.slot_rules import times_of
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer


def make(viewer: Viewer, new: NewPattern, *, now: datetime) -> Pattern:
    """Keep a pattern and publish its slots; a buddy who is named is asked once, for all of them.

    Raises Refused and the refusals of `PatternRefusal` and `SlotRefusal`.
    """
    demand(MAY, "shift.publish", viewer)
    slots.demand_site(viewer, new.site_id)
    zone = zone_at(new.site_id)
    if refused := pattern_refusal(new, zone, now=now):
        raise refused.as_error()
    if new.buddy_id is not None:
        buddies.demand_host(new.site_id, new.buddy_id)
    made = Pattern(
        site_id=new.site_id, zone=zone, weekdays="".join(str(day) for day in sorted(new.weekdays)), starts=new.starts,
        minutes=new.minutes, first_day=new.first_day, last_day=new.last_day, queue=new.queue.strip(),
        language=new.language.strip(), channel=new.channel, busy=new.busy, seats=new.seats, buddy_id=new.buddy_id,
        briefing_needed=new.briefing_needed, note=new.note.strip(), made_by_id=viewer.id, made_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    count = generate(made.id, now=now)
    audit("shift_pattern.made", f"pattern:{made.id}", {"slots": count}, actor_id=viewer.id, now=now)
    return made


def generate(pattern_id: int, *, now: datetime) -> int:
    """Make the slots that are to come and do not exist; returns how many. None that exists is touched, also none that
    was moved or cancelled. Raises Missing for a pattern that does not exist, Gone `pattern_ended`.
    """
    query = select(Pattern).where(Pattern.id == pattern_id).with_for_update()
    pattern = db.session.scalar(query.execution_options(populate_existing=True))
    if pattern is None:
        raise Missing("pattern")
    if pattern.ended_at is not None:
        raise PatternRefusal.ENDED.as_error()
    there = set(db.session.scalars(select(Slot.pattern_day).where(Slot.pattern_id == pattern.id)))
    asked = False
    made = 0
    for day in days_of(pattern):
        new = slot_on(pattern, day)
        if day in there or times_of(new, pattern.zone)[0] <= now:
            continue
        slot = slots.add(new, pattern.zone, by_id=pattern.made_by_id, now=now, pattern_id=pattern.id, pattern_day=day)
        buddies.ask_at_first(slot, pattern.buddy_id, now=now, tell=not asked)
        made, asked = made + 1, True
    return made


def again(viewer: Viewer, pattern: Pattern, *, now: datetime) -> int:
    """Make what is missing, as `generate`. Raises Invalid `unknown_site` where it is not the viewer's to look after."""
    demand(MAY, "shift.publish", viewer)
    slots.demand_site(viewer, pattern.site_id)
    return generate(pattern.id, now=now)


def go_on(viewer: Viewer, pattern: Pattern, *, now: datetime) -> int:
    """Let a pattern go on for four weeks, and make what is missing; returns how many.

    Raises Invalid (`unknown_site`, `pattern_too_long`), Gone `pattern_ended`.
    """
    demand(MAY, "shift.publish", viewer)
    slots.demand_site(viewer, pattern.site_id)
    db.session.refresh(pattern, with_for_update=True)
    if not may_go_on(pattern.first_day, pattern.last_day, now=now):
        raise PatternRefusal.TOO_LONG.as_error()
    pattern.last_day += MORE
    db.session.flush()
    return generate(pattern.id, now=now)


def end(viewer: Viewer, pattern: Pattern, *, now: datetime) -> None:
    """No more slots are made from it; those that exist stay. A second time changes nothing."""
    demand(MAY, "shift.publish", viewer)
    slots.demand_site(viewer, pattern.site_id)
    standing = update(Pattern).where(Pattern.id == pattern.id, Pattern.ended_at.is_(None))
    if db.session.execute(standing.values(ended_at=now)).rowcount:  # type: ignore[attr-defined]
        audit("shift_pattern.ended", f"pattern:{pattern.id}", {}, actor_id=viewer.id, now=now)
