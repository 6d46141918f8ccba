"""Patterns: which days they mean, through the nights in which clocks change, and that nothing is made twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError
from portal.frontline import patterns, seats, slots
from portal.frontline.models import Pattern, SignUp, Slot
from portal.frontline.pattern_rules import NewPattern, PatternRefusal, days_of, may_go_on, pattern_refusal, slot_on
from portal.frontline.pattern_shown import days_words
from portal.frontline.slot_rules import SlotRefusal, times_of
from portal.frontline.words import SeatState
from portal.outbox.models import Message
from tests.factories import NOON, Cast
from tests.frontline.publishing import DAY, TODAY, changed, new_pattern, viewer
from tests.ledger.racing import race

NIGHT = NewPattern(site_id=1, weekdays=frozenset({6}), starts=time(1, 30), minutes=60, first_day=date(2026, 3, 22),
                   last_day=date(2026, 4, 5), queue="Faults", language="English")  # fmt: skip


def made(cast: Cast, **over: object) -> Pattern:
    with writing():
        pattern = patterns.make(viewer(cast.lea), new_pattern(cast, briefing_needed=False, **over), now=NOON)
    return db.session.get_one(Pattern, pattern.id)


def of(pattern: Pattern) -> list[Slot]:
    return list(db.session.scalars(select(Slot).where(Slot.pattern_id == pattern.id).order_by(Slot.pattern_day)))


def generated(pattern: Pattern, *, now: datetime = NOON) -> int:
    with writing():
        return patterns.generate(pattern.id, now=now)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", 6, ["01:30", "01:30", "00:30"]),  # 29 March: skipped, so an hour and a half after midnight
        ("Africa/Johannesburg", 6, ["23:30", "23:30", "23:30"]),
        ("Asia/Manila", 6, ["17:30", "17:30", "17:30"]),
        ("Australia/Lord_Howe", 6, ["14:30", "14:30", "14:30"]),  # 5 April: the first of two, half an hour apart
    ],
)
def test_a_pattern_keeps_its_wall_time_through_the_night_in_which_clocks_change(
    zone: str, day: int, hours: list[str]
) -> None:
    starts = [times_of(slot_on(NIGHT, one), zone)[0] for one in days_of(NIGHT)]

    assert [f"{moment:%H:%M}" for moment in starts] == hours


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 181), st.integers(1, 127))
def test_the_days_of_a_pattern_are_its_weekdays_between_its_days(first: date, ahead: int, chosen: int) -> None:
    weekdays = frozenset(day for day in range(7) if chosen >> day & 1)
    pattern = replace(NIGHT, weekdays=weekdays, first_day=first, last_day=first + timedelta(days=ahead))

    every = [first + timedelta(days=n) for n in range(ahead + 1)]
    assert list(days_of(pattern)) == [day for day in every if day.weekday() in weekdays]


@pytest.mark.parametrize(
    ("over", "refused"),
    [
        ({}, None),
        ({"weekdays": frozenset()}, PatternRefusal.NO_WEEKDAY),
        ({"weekdays": frozenset({7})}, PatternRefusal.NO_WEEKDAY),
        ({"last_day": TODAY - DAY}, PatternRefusal.ENDS_BEFORE),
        ({"last_day": TODAY + timedelta(weeks=26) - DAY}, None),
        ({"last_day": TODAY + timedelta(weeks=26)}, PatternRefusal.TOO_LONG),
        ({"last_day": date(9999, 12, 31)}, PatternRefusal.TOO_LONG),
        ({"first_day": date(2027, 4, 6), "last_day": date(2027, 4, 30)}, None),
        ({"first_day": date(2027, 4, 7), "last_day": date(2027, 4, 30)}, PatternRefusal.TOO_FAR),
        ({"first_day": date(1, 1, 1), "last_day": date(1, 2, 1)}, PatternRefusal.NOTHING_TO_COME),
        ({"last_day": TODAY, "weekdays": frozenset({0})}, PatternRefusal.NOTHING_TO_COME),  # at ten, and it is noon
        ({"minutes": 0}, SlotRefusal.LENGTH),
    ],
)
def test_which_patterns_are_kept(over: dict, refused: PatternRefusal | SlotRefusal | None) -> None:
    usual = {"site_id": 1, "weekdays": frozenset({1}), "starts": time(10), "minutes": 120, "first_day": TODAY,
             "last_day": TODAY + timedelta(weeks=8), "queue": "Billing", "language": "English"}  # fmt: skip

    assert pattern_refusal(NewPattern(**usual | over), "Europe/London", now=NOON) is refused


def test_a_pattern_publishes_its_slots_and_asks_its_buddy_once(context: Flask, cast: Cast) -> None:
    pattern = made(cast, buddy_id=cast.asha)

    assert [slot.starts_at.astimezone(UTC).hour for slot in of(pattern)] == [10] * 4 + [9] * 4  # summer from 29 March
    assert {slot.pattern_day.weekday() for slot in of(pattern) if slot.pattern_day} == {1}
    assert len(db.session.scalars(select(Message).where(Message.topic == "frontline.buddy_asked")).all()) == 1
    assert days_words(pattern) == "Every Tuesday at 10:00, for 2 hours, from 2 March to 26 April 2026"


def test_made_again_it_touches_no_slot_and_no_sign_up(context: Flask, cast: Cast) -> None:
    pattern = made(cast)
    moved, cancelled, taken, *_ = of(pattern)
    changed(cast, moved, day=TODAY + 3 * DAY, queue="Faults")
    with writing():
        slots.cancel(viewer(cast.lea), cancelled, "Training.", now=NOON)
        seat = seats.book(viewer(cast.vic), taken.id, now=NOON)
        numbers = [slot.id for slot in of(pattern)]
    before = [
        (slot.id, slot.starts_at, slot.version, slot.taken, slot.cancelled_at, slot.queue) for slot in of(pattern)
    ]

    assert generated(pattern) == 0

    now_are = [
        (slot.id, slot.starts_at, slot.version, slot.taken, slot.cancelled_at, slot.queue) for slot in of(pattern)
    ]
    assert now_are == before and [slot.id for slot in of(pattern)] == numbers
    assert db.session.get_one(SignUp, seat.id).state is SeatState.BOOKED


def test_what_is_missing_is_made_and_what_is_past_is_not(context: Flask, cast: Cast) -> None:
    pattern = made(cast, last_day=TODAY + 15 * DAY)
    with writing():
        db.session.get_one(Pattern, pattern.id).weekdays = "13"

    assert len(of(pattern)) == 3
    assert generated(pattern, now=NOON + 5 * DAY) == 1  # the Thursday of this week is over, the next one is to come
    assert [slot.pattern_day.isoformat() for slot in of(pattern) if slot.pattern_day] == [
        "2026-03-03", "2026-03-10", "2026-03-12", "2026-03-17"
    ]  # fmt: skip


def test_two_who_make_it_again_at_once_make_each_slot_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pattern = made(cast)
        with writing():
            db.session.get_one(Pattern, pattern.id).weekdays = "1234"
        number = pattern.id
        db.session.remove()

    counts = race(app, 4, lambda _: patterns.generate(number, now=NOON))

    with app.app_context():
        days = [slot.pattern_day for slot in of(db.session.get_one(Pattern, number))]
        db.session.remove()
    assert sorted(counts, key=str) == [0, 0, 0, 24] and len(days) == len(set(days)) == 32


def test_a_pattern_goes_on_for_four_weeks_until_it_is_ended(context: Flask, cast: Cast) -> None:
    pattern = made(cast)
    with writing():
        assert patterns.go_on(viewer(cast.lea), pattern, now=NOON) == 4
    with writing():
        patterns.end(viewer(cast.lea), pattern, now=NOON)

    assert (pattern.last_day, len(of(pattern))) == (date(2026, 5, 24), 12)
    for verb in (patterns.go_on, patterns.again):
        with pytest.raises(DomainError) as refusal, writing():
            verb(viewer(cast.lea), pattern, now=NOON)
        assert refusal.value.code == "pattern_ended"
    with pytest.raises(DomainError) as refusal:
        generated(pattern)
    assert refusal.value.code == "pattern_ended"


@pytest.mark.parametrize(
    ("last_day", "more"), [(TODAY + timedelta(weeks=22) - DAY, True), (TODAY + timedelta(weeks=22), False)]
)
def test_a_pattern_never_reaches_further_than_26_weeks_ahead(last_day: date, more: bool) -> None:
    assert may_go_on(TODAY - timedelta(weeks=40), last_day, now=NOON) is more


def test_the_pattern_of_another_site_is_nobodys_to_change(context: Flask, cast: Cast) -> None:
    pattern = made(cast)

    for verb in (patterns.again, patterns.go_on, patterns.end):
        with pytest.raises(DomainError), writing():
            verb(viewer(cast.vic), pattern, now=NOON)
    assert pattern.ended_at is None


def test_a_site_that_is_not_looked_after_and_a_buddy_from_elsewhere_are_refused(context: Flask, cast: Cast) -> None:
    for over, code in (
        ({"site_id": cast.places["Belfast"]}, "unknown_site"),
        ({"buddy_id": cast.sam}, "unknown_buddy"),
    ):
        with pytest.raises(DomainError) as refusal:
            made(cast, **over)
        assert refusal.value.code == code
