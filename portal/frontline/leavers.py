"""Somebody leaves: their seats, the visitors they expect, and their turns to speak for a place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, update

from portal.db import db
from portal.frontline import buddies, representative_queries, representative_turns, representatives, seats, slot_changes
from portal.frontline.models import Pattern, SignUp, Slot
from portal.frontline.representative_models import Turn
from portal.frontline.sign_up_queries import HELD
from portal.frontline.words import BuddyState
from portal.outbox import service as outbox
from portal.people.models import Place
from portal.web.dates import local_day

HOSTS = (BuddyState.ASKED, BuddyState.AGREED)


class Duty(StrEnum):
    """What kind of thing somebody has on the frontline."""

    SEAT = "shift_seat"
    HOSTING = "shift_hosting"
    TURN = "representative_turn"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            "shift_seat": "Seat in a shift, goes to whoever waits for it",
            "shift_hosting": "A visitor whom they expect, the site asks somebody else",
            "representative_turn": "Turn to speak for a place, goes to the next one",
        }[self.value]


@dataclass(frozen=True)
class ToCome:
    """One of them. number: of the shift or the turn; site_id: of the shift, None for turns, which everybody reads."""

    kind: Duty
    number: int
    title: str
    on: date
    path: str
    site_id: int | None


def to_come(person_id: int, *, now: datetime) -> list[ToCome]:
    """What somebody has from now on, shifts by their time first. Three statements, and one for the day."""
    held = select(SignUp.slot_id).where(SignUp.person_id == person_id, SignUp.state.in_(HELD), SignUp.starts_at > now)
    columns = select(Slot.id, Slot.queue, Slot.starts_at, Slot.zone, Slot.site_id, Place.name.label("site"))
    shifts = columns.join(Place, Place.id == Slot.site_id).order_by(Slot.starts_at, Slot.id)
    found = []
    for kind, which in ((Duty.SEAT, Slot.id.in_(held)), (Duty.HOSTING, _hosted([person_id], now))):
        for row in db.session.execute(shifts.where(which)):
            day = local_day(row.starts_at, row.zone)
            found.append(ToCome(kind, row.id, f"{row.queue}, {row.site}", day, f"/shifts/{row.id}", row.site_id))
    turns = representative_queries.turns_of_person(person_id, representative_turns.today_of(now))
    return found + [
        ToCome(Duty.TURN, turn.number, turn.place, turn.ends_on, f"/representatives/{turn.rotation}", None)
        for turn in turns
    ]


def having(person_ids: Iterable[int], *, now: datetime) -> list[int]:
    """Those of the people who have anything to come. Four statements, however many people."""
    wanted = list(person_ids)
    today = representative_turns.today_of(now)
    seated = select(SignUp.person_id).where(
        SignUp.person_id.in_(wanted), SignUp.state.in_(HELD), SignUp.starts_at > now
    )
    turns = select(Turn.person_id).where(
        Turn.person_id.in_(wanted), representative_queries.STANDS, Turn.ends_on >= today
    )
    parts = (seated, select(Slot.buddy_id).where(_hosted(wanted, now)), turns,
             select(Pattern.buddy_id).where(*_patterns_of(wanted)))  # fmt: skip
    found = {one for part in parts for one in db.session.scalars(part)}
    return [one for one in wanted if one in found]


def let_go(person_id: int, *, by_id: int | None, now: datetime) -> int:
    """Seats go to whoever waits, sites hear that they need somebody else to host, turns go to the next ones.

    Returns how many there were; a second run finds nothing.
    """
    gone = seats.release_person(person_id, by_id=by_id or person_id, now=now)
    return gone + _host_no_more(person_id, by_id=by_id or person_id, now=now) + representatives.release(
        person_id, now=now
    )  # fmt: skip


def _host_no_more(person_id: int, *, by_id: int, now: datetime) -> int:
    """As if they had said no to each. A pattern names nobody from then on."""
    hosted = select(Slot).where(_hosted([person_id], now)).order_by(Slot.id).with_for_update()
    found = db.session.scalars(hosted.execution_options(populate_existing=True)).all()
    for slot in found:
        slot.buddy_state, slot.buddy_answered_at = BuddyState.DECLINED, now
        slot_changes.write_down(slot, {}, {buddies.ANSWER: BuddyState.DECLINED.value}, by_id=by_id, now=now)
        outbox.emit(buddies.ANSWERED, {"slot": slot.id}, now=now)
    db.session.execute(update(Pattern).where(*_patterns_of([person_id])).values(buddy_id=None))
    db.session.flush()
    return len(found)


def _hosted(person_ids: list[int], now: datetime) -> ColumnElement[bool]:
    hosts = Slot.buddy_id.in_(person_ids) & Slot.buddy_state.in_(HOSTS)
    return hosts & Slot.cancelled_at.is_(None) & (Slot.starts_at > now)


def _patterns_of(person_ids: list[int]) -> tuple[ColumnElement[bool], ...]:
    return Pattern.buddy_id.in_(person_ids), Pattern.ended_at.is_(None)
