"""What the pages of shifts and the interface show: slots as lines, seats beside them, who comes. One statement each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, extract, func, literal, select, true, tuple_, union_all
from sqlalchemy.orm import aliased

from portal.db import db, is_postgres
from portal.errors import Missing
from portal.frontline.models import Briefing, SeatStep, SignUp, Slot
from portal.frontline.sign_up_queries import (
    HELD,
    booked_spans,
    day_of,
    facts_of,
    seat_facts,
    takeable_by,
    visible_to,
)
from portal.frontline.signup_policy import TAKERS
from portal.frontline.signup_rules import SeatFacts, SignUpState, Span, signup_refusal, signup_state
from portal.frontline.slot_queries import has_a_site
from portal.frontline.slot_rules import MINUTES, Length, length_of
from portal.frontline.words import BuddyState, Busy, Channel, SeatState
from portal.keys import KEY_MAX
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.web.paging import Wide, cut, decode_cursor, from_micros, to_micros

SHOWN_BEFORE = timedelta(hours=24)  # at the site, everybody sees who comes
INSTEAD, LOOKED_THROUGH = 3, 60
LONGEST = timedelta(minutes=MINUTES.stop)
_MINE, _QUEUE, _BUDDY = aliased(SignUp), aliased(SignUp), aliased(Person)


@dataclass(frozen=True)
class ShiftsWanted:
    """What a list of shifts is narrowed by."""

    length: Length | None = None
    site: int | None = None
    language: str = ""
    channel: Channel | None = None


@dataclass(frozen=True)
class ShiftLine:
    """A slot as somebody sees it. buddy: who agreed to sit beside; waiting: how many wait; mine: their own row.

    state: None for somebody who takes no seats there; refusal: why they get neither a seat nor a place to wait.
    """

    id: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    site_id: int
    site: str
    path: str
    queue: str
    language: str
    channel: Channel
    busy: Busy
    seats: int
    taken: int
    waiting: int
    buddy_id: int | None
    buddy: str | None
    briefing_needed: bool
    opens_at: datetime | None
    note: str
    cancel_reason: str
    mine: SeatFacts | None
    looking: bool
    place: int | None  # in the order of the waiting list, from 1
    state: SignUpState | None
    refusal: SignUpState | None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return round((self.ends_at - self.starts_at) / timedelta(minutes=1))

    @property
    def yours(self) -> SeatState | None:
        """Booked or waiting, or None."""
        return self.mine.state if self.mine and self.mine.state in HELD else None


@dataclass(frozen=True)
class Attending:
    """Somebody with a seat, or who waits for one."""

    slot: int
    person_id: int
    name: str
    state: SeatState
    looking: bool


@dataclass(frozen=True)
class Beside:
    """What stands beside a list. own: seats of the viewer; looking: those that somebody else could take over; coming:
    who is at the viewer's site within 24 hours. publishes: there is a site that the viewer looks after."""

    own: Sequence[Row]
    looking: Sequence[Row]
    coming: Sequence[Row]
    publishes: bool

    @property
    def spans(self) -> list[Span]:
        """When the viewer has seats."""
        return [Span(row.starts_at, row.ends_at) for row in self.own if row.state is SeatState.BOOKED]


def shifts_page(
    viewer: Viewer, wanted: ShiftsWanted, *, now: datetime, limit: int, cursor: str | None = None,
    beside: Beside | None = None, takeable: bool = False,
) -> tuple[list[ShiftLine], str | None]:  # fmt: skip
    """Slots that are not over nor cancelled, the next first, and the next cursor. One statement, and one for the
    viewer's own seats unless they are given (`beside`). takeable: only those that the viewer might take.

    Raises Invalid `bad_cursor`.
    """
    query = _lines(viewer, now).where(*_coming(now), *_narrowed(wanted))
    query = query.where(takeable_by(viewer) if takeable else visible_to(viewer))
    if after := decode_cursor(cursor, Wide, int):
        query = query.where(tuple_(Slot.starts_at, Slot.id) > (from_micros(after[0]), after[1]))
    rows = db.session.execute(query.order_by(Slot.starts_at, Slot.id).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (to_micros(row.starts_at), row.id))
    spans = beside.spans if beside else booked_spans(viewer.id, after=now)
    return [_line(viewer, row, spans, now) for row in page], following


def shift_for(viewer: Viewer, number: int, *, now: datetime) -> ShiftLine:
    """One slot as the viewer sees it, cancelled or over as well; two statements. Raises Missing."""
    query = _lines(viewer, now).where(Slot.id == number, visible_to(viewer))
    row = db.session.execute(query).one_or_none() if 0 < number <= KEY_MAX else None
    if row is None:
        raise Missing("shift")
    return _line(viewer, row, booked_spans(viewer.id, after=row.starts_at, but=number), now)


def instead_of(viewer: Viewer, line: ShiftLine, *, now: datetime) -> list[ShiftLine]:
    """The next slots with a seat for whoever has given one up, those of the same length first."""
    found, _ = shifts_page(viewer, ShiftsWanted(), now=now, limit=LOOKED_THROUGH, takeable=True)
    free = [one for one in found if one.state is SignUpState.FREE and one.id != line.id]
    return sorted(free, key=lambda one: length_of(one.minutes) is not length_of(line.minutes))[:INSTEAD]


def beside_the_list(viewer: Viewer, *, now: datetime) -> Beside:
    """What stands beside a list; one statement."""
    running = SignUp.ends_at > now, Slot.cancelled_at.is_(None)
    parts = [_seats("own").where(SignUp.person_id == viewer.id, SignUp.state.in_(HELD), *running)]
    if viewer.holds(*TAKERS):
        looks = SignUp.looking_since.is_not(None), SignUp.starts_at > now, SignUp.state == SeatState.BOOKED
        parts.append(_seats("looking").where(*looks, SignUp.person_id != viewer.id, takeable_by(viewer), *running))
    if viewer.site_id is not None:
        soon = Slot.site_id == viewer.site_id, Slot.starts_at <= now + SHOWN_BEFORE, Slot.starts_at > now - LONGEST
        parts.append(_seats("coming").where(*soon, SignUp.state == SeatState.BOOKED, *running))
    every, site = union_all(*parts).subquery(), select(has_a_site(viewer).label("publishes")).subquery()
    query = select(site.c.publishes, every).select_from(site.outerjoin(every, true()))
    rows = db.session.execute(query.order_by(every.c.starts_at, every.c.slot, every.c.name)).all()
    own, looking, coming = ([row for row in rows if row.why == why] for why in ("own", "looking", "coming"))
    return Beside(own, looking, coming, rows[0].publishes)


def attending(number: int) -> list[Attending]:
    """Everybody with a seat in a slot, then who waits, in order. The caller has asked `names_shown`."""
    query = select(SignUp.slot_id, SignUp.person_id, Person.name, SignUp.state, SignUp.looking_since.is_not(None))
    query = query.join(Person, Person.id == SignUp.person_id).where(SignUp.slot_id == number, SignUp.state.in_(HELD))
    booked_first = case((SignUp.state == SeatState.BOOKED, 0), else_=1)
    return [Attending(*row) for row in db.session.execute(query.order_by(booked_first, SignUp.ticket, SignUp.id))]


def names_shown(viewer: Viewer, line: ShiftLine, *, looks_after: bool, now: datetime) -> bool:
    """Whether the viewer reads who has a seat: their fellows do, the site's managers and the buddy, and everybody at
    the site from 24 hours before."""
    here = viewer.site_id == line.site_id and now >= line.starts_at - SHOWN_BEFORE
    takes = line.state is not None or line.yours is not None
    return looks_after or takes or here or line.buddy_id == viewer.id


def choices(viewer: Viewer, *, now: datetime) -> Sequence[Row]:
    """(site_id, site, language, channel), each once, of the slots that the viewer might take; one statement."""
    query = select(Slot.site_id, Place.name.label("site"), Slot.language, Slot.channel)
    query = query.join(Place, Place.id == Slot.site_id).where(*_coming(now), takeable_by(viewer)).distinct()
    return db.session.execute(query.order_by(Place.name, Slot.language, Slot.channel)).all()


def last_step_of(viewer: Viewer, number: int) -> SeatStep | None:
    """What was done last about the viewer's own row in a slot."""
    query = select(SeatStep).join(SignUp, SignUp.id == SeatStep.sign_up_id)
    query = query.where(SignUp.slot_id == number, SignUp.person_id == viewer.id)
    return db.session.scalar(query.order_by(SeatStep.id.desc()).limit(1))


def _coming(now: datetime) -> tuple[ColumnElement[bool], ...]:
    # The start as well, for the index: no slot is longer than that.
    return Slot.starts_at > now - LONGEST, Slot.ends_at > now, Slot.cancelled_at.is_(None)


def _narrowed(wanted: ShiftsWanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.length is not None:
        asked.append(_has_length(wanted.length))
    if wanted.site is not None:
        asked.append(Slot.site_id == wanted.site)
    if wanted.language:
        asked.append(Slot.language == wanted.language)
    if wanted.channel is not None:
        asked.append(Slot.channel == wanted.channel)
    return asked


def _has_length(length: Length) -> ColumnElement[bool]:
    lengths = [minutes for minutes in MINUTES if length_of(minutes) is length]
    if is_postgres():
        minutes: ColumnElement[Any] = extract("epoch", Slot.ends_at - Slot.starts_at) / 60
    else:
        minutes = func.round((func.julianday(Slot.ends_at) - func.julianday(Slot.starts_at)) * 1440)
    return and_(minutes >= lengths[0], minutes < lengths[-1] + 1)


def _seats(why: str) -> Select:
    ahead = aliased(SignUp)
    place = select(func.count()).where(
        ahead.slot_id == SignUp.slot_id, ahead.state == SeatState.WAITING, ahead.ticket <= SignUp.ticket
    )
    return (
        select(
            literal(why).label("why"), Slot.id.label("slot"), Slot.starts_at, Slot.ends_at, Slot.zone,
            Slot.queue, Slot.language, Slot.channel, Slot.site_id, Place.name.label("site"), SignUp.person_id,
            Person.name.label("name"), SignUp.state, SignUp.looking_since, SignUp.decline_by,
            place.correlate(SignUp).scalar_subquery().label("place"),
        )
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Place, Place.id == Slot.site_id)
        .join(Person, Person.id == SignUp.person_id)
    )  # fmt: skip


def _lines(viewer: Viewer, now: datetime) -> Select:
    waits = select(func.count()).where(_QUEUE.slot_id == Slot.id, _QUEUE.state == SeatState.WAITING)
    counts = Briefing.person_id == viewer.id, Briefing.withdrawn_at.is_(None), Briefing.done_on <= now.date()
    until = select(func.max(Briefing.valid_until)).where(*counts)
    own = _MINE.slot_id == Slot.id, _MINE.person_id == viewer.id
    return (
        select(
            Slot.id, Slot.starts_at, Slot.ends_at, Slot.zone, Slot.site_id, Place.name.label("site"), Place.path,
            Slot.queue, Slot.language, Slot.channel, Slot.busy, Slot.seats, Slot.taken, Slot.buddy_id,
            Slot.buddy_state, _BUDDY.name.label("buddy"), Slot.briefing_needed, Slot.opens_at, Slot.note,
            Slot.cancelled_at, Slot.cancel_reason, waits.correlate(Slot).scalar_subquery().label("waiting"),
            until.scalar_subquery().label("briefed_until"), _MINE.id.label("own_id"), _MINE.state,
            _MINE.starts_at.label("own_starts_at"), _MINE.changed_at, _MINE.decline_by, _MINE.attendance,
            _MINE.looking_since, _ahead().label("ahead"),
        )
        .join(Place, Place.id == Slot.site_id)
        .outerjoin(_BUDDY, _BUDDY.id == Slot.buddy_id)
        .outerjoin(_MINE, and_(*own))
    )  # fmt: skip


def _ahead() -> Any:
    ahead = aliased(SignUp)
    before = ahead.slot_id == Slot.id, ahead.state == SeatState.WAITING, ahead.ticket < _MINE.ticket
    return select(func.count()).where(*before).correlate(Slot, _MINE).scalar_subquery()


def _line(viewer: Viewer, row: Row, spans: Sequence[Span], now: datetime) -> ShiftLine:
    mine = seat_facts(row) if row.own_id is not None else None
    mine = replace(mine, starts_at=row.own_starts_at) if mine else None
    state, refusal = _answer(viewer, row, mine, spans, now)
    agreed = row.buddy_state is BuddyState.AGREED
    waits = mine is not None and mine.state is SeatState.WAITING
    return ShiftLine(
        row.id, row.starts_at, row.ends_at, row.zone, row.site_id, row.site, row.path, row.queue, row.language,
        row.channel, row.busy, row.seats, row.taken, row.waiting, row.buddy_id if agreed else None,
        row.buddy if agreed else None, row.briefing_needed, row.opens_at, row.note, row.cancel_reason, mine,
        row.looking_since is not None, row.ahead + 1 if waits else None, state, refusal,
    )  # fmt: skip


def _answer(
    viewer: Viewer, row: Row, mine: SeatFacts | None, spans: Sequence[Span], now: datetime
) -> tuple[SignUpState | None, SignUpState | None]:
    if not viewer.holds(*TAKERS, at=row.path):
        return None, None
    until: date | None = row.briefed_until
    own = Span(row.starts_at, row.ends_at) if mine and mine.state is SeatState.BOOKED else None
    about: dict[str, Any] = {
        "now": now, "seat": mine.state if mine else None, "booked": [span for span in spans if span != own],
        "briefed": until is not None and until >= day_of(row),
    }  # fmt: skip
    slot = facts_of(row)
    return signup_state(slot, **about), signup_refusal(slot, **about)
