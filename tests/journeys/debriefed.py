"""A shift that the executive of the demo has just had, with a debrief, so that its pages can be looked at."""

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.frontline import debriefs
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import BuddyState, Busy, Channel, DebriefQuestion, InsightKind, SeatState
from portal.people.models import Place
from portal.people.queries import demo_viewer
from portal.people.roles import PlaceKind


def debriefed(app: Flask) -> dict[str, int]:
    """The numbers of the shift, and of an insight that everybody reads. Its second surprise has become nothing yet."""
    now = clock.now()
    with app.app_context():
        writer, host = demo_viewer("executive"), demo_viewer("frontline")
        assert writer is not None and host is not None
        with writing():
            slot = _shift(writer.id, host.id)
            debrief = debriefs.start(writer, slot.id, now=now)
            first = debriefs.answer(writer, debrief, DebriefQuestion.SURPRISED, "She spelt her name twice.", now=now)
            insight = debriefs.turn_into(writer, first, InsightKind.IDEA, now=now)
            debriefs.finish(writer, debrief, now=now)
            debriefs.answer(writer, debrief, DebriefQuestion.SURPRISED, "Nobody sees the letters.", place=2, now=now)
            found = {"shift_had": slot.id, "insight": insight.id}
        db.session.remove()
    return found


def _shift(person_id: int, host_id: int) -> Slot:
    site = db.session.query(Place).filter(Place.kind == PlaceKind.SITE).first()
    assert site is not None
    starts, ends = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    slot = Slot(
        site_id=site.id, zone="Europe/London", starts_at=starts, ends_at=ends, queue="Billing", language="English",
        channel=Channel.CALLS, busy=Busy.QUIET, seats=1, taken=1, buddy_id=host_id, buddy_state=BuddyState.AGREED,
        briefing_needed=False, published_by_id=person_id, published_at=starts,
    )  # fmt: skip
    db.session.add(slot)
    db.session.flush()
    db.session.add(SignUp(slot_id=slot.id, person_id=person_id, state=SeatState.BOOKED, ticket=1, starts_at=starts,
                          ends_at=ends, made_at=starts, changed_at=starts))  # fmt: skip
    return slot
