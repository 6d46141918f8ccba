"""Telling people what became of a seat on the frontline: whoever has it or had it, and who expects them.

What somebody did on a page is told only where it belongs into a calendar. Whoever comes is named from a day before.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Row, literal, select

from portal.db import db, writing
from portal.frontline.calendar_wording import at_length, title_of
from portal.frontline.models import Reminder, SignUp, SlotChange
from portal.frontline.reminder_rules import Kind
from portal.frontline.seat_steps import TOPIC as SEAT
from portal.frontline.words import SeatState, SeatStepKind
from portal.notices.service import AT_ONCE_MAX
from portal.notices.shift_telling import CALENDAR, had_a_seat, moment_at, step_with, tell_about
from portal.outbox.service import Claimed
from portal.people.models import Grant, Place
from portal.people.roles import Role

OWN_DOING = (SeatStepKind.GAVE_UP, SeatStepKind.DECLINED_PROMOTION)
HAS_IT = {
    SeatStepKind.PROMOTED: "A seat came free, and it is yours",
    SeatStepKind.SLOT_MOVED: "Your shift was moved",
    SeatStepKind.LOOKING: "Your stand-in gave the seat back: it is yours again",
}
LOST_IT = {
    SeatStepKind.SLOT_CANCELLED: "A shift of yours does not take place",
    SeatStepKind.TAKEN_OUT: "You no longer have a seat",
}


def tell_seat(message: Claimed, now: datetime) -> None:
    """Whoever has the seat; and the host, where somebody whom they expect does not come."""
    step = step_with(message.payload["step"])
    if (tell := SEATS.get(step.kind)) is not None:
        with writing():
            tell(step, message, now)


def _has_it(step: Row, message: Claimed, now: datetime) -> None:
    """A seat, taken or passed on. Not any more where it was given up meanwhile."""
    if step.state is SeatState.WAITING and step.kind is SeatStepKind.SLOT_MOVED:
        tell_about(
            step, [step.person_id], "A shift that you wait for was moved", [_when(step), _was(step)], message, now
        )
    if step.state is not SeatState.BOOKED or step.starts_at <= now:
        return
    lines = [_when(step), _until(step, now), _was(step), CALENDAR]
    title = HAS_IT.get(step.kind, "You have a seat")
    tell_about(step, [step.person_id], title, lines, message, now, calendar=True)
    if step.buddy_id is not None and step.kind not in (SeatStepKind.SLOT_MOVED, SeatStepKind.LOOKING):
        words = "You read who it is a day before. Until it begins you can say no."
        tell_about(step, [step.buddy_id], "A visitor will sit beside you", [_when(step), words], message, now)


def _until(step: Row, now: datetime) -> str:
    if step.decline_by is None or step.decline_by <= now:
        return ""
    return f"If it does not suit you: until {moment_at(step.decline_by, step.zone)} it costs one tap to say no."


def _was(step: Row) -> str:
    """What a shift was before it was moved, and why."""
    if step.kind is not SeatStepKind.SLOT_MOVED:
        return ""
    moved = SlotChange.slot_id == step.number, SlotChange.before.contains('"starts_at"'), SlotChange.at <= step.at
    query = select(SlotChange.before, SlotChange.reason).where(*moved).order_by(SlotChange.id.desc()).limit(1)
    change = db.session.execute(query).one_or_none()
    if change is None:
        return ""
    before = datetime.fromisoformat(json.loads(change.before)["starts_at"])
    return " ".join((f"It was to begin on {moment_at(before, step.zone)}.", change.reason)).strip()


def _lost_it(step: Row, message: Claimed, now: datetime) -> None:
    """A seat that is gone, so that it leaves the calendar as well. Who only waited hears of what others decided."""
    if step.state is SeatState.BOOKED or step.starts_at <= now:
        return
    had = had_a_seat(step.sign_up_id)
    if had or step.kind not in OWN_DOING:
        title = f"{step.by} takes your seat" if step.kind is SeatStepKind.STOOD_IN else LOST_IT.get(step.kind)
        words = "" if step.kind in OWN_DOING else step.words
        lines = [_when(step), words, f"It was called off in your calendar too. {CALENDAR}" if had else ""]
        title = title or "You have given up a seat"
        tell_about(step, [step.person_id], title, lines, message, now, calendar=had)
    expected = Reminder.sign_up_id == step.sign_up_id, Reminder.kind == Kind.COMING.value
    cancelled = step.kind is SeatStepKind.SLOT_CANCELLED  # of which the host hears by itself
    if step.buddy_id is not None and not cancelled and db.session.scalar(select(Reminder.id).where(*expected)):
        tell_about(step, [step.buddy_id], f"{step.person} does not come after all", [_when(step)], message, now)


def _looks(step: Row, message: Claimed, now: datetime) -> None:
    """Executives of the site who have time then. No name: the page shows what they may know."""
    if step.by_id is None:
        _has_it(step, message, now)
    elif step.state is SeatState.BOOKED and step.looking_since is not None and step.starts_at > now:
        lines = [_when(step), "You can take the seat in one tap."]
        tell_about(step, _could_stand_in(step), "Somebody looks for a stand-in", lines, message, now)


def _when(step: Row) -> str:
    return f"{title_of(step)}: {at_length(step.starts_at, step.ends_at, step.zone)}."


def _could_stand_in(step: Row) -> Sequence[int]:
    busy = select(SignUp.person_id).where(
        SignUp.state == SeatState.BOOKED, SignUp.starts_at < step.ends_at, SignUp.ends_at > step.starts_at
    )
    query = (
        select(Grant.person_id)
        .join(Place, Place.id == Grant.place_id)
        .where(Grant.role == Role.EXECUTIVE, Grant.revoked_at.is_(None))
        .where(literal(step.path).startswith(Place.path), Grant.person_id.not_in(busy))
        .distinct()
        .limit(AT_ONCE_MAX)
    )
    return db.session.scalars(query).all()


SEATS: dict[SeatStepKind, Callable[[Row, Claimed, datetime], None]] = {
    SeatStepKind.BOOKED: _has_it, SeatStepKind.PROMOTED: _has_it, SeatStepKind.TOOK_OVER: _has_it,
    SeatStepKind.SLOT_MOVED: _has_it, SeatStepKind.GAVE_UP: _lost_it, SeatStepKind.DECLINED_PROMOTION: _lost_it,
    SeatStepKind.TAKEN_OUT: _lost_it, SeatStepKind.SLOT_CANCELLED: _lost_it, SeatStepKind.STOOD_IN: _lost_it,
    SeatStepKind.LOOKING: _looks,
}  # fmt: skip
HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {SEAT: tell_seat}
