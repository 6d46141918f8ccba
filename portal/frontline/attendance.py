"""Noting what became of a booked seat: each legal step is a row. It is seen, and it costs nobody anything."""

from datetime import datetime

from sqlalchemy import update

from portal.db import db
from portal.frontline import seat_steps
from portal.frontline.attendance_queries import is_at_site
from portal.frontline.attendance_rules import WORDS_CHARS_MAX, AttendanceRefusal, SeatFacts, mark_refusal
from portal.frontline.models import SignUp, Slot
from portal.frontline.slot_policy import MAY
from portal.frontline.words import Attendance, SeatStepKind
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer

ATTENDED = "frontline.attended"  # {"sign_up": id}


def mark(viewer: Viewer, sign_up: SignUp, to: Attendance, *, now: datetime, words: str = "") -> None:
    """Note a step: the site and whoever agreed to host note all of them, the visitor that they are here.

    Raises the refusals of `AttendanceRefusal`; Conflict `not_the_next_step` also if somebody was faster.
    """
    demand(MAY, "shift.mark", viewer)
    if len(words.strip()) > WORDS_CHARS_MAX:
        raise AttendanceRefusal.WORDS.as_error()
    if refused := mark_refusal(facts_of(viewer, sign_up), to, now=now):
        raise refused.as_error()
    carry_out(sign_up, to, by_id=viewer.id, now=now, words=words.strip())


def carry_out(sign_up: SignUp, to: Attendance, *, by_id: int | None, now: datetime, words: str = "") -> None:
    """Write a step that is legal. by_id None: the portal.

    Raises Conflict `not_the_next_step` if somebody was faster.
    """
    seen = SignUp.id == sign_up.id, SignUp.attendance == sign_up.attendance, SignUp.state == sign_up.state
    if db.session.execute(update(SignUp).where(*seen).values(attendance=to, changed_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        raise AttendanceRefusal.NOT_NEXT.as_error()
    seat_steps.record(sign_up, SeatStepKind(to.value), by_id=by_id, now=now, words=words)
    outbox.emit(ATTENDED, {"sign_up": sign_up.id}, now=now)


def facts_of(viewer: Viewer, sign_up: SignUp) -> SeatFacts:
    """The seat as the rules see it."""
    slot = db.session.get_one(Slot, sign_up.slot_id)
    own = sign_up.person_id == viewer.id
    at_site = is_at_site(viewer, slot) and not own
    return SeatFacts(sign_up.state, sign_up.attendance, slot.starts_at, slot.ends_at, at_site=at_site, own=own)
