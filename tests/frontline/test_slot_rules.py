"""When a slot is by the clock on the wall, through the nights in which clocks change; what may be published."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.frontline.slot_rules import (
    Length,
    NewSlot,
    SlotRefusal,
    comes,
    comes_twice,
    length_of,
    opens_of,
    reason_refusal,
    slot_refusal,
    times_of,
    utc_of,
)
from portal.frontline.slot_shown import hours_words

LONDON, DURBAN, MANILA = "Europe/London", "Africa/Johannesburg", "Asia/Manila"
LORD_HOWE, KOLKATA, ST_JOHNS = "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)  # in London
HOWE_BACK, HOWE_FORWARD = date(2026, 4, 5), date(2026, 10, 4)  # by half an hour, at two


def slot(day: date, starts: time, minutes: int, *, later: bool = False) -> NewSlot:
    return NewSlot(site_id=1, day=day, starts=starts, minutes=minutes, queue="Faults", language="English", later=later)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "utc"),
    [
        (date(2026, 1, 12), "10:00", LONDON, "10:00"),
        (date(2026, 7, 6), "10:00", LONDON, "09:00"),
        (date(2026, 7, 6), "10:00", DURBAN, "08:00"),
        (date(2026, 7, 6), "10:00", MANILA, "02:00"),
        (date(2026, 7, 6), "10:00", KOLKATA, "04:30"),
        (FORWARD, "00:59", LONDON, "00:59"),
        (FORWARD, "01:30", LONDON, "01:30"),  # skipped: half an hour after one, which is half past two by then
        (FORWARD, "02:00", LONDON, "01:00"),
        (FORWARD, "01:30", DURBAN, "23:30"),  # nothing changes there that night, nor ever
        (FORWARD, "01:30", MANILA, "17:30"),
        (BACK, "01:30", LONDON, "00:30"),  # the first of two
        (BACK, "02:00", LONDON, "02:00"),
        (HOWE_BACK, "01:45", LORD_HOWE, "14:45"),
        (HOWE_BACK, "02:00", LORD_HOWE, "15:30"),
        (HOWE_FORWARD, "02:15", LORD_HOWE, "15:45"),  # skipped
        (HOWE_FORWARD, "02:30", LORD_HOWE, "15:30"),
    ],
)
def test_a_wall_time_is_one_moment(day: date, wall: str, zone: str, utc: str) -> None:
    assert f"{utc_of(day, time.fromisoformat(wall), zone):%H:%M}" == utc


@pytest.mark.parametrize(
    ("day", "wall", "zone", "apart"),
    [(BACK, "01:00", LONDON, 60), (BACK, "01:59", LONDON, 60), (HOWE_BACK, "01:30", LORD_HOWE, 30),
     (HOWE_BACK, "01:59", LORD_HOWE, 30), (date(2026, 11, 1), "01:15", ST_JOHNS, 60)],
)  # fmt: skip
def test_a_time_that_comes_twice_can_be_the_second_one(day: date, wall: str, zone: str, apart: int) -> None:
    at = time.fromisoformat(wall)

    assert comes_twice(day, at, zone) and comes(day, at, zone)
    assert utc_of(day, at, zone, later=True) - utc_of(day, at, zone) == timedelta(minutes=apart)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "there"),
    [(FORWARD, "00:59", LONDON, True), (FORWARD, "01:00", LONDON, False), (FORWARD, "01:59", LONDON, False),
     (FORWARD, "02:00", LONDON, True), (FORWARD, "01:30", DURBAN, True), (FORWARD, "01:30", MANILA, True),
     (HOWE_FORWARD, "01:59", LORD_HOWE, True), (HOWE_FORWARD, "02:00", LORD_HOWE, False),
     (HOWE_FORWARD, "02:29", LORD_HOWE, False), (HOWE_FORWARD, "02:30", LORD_HOWE, True)],
)  # fmt: skip
def test_a_time_that_the_clocks_skip_does_not_come(day: date, wall: str, zone: str, there: bool) -> None:
    at = time.fromisoformat(wall)

    assert comes(day, at, zone) is there
    assert utc_of(day, at, zone, later=True) == utc_of(day, at, zone)


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.times(),
    st.sampled_from([LONDON, DURBAN, MANILA, LORD_HOWE, ST_JOHNS, KOLKATA]), st.booleans(),
)  # fmt: skip
def test_what_the_wall_shows_at_that_moment_is_the_time_unless_it_is_skipped(
    day: date, wall: time, zone: str, later: bool
) -> None:
    shown = utc_of(day, wall, zone, later=later).astimezone(ZoneInfo(zone))

    assert (shown.date(), shown.time()) == (day, wall) or not comes(day, wall, zone)


def test_the_minutes_of_a_shift_are_those_that_pass() -> None:
    night = slot(BACK, time(0, 30), 120)

    starts_at, ends_at = times_of(night, LONDON)

    assert ends_at - starts_at == timedelta(minutes=120)
    assert hours_words(starts_at, ends_at, LONDON) == "00:30 (UTC+1) to 01:30 (UTC+0)"
    assert hours_words(starts_at, ends_at, DURBAN) == "01:30 to 03:30"


def test_a_shift_within_the_repeated_hour_is_told_with_its_offset() -> None:
    first, second = (times_of(slot(BACK, time(1), 30, later=one), LONDON) for one in (False, True))

    assert hours_words(*first, LONDON) == "01:00 (UTC+1) to 01:30 (UTC+1)"
    assert hours_words(*second, LONDON) == "01:00 (UTC+0) to 01:30 (UTC+0)"
    assert hours_words(*times_of(slot(HOWE_BACK, time(1, 30), 15), LORD_HOWE), LORD_HOWE) == (
        "01:30 (UTC+11) to 01:45 (UTC+11)"
    )
    assert hours_words(NOW, NOW + timedelta(hours=1), KOLKATA) == "17:30 to 18:30"


TOMORROW = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("over", "refused"),
    [
        ({}, None),
        ({"queue": " "}, SlotRefusal.QUEUE),
        ({"queue": "q" * 81}, SlotRefusal.QUEUE),
        ({"language": ""}, SlotRefusal.LANGUAGE),
        ({"note": "n" * 301}, SlotRefusal.NOTE),
        ({"minutes": 14}, SlotRefusal.LENGTH),
        ({"minutes": 15}, None),
        ({"minutes": 720}, None),
        ({"minutes": 721}, SlotRefusal.LENGTH),
        ({"seats": 0}, SlotRefusal.SEATS),
        ({"seats": 50}, None),
        ({"seats": 51}, SlotRefusal.SEATS),
        ({"day": NOW.date(), "starts": time(12)}, SlotRefusal.PAST),
        ({"day": NOW.date(), "starts": time(12, 1)}, None),
        ({"day": date(1, 1, 1)}, SlotRefusal.PAST),
        ({"day": date(9999, 12, 31)}, SlotRefusal.TOO_FAR),
        ({"day": date(2027, 4, 6), "starts": time(13)}, None),
        ({"day": date(2027, 4, 6), "starts": time(13, 1)}, SlotRefusal.TOO_FAR),
        ({"day": FORWARD, "starts": time(1, 30)}, SlotRefusal.NO_SUCH_TIME),
        ({"opens_at": datetime(2026, 3, 3, 10, tzinfo=UTC)}, SlotRefusal.OPENS_LATE),
        ({"opens_at": datetime(2026, 3, 3, 9, 59, tzinfo=UTC)}, None),
    ],
)
def test_what_may_be_published(over: dict, refused: SlotRefusal | None) -> None:
    sent = replace(slot(TOMORROW, time(10), 60), **over)

    assert slot_refusal(sent, LONDON, now=NOW) is refused


@pytest.mark.parametrize(
    ("minutes", "length"),
    [(15, Length.HALF_HOUR), (45, Length.HALF_HOUR), (46, Length.HOUR), (239, Length.HOUR), (240, Length.DAY)],
)
def test_a_shift_is_half_an_hour_an_hour_or_a_day(minutes: int, length: Length) -> None:
    assert length_of(minutes) is length


@pytest.mark.parametrize(
    ("reason", "fits"), [("", False), ("  ", False), ("x", True), ("x" * 400, True), ("x" * 401, False)]
)
def test_a_reason_is_said_in_a_few_words(reason: str, fits: bool) -> None:
    assert (reason_refusal(reason) is None) is fits


def test_sign_up_opens_with_a_day_at_the_site() -> None:
    assert opens_of(None, MANILA) is None
    assert opens_of(date(1, 1, 1), MANILA) is None
    assert opens_of(TOMORROW, MANILA) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert opens_of(date(9999, 12, 31), MANILA) is not None
