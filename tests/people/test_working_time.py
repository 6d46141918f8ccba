"""Working days against cases made by hand, and what must hold for any calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people.working_time import WorkingCalendar

WEEK = frozenset(range(5))
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})  # Good Friday and Easter Monday
YEAR_END = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})  # 28: in lieu of a Saturday
LONDON = WorkingCalendar("Europe/London", WEEK, time(9), time(17), EASTER | YEAR_END)
MANILA = WorkingCalendar("Asia/Manila", frozenset({0, 1, 2, 3, 4, 5}), time(8), time(20))
ROUND_THE_CLOCK = WorkingCalendar("Europe/London", frozenset(range(7)), time(0), time(0))
NIGHTS = WorkingCalendar("Europe/Berlin", frozenset(range(7)), time(1), time(5))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CASES = (
    ("a Monday's noon and five days", LONDON, "2026-03-02T12:00", 5, "2026-03-09T12:00"),
    ("half a day from noon is the next morning's hour", LONDON, "2026-03-02T13:00", 0.75, "2026-03-03T11:00"),
    ("to the end of the day, not the next morning", LONDON, "2026-03-02T09:00", 1, "2026-03-02T17:00"),
    ("before the day begins", LONDON, "2026-03-02T03:00", 1, "2026-03-02T17:00"),
    ("after it has ended", LONDON, "2026-03-02T22:00", 1, "2026-03-03T17:00"),
    ("said on a Saturday", LONDON, "2026-03-07T12:00", 10, "2026-03-20T17:00"),
    ("over the night that loses an hour", LONDON, "2026-03-27T12:00", 1, "2026-03-30T11:00"),
    ("over the night that gains one", LONDON, "2026-10-23T11:00", 1, "2026-10-26T12:00"),
    ("over Easter", LONDON, "2026-04-02T11:00", 1, "2026-04-07T11:00"),
    ("said on a holiday", LONDON, "2026-04-06T11:00", 1, "2026-04-07T16:00"),
    ("over the end of the year", LONDON, "2026-12-24T12:00", 5, "2027-01-05T12:00"),
    ("a partner far to the east, six days a week", MANILA, "2026-03-06T06:00", 2, "2026-03-09T06:00"),
    ("what is Friday noon here is Friday night there", MANILA, "2026-03-06T13:00", 1, "2026-03-07T12:00"),
    ("a day of 23 hours is one day", ROUND_THE_CLOCK, "2026-03-29T00:00", 1, "2026-03-29T23:00"),
    ("and half of it is eleven and a half hours", ROUND_THE_CLOCK, "2026-03-29T00:00", 0.5, "2026-03-29T11:30"),
    ("a day of 25 hours is one day", ROUND_THE_CLOCK, "2026-10-24T23:00", 1, "2026-10-26T00:00"),
    ("a night shift of three hours", NIGHTS, "2026-03-29T00:00", 1, "2026-03-29T03:00"),
    ("a night shift of five hours", NIGHTS, "2026-10-24T23:00", 0.5, "2026-10-25T01:30"),
    ("nothing is the moment itself", LONDON, "2026-03-07T12:00", 0, "2026-03-07T12:00"),
)


@pytest.mark.parametrize(
    ("calendar", "moment", "days", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_working_days_after_a_moment(calendar: WorkingCalendar, moment: str, days: float, expected: str) -> None:
    assert calendar.after(utc(moment), days) == utc(expected)


def test_only_working_hours_lie_between_two_moments() -> None:
    assert LONDON.days_between(utc("2026-03-27T12:00"), utc("2026-03-30T11:00")) == 1
    assert LONDON.days_between(utc("2026-12-24T17:00"), utc("2026-12-29T09:00")) == 0
    assert LONDON.days_between(utc("2026-03-02T13:00"), utc("2026-03-02T11:00")) == -0.25
    assert LONDON.days_between(utc("2026-01-01T00:00"), utc("2027-01-01T00:00")) == 261 - 4


def test_a_day_off_ends_with_the_next_working_day() -> None:
    assert LONDON.end_of(date(2026, 3, 6)) == utc("2026-03-06T17:00")
    assert LONDON.end_of(date(2026, 4, 3)) == utc("2026-04-07T16:00")
    assert LONDON.working_day_after(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert MANILA.end_of(date(2026, 3, 8)) == utc("2026-03-09T12:00")


def test_what_is_no_calendar_is_refused() -> None:
    for values in ({"weekdays": frozenset()}, {"weekdays": frozenset({7})}, {"end": time(9)}):
        with pytest.raises(ValueError, match="day"):
            WorkingCalendar(**{"zone": "UTC", "weekdays": WEEK, "start": time(9), "end": time(17)} | values)
    with pytest.raises(ValueError, match="forwards"):
        LONDON.after(utc("2026-03-02T12:00"), -1)
    with pytest.raises(ValueError, match="one"):
        LONDON.working_day_after(date(2026, 3, 2), 0)


days_off = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=60)
calendars = st.builds(
    WorkingCalendar,
    zone=st.sampled_from(("UTC", "Europe/London", "Asia/Manila", "America/St_Johns", "Australia/Lord_Howe")),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.times(time(5), time(11)),
    end=st.times(time(12), time(23, 59)),
    holidays=days_off,
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
moments = st.builds(datetime.combine, DAYS, st.times(), st.just(UTC))
lengths = st.floats(0, 60, allow_nan=False)


@given(calendars, moments, lengths)
def test_adding_and_counting_are_inverse(calendar: WorkingCalendar, moment: datetime, days: float) -> None:
    assert calendar.days_between(moment, calendar.after(moment, days)) == pytest.approx(days, abs=1e-6)


@given(calendars, moments, lengths, lengths)
def test_more_is_never_earlier(calendar: WorkingCalendar, moment: datetime, first: float, second: float) -> None:
    assert calendar.after(moment, min(first, second)) <= calendar.after(moment, max(first, second))


@given(calendars, moments, moments)
def test_counting_there_and_back_is_nothing(calendar: WorkingCalendar, first: datetime, second: datetime) -> None:
    assert calendar.days_between(first, second) == -calendar.days_between(second, first)
    assert (calendar.days_between(first, second) >= 0) or second < first


@given(calendars, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 40))
def test_working_days_are_counted_as_one_would_on_a_wall(calendar: WorkingCalendar, day: date, count: int) -> None:
    found, left = day, count
    while left:
        found += timedelta(days=1)
        left -= calendar.works_on(found)
    assert calendar.working_day_after(day, count) == found
    assert calendar.works_on(calendar.day_of(calendar.end_of(day)))
