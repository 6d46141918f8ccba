"""A shift that is still to come, with a seat of the demo's executive, for the pages of shifts."""

from datetime import time, timedelta

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.frontline import seats, slots
from portal.frontline.slot_rules import NewSlot
from portal.people.queries import demo_viewer


def offered(app: Flask) -> dict[str, int]:
    """Its number."""
    now = clock.now()
    with app.app_context():
        executive, programme, frontline = (demo_viewer(role) for role in ("executive", "programme", "frontline"))
        assert executive is not None and programme is not None and frontline is not None
        day = (now + timedelta(days=4)).date()
        new = NewSlot(site_id=frontline.site_id or 0, day=day, starts=time(10), minutes=60, queue="Billing",
                      language="English", seats=2, briefing_needed=False)  # fmt: skip
        with writing():
            number = slots.publish(programme, new, now=now).id
        with writing():
            seats.book(executive, number, now=now)
        db.session.remove()
    return {"shift_open": number}
