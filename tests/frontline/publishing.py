"""Shifts to test with: published by whoever leads Leeds, through the verbs."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from portal.db import db, writing
from portal.frontline import slot_queries, slots
from portal.frontline.models import Slot, SlotChange
from portal.frontline.pattern_rules import NewPattern
from portal.frontline.slot_rules import NewSlot, SlotChanges
from portal.people import service
from portal.people.models import Person, Place
from portal.people.queries import viewer_of
from portal.people.roles import Role
from portal.people.viewer import Viewer
from tests.factories import NOON, Cast

TODAY = NOON.date()  # a Monday
DAY = timedelta(days=1)


def viewer(person_id: int) -> Viewer:
    """The viewer that somebody is now."""
    found = viewer_of(person_id)
    assert found is not None
    return found


def new_slot(cast: Cast, **over: Any) -> NewSlot:
    """Tomorrow at ten in Leeds, for an hour."""
    usual = NewSlot(site_id=cast.places["Leeds"], day=TODAY + DAY, starts=time(10), minutes=60, queue="Billing",
                    language="English", briefing_needed=False)  # fmt: skip
    return replace(usual, **over)


def new_pattern(cast: Cast, **over: Any) -> NewPattern:
    """Every Tuesday, 10 to 12, for 8 weeks, in Leeds."""
    usual = NewPattern(site_id=cast.places["Leeds"], weekdays=frozenset({1}), starts=time(10), minutes=120,
                       first_day=TODAY, last_day=date(2026, 4, 26), queue="Billing", language="English")  # fmt: skip
    return replace(usual, **over)


def published(cast: Cast, by: int | None = None, **over: Any) -> Slot:
    """A slot, published and committed."""
    with writing():
        made = slots.publish(viewer(by or cast.lea), new_slot(cast, **over), now=NOON)
    return db.session.get_one(Slot, made.id)


def changed(cast: Cast, slot: Slot, reason: str = "", **over: Any) -> SlotChange | None:
    """A slot, changed by whoever leads Leeds, and committed."""
    with writing():
        slot = slot_queries.slot_for(viewer(cast.lea), slot.id)
        now_is = SlotChanges(
            day=TODAY + DAY, starts=time(10), minutes=60, buddy_id=slot.buddy_id,
            **{name: getattr(slot, name) for name in
               ("queue", "language", "channel", "busy", "seats", "briefing_needed", "opens_at", "note")},
        )  # fmt: skip
        return slots.change(viewer(cast.lea), slot, replace(now_is, **over), reason, now=NOON)


def grant(person_id: int, role: Role, place_id: int) -> None:
    """Give somebody a role."""
    with writing():
        person, place = db.session.get_one(Person, person_id), db.session.get_one(Place, place_id)
        service.grant(person, role, place, by_id=None, now=NOON)
