"""Points for whoever sat beside a visitor until the end of a shift, as the award policy says."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.frontline.debrief_models import Debrief
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import Attendance, BuddyState
from portal.people.models import Place
from portal.rewards import service as rewards
from portal.rewards.awards import About
from portal.rewards.models import Award
from portal.rewards.rules import Event, Payee, Share, dues
from portal.rewards.settings_queries import settings
from portal.web.dates import day_words


def thank_the_buddy(sign_up_id: int, *, by_id: int | None, now: datetime) -> list[Award]:
    """Pay the buddy of a completed shift, once however many visitors it had; call it again as often as you like.

    by_id: who says that it was completed. A buddy who says so is not paid on that word, but on the visitor's, whose
    debrief is finished. Returns the awards written now.
    """
    hosted = (
        select(Slot.id, Slot.buddy_id, Slot.queue, Slot.starts_at, Slot.zone, Place.name.label("site"),
               Debrief.person_id.label("visitor"))
        .join(SignUp, SignUp.slot_id == Slot.id)
        .join(Place, Place.id == Slot.site_id)
        .outerjoin(Debrief, (Debrief.sign_up_id == SignUp.id) & Debrief.finished_at.is_not(None))
        .where(
            SignUp.id == sign_up_id, SignUp.attendance == Attendance.COMPLETED, Slot.buddy_id != SignUp.person_id,
            Slot.buddy_state == BuddyState.AGREED,
        )
    )  # fmt: skip
    row = db.session.execute(hosted).one_or_none()
    if row is None:
        return []
    rules, says = settings(), row.visitor if by_id == row.buddy_id and row.visitor else by_id
    due = dues(Event.SHIFT_HOSTED, [Payee(row.buddy_id, Share.COLLEAGUE, hidden=False)], actor_id=says,
               policy=rules.policy)  # fmt: skip
    words = f"You looked after a visitor: {row.queue}, {row.site}, {day_words(row.starts_at, zone=row.zone)}."
    return rewards.award_dues(
        Event.SHIFT_HOSTED, due, About(f"shift:{row.id}", None, words), rules, now=now, actor_id=says
    )
