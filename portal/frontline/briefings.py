"""Noting that somebody has had the data protection briefing, and taking such a note back."""

from datetime import date, datetime

from sqlalchemy import update

from portal.db import db
from portal.frontline.briefing_queries import is_visitor
from portal.frontline.briefing_rules import BriefingRefusal, briefing_refusal, last_day
from portal.frontline.models import Briefing
from portal.frontline.slot_policy import MAY
from portal.frontline.slot_queries import manages_a_site
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer


def note(viewer: Viewer, person_id: int, done_on: date, *, today: date, now: datetime) -> Briefing:
    """Note that somebody has had the briefing; it counts for a year. today: where the viewer works.

    Raises the refusals of `BriefingRefusal`.
    """
    _demand_manager(viewer)
    if not is_visitor(viewer, person_id):
        raise BriefingRefusal.UNKNOWN_PERSON.as_error()
    if refused := briefing_refusal(done_on, today=today, own=person_id == viewer.id):
        raise refused.as_error()
    made = Briefing(person_id=person_id, done_on=done_on, valid_until=last_day(done_on), noted_by_id=viewer.id,
                    noted_at=now)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    facts = {"briefing": made.id, "done_on": done_on.isoformat()}
    audit("shift_briefing.noted", f"person:{person_id}", facts, actor_id=viewer.id, now=now)
    return made


def withdraw(viewer: Viewer, briefing: Briefing, *, now: datetime) -> None:
    """It was noted by mistake: it counts no more, and stays on the record. A second time changes nothing.

    Raises the refusals of `BriefingRefusal`.
    """
    _demand_manager(viewer)
    if briefing.person_id == viewer.id:
        raise BriefingRefusal.NOT_ONESELF.as_error()
    standing = update(Briefing).where(Briefing.id == briefing.id, Briefing.withdrawn_at.is_(None))
    if db.session.execute(standing.values(withdrawn_at=now)).rowcount:  # type: ignore[attr-defined]
        facts = {"briefing": briefing.id}
        audit("shift_briefing.withdrawn", f"person:{briefing.person_id}", facts, actor_id=viewer.id, now=now)


def _demand_manager(viewer: Viewer) -> None:
    demand(MAY, "shift.brief", viewer)
    if not manages_a_site(viewer):
        raise BriefingRefusal.NOT_A_MANAGER.as_error()
