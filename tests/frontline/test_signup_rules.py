"""The one answer that a slot has for somebody: a table of every state, and what holds in any calendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.frontline.signup_rules import (
    DECLINE_WITHIN,
    GIVE_UP_UNTIL,
    PASSED_ON_UNTIL,
    GiveUpRefusal,
    SeatFacts,
    SignUpState,
    SlotFacts,
    Span,
    decline_by,
    give_up_refusal,
    late_join,
    may_undo,
    signup_refusal,
    signup_state,
    stand_in_refusal,
)
from portal.frontline.words import Attendance, SeatState

TEN = datetime(2026, 3, 3, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SLOT = SlotFacts(Span(TEN, TEN + HOUR), seats=2, taken=1)
FULL = replace(SLOT, taken=2)
S = SignUpState


@pytest.mark.parametrize(
    ("slot", "about", "state"),
    [
        (SLOT, {}, S.FREE),
        (SLOT, {"seat": SeatState.BOOKED}, S.YOURS),
        (FULL, {"seat": SeatState.WAITING}, S.YOURS),
        (SLOT, {"seat": SeatState.WAITING}, S.FREE),
        (SLOT, {"seat": SeatState.GIVEN_UP}, S.FREE),
        (SLOT, {"seat": SeatState.STOOD_IN}, S.FREE),
        (FULL, {}, S.FULL),
        (SLOT, {"booked": [Span(TEN + 59 * MINUTE, TEN + 2 * HOUR)]}, S.CLASH),
        (FULL, {"booked": [Span(TEN - HOUR, TEN + MINUTE)]}, S.CLASH),
        (SLOT, {"booked": [Span(TEN - HOUR, TEN), Span(TEN + HOUR, TEN + 2 * HOUR)]}, S.FREE),
        (replace(SLOT, opens_at=TEN - HOUR), {}, S.NOT_YET_OPEN),
        (replace(SLOT, opens_at=TEN - DAY), {}, S.FREE),
        (SLOT, {"now": TEN}, S.FREE),
        (SLOT, {"now": TEN + 10 * MINUTE - timedelta(microseconds=1)}, S.FREE),
        (SLOT, {"now": TEN + 10 * MINUTE}, S.TOO_LATE),
        (SLOT, {"now": TEN + HOUR - timedelta(microseconds=1)}, S.TOO_LATE),
        (SLOT, {"now": TEN + HOUR}, S.OVER),
        (SLOT, {"now": TEN + HOUR, "seat": SeatState.BOOKED}, S.OVER),
        (replace(SLOT, briefing_needed=True), {"briefed": False}, S.BRIEFING_MISSING),
        (replace(SLOT, briefing_needed=True), {"briefed": True}, S.FREE),
        (SLOT, {"briefed": False}, S.FREE),
        (replace(SLOT, cancelled=True), {"now": TEN + DAY}, S.CANCELLED),
    ],
)
def test_each_state_has_a_slot_and_a_moment_that_produce_it(slot: SlotFacts, about: dict, state: SignUpState) -> None:
    assert signup_state(slot, **({"now": TEN - 2 * HOUR} | about)) is state
    assert state.sentence


def test_a_full_slot_is_refused_only_when_no_seat_is_passed_on_any_more() -> None:
    assert signup_refusal(FULL, now=TEN - PASSED_ON_UNTIL - MINUTE) is None
    assert signup_refusal(FULL, now=TEN - PASSED_ON_UNTIL) is S.FULL


def test_a_short_shift_has_a_shorter_grace() -> None:
    assert late_join(Span(TEN, TEN + 30 * MINUTE)) == 6 * MINUTE
    assert late_join(Span(TEN, TEN + 8 * HOUR)) == 10 * MINUTE


moments = st.integers(0, 3000).map(lambda minutes: TEN - DAY + minutes * MINUTE)
spans = st.tuples(moments, st.integers(1, 600)).map(lambda pair: Span(pair[0], pair[0] + pair[1] * MINUTE))
calendars = st.lists(spans, max_size=12)
slots = st.builds(
    SlotFacts, span=spans, seats=st.integers(1, 5), taken=st.integers(0, 5), opens_at=st.none() | moments,
    cancelled=st.booleans(), briefing_needed=st.booleans(),
).filter(lambda slot: slot.taken <= slot.seats)  # fmt: skip
people = st.none() | st.sampled_from(SeatState)


@settings(max_examples=150, deadline=None)
@given(slots, moments, people, calendars, st.booleans())
def test_whoever_is_let_in_has_no_two_shifts_at_one_time(
    slot: SlotFacts, now: datetime, seat: SeatState | None, booked: list[Span], briefed: bool
) -> None:
    state = signup_state(slot, now=now, seat=seat, booked=booked, briefed=briefed)
    minutes = {m for one in booked for m in range(_minute(one.starts_at), _minute(one.ends_at))}
    own = set(range(_minute(slot.span.starts_at), _minute(slot.span.ends_at)))

    if state in (S.FREE, S.FULL):
        assert not minutes & own
    if state is S.CLASH:
        assert minutes & own


@settings(max_examples=150, deadline=None)
@given(slots, moments, people, calendars, st.booleans())
def test_a_seat_is_offered_only_where_all_of_the_rules_say_so(
    slot: SlotFacts, now: datetime, seat: SeatState | None, booked: list[Span], briefed: bool
) -> None:
    state = signup_state(slot, now=now, seat=seat, booked=booked, briefed=briefed)
    refusal = signup_refusal(slot, now=now, seat=seat, booked=booked, briefed=briefed)

    assert refusal in (None, state)
    if state is S.FREE:
        assert refusal is None and slot.taken < slot.seats and not slot.cancelled
        assert now < slot.span.ends_at and (slot.opens_at is None or now >= slot.opens_at)
        assert briefed or not slot.briefing_needed
    if refusal is None:
        assert state in (S.FREE, S.YOURS, S.FULL)


@settings(max_examples=100, deadline=None)
@given(slots, moments, calendars, st.randoms())
def test_the_order_of_a_calendar_and_what_only_touches_change_nothing(
    slot: SlotFacts, now: datetime, booked: list[Span], random: object
) -> None:
    state = signup_state(slot, now=now, booked=booked)
    shuffled = [*booked, Span(slot.span.ends_at, slot.span.ends_at + HOUR),
                Span(slot.span.starts_at - HOUR, slot.span.starts_at)]  # fmt: skip
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert signup_state(slot, now=now, booked=shuffled) is state


@settings(max_examples=100, deadline=None)
@given(spans, spans)
def test_overlaps_are_half_open_and_the_same_from_both_sides(one: Span, other: Span) -> None:
    shared = set(range(_minute(one.starts_at), _minute(one.ends_at))) & set(
        range(_minute(other.starts_at), _minute(other.ends_at))
    )

    assert one.overlaps(other) is other.overlaps(one) is bool(shared)


def _minute(moment: datetime) -> int:
    return (moment - TEN) // MINUTE


BOOKED = SeatFacts(SeatState.BOOKED, TEN, TEN - 3 * DAY)


@pytest.mark.parametrize(
    ("seat", "now", "refusal"),
    [
        (None, TEN - DAY, GiveUpRefusal.NOT_YOURS),
        (replace(BOOKED, state=SeatState.GIVEN_UP), TEN - DAY, GiveUpRefusal.NOT_YOURS),
        (BOOKED, TEN - GIVE_UP_UNTIL, None),
        (BOOKED, TEN - GIVE_UP_UNTIL + MINUTE, GiveUpRefusal.ASK_THE_SITE),
        (replace(BOOKED, decline_by=TEN - HOUR), TEN - 2 * HOUR, None),
        (replace(BOOKED, decline_by=TEN - HOUR), TEN - HOUR, GiveUpRefusal.ASK_THE_SITE),
        (replace(BOOKED, state=SeatState.WAITING), TEN - MINUTE, None),
        (BOOKED, TEN, GiveUpRefusal.BEGUN),
        (replace(BOOKED, attendance=Attendance.ARRIVED), TEN - MINUTE, GiveUpRefusal.BEGUN),
    ],
)
def test_giving_up_is_one_tap_until_a_day_before_then_it_is_the_sites(
    seat: SeatFacts | None, now: datetime, refusal: GiveUpRefusal | None
) -> None:
    assert give_up_refusal(seat, now=now) is refusal


def test_only_a_seat_can_be_passed_on_to_a_stand_in() -> None:
    assert stand_in_refusal(BOOKED, now=TEN - MINUTE) is None
    assert stand_in_refusal(replace(BOOKED, state=SeatState.WAITING), now=TEN - DAY) is GiveUpRefusal.NOT_YOURS
    assert stand_in_refusal(BOOKED, now=TEN) is GiveUpRefusal.BEGUN


def test_whoever_is_promoted_has_twelve_hours_or_until_the_start() -> None:
    assert decline_by(TEN, now=TEN - DAY) == TEN - DAY + DECLINE_WITHIN
    assert decline_by(TEN, now=TEN - 2 * HOUR) == TEN


def test_a_step_is_taken_back_within_ten_minutes_and_before_the_start() -> None:
    assert may_undo(TEN - DAY, TEN, now=TEN - DAY + 9 * MINUTE)
    assert not may_undo(TEN - DAY, TEN, now=TEN - DAY + 10 * MINUTE)
    assert not may_undo(TEN - MINUTE, TEN, now=TEN)
