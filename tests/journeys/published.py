"""A pattern that the programme of the demo published, with somebody who is to host; for looking at the pages."""

from datetime import time, timedelta

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.frontline import patterns, slot_queries
from portal.frontline.models import Slot
from portal.frontline.pattern_rules import NewPattern
from portal.people.queries import demo_viewer


def published(app: Flask) -> dict[str, int]:
    """Numbers of a pattern and of one of its shifts."""
    with app.app_context():
        programme, host, today = demo_viewer("programme"), demo_viewer("frontline"), clock.now().date()
        assert programme is not None and host is not None
        site = next(one for one in slot_queries.sites_looked_after(programme) if one.id == host.site_id)
        new = NewPattern(site_id=site.id, weekdays=frozenset({1, 3}), starts=time(10), minutes=120,
                         first_day=today + timedelta(days=2), last_day=today + timedelta(days=23), queue="Billing",
                         language="English", buddy_id=host.id)  # fmt: skip
        with writing():
            pattern = patterns.make(programme, new, now=clock.now()).id
        slot = db.session.query(Slot.id).filter(Slot.pattern_id == pattern).first()[0]  # type: ignore[index]
        db.session.remove()
    return {"pattern": pattern, "slot": slot}
