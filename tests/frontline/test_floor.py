"""Who has been on the floor in a quarter: completed shifts alone count, nights and weekends weigh more."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from portal.db import writing
from portal.frontline import floor_queries, seats
from portal.frontline.floor_rules import Quarter, minutes_of, weighted_minutes
from portal.frontline.models import Slot
from portal.frontline.slot_rules import utc_of
from portal.frontline.words import Attendance
from portal.people.roles import Role
from tests.factories import NOON, Cast
from tests.frontline.publishing import DAY, TODAY, grant, published, viewer

LONDON = "Europe/London"
FIRST = Quarter(2026, 1)


@pytest.mark.parametrize(
    ("day", "quarter", "words"),
    [
        (date(2026, 1, 1), Quarter(2026, 1), "January to March 2026"),
        (date(2026, 3, 31), Quarter(2026, 1), "January to March 2026"),
        (date(2026, 4, 1), Quarter(2026, 2), "April to June 2026"),
        (date(2026, 12, 31), Quarter(2026, 4), "October to December 2026"),
    ],
)
def test_a_day_lies_in_one_quarter(day: date, quarter: Quarter, words: str) -> None:
    assert (Quarter.of(day), quarter.words) == (quarter, words)
    assert quarter.first_day <= day < quarter.after.first_day
    assert quarter.before.after == quarter == quarter.after.before


def test_a_quarter_begins_and_ends_at_midnight_in_its_zone() -> None:
    since, until = Quarter(2026, 2).moments(LONDON)

    assert (since, until) == (datetime(2026, 3, 31, 23, tzinfo=UTC), datetime(2026, 6, 30, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "starts", "minutes", "zone", "weighted"),
    [
        (TODAY, "10:00", 60, LONDON, 60),
        (TODAY, "21:30", 60, LONDON, 30 + 30 * 2),
        (TODAY, "22:00", 60, LONDON, 120),
        (TODAY, "05:30", 60, LONDON, 30 * 2 + 30),
        (TODAY, "05:00", 60, LONDON, 120),
        (date(2026, 3, 7), "10:00", 60, LONDON, 90),  # a Saturday
        (date(2026, 3, 6), "21:00", 720, LONDON, 60 + 8 * 60 * 2 + 3 * 60 * 1.5),  # into Saturday morning
        (date(2026, 3, 8), "23:30", 60, LONDON, 120),  # Sunday into Monday: night all the same
        (date(2026, 3, 29), "00:00", 360, LONDON, 300 * 2 + 60 * 1.5),  # six in the morning comes an hour earlier
        (date(2026, 10, 25), "00:00", 480, LONDON, 420 * 2 + 60 * 1.5),  # and an hour later
        (date(2026, 4, 5), "01:00", 360, "Australia/Lord_Howe", 330 * 2 + 30 * 1.5),
        (TODAY, "10:00", 60, "Asia/Manila", 60),
    ],
)
def test_nights_and_weekends_weigh_more(day: date, starts: str, minutes: int, zone: str, weighted: float) -> None:
    starts_at = utc_of(day, time.fromisoformat(starts), zone)
    ends_at = starts_at + timedelta(minutes=minutes)

    assert weighted_minutes(starts_at, ends_at, zone) == weighted
    assert minutes_of(starts_at, ends_at) == minutes


def been(cast: Cast, person_id: int, attendance: Attendance, **over: object) -> Slot:
    slot = published(cast, **over)
    with writing():
        seat = seats.book(viewer(person_id), slot.id, now=NOON)
        seat.attendance = attendance
    return slot


def test_only_completed_shifts_of_the_quarter_count_and_nothing_else_takes_any_away(context: Flask, cast: Cast) -> None:
    grant(cast.olu, Role.EXECUTIVE, cast.places["Harbour"])
    been(cast, cast.vic, Attendance.COMPLETED, starts=time(20), minutes=180)
    been(cast, cast.vic, Attendance.NO_SHOW, day=TODAY + 3 * DAY)
    been(cast, cast.vic, Attendance.COMPLETED, day=date(2026, 4, 1))  # of the next quarter
    for day, state in ((5, Attendance.NO_SHOW), (6, Attendance.EXCUSED), (7, Attendance.ABANDONED)):
        been(cast, cast.olu, state, day=TODAY + day * DAY)
    late = NOON + 20 * DAY

    not_yet, has = floor_queries.people_of(viewer(cast.mia), FIRST, now=late)

    assert (not_yet.name, not_yet.shifts, not_yet.minutes, not_yet.weighted) == ("Olu", 0, 0, 0)
    assert (has.name, has.shifts, has.minutes, has.weighted) == ("Vic", 1, 180, 120 + 60 * 2)
    assert has.next_at is not None and has.next_at.date() == date(2026, 4, 1) and not_yet.next_at is None
    floor = floor_queries.floor_of(FIRST, now=late)
    assert (floor.executives, floor.been) == (2, 1)
    assert floor.next is not None and (floor.next.name, floor.next.site) == ("Vic", "Leeds")
    assert floor_queries.floor_of(Quarter(2025, 4), now=late + 90 * DAY) == floor_queries.Floor(2, 0, None)


def test_a_partner_sees_its_own_executives_alone(context: Flask, cast: Cast) -> None:
    grant(cast.sam, Role.EXECUTIVE, cast.places["Brightline"])

    assert [one.name for one in floor_queries.people_of(viewer(cast.sam), FIRST, now=NOON)] == ["Sam"]
    assert [one.name for one in floor_queries.people_of(viewer(cast.vic), FIRST, now=NOON)] == ["Sam", "Vic"]
    assert floor_queries.floor_of(FIRST, now=NOON).executives == 2
