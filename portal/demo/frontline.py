"""Executives on the frontline in the demo: shifts that were, what was learned in them, and those to come."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from portal.db import db
from portal.demo import frontline_after
from portal.demo.lives import Life
from portal.demo.people import Crowd
from portal.demo.stories_frontline import PATTERN, PUBLISHERS, VISITS, WEEKS, WINDOWS, Visit, Window
from portal.frontline import attendance, briefings, buddies, patterns, seats, slots, stand_in
from portal.frontline.models import SignUp, Slot
from portal.frontline.pattern_rules import NewPattern
from portal.frontline.slot_rules import NewSlot, utc_of
from portal.frontline.words import Attendance, Busy, Channel
from portal.people.viewer import Viewer

if TYPE_CHECKING:
    from portal.demo.load import Calendar

BRIEFED_DAYS = 60
PUBLISHED_AHEAD, TAKEN_AHEAD = timedelta(days=8), timedelta(days=3)
TUESDAY_AND_THURSDAY = frozenset({1, 3})
SATURDAY = 5


@dataclass
class Floor:
    """What the happenings share."""

    crowd: Crowd
    calendar: "Calendar"
    today: datetime

    def publisher(self, site: str) -> Viewer:
        """Who publishes the shifts of a site."""
        return self.crowd.cast[PUBLISHERS[site]]

    def starts(self, site: str, days: int, hour: int) -> tuple[date, datetime]:
        """The day, moved out of a weekend away from today, and the moment at which the wall there shows the hour."""
        day = (self.today + timedelta(days=days)).date()
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1 if days > 0 else -1)
        return day, utc_of(day, time(hour), self.crowd.places[site].timezone or "UTC")


def plan_frontline(lives: Mapping[str, Life], crowd: Crowd, calendar: "Calendar", *, seed: int, now: datetime) -> None:
    """Put all of it into the calendar."""
    floor = Floor(crowd, calendar, now)
    calendar.add(now - timedelta(days=BRIEFED_DAYS), partial(_brief, floor))
    for visit in VISITS:
        _plan_visit(floor, visit, lives)
    calendar.add(now + timedelta(days=PATTERN.in_days), partial(_make_pattern, floor))
    for place, window in enumerate(WINDOWS):
        calendar.add(now - timedelta(days=6, minutes=-place), partial(_open_window, floor, window))
    frontline_after.plan(lives, crowd, calendar, rng=random.Random(f"{seed}:frontline"), now=now)


def _brief(floor: Floor, at: datetime) -> None:
    hannah, cast = floor.crowd.cast["hannah"], floor.crowd.cast
    visitors = {visit.executive for visit in VISITS} | {one for window in WINDOWS for one in window.takers}
    for key in sorted(visitors):
        if cast[key].employer_id == hannah.employer_id:
            briefings.note(hannah, cast[key].id, at.date(), today=at.date(), now=at)


def _plan_visit(floor: Floor, visit: Visit, lives: Mapping[str, Life]) -> None:
    """Published, taken, sat through, and written down."""
    day, starts_at = floor.starts(visit.site, -visit.days_ago, visit.hour)
    numbers: list[int] = []

    def publish(at: datetime) -> None:
        new = _new_slot(floor, visit, day, Channel(visit.channel), Busy.USUAL, seats=1, note="")
        numbers.append(_published(floor, visit.site, new, visit.buddy, at))

    floor.calendar.add(starts_at - PUBLISHED_AHEAD, publish)
    executive = floor.crowd.cast[visit.executive]
    floor.calendar.add(starts_at - TAKEN_AHEAD, lambda at: seats.book(executive, numbers[0], now=at))
    ends_at = starts_at + timedelta(minutes=visit.minutes)
    last = Attendance.COMPLETED if visit.stays else Attendance.ABANDONED
    for when, to in ((starts_at - timedelta(minutes=5), Attendance.ARRIVED), (ends_at, last)):
        floor.calendar.add(when, partial(_mark, floor, visit, numbers, to))
    if visit.surprises:
        at = min(ends_at + timedelta(hours=2), floor.today - timedelta(minutes=30))
        floor.calendar.add(at, partial(frontline_after.write_down, floor.crowd, floor.calendar, visit, numbers, lives))


def _mark(floor: Floor, visit: Visit, numbers: list[int], to: Attendance, at: datetime) -> None:
    """By the site; where its director visits, by whoever hosts them."""
    own = PUBLISHERS[visit.site] == visit.executive
    by = floor.crowd.cast[visit.buddy] if own else floor.publisher(visit.site)
    seat = db.session.query(SignUp).populate_existing().filter_by(slot_id=numbers[0]).one()
    attendance.mark(by, seat, to, now=at)


def _make_pattern(floor: Floor, at: datetime) -> None:
    window, first = PATTERN, at.date()
    new = NewPattern(
        site_id=floor.crowd.places[window.site].id, weekdays=TUESDAY_AND_THURSDAY, starts=time(window.hour),
        minutes=window.minutes, first_day=first, last_day=first + timedelta(weeks=WEEKS, days=-1), queue=window.queue,
        language="English", seats=window.seats, buddy_id=floor.crowd.cast[window.buddy].id,
    )  # fmt: skip
    made = patterns.make(floor.publisher(window.site), new, now=at)
    buddies.answer_all(floor.crowd.cast[window.buddy], made.id, True, now=at + timedelta(hours=1))


def _open_window(floor: Floor, window: Window, at: datetime) -> None:
    """A slot to come, whoever has taken it, and what has happened to it since."""
    day, _ = floor.starts(window.site, window.in_days, window.hour)
    new = _new_slot(floor, window, day, Channel(window.channel), Busy(window.busy), window.seats, window.note)
    number = _published(floor, window.site, new, window.buddy, at)
    for place, key in enumerate(window.takers, 1):
        seats.book(floor.crowd.cast[key], number, now=at + timedelta(hours=place))
    if window.stand_in:
        stand_in.ask(floor.crowd.cast[window.stand_in], number, now=at + timedelta(days=2))
    if window.cancelled:
        slot = db.session.get_one(Slot, number, populate_existing=True)
        slots.cancel(floor.publisher(window.site), slot, window.cancelled, now=at + timedelta(days=3))


def _new_slot(
    floor: Floor, of: Visit | Window, day: date, channel: Channel, busy: Busy, seats: int, note: str
) -> NewSlot:
    place = floor.crowd.places[of.site]
    # A briefing of the organisation does not count for a partner's own directors.
    needed = place.employer_id == floor.crowd.places["harbour"].id
    return NewSlot(
        site_id=place.id, day=day, starts=time(of.hour), minutes=of.minutes, queue=of.queue, language="English",
        channel=channel, busy=busy, seats=seats, buddy_id=floor.crowd.cast[of.buddy].id if of.buddy else None,
        briefing_needed=needed, note=note,
    )  # fmt: skip


def _published(floor: Floor, site: str, new: NewSlot, buddy: str, at: datetime) -> int:
    """The number of a slot that its buddy has agreed to."""
    slot = slots.publish(floor.publisher(site), new, now=at)
    if buddy:
        buddies.answer(floor.crowd.cast[buddy], slot, True, now=at + timedelta(minutes=40))
    return slot.id
